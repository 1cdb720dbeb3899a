"""What a value of a table is: a text that people read, or what only identifies, counts or dates something.

Pure, over values of any type and length, all of them hostile.
"""

from __future__ import annotations

import re

from ingest.schema.metadata import iso_date

_LOOKED_AT = 2_000  # characters of a value
_FEWEST_WORDS = 3  # of a text, somewhere in its column
_FEWEST_LETTERS = 8  # of a text in a script that puts no spaces between words
_TAG = re.compile(r"<[^<>]{0,500}>")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", re.UNICODE)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_OPAQUE = re.compile(
    r"[({\[]?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}[)}\]]?"  # a GUID
    r"|(?:0x|sha\d+[:-]|md5[:-])?[0-9a-f]{16,}"  # a hash
    r"|(?=[^\s]*\d)[\w+/=.:#@~-]{1,200}"  # a number, a key, something coded
    r"|[+-]?[\d\s.,\u00a0\u202f]+\s?[%€$£]?"
    r"|(?:[a-z][a-z0-9+.-]*:)?//\S+|(?:mailto|urn|doi|tel|data):\S+|www\.\S+"
    r"|[^\s@]+@[^\s@]+\.[^\s@]+"
    r"|(?:[a-z]:)?[\\/]?(?:[^\s\\/]+[\\/])+[^\s\\/]*",
    re.IGNORECASE,
)
# `12 bis, rue des Lilas, 49000 Angers`: a number in front, a post code behind.
_POSTAL = re.compile(
    r"\d{1,4}\s?(?:bis|ter|quater|[a-d])?,?\s[^.!?]{3,80}\b\d{5}\b[^.!?\d]{0,40}", re.IGNORECASE
)


def is_opaque(value: object) -> bool:
    """Return whether a value is nobody's words: an id, a hash, a number, a date or an address."""
    if not isinstance(value, str):
        return True
    shown = value[:_LOOKED_AT].strip()
    if not shown:
        return True
    if _OPAQUE.fullmatch(shown) or _POSTAL.fullmatch(shown):
        return True
    return len(shown) <= 60 and iso_date(shown, day_first=True) is not None


def is_prose(value: object) -> bool:
    """Return whether a value has words enough to be a text, without its markup."""
    if is_opaque(value):
        return False
    assert isinstance(value, str)
    plain = _TAG.sub(" ", value[:_LOOKED_AT])
    if is_opaque(plain):
        return False
    return len(_WORD.findall(plain)) >= _FEWEST_WORDS or len(_UNSPACED.findall(plain)) >= _FEWEST_LETTERS


def word_count(value: object) -> int:
    """Return how many words a value has, without its markup, in so much of it as is looked at."""
    if is_opaque(value):
        return 0
    assert isinstance(value, str)
    plain = _TAG.sub(" ", value[:_LOOKED_AT])
    return len(_WORD.findall(plain)) or len(_UNSPACED.findall(plain)) // 2
