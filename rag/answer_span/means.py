"""Phrases that say how something is done: `en se servant de …`, `grâce à …`, `by sending …`, `via`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answer_span.words import MEANS, NO_MEANS, finder
from rag.schema.article import Span
from rag.text.folding import flatten

_GERUND = re.compile(
    r"\b(?:en (?:se |s'|y |en |l'|l[aes]s? |les |leur |lui |ne )?(?P<fr>\w{2,}ant)"
    r"|by (?:\w+ly )?(?P<en>\w{2,}ing))\b",
    re.IGNORECASE,
)
# Where such a phrase ends.
_END = re.compile(r"[,;:.!?»”\")](?=\W|$)|\s[–—]\s|$")


def means(text: str) -> Span | None:
    """Return where a sentence says by what means, from the first such phrase to the last's end."""
    flat = flatten(text)
    found = sorted(_openings(flat))
    if not found:
        return None
    return Span(found[0], _END.search(flat, found[-1] + 1).start())


def _openings(flat: str) -> Iterator[int]:
    yield from (match.start() for match in finder(MEANS).finditer(flat))
    for match in _GERUND.finditer(flat):
        if (match["fr"] or match["en"]).lower() not in NO_MEANS:
            yield match.start()
