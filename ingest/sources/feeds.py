"""RSS and Atom → the pages behind the entries, with what the feed states of each.

Knows feedparser; no network. What a feed says of an article only fills what its page doesn't say.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time

import feedparser

from ingest.fetch.urls import normal_url
from ingest.schema.document import Failure
from ingest.schema.metadata import TITLE_LENGTH, StatedMetadata, clean_line, iso_date, names
from rag.errors import UserError

ROOTS = ("rss", "feed", "rdf")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A page that a feed or a sitemap names, and what it states of it.

    `modified_at`: when the page last changed, ISO 8601, if that is said.
    """

    url: str
    stated: StatedMetadata = field(default_factory=StatedMetadata)
    modified_at: str | None = None


def read_feed(data: bytes, url: str, charset: str = "") -> Iterator[FeedEntry | Failure]:
    """Yield the entries of a feed that was fetched from `url`, in its order.

    Failures for those without a page.

    `charset` is what the server said of it, if anything: else the document says, or it is UTF-8.
    """
    kind = f"application/xml; charset={charset}" if charset else "application/xml"
    headers = {"content-location": url, "content-type": kind}
    # Given as a file: a string would be opened, or fetched, if it looked like a name.
    found = feedparser.parse(BytesIO(data), response_headers=headers, sanitize_html=False)
    for number, entry in enumerate(found.entries, start=1):
        link = dict.get(entry, "link") or ""
        try:
            yield FeedEntry(normal_url(link, url), _stated(entry))
        except UserError:
            shown = f"{url}#{number}"
            yield Failure(
                shown,
                f"{shown}: the feed's entry has no address of a page.",
                f"{shown} : cette entrée du flux n'a pas d'adresse de page.",
            )


def _stated(entry: Mapping) -> StatedMetadata:
    return StatedMetadata(
        title=_title(entry),
        author=names([author.get("name") for author in dict.get(entry, "authors") or [] if author]),
        published_at=_date(entry, "published"),
        updated_at=_date(entry, "updated"),
    )


def _title(entry: Mapping) -> str | None:
    title = dict.get(entry, "title")
    if not isinstance(title, str):
        return None
    if (dict.get(entry, "title_detail") or {}).get("type") != "text/plain":
        title = html.unescape(_TAG.sub("", title))
    return clean_line(title, TITLE_LENGTH)


def _date(entry: Mapping, name: str) -> str | None:
    """As the feed wrote it where that is clear, else as feedparser understood it, in UTC."""
    stated = iso_date(dict.get(entry, name))
    parsed = dict.get(entry, f"{name}_parsed")
    if stated is None and isinstance(parsed, struct_time):
        return datetime(*parsed[:6], tzinfo=UTC).isoformat()
    return stated
