"""Our own words as PostgreSQL's text search has them: lexemes with positions, and queries over them.

Pure. Nothing is cut or stemmed there: what is looked for is looked for as it is, so that both indexes and
those in files find the same. A vector holds 16,383 positions, 255 of each lexeme, and a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.text.sanitization import storable

LONGEST = 500  # characters of a lexeme, which may have 2,046 bytes
_MOST_PLACES, _MOST_OF_ONE, _MOST_BYTES = 15_000, 255, 500_000
# Words that are in two parts of a long text, so that a row of fewer is in one of them.
_OVERLAP = 500
ROW = 100  # words of a row that is looked for; of a longer one each hundred by itself


def quoted(lexeme: str) -> str:
    """Return a lexeme as vectors and queries are written."""
    cut = storable(lexeme[:LONGEST]).replace("\\", "\\\\").replace("'", "''")
    return f"'{cut}'"


def vector(lexemes: Sequence[str]) -> str:
    """Return lexemes that stand one after the other, as a vector is written: the first at position 1."""
    return _written(_places(lexemes, 0)[0])


def vectors(standing: Sequence[str]) -> Iterator[str]:
    """Yield the vector of a text of these lexemes, an empty one being a gap.

    Several that overlap where one doesn't hold it.
    """
    start = 0
    while True:
        places, end = _places(standing, start)
        yield _written(places)
        if end >= len(standing):
            return
        start = end - min(_OVERLAP, (end - start) // 2)


def _places(standing: Sequence[str], start: int) -> tuple[dict[str, list[int]], int]:
    """Return where lexemes are, from a position on as far as one vector goes, and the position after."""
    places: dict[str, list[int]] = {}
    size = 0
    for at in range(start, min(len(standing), start + _MOST_PLACES)):
        if not (here := standing[at]):
            continue
        there = places.setdefault(here, [])
        if size > _MOST_BYTES or len(there) >= _MOST_OF_ONE:
            return places, at
        there.append(at - start + 1)
        size += len(here.encode("utf-8", "replace")) + 4
    return places, min(len(standing), start + _MOST_PLACES)


def _written(places: dict[str, list[int]]) -> str:
    return " ".join(f"{quoted(one)}:{','.join(map(str, at))}" for one, at in places.items() if at)


def row(lexemes: Iterable[tuple[int, str]]) -> str:
    """Return the query for lexemes at these distances from one another: `(0, a), (2, b)` is `a <2> b`."""
    listed = list(lexemes)
    if len(listed) > ROW:  # longer than what two parts of a text share
        parts = [listed[at : at + ROW] for at in range(0, len(listed), ROW)]
        return " & ".join(f"({row(part)})" for part in parts)
    written, before = "", 0
    for at, lexeme in listed:
        written += f" <{at - before}> {quoted(lexeme)}" if written else quoted(lexeme)
        before = at
    return written


def any_of(queries: Iterable[str]) -> str:
    """Return the query for any of these."""
    return " | ".join(f"({one})" for one in queries)
