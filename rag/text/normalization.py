"""A text in the form in which it is kept, and words in the one form in which they are compared.

Case, accents, typography and grouping don't count.

Pure functions over strings; knows no language, no stop words and no stems.
"""

from __future__ import annotations

import re
import unicodedata

from rag.text.folding import RAISED

_SURROGATE = re.compile("[\ud800-\udfff]")
# Soft hyphens and joiners can't be seen: a word is the same without them.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ`´", "'"),
        **dict.fromkeys("\u00ad\u200c\u200d", ""),
        "œ": "oe",
        "æ": "ae",
        "ß": "ss",
    }
)
# Signs that are part of a word although `\w` leaves them out: the vowel signs, viramas and tones of the
# scripts of South and South-East Asia.
WORD_SIGNS = "".join(
    chr(code) for code in range(0x900, 0x1900) if unicodedata.category(chr(code)) in {"Mn", "Mc"}
)
# Thousands apart by one kind of separator, and decimals after another: 12 000, 1.234,5. On folded text.
_GROUPED = re.compile(r"(?<![\w.,])(\d{1,3}(?:([ .,'])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?(?!\w|[.,]\d)")
# `presqu'île` and `quelqu'un` are words of their own, as `aujourd'hui` is.
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu(?!'il))'(?=\w)(?!hui)")
_INITIALS = re.compile(r"(?<![\w.])[a-z](?:\.-?[a-z])+\b\.?(?!\w)")
_WORD = re.compile(rf"\d+[.,]\d+(?!\w)|\w[\w{WORD_SIGNS}]*(?:'\w[\w{WORD_SIGNS}]*)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")


def normalise_text(text: str) -> str:
    r"""Return a text as an article's is kept: Unicode NFC with `\n` line ends.

    Lone surrogates, which no file and no index can hold, become U+FFFD.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", lines))


class _Folded(dict[int, str]):
    """Each character's folded form, made when it is first met."""

    def __missing__(self, code: int) -> str:
        form = self[code] = _folded_character(chr(code))
        return form


def _folded_character(character: str) -> str:
    before, form = "", character
    while form != before:
        # Letters such as ℠ and ﬆ only fall apart into others when decomposed: so until nothing changes.
        before, form = form, unicodedata.normalize("NFKD", form.translate(_PLAIN)).casefold()
    return "".join(_digit(part) for part in form if not _is_accent(part))


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _is_accent(character: str) -> bool:
    """Return whether it only marks a letter.

    A virama (class 9) or a vowel sign (84 to 132) changes the word.
    """
    mark = unicodedata.combining(character)
    return mark != 0 and mark != 9 and not 84 <= mark <= 132


_FOLDED = _Folded()


_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_FRACTION = re.compile(r"(?:(?<![\d.,])(?P<whole>\d{1,3})[ \u00a0\u2009\u202f]?)?(?P<part>[½¼¾])")


def fold(text: str) -> str:
    """Lower case without accents, ligatures or typographic apostrophes: `L’Élysée` → `l'elysee`.

    The call of a note is no digit of the number before it (`300¹` → `300`), nor is a power (`10⁶` → `10e6`)
    or a half (`2½` → `2.5`).
    """
    if not text.isascii():
        text = RAISED.sub(lambda raised: f"10e{raised['number']}" if raised["ten"] else "", text)
        text = _FRACTION.sub(lambda found: f"{found['whole'] or 0}{_FRACTIONS[found['part']]}", text)
    return text.translate(_FOLDED)


def words(text: str) -> list[str]:
    """Folded words in order: elisions and hyphens cut, grouped digits joined (`12 000` → `12000`)."""
    return folded_words(fold(text))


def folded_words(folded: str) -> list[str]:
    """Return the same of a text that `fold` has been through."""
    plain = _ELISION.sub("", _GROUPED.sub(_ungrouped, folded))
    found: list[str] = []
    for word in _WORD.findall(_INITIALS.sub(_joined, plain)):
        if _CJK.search(word):
            found.extend(_bigrams(word))
        else:
            found.append(word.replace(",", ".").removesuffix("'s"))
    return found


def _ungrouped(number: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", number[1])
    return f"{digits}.{number[3]}" if number[3] else digits


def _joined(initials: re.Match[str]) -> str:
    """Return `O.N.U.` → `onu`, `J.-C.` → `jc`, with the space that ends it."""
    return re.sub(r"[.-]", "", initials[0]) + " "


def _bigrams(word: str) -> list[str]:
    """Scripts without spaces: overlapping pairs of characters stand for words."""
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]
