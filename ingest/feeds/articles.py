"""A feed that was saved → its entries as articles, with the text that they bring, and nothing fetched.

An entry that brings only a summary is an excerpt: the article is behind its address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ingest.feeds.entries import ParsedEntry, parsed_entries
from ingest.schema.delivery import DeliveredArticle
from ingest.schema.metadata import canonical_url, clean_line
from rag.errors import UserError

_JSON_FEED = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")

Found = Iterator[DeliveredArticle | UserError]


def read_saved_feed(data: bytes) -> Found:
    """Yield the entries of RSS or Atom as articles.

    Raises:
        UserError: There is none.
    """
    none = True
    for entry in parsed_entries(data, ""):
        none = False
        yield _article(entry)
    if none:
        raise _empty()


def is_json_feed(value: Mapping[str, object]) -> bool:
    """Return whether an object of JSON is a feed."""
    return str(value.get("version")).startswith(_JSON_FEED) and isinstance(value.get("items"), list)


def read_json_feed(feed: Mapping[str, object]) -> Found:
    """Yield the items of a JSON Feed as articles.

    Raises:
        UserError: There is none.
    """
    items = feed["items"]
    assert isinstance(items, list)
    if not items:
        raise _empty()
    for item in items:
        yield _item(item, feed) if isinstance(item, dict) else _no_text()


def list_of_feeds() -> UserError:
    """Return the error for a list of feeds (OPML) that is given as if it were articles."""
    return UserError(
        "a list of feeds (OPML), not articles; follow them with `sourcier sources import`, then run"
        " `sourcier sync`.",
        "une liste de flux (OPML), pas des articles ; suivez-les avec `sourcier sources import`, puis lancez"
        " `sourcier sync`.",
    )


def _article(entry: ParsedEntry) -> DeliveredArticle | UserError:
    if not entry.text.body:
        return _no_text()
    stated = entry.stated
    return DeliveredArticle(
        text="" if entry.text.is_markup else entry.text.body,
        html=entry.text.body if entry.text.is_markup else "",
        title=stated.title or "",
        outlet=entry.outlet or "",
        author=stated.author or "",
        language=entry.language or "",
        published_at=stated.published_at or "",
        updated_at=stated.updated_at or "",
        url=entry.link,
        excerpt=entry.text.is_summary,
        place=_place(entry.identity, entry.link),
    )


def _item(item: Mapping[str, object], feed: Mapping[str, object]) -> DeliveredArticle | UserError:
    html, text, summary = (_string(item, name) for name in ("content_html", "content_text", "summary"))
    if not (html or text or summary):
        return _no_text()
    link = _string(item, "url") or _string(item, "external_url")
    return DeliveredArticle(
        text="" if html else text or summary,
        html=html,
        title=_string(item, "title"),
        outlet=_string(feed, "title"),
        author=_authors(item) or _authors(feed),
        language=_string(item, "language") or _string(feed, "language"),
        published_at=_string(item, "date_published"),
        updated_at=_string(item, "date_modified"),
        url=link,
        excerpt=not (html or text),
        place=_place(str(item.get("id") or ""), link),
    )


def _string(value: Mapping[str, object], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) and found.strip() else ""


def _authors(value: Mapping[str, object]) -> str:
    """Return the names of authors; version 1 has one `author`."""
    stated = value.get("authors") or [value.get("author")]
    people = stated if isinstance(stated, Sequence) and not isinstance(stated, str) else []
    named = (_string(one, "name") for one in people[:20] if isinstance(one, Mapping))
    return ", ".join(name for name in named if name)


def _place(identity: str, link: str) -> str:
    """Return what an entry is known by within its file: feeds move their entries down as new ones come."""
    return clean_line(identity, 500) or canonical_url(link) or ""


def _no_text() -> UserError:
    return UserError(
        "this entry of the feed has no text; give the feed's address, so that its page is read.",
        "cette entrée du flux n'a pas de texte ; donnez l'adresse du flux pour que sa page soit lue.",
    )


def _empty() -> UserError:
    return UserError("there is no entry in this feed.", "ce flux ne contient aucune entrée.")
