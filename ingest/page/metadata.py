"""What a page of HTML states about its article: meta tags, JSON-LD, microdata and marked times.

Only what publishers mark up as metadata counts; prose, file dates and copyright lines are never read.
Knows nothing of the page's text or of how it is extracted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from lxml.html import HtmlElement

from ingest.page.authors import named_authors, shown_authors
from ingest.page.dates import PUBLISHED, UPDATED, DateMarks, headline_date, marked_date
from ingest.page.headline import byline_zone, headline_of
from ingest.page.json_ld import article_object, identifier, types_of
from ingest.page.marked import MarkedElements
from ingest.page.title import HEADINGS, completed, headings, shown_title, tab_title, without_site
from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    canonical_url,
    clean_line,
    iso_date,
    language_code,
    names,
)

_TITLES = ("og:title", "citation_title", "dc.title", "dcterms.title", "parsely-title", "twitter:title")
_OUTLETS = (
    "citation_journal_title",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "application-name",
)
_AUTHORS = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "parsely-author",
    "sailthru.author",
    "article_author",
    "byl",
)
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_LANGUAGES = ("og:locale", "content-language", "language", "dc.language")


@dataclass(frozen=True, slots=True)
class _DateMarks:
    """The ways to state one date: in meta tags, surest first, and in the text."""

    open_graph: tuple[str, ...]
    meta: tuple[str, ...]
    in_text: DateMarks


_PUBLISHED = _DateMarks(
    open_graph=(
        "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    ),
    meta=(
        "datepublished", "citation_publication_date", "citation_date", "citation_online_date",
        "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "parsely-pub-date",
        "sailthru.date", "pubdate", "publish-date", "publishdate", "publish_date", "publication_date",
        "originalpublicationdate", "article_date_original", "dc.date", "dcterms.date", "date",
    ),
    in_text=PUBLISHED,
)  # fmt: skip
_UPDATED = _DateMarks(
    open_graph=("article:modified_time", "og:article:modified_time", "article:modified", "og:updated_time"),
    meta=("datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod"),
    in_text=UPDATED,
)


@dataclass(frozen=True, slots=True)
class PageStatement:
    """What a page states of its article, and the JSON-LD object that describes it ({} if none does).

    `description` is what it states for links to it: often the standfirst, sometimes cut.
    """

    stated: StatedMetadata
    article: dict
    description: str | None = None


def stated_by(page: HtmlElement, objects: list[dict]) -> PageStatement:
    """Return everything that the page states; what several marks disagree on within the text stays None.

    `objects` are those of its JSON-LD.
    """
    meta = _meta_tags(page)
    url = next(filter(None, map(canonical_url, _urls(page, meta))), None)
    article = article_object(objects, url, lambda: headings(page, "h1"))
    addresses = (identifier(article.get("mainEntityOfPage")), article.get("url"), article.get("@id"))
    url = url or next(filter(None, map(canonical_url, addresses)), None)
    outlet = _outlet(page, meta, objects, article)
    title = _title(page, article, meta, outlet) or shown_title(page, outlet)
    zone = byline_zone(headline_of(page, title))
    marked = MarkedElements(page)
    author = named_authors(article.get("author")) or _authors(meta)
    if author is None or (outlet and author.casefold() == outlet.casefold()):
        author = shown_authors(page, marked, zone) or author
    stated = StatedMetadata(
        title=title,
        outlet=outlet,
        author=author,
        language=_language(page, meta, article),
        published_at=_date(page, marked, meta, objects, article, _PUBLISHED)
        or headline_date(zone, day_first=_page_language(page) == "fr"),
        updated_at=_date(page, marked, meta, objects, article, _UPDATED),
        canonical_url=url,
    )
    description = _line(article.get("description")) or _first(meta, _DESCRIPTIONS, _line)
    return PageStatement(stated, article, description)


def _outlet(page: HtmlElement, meta: dict[str, list[str]], objects: list[dict], article: dict) -> str | None:
    """Return the name of the site, or the publisher's where only that is in the page's `<title>`.

    Some sites state the name of a section or an edition as their own.
    """
    site, publisher = _first(meta, ("og:site_name",), names), names(article.get("publisher"))
    if site and publisher and site.casefold() != publisher.casefold():
        tab = tab_title(page).casefold()
        if tab.endswith(publisher.casefold()) and not tab.endswith(site.casefold()):
            return publisher
    return site or publisher or _first(meta, _OUTLETS, names) or _site_name(objects)


def _meta_tags(page: HtmlElement) -> dict[str, list[str]]:
    """Lower-case name of each meta tag → its contents in order. Microdata inside the text is not here."""
    tags: dict[str, list[str]] = {}
    for element in page.iterfind(".//meta[@content]"):
        for attribute in ("property", "name", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name:
                tags.setdefault(name, []).append(_unescaped(element.get("content")))
    return tags


def _unescaped(content: str) -> str:
    """Return a content without references that were escaped twice: `O&amp;#039;Donnell`."""
    return unescape(content) if "&" in content and ";" in content else content


def _first(
    meta: dict[str, list[str]], keys: Iterable[str], read: Callable[[object], str | None]
) -> str | None:
    """Return what `read` makes of the first value of the first of `keys` that it can read."""
    values = (value for key in keys for value in meta.get(key, []))
    return next(filter(None, map(read, values)), None)


def _authors(meta: dict[str, list[str]]) -> str | None:
    """Pages with several authors repeat the tag."""
    return next(filter(None, (named_authors(meta.get(key, [])) for key in _AUTHORS)), None)


def _urls(page: HtmlElement, meta: dict[str, list[str]]) -> Iterator[str | None]:
    for link in page.iterfind(".//link[@href]"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield link.get("href")
    yield from meta.get("og:url", [])


def _site_name(objects: list[dict]) -> str | None:
    """Return the name of the web site that the page's graph says it is part of."""
    return next((name for thing in objects if "website" in types_of(thing) and (name := names(thing))), None)


