"""Characters that no file format of text can hold: they are shown as missing, never left out in silence.

Pure. XML has no control characters, not even escaped, and terminals obey them.
"""

from __future__ import annotations

import re

# White space but for the no-break spaces, which are part of how words were published.
_SPACE = re.compile("[^\\S\u00a0\u2007\u202f]+")
MISSING = "\ufffd"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def writable(words: str) -> str:
    """Return the words with a replacement character for each that can't be written; lines and tabs stay."""
    return _UNWRITABLE.sub(MISSING, words.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(words: str) -> str:
    """Return the words on one line, with single spaces between them; no-break spaces stay."""
    return writable(_SPACE.sub(" ", words).strip(" "))
