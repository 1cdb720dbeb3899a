"""Where clauses end, as far as signs and small words show. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answer_span import words
from rag.answer_span.tokens import Token

_ENDS = frozenset([",", ";", ".", ":", "»", ")", "(", "–", "—", "!", "?"])
_FINAL = _ENDS - {",", "(", "–", "—"}
# After a comma these go on with who says so: `…, a annoncé la mairie`.
_SPEAKER = frozenset(["a", "ont", "the"])


def _goes_on(found: Sequence[Token], place: int) -> bool:
    """Return whether a clause goes on after its comma: with another clause of it, or one more phrase."""
    if place >= len(found) or found[place].plain in words.SOURCES or found[place].plain in _SPEAKER:
        return False
    token = found[place]
    return token.is_conjunction or token.is_preposition or token.is_coordinator or token.is_determiner


def clause_ends(found: Sequence[Token], start: int) -> Iterator[int]:
    """Yield where the clause that begins at `start` may end, nearest first, up to who says so."""
    inside = [token for token in found if token.start >= start]
    for place, token in enumerate(inside):
        if place and (token.plain in _ENDS or token.is_conjunction):
            yield inside[place - 1].end
            if token.plain == "," and not _goes_on(inside, place + 1):
                return
        if token.plain in _FINAL:
            return
    if inside:
        yield inside[-1].end
