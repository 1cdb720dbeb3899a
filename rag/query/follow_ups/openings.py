"""What stands before a question without being part of it: `Et`, `Merci, mais`, `D'accord. And`.

Pure. Knows French and English lists of words; not whether what follows stands alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag.query.follow_ups.lexicon import ABOUT, INTERJECTIONS, OPENERS
from rag.text.word_lists import any_of


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a question begins, `[0, end)` being what stands before it.

    `fragment`: what follows is only part of a question, as after `what about`.
    """

    end: int
    fragment: bool = False


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    openers, interjections = any_of(OPENERS.of(language)), any_of(INTERJECTIONS.of(language))
    about = any_of(ABOUT.of(language)) if ABOUT.of(language) else "(?!)"
    flags = re.IGNORECASE
    return (
        # `et si`, `alors que …, …` and `so that` are parts of what follows.
        re.compile(rf"\W*{openers}(?![\w'-])[\s,.:;!…]*(?!(?:si|that|far)\b|(?:que |qu').*,)(?=\S)", flags),
        re.compile(
            rf"\W*{interjections}(?![\w'-])(?:\s*[,.:;!…-]+\s*(?=\w)|\s+(?={openers}(?![\w'-])))", flags
        ),
        re.compile(rf"\W*{about}(?!\w)\s*", flags),
    )


def opening_of(flat: str, language: str) -> Opening:
    """Return what stands before a flattened question in `fr` or `en`."""
    openers, interjections, about = _patterns(language)
    end, fragment = 0, False
    while True:
        found = openers.match(flat, end) or interjections.match(flat, end)
        if found is None:
            break
        end = found.end()
    if found := about.match(flat, end):
        end, fragment = found.end(), True
    return Opening(end, fragment)
