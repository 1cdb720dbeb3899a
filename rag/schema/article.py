"""What is read: articles, spans of their text, passages.

Frozen dataclasses without I/O. Knows nothing of models, files, stores or pages.
All offsets count characters (Unicode code points) of `Article.text`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Imprint:
    """Where and under which rights an article was printed, as its provider states it; None what it doesn't.

    `identity` is what the provider knows the article by: the number of a database, the URI of an agency.
    """

    section: str | None = None
    page: str | None = None
    rights: str | None = None
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    r"""One published text. `text` is NFC with `\n` line ends: what every offset points into.

    Dates are ISO 8601 strings as the source stated them (`2025-08-16`, `2025-08-16T10:30:00+02:00`),
    or None: never guessed. `page_starts` are the offsets at which the pages of a PDF begin, in order, the
    first one's 0; nothing else has any. `excerpt`: the text is only part of the article's, such as the
    beginning of one that is sold, or an abstract. `imprint` is what agencies and press databases state of
    where it stood. `source` is where it was read: a path, a URL; `canonical_url` is where it was published,
    http or https, fit to be shown and linked to.
    """

    id: str
    text: str
    title: str
    source: str
    content_hash: str
    outlet: str | None = None
    author: str | None = None
    language: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    ingested_at: str | None = None
    page_starts: tuple[int, ...] = ()
    excerpt: bool = False
    imprint: Imprint | None = None
    canonical_url: str | None = None

    def pages(self, start: int, end: int) -> range:
        """Return the pages, counted from 1, that the characters `[start, end)` stand on.

        None if none are known.
        """
        if not self.page_starts:
            return range(0)
        return range(bisect_right(self.page_starts, start), bisect_left(self.page_starts, end) + 1)


@dataclass(frozen=True, slots=True)
class DamagedArticle:
    """An article of which the library no longer holds what was stored: never shown, but for its name."""

    article_id: str
    title: str
    source: str

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {"article_id": self.article_id, "title": self.title, "source": self.source}

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> DamagedArticle:
        """Return what `to_dict` gives."""
        return cls(**values)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters `[start, end)`; ordered as they stand in a text."""

    start: int
    end: int

    def holds(self, other: Span) -> bool:
        """Return whether the other lies inside this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one article. `article.text[start:end]` is the passage.

    `sentences` are its sentences' spans, in the article's offsets, in order.
    """

    id: str
    article_id: str
    start: int
    end: int
    sentences: tuple[Span, ...]


def stated_day(stated: str | None) -> date | None:
    """Return the day that an ISO 8601 date or time states, in its own time zone.

    None if nothing is stated or no full day is (`2025-08`, `2025`, `2025-02-30`): such an article is undated.
    """
    day = (stated or "")[:10]
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        return None
    # The forms `20250816` and `2025-W33-6` don't sort as dates do, and searches in SQL sort them.
    return parsed if parsed.isoformat() == day else None


def day_number(stated: str | None) -> int | None:
    """Return the proleptic ordinal of `stated_day`, as `date.toordinal`; None where there is no day."""
    day = stated_day(stated)
    return day.toordinal() if day else None
