"""Standing queries: what a reader keeps to be asked again, and what changed when it was.

Frozen dataclasses without I/O. Quotes are pointers (`Evidence`); their `answer_words` are the value that
changed, where one did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.schema.evidence import Evidence
from rag.schema.question import NO_FILTERS, Filters

StandingKind = Literal["question", "search", "entity"]
# `answered`: an answer where there was none; `unanswered`: none any more; `value`: another number, day or
# name in the answer's place; `correction`: an article says that what it or another wrote was wrong;
# `contradiction`: an article says the contrary, and doesn't correct; `source`: another article bears out the
# same answer; `match`: another article that the search finds; `statement` and `mention`: what the entity
# said, and where it is named.
ChangeKind = Literal[
    "answered",
    "unanswered",
    "value",
    "correction",
    "contradiction",
    "source",
    "match",
    "statement",
    "mention",
]


@dataclass(frozen=True, slots=True)
class StandingQuery:
    """What is asked again. `id` can't be guessed; moments are ISO 8601 in UTC, `asked_at` None at first.

    `words` are the question, the search as it was written, or the entity's name. `failure` is why it could
    not be asked the last time, in English and in French; None where it could.
    """

    id: str
    kind: StandingKind
    words: str
    language: str
    filters: Filters = NO_FILTERS
    made_at: str = ""
    asked_at: str | None = None
    paused: bool = False
    failure: tuple[str, str] | None = None

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "id": self.id,
            "kind": self.kind,
            "words": self.words,
            "language": self.language,
            "filters": self.filters.to_dict(),
            "made_at": self.made_at,
            "asked_at": self.asked_at,
            "paused": self.paused,
            "failure": {"en": self.failure[0], "fr": self.failure[1]} if self.failure else None,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in what a standing query finds, with the quotes before and after, most telling first.

    Either side may be empty. `gone` are the ids of articles that bore out what was found before, and are in
    the library no more: nothing else of them is kept. `seen` is whether its reader has been shown it.
    """

    id: str
    query: StandingQuery
    kind: ChangeKind
    told_at: str
    before: tuple[Evidence, ...] = ()
    after: tuple[Evidence, ...] = ()
    seen: bool = False
    gone: tuple[str, ...] = ()

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "id": self.id,
            "query": self.query.to_dict(),
            "kind": self.kind,
            "told_at": self.told_at,
            "before": [item.to_dict() for item in self.before],
            "after": [item.to_dict() for item in self.after],
            "seen": self.seen,
            "gone": list(self.gone),
        }