def _title(page: HtmlElement, article: dict, meta: dict[str, list[str]], outlet: str | None) -> str | None:
    """Return what describes the article: JSON-LD of the article itself, else the tags for links to it.

    Encyclopedias state a description as the headline: of headline and name, the one that is shown counts.
    """
    headline, name = _line(article.get("headline")), _line(article.get("name"))
    tagged = _first(meta, _TITLES, _line)
    if headline and name and headline != name:
        shown = [tagged or "", *headings(page, *HEADINGS)]
        if any(name in line for line in shown) and not any(headline in line for line in shown):
            headline = name
    title = headline or tagged
    if title is None or (outlet and title.casefold() == outlet.casefold()):
        return headline
    return without_site(completed(title, [tagged or "", *headings(page, *HEADINGS)]), outlet, page)


def _line(value: object) -> str | None:
    return clean_line(value, TITLE_LENGTH)


def _page_language(page: HtmlElement) -> str | None:
    root = page.getroottree().getroot()
    return language_code(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"))


def _language(page: HtmlElement, meta: dict[str, list[str]], article: dict) -> str | None:
    return (
        _page_language(page)
        or _first(meta, _LANGUAGES, language_code)
        or language_code(article.get("inLanguage"))
    )


def _date(
    page: HtmlElement,
    marked: MarkedElements,
    meta: dict[str, list[str]],
    objects: list[dict],
    article: dict,
    marks: _DateMarks,
) -> str | None:
    """Return the first statement that can be read.

    Open Graph, JSON-LD, other meta tags, marks in the text.
    """
    web_pages = (thing for thing in objects if "webpage" in types_of(thing))
    return (
        _first(meta, marks.open_graph, iso_date)
        or iso_date(article.get(marks.in_text.itemprop))
        or _first(meta, marks.meta, iso_date)
        or next(filter(None, (iso_date(thing.get(marks.in_text.itemprop)) for thing in web_pages)), None)
        or marked_date(page, marked.dates, marks.in_text, day_first=_page_language(page) == "fr")
    )
