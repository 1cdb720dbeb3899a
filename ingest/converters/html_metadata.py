"""What a page of HTML states about its article: meta tags, JSON-LD, microdata and marked times.

Only what publishers mark up as metadata counts; prose, file dates and copyright lines are never read.
Knows nothing of the page's text or of how it is extracted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from lxml.html import HtmlElement

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
    "byl",
)
_LANGUAGES = ("og:locale", "content-language", "language", "dc.language")

_OTHER_ARTICLE_TYPES = frozenset({"blogposting", "socialmediaposting", "liveblogposting", "report"})
_MOST_OBJECTS = 200
_MOST_JSON = 2_000_000


@dataclass(frozen=True, slots=True)
class _DateMarks:
    """The ways to mark up one date, surest first. `classes` are names that microformats define."""

    open_graph: tuple[str, ...]
    json_ld: str  # also the name of the microdata property
    meta: tuple[str, ...]
    classes: frozenset[str]
    pubdate: bool


_PUBLISHED = _DateMarks(
    open_graph=(
        "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    ),
    json_ld="datePublished",
    meta=(
        "datepublished", "citation_publication_date", "citation_date", "citation_online_date",
        "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "parsely-pub-date",
        "sailthru.date", "pubdate", "publish-date", "publishdate", "publish_date", "publication_date",
        "originalpublicationdate", "dc.date", "dcterms.date", "date",
    ),
    classes=frozenset({"published", "dt-published", "entry-date"}),
    pubdate=True,
)  # fmt: skip
_UPDATED = _DateMarks(
    open_graph=("article:modified_time", "og:article:modified_time", "article:modified", "og:updated_time"),
    json_ld="dateModified",
    meta=("datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod"),
    classes=frozenset({"updated", "dt-updated"}),
    pubdate=False,
)


def stated_by(page: HtmlElement) -> StatedMetadata:
    """Return everything that the page states; what several marks disagree on within the text stays None."""
    meta = _meta_tags(page)
    objects = list(_json_ld(page))
    url = next(filter(None, map(canonical_url, _urls(page, meta))), None)
    article = _article_object(objects, url)
    url = url or canonical_url(_identifier(article.get("mainEntityOfPage")))
    outlet = _first(meta, ("og:site_name",), names) or names(article.get("publisher"))
    outlet = outlet or _first(meta, _OUTLETS, names)
    return StatedMetadata(
        title=_title(article, meta, outlet),
        outlet=outlet,
        author=names(article.get("author")) or _authors(meta),
        language=_language(page, meta, article),
        published_at=_date(page, meta, objects, article, _PUBLISHED),
        updated_at=_date(page, meta, objects, article, _UPDATED),
        canonical_url=url,
    )


def _meta_tags(page: HtmlElement) -> dict[str, list[str]]:
    """Lower-case name of each meta tag → its contents in order. Microdata inside the text is not here."""
    tags: dict[str, list[str]] = {}
    for element in page.iterfind(".//meta[@content]"):
        for attribute in ("property", "name", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name:
                tags.setdefault(name, []).append(element.get("content"))
    return tags


def _first(
    meta: dict[str, list[str]], keys: Iterable[str], read: Callable[[object], str | None]
) -> str | None:
    """Return what `read` makes of the first value of the first of `keys` that it can read."""
    values = (value for key in keys for value in meta.get(key, []))
    return next(filter(None, map(read, values)), None)


def _authors(meta: dict[str, list[str]]) -> str | None:
    """Pages with several authors repeat the tag."""
    return next(filter(None, (names(meta.get(key, [])) for key in _AUTHORS)), None)


def _urls(page: HtmlElement, meta: dict[str, list[str]]) -> Iterator[str | None]:
    for link in page.iterfind(".//link[@href]"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield link.get("href")
    yield from meta.get("og:url", [])


def _title(article: dict, meta: dict[str, list[str]], outlet: str | None) -> str | None:
    title = _line(article.get("headline")) or _first(meta, _TITLES, _line)
    if title and outlet:
        # Search-engine titles end in the site's name.
        title = re.sub(rf"\s+[-–—|·:]\s+{re.escape(outlet)}$", "", title) or title
    return title


def _line(value: object) -> str | None:
    return clean_line(value, TITLE_LENGTH)


def _language(page: HtmlElement, meta: dict[str, list[str]], article: dict) -> str | None:
    root = page.getroottree().getroot()
    return (
        language_code(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"))
        or _first(meta, _LANGUAGES, language_code)
        or language_code(article.get("inLanguage"))
    )


def _date(
    page: HtmlElement, meta: dict[str, list[str]], objects: list[dict], article: dict, marks: _DateMarks
) -> str | None:
    """Return the first statement that can be read.

    Open Graph, JSON-LD, other meta tags, marks in the text.
    """
    web_pages = (thing for thing in objects if "webpage" in _types(thing))
    return (
        _first(meta, marks.open_graph, iso_date)
        or iso_date(article.get(marks.json_ld))
        or _first(meta, marks.meta, iso_date)
        or next(filter(None, (iso_date(thing.get(marks.json_ld)) for thing in web_pages)), None)
        or _marked_date(page, marks)
    )


def _marked_date(page: HtmlElement, marks: _DateMarks) -> str | None:
    """Return the date that elements of the text are marked with.

    None if they disagree, as in lists of teasers.
    """
    elements = page.xpath(".//time[@datetime] | .//*[@itemprop][@content or @datetime]")
    stated = (
        element.get("datetime") or element.get("content") for element in elements if _marked(element, marks)
    )
    found = set(filter(None, map(iso_date, stated)))
    return found.pop() if len(found) == 1 else None


def _marked(element: HtmlElement, marks: _DateMarks) -> bool:
    if marks.json_ld in (element.get("itemprop") or "").split():
        return _in_article_scope(element)
    if element.tag != "time":
        return False
    classes = (element.get("class") or "").lower().split()
    return (marks.pubdate and element.get("pubdate") is not None) or not marks.classes.isdisjoint(classes)


def _in_article_scope(element: HtmlElement) -> bool:
    """Return whether a microdata property belongs to an article, not to a comment or a video on its page."""
    scope = next((parent for parent in element.iterancestors() if parent.get("itemscope") is not None), None)
    return scope is None or any(map(_is_article_type, (scope.get("itemtype") or "").split()))


def _json_ld(page: HtmlElement) -> Iterator[dict]:
    """Yield the objects at the top of each JSON-LD block and of its graphs; broken blocks state nothing."""
    blocks = page.xpath(".//script[starts-with(@type, 'application/ld+json')]")
    things: list[object] = [_load_json(block.text or "") for block in blocks]
    seen = 0
    while things and seen < _MOST_OBJECTS:
        seen += 1
        thing = things.pop(0)
        if isinstance(thing, list):
            things[:0] = thing[:_MOST_OBJECTS]
        elif isinstance(thing, dict):
            if isinstance(thing.get("@graph"), (list, dict)):
                things.insert(0, thing["@graph"])
            if isinstance(thing.get("mainEntity"), dict):
                things.append(thing["mainEntity"])
            yield {key: _unescaped(value) for key, value in thing.items()}


def _load_json(source: str) -> object:
    """Return the value of a JSON text, or None.

    Some sites wrap it in comments or leave raw line breaks in it.
    """
    bare = re.sub(
        r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|\]\]>)\s*$", "", source
    )
    if len(bare) > _MOST_JSON:
        return None
    try:
        return json.loads(bare, strict=False)
    except (ValueError, RecursionError):
        return None


def _unescaped(value: object) -> object:
    """Content systems often escape JSON-LD strings as if they were HTML."""
    return unescape(value) if isinstance(value, str) else value


def _types(thing: dict) -> set[str]:
    stated = thing.get("@type")
    return {
        name.lower() for name in (stated if isinstance(stated, list) else [stated]) if isinstance(name, str)
    }


def _is_article_type(name: str) -> bool:
    bare = name.lower().rstrip("/").rpartition("/")[2]
    return bare.endswith("article") or bare in _OTHER_ARTICLE_TYPES


def _article_object(objects: list[dict], url: str | None) -> dict:
    """Return the JSON-LD article that this page is about.

    The one with its URL, else the only one, else none.
    """
    articles = [thing for thing in objects if any(map(_is_article_type, _types(thing)))]
    if len(articles) == 1:
        return articles[0]
    for thing in articles:
        links = (thing.get("url"), thing.get("@id"), _identifier(thing.get("mainEntityOfPage")))
        if url and url in map(canonical_url, links):
            return thing
    return {}


def _identifier(value: object) -> object:
    return value.get("@id") or value.get("url") if isinstance(value, dict) else value
