"""What is asked: a question, what was said before it, and what it may be narrowed to.

Frozen dataclasses without I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import chain
from typing import Any

from rag.errors import UserError

# Characters, of a question and of whatever narrows it. Reading one takes longer than its length grows.
LONGEST_QUESTION = 2000


@dataclass(frozen=True, slots=True)
class NamedDossier:
    """A dossier by its id, and what it was called when it was chosen."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question may be narrowed to; an empty filter keeps everything.

    Dates are inclusive and apply to `published_at`; undated articles pass only when no date is set,
    or when `undated` is true. What is in one of the `dossiers` is kept.
    """

    date_from: date | None = None
    date_to: date | None = None
    undated: bool = False
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    dossiers: tuple[NamedDossier, ...] = ()

    @property
    def day_numbers(self) -> tuple[int, int] | None:
        """The first and the last day that is kept, as proleptic ordinals; None if days don't matter."""
        if not (self.date_from or self.date_to):
            return None
        return (self.date_from or date.min).toordinal(), (self.date_to or date.max).toordinal()

    @property
    def dossier_ids(self) -> tuple[str, ...]:
        """The ids of the dossiers."""
        return tuple(dossier.id for dossier in self.dossiers)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """What is known of an article → the values of which it must have one, as far as that matters.

        Sources and dossiers aren't among them: an article may have several, and they become `article_ids`.
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
            "dossiers": [{"id": one.id, "name": one.name} for one in self.dossiers],
        }

    @classmethod
    def from_dict(cls, values: Any) -> Filters:
        """Return filters from what `to_dict` gives, or a part of it.

        Raises:
            UserError: A name that filters don't have, or a value that isn't one.
        """
        known = [one.name for one in fields(cls)]
        if not isinstance(values, Mapping) or not set(values) <= set(known):
            raise UserError(
                f"Filters are a dict with {', '.join(known)}.",
                f"Les filtres sont un dict avec {', '.join(known)}.",
            )
        found = {}
        for name, value in values.items():
            try:
                found[name] = _filter(name, value)
            except (TypeError, ValueError, LookupError):
                raise UserError(
                    f"The filter “{name}” can't be {value!r}: a day is written 2026-12-31, names are a list.",
                    f"Le filtre « {name} » ne peut être {value!r} : un jour s'écrit 2026-12-31, et des noms"
                    " sont une liste.",
                ) from None
        return cls(**found)


NO_FILTERS = Filters()


def _filter(name: str, value: Any) -> Any:
    """Return the value of one filter, as `Filters` has it."""
    if name in ("date_from", "date_to"):
        return date.fromisoformat(value) if isinstance(value, str) else _checked(value, date | None)
    if name == "undated":
        return _checked(value, bool)
    listed = _checked(value, list | tuple)
    if name == "dossiers":
        return tuple(
            one if isinstance(one, NamedDossier) else NamedDossier(one["id"], one["name"]) for one in listed
        )
    return tuple(_checked(one, str) for one in listed)


def _checked(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value


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

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Period:
        """Return a period from what `to_dict` gives."""
        days = (values[name] and date.fromisoformat(values[name]) for name in ("date_from", "date_to"))
        return cls(*days, values["start"], values["end"], values["words"])


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """What an earlier answer cited: `[start, end)` of the text with this hash."""

    article_id: str
    content_hash: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation. `infer_dates` is what it was asked with.

    `cited` is what its answer cited, in order; `article_id` the article that it told of first, if any.
    `standalone` is the question as it was understood, with its `period`, and empty where that isn't known;
    `answer_words` the words that answered it, `quotes` the sentences that were cited, and `titles` those of
    the articles that it told of, in order. `rag.schema.answer.Answer.turn` makes one.
    """

    question: str
    answer: str
    infer_dates: bool = True
    cited: tuple[CitedSpan, ...] = ()
    article_id: str | None = None
    standalone: str = ""
    period: Period | None = None
    answer_words: str = ""
    quotes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the words, the conversation so far (oldest first), the filters.

    With `infer_dates` a period in the words narrows the articles too, unless `filters` has dates.
    A `fresh` answer is made anew, even if the same question was answered before. `language` (ISO 639-1) is
    that of the page or the terminal on which it is asked, None if nothing is known of it: it is taken for
    the question's where the words don't tell.
    """

    text: str
    history: tuple[Turn, ...] = ()
    filters: Filters = NO_FILTERS
    infer_dates: bool = True
    fresh: bool = False
    language: str | None = None

    def check_length(self) -> None:
        """Check that what is asked, was asked before and narrows it is no longer than `LONGEST_QUESTION`.

        Raises:
            UserError: It is.
        """
        for asked in (self.text, *(turn.question for turn in self.history)):
            check_length(asked)
        narrowed = self.filters
        named = (narrowed.outlets, narrowed.languages, narrowed.sources, narrowed.article_ids)
        for value in chain(*named, (one.name for one in narrowed.dossiers)):
            _check_filter(value)


def check_length(asked: str) -> None:
    """Check that a question is no longer than `LONGEST_QUESTION`, before anything is done with it.

    Raises:
        UserError: It is.
    """
    if len(asked) > LONGEST_QUESTION:
        raise UserError(
            f"The question has {len(asked)} characters; ask it in at most {LONGEST_QUESTION}.",
            f"La question a {len(asked)} caractères ; posez-la en {LONGEST_QUESTION} au plus.",
        )


def _check_filter(value: str) -> None:
    if len(value) > LONGEST_QUESTION:
        raise UserError(
            f"A filter has {len(value)} characters; at most {LONGEST_QUESTION} are looked for.",
            f"Un filtre a {len(value)} caractères ; {LONGEST_QUESTION} au plus sont cherchés.",
        )
