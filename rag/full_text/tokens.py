"""The words of a text for full-text search, each where it stands.

Every run of letters, marks and digits is a word, elisions and hyphens cut, so that what is written one after
the other can be asked for so; in scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each
character is one. Queries and texts are cut by this one function.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from rag.text.analyzer import stems
from rag.text.normalization import fold

# Marks belong to the letter before them, and soft hyphens and joiners stand within words.
_MARKS = "".join(
    re.escape(chr(code))
    for code in chain(range(0x20000), range(0xE0000, 0xE1000))  # no other plane of Unicode has any
    if unicodedata.category(chr(code)) in {"Mn", "Mc"}
)
_WITHIN = rf"{_MARKS}\u0640\u00ad\u200c\u200d"
# Scripts in which nothing stands between words.
_UNSPACED = (
    r"\u0e01-\u0e4f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
    r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Letters to `\w`: apostrophes of some, and the calls of notes.
_NO_LETTERS = r"\u02bb\u02bc²³¹⁰⁴-⁹"
_SPACE = r"[ \u00a0\u2009\u202f.,'’]"
# `12 000` and `1,234,567` are one word, whichever way their thousands are kept apart, and so is `3,5`.
NUMBER = (
    rf"(?<![\w.,])(?:\d{{1,3}}(?P<gap>{_SPACE})\d{{3}}(?:(?P=gap)\d{{3}})*+(?!\d)(?:[.,]\d++(?![.,]?\d))?"
    r"|\d++[.,]\d++(?![.,]?\d))"
)
# `O.N.U.` and `J.-C.` are the words `onu` and `jc`.
_INITIALS = r"(?<![\w.])[^\W\d_](?:\.-?[^\W\d_])+(?:\.|(?!\w))"
_APART = re.compile(rf"{NUMBER}|{_INITIALS}")
_LETTERS = rf"[^\W_{_NO_LETTERS}{_UNSPACED}]+"
_WORD = re.compile(rf"{_LETTERS}(?:[{_WITHIN}]+(?:{_LETTERS})?)*|[{_UNSPACED}][{_WITHIN}]*")
# A text without any of these has no mark and no character that is a word, and is read five times as fast.
_UNUSUAL = re.compile(
    "[_\u00ad²³¹\u02bb\u02bc\u0300-\u1fff\u200c\u200d\u2070-\u2079\u20d0-\u20ff\u2cef-\U0010ffff]"
)
_PLAIN_WORD = re.compile(r"\w+")
# Letters that are none with an accent to Unicode, and are to readers; a stroke that only makes words longer.
_LIKE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "\u0640": ""})
_SHORT_I = "й"  # no accented letter: stemmers know it
_GROUPED = re.compile(rf"\d{{1,3}}(?P<gap>{_SPACE})\d{{3}}(?:(?P=gap)\d{{3}})*(?!\d)")
_LONGEST = 100  # characters of a word: what comes after isn't looked at
NO_LANGUAGE = "-"


class Token(NamedTuple):
    """A folded word, and the characters `[start, end)` that it stands for."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the words of a text, in order."""
    words, spans = split(text)
    return [Token(word, *span) for word, span in zip(words, spans, strict=True)]


def split(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the same as two lists: folded words, and the characters `[start, end)` of each."""
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    place, word = 0, _WORD if _UNUSUAL.search(text) else _PLAIN_WORD
    for apart in chain(_APART.finditer(text), [None]):  # few: what stands between is read in one go
        found = list(word.finditer(text, place, apart.start() if apart else len(text)))
        words += [_folded(one[0]) for one in found]
        spans += [one.span() for one in found]
        if apart:
            words.append(_without_signs(apart[0]))
            spans.append(apart.span())
            place = apart.end()
    return words, spans


@lru_cache(maxsize=131_072)
def _folded(written: str) -> str:
    if "\u3040" <= written[0] <= "\u30ff":  # voiced kana are other letters: `バ` isn't `ハ`
        return "".join(unicodedata.normalize("NFKC", written).split())
    kept = fold(written.lower().replace(_SHORT_I, "\ue000")).replace("\ue000", _SHORT_I)
    # Folding takes Korean syllables apart, and how a word begins is told in syllables.
    whole = unicodedata.normalize("NFC", kept.translate(_LIKE))
    return "".join(whole.split())[:_LONGEST] or written[:_LONGEST]


def _without_signs(written: str) -> str:
    """Return a number, its decimals after a point, or initials, without the other signs within them."""
    if not written[0].isdigit():
        return "".join(character for character in _folded(written) if character.isalnum())
    grouped = _GROUPED.match(written)
    whole = grouped[0] if grouped else re.split("[.,]", written)[0]
    decimals = written[len(whole) + 1 :]
    bare = "".join(character for character in _folded(whole) if character.isdigit())
    return f"{bare}.{_folded(decimals)}" if decimals else bare


def stems_of(words: Sequence[str], language: str | None) -> list[str]:
    """Return the stem of each word, under its language's name: a stem is another word in another language."""
    code = language_code(language)
    of = {word: _stem(word, code) for word in dict.fromkeys(words)}
    return [of[word] for word in words]


def language_code(language: str | None) -> str:
    """Return a language without its script and country: `pt` for `pt-BR`."""
    return (language or "").split("-")[0].split("_")[0].lower() or NO_LANGUAGE


@lru_cache(maxsize=131_072)
def _stem(word: str, code: str) -> str:
    return f"{code}:{stems([word], code)[0]}"
