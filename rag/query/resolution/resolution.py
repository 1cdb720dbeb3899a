"""The question that a follow-up became. Pure: data only."""

from __future__ import annotations

from dataclasses import dataclass

from rag.query.temporal.date_range import DayRange


@dataclass(frozen=True, slots=True)
class Resolution:
    """A question that stands alone.

    `language` is that of its words. `certain`: each part has its place; else only what it is about was added.
    `days` are those that it counted from the last question's, and `dated` its words for them; `leans` whether
    anything of the turns before is in it.
    """

    text: str
    language: str
    certain: bool = True
    days: DayRange | None = None
    dated: str = ""
    leans: bool = True
