"""What is asked: a question, what was said before it, and what it may be narrowed to.

Frozen dataclasses without I/O.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question may be narrowed to; an empty filter keeps everything.

    Dates are inclusive and apply to `published_at`; undated articles pass only when no date is set,
    or when `undated` is true.
    """

    date_from: date | None = None
    date_to: date | None = None
    undated: bool = False
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()

    @property
    def day_numbers(self) -> tuple[int, int] | None:
        """The first and the last day that is kept, as proleptic ordinals; None if days don't matter."""
        if not (self.date_from or self.date_to):
            return None
        return (self.date_from or date.min).toordinal(), (self.date_to or date.max).toordinal()

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """What is known of an article → the values of which it must have one, as far as that matters.

        Sources aren't among them: an article may have several, and they become `article_ids`.
        """
        named = {"article_id": self.article_ids, "outlet": self.outlets, "language": self.languages}
        return {name: values for name, values in named.items() if values}

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "date_from": _iso(self.date_from),
            "date_to": _iso(self.date_to),
            "undated": self.undated,
            "outlets": list(self.outlets),
            "languages": list(self.languages),
            "sources": list(self.sources),
            "article_ids": list(self.article_ids),
        }


NO_FILTERS = Filters()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@dataclass(frozen=True, slots=True)
class Period:
    """The days, both included, that a question narrows the articles to; None leaves a side open.

    `words` are the question's own for it: `[start, end)` of the question that stands alone.
    """

    date_from: date | None
    date_to: date | None
    start: int
    end: int
    words: str

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "date_from": _iso(self.date_from),
            "date_to": _iso(self.date_to),
            "start": self.start,
            "end": self.end,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation. `infer_dates` is what it was asked with."""

    question: str
    answer: str
    infer_dates: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the words, the conversation so far (oldest first), the filters.

    With `infer_dates` a period in the words narrows the articles too, unless `filters` has dates.
    A `fresh` answer is made anew, even if the same question was answered before.
    """

    text: str
    history: tuple[Turn, ...] = ()
    filters: Filters = NO_FILTERS
    infer_dates: bool = True
    fresh: bool = False
