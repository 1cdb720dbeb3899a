"""Whether an article's sentence opens with a word for what the sentence before it names: `Il a dit`.

Pure. Knows French and English words; nothing is parsed.
"""

from __future__ import annotations

import re
from functools import cache

from rag.extraction import cue_words
from rag.schema.evidence import Evidence
from rag.text.normalization import fold


@cache
def _leans_back() -> re.Pattern[str]:
    return re.compile(rf"\W*{cue_words.POINTING.pattern}\b")


def leans_back(item: Evidence) -> bool:
    """Return whether the sentence opens with a word for something that the one before it names."""
    return bool(item.before) and _leans_back().match(fold(item.quote)) is not None
