"""What a standing query found when it was last asked: pointers into articles, never their words. Pure."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from typing import Any

from rag.schema.answer import Verdict
from rag.schema.evidence import Evidence
from rag.schema.standing import ChangeKind


@dataclass(frozen=True, slots=True)
class Pointer:
    """`[start, end)` of the text of an article with this hash, and of the words in it that answer."""

    article_id: str
    content_hash: str
    start: int
    end: int
    answer_start: int | None = None
    answer_end: int | None = None

    @classmethod
    def of(cls, item: Evidence) -> Pointer:
        """Return where evidence points."""
        article = item.article
        return cls(article.id, article.content_hash, item.start, item.end, item.answer_start, item.answer_end)


@dataclass(frozen=True, slots=True)
class State:
    """What was found. `current` bears out the answer as it was last told, `earlier` what was told before it.

    `verdict` is the answer to a yes/no question. What searches and entities found is kept beside it, as the
    articles that they were found in.
    """

    current: tuple[Pointer, ...] = ()
    earlier: tuple[Pointer, ...] = ()
    verdict: Verdict | None = None

    @property
    def pointers(self) -> tuple[Pointer, ...]:
        """All that it points at."""
        return *self.current, *self.earlier

    def to_text(self) -> str:
        """Return the state as it is kept."""
        told = [astuple(one) for one in self.current], [astuple(one) for one in self.earlier], self.verdict
        return json.dumps(told)

    @classmethod
    def from_text(cls, kept: str) -> State:
        """Read a state that was kept.

        Raises:
            ValueError: It is none.
        """
        try:
            current, earlier, verdict = json.loads(kept)
            return cls(_pointers(current), _pointers(earlier), _verdict(verdict))
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Found:
    """A change that was found and isn't kept yet. `gone` are the ids of articles that are no longer there."""

    kind: ChangeKind
    before: tuple[Evidence, ...] = ()
    after: tuple[Evidence, ...] = ()
    gone: tuple[str, ...] = ()


def _pointers(kept: Any) -> tuple[Pointer, ...]:
    found = tuple(Pointer(*one) for one in kept)
    for one in found:
        bounds = one.start, one.end, one.answer_start, one.answer_end
        if not (isinstance(one.article_id, str) and isinstance(one.content_hash, str)) or not all(
            value is None or isinstance(value, int) for value in bounds
        ):
            raise ValueError("no pointer")
    return found


def _verdict(kept: Any) -> Verdict | None:
    if kept not in (None, "yes", "no", "disputed"):
        raise ValueError(kept)
    return kept
