"""RSS and Atom → their entries: what each states, the page that it leads to, and the text that it brings.

Knows feedparser; no network and no files.
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

from ingest.schema.date_orders import DateOrders
from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    clean_line,
    language_code,
    names,
    own_author,
)

ROOTS = ("rss", "feed", "rdf")
_IN_MAIL = re.compile(r"\b\d{1,2} [A-Za-z]{3,9} \d{2,4}\b")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class FeedText:
    """What a feed brings of an article, with or without markup; `is_summary`: it isn't all of it."""

    body: str = ""
    is_markup: bool = True
    is_summary: bool = False


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """An entry of a feed.

    `link` is as it is written, '' if there is none; `identity` what the feed knows it by. `outlet` and
    `language` are what the entry or its feed states.
    """

    link: str
    identity: str
    stated: StatedMetadata
    text: FeedText = field(default_factory=FeedText)
    outlet: str | None = None
    language: str | None = None


def parsed_entries(data: bytes, url: str, charset: str = "") -> Iterator[ParsedEntry]:
    """Yield the entries of a feed that came from `url`, in its order.

    `charset` is what the server said of it, if anything: else the document says, or it is UTF-8.
    """
    kind = f"application/xml; charset={charset}" if charset else "application/xml"
    headers = {"content-location": url, "content-type": kind}
    # Given as a file: a string would be opened, or fetched, if it looked like a name.
    found = feedparser.parse(BytesIO(data), response_headers=headers, sanitize_html=False)
    dates = _Dates.of(found)
    for entry in found.entries:
        # FeedBurner's own link counts readers, and leads to a page that may be gone.
        link = dict.get(entry, "feedburner_origlink") or dict.get(entry, "link") or ""
        yield ParsedEntry(
            link.strip(),
            str(dict.get(entry, "id") or "").strip(),
            _stated(entry, dates),
            _text(entry),
            _outlet(entry, found.feed),
            _language(entry, found.feed),
        )


def _stated(entry: Mapping, dates: _Dates) -> StatedMetadata:
    published, updated = (_date(entry, name, dates) for name in ("published", "updated"))
    if published is None:  # `dc:date`, or an Atom entry with nothing but the moment of its last change
        published, updated = updated, None
    return StatedMetadata(
        title=_title(entry),
        author=own_author(names([one.get("name") for one in dict.get(entry, "authors") or [] if one])),
        published_at=published,
        updated_at=updated,
    )


def _title(entry: Mapping) -> str | None:
    title = dict.get(entry, "title")
    if not isinstance(title, str):
        return None
    if (dict.get(entry, "title_detail") or {}).get("type") != "text/plain":
        title = html.unescape(_TAG.sub("", title))
    return clean_line(title, TITLE_LENGTH)


def _date(entry: Mapping, name: str, dates: _Dates) -> str | None:
    """As the feed wrote it where that is clear, else as feedparser understood it, in UTC.

    feedparser is only trusted with dates of mail: of `2024/06/31` it keeps the year and adds the month in
    which it is asked, without a word (6.0.14).
    """
    written = dict.get(entry, name)
    stated = dates.iso(written)
    parsed = dict.get(entry, f"{name}_parsed")
    if stated is None and isinstance(parsed, struct_time) and _IN_MAIL.search(str(written)):
        return datetime(*parsed[:6], tzinfo=UTC).isoformat()
    return stated


@dataclass(frozen=True, slots=True)
class _Dates:
    """How a feed writes dates: as its entries say, else its language."""

    orders: DateOrders
    day_first: bool | None

    @classmethod
    def of(cls, feed: feedparser.FeedParserDict) -> _Dates:
        stated = (dict.get(entry, name) for entry in feed.entries for name in ("published", "updated"))
        orders = DateOrders.of(one for one in stated if isinstance(one, str))
        return cls(orders, _days_first(feed.feed))

    def iso(self, stated: object) -> str | None:
        return self.orders.iso(stated, lambda: self.day_first) if isinstance(stated, str) else None


def _days_first(feed: Mapping) -> bool | None:
    """Return whether a feed's language writes the day before the month; None for English, or no language."""
    language = language_code(dict.get(feed, "language"))
    return None if language in (None, "en") else True


def _text(entry: Mapping) -> FeedText:
    """Return the longest content of an entry, else its summary."""
    contents = [one for one in dict.get(entry, "content") or [] if _words(one.get("value"))]
    if contents:
        longest = max(contents, key=lambda one: len(one["value"]))
        return FeedText(longest["value"], longest.get("type") != "text/plain")
    summary = dict.get(entry, "summary")
    if not _words(summary):
        return FeedText()
    is_plain = (dict.get(entry, "summary_detail") or {}).get("type") == "text/plain"
    return FeedText(summary, not is_plain, is_summary=True)


def _words(markup: object) -> bool:
    return isinstance(markup, str) and any(map(str.isalnum, _TAG.sub("", markup)))


def _outlet(entry: Mapping, feed: Mapping) -> str | None:
    """Return whose article an entry is: what it says, else who publishes the feed, else the feed's title."""
    source = dict.get(entry, "source") or {}
    stated = (dict.get(source, "title"), dict.get(feed, "publisher"), dict.get(feed, "title"))
    return next((line for one in stated if (line := clean_line(_plain(one)))), None)


def _plain(line: object) -> str | None:
    return html.unescape(_TAG.sub("", line)) if isinstance(line, str) else None


def _language(entry: Mapping, feed: Mapping) -> str | None:
    contents = dict.get(entry, "content") or []
    stated = [one.get("language") for one in contents]
    stated += [dict.get(entry, "language"), dict.get(feed, "language")]
    return next((code for one in stated if (code := language_code(one))), None)
