"""Standing queries: what a reader keeps to be asked again, and what changed when it was.

Frozen dataclasses without I/O. Quotes are pointers (`Evidence`); its `answer_words` are the value that changed,
where one did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.schema.answer import Evidence
from rag.schema.question import NO_FILTERS, Filters

StandingKind = Literal["question", "search", "entity"]
# `answered`: an answer where there was none; `unanswered`: none any more; `value`: another number, day or name
# in the answer's place; `correction`: an article says that what it or another wrote was wrong; `contradiction`:
# an article says the contrary, and doesn't correct; `source`: another article bears out the same answer;
# `match`: another article that the search finds; `statement` and `mention`: what the entity said, and where it
# is named.
ChangeKind = Literal[
    "answered", "unanswered", "value", "correction", "contradiction", "source", "match", "statement", "mention"
]


@dataclass(frozen=True, slots=True)
class StandingQuery:
    """What is asked again. `id` can't be guessed; moments are ISO 8601 in UTC, `asked_at` None before the first.

    `words` are the question, the search as it was written, or the entity's name.
    """

    id: str
    kind: StandingKind
    words: str
    language: str
    filters: Filters = NO_FILTERS
    made_at: str = ""
    asked_at: str | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in what a standing query finds, with the quotes before and after, most telling first.

    Either side may be empty. `seen` is whether its reader has been shown it.
    """

    id: str
    query: StandingQuery
    kind: ChangeKind
    told_at: str
    before: tuple[Evidence, ...] = ()
    after: tuple[Evidence, ...] = ()
    seen: bool = False
