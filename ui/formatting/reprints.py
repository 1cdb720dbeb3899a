"""The other articles that carry a passage, named: `Also in: Outlet, date`. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rag.schema.hit import Reprint
from ui.formatting.i18n import text
from ui.formatting.source_line import NAME_AND_DATE, source_line

NAMED = 5  # articles that are named before the rest is only counted


def also_in_text(reprints: Sequence[Reprint], language: str) -> str:
    """Return one line that names them, empty when there are none."""
    if not reprints:
        return ""
    names = [source_line(reprint, language, NAME_AND_DATE) for reprint in reprints[:NAMED]]
    return f"{text('also_in', language)} {'; '.join([*names, *more_text(reprints, language)])}"


def more_text(reprints: Sequence[Reprint], language: str) -> list[str]:
    """Return how many there are that `NAMED` leaves out; nothing if there are none."""
    more = len(reprints) - NAMED
    return [text("also_in_more", language, count=more)] if more > 0 else []
