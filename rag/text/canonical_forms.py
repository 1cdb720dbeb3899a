"""Numbers and dates among folded words in one form: `douze mille`, `1er`, `16 août`, `16/08/2025`.

Knows words, calendars (by CLDR) and number words (by `text2num`) per language; no stems. A month is
written `m08`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from text_to_num import text2num

from rag.text.cldr import month_names
from rag.text.normalization import fold

_NUMERIC_DATE = re.compile(
    r"\b(?:(?P<y>(?:1\d|20)\d\d)([/.-])(?P<m>\d\d?)\2(?P<d>\d\d?)"
    r"|(?P<a>\d\d?)([/.-])(?P<b>\d\d?)\6(?P<year>(?:1\d|20)\d\d))(?!\w|[/-]\d)"
)
_PERCENT = re.compile(r"\b(?:pour[ -]cent|per[ -]cent|percent)\b")
_ORDINAL = re.compile(r"(\d+)(?:ers?|eres?|res?|e|es|emes?|iemes?|nde?|st|nd|rd|th)")
# `XVIIIe`, `XVIIIème`, `XVIIIième`: a number that is written by the rules, as long as it may be.
_ROMAN = re.compile(r"(?=[ivx])(x{0,3}(?:ix|iv|v?i{0,3}))(?:e|emes?|iemes?)")
_ROMAN_VALUE = {"i": 1, "v": 5, "x": 10}
# What may stand between a day and its month, or a month and its year.
_OF = {"of", "the", "de", "del", "do", "di", "d", "le", "den", "der", "dem"}
# Those whose numbers in words text2num reads.
NUMBER_LANGUAGES = frozenset(("fr", "en", "es", "pt", "de", "it", "nl", "da"))
_AND = {"fr": "et", "en": "and", "es": "y", "pt": "e", "it": "e"}
# text2num wants the umlauts that folding has taken.
_UMLAUTS = (("zwolf", "zwölf"), ("funf", "fünf"))
# English and French only: a `billion` is a thousand times more in one than in the other.
_SCALES = {
    "fr": {"mille": 10**3, "million": 10**6, "milliard": 10**9, "billion": 10**12},
    "en": {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
}
_POINT = {"fr": "virgule", "en": "point"}
_ZERO = "zero"
_MOST_DECIMALS = 9
# Alone, these stay words: `un` and `deux` are said without counting anything, and `neuf` is also "new".
_LEAST_ALONE = 3
_NOT_ALONE = {"neuf"}
# Names of months that are other words too: months only beside a day or a year, and then also the word.
_OTHER_WORDS_TOO = {"en": {"may", "march"}, "ro": {"mai"}, "tr": {"ocak", "ekim", "mart"}}


@dataclass(frozen=True, slots=True)
class _Month:
    """`number` is the month's term, such as `m08`; `certain` when its name is nothing else."""

    number: str
    certain: bool
    kept: bool


def plain_dates(folded: str, language: str | None) -> str:
    """Dates in digits as day, month and year (`16/08/2025` → `16 m08 2025`); per cent is left out."""
    text = _NUMERIC_DATE.sub(lambda match: _spelled(match, language), folded)
    return _PERCENT.sub(" ", text)


def _spelled(match: re.Match[str], language: str | None) -> str:
    if match["y"]:
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    else:
        year, day, month = int(match["year"]), int(match["a"]), int(match["b"])
        # English text may have the month first: day first, as in Europe, unless that can't be.
        if month > 12 or (language == "en" and match[6] == "/" and day <= 12):
            day, month = month, day
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return match[0]
    return f" {day} m{month:02} {year} "


def in_one_form(words: list[str], language: str | None) -> list[str]:
    """Folded words with the numbers among them in digits, and each dated month as its number too."""
    return list(_dated(list(_counted(words, language)), language))


def _counted(words: list[str], language: str | None) -> Iterator[str]:
    position = 0
    while position < len(words):
        word = words[position]
        if word[0].isdigit():
            value, used = _scaled(words, position, language)
            yield value
            position += used
        elif decimal := _spoken_decimal(words, position, language):
            yield decimal[0]
            position = decimal[1]
        elif (
            language in NUMBER_LANGUAGES
            and _is_number(word, language)
            and not _is_month(words, position, language)
        ):
            end = _run_end(words, position, language)
            yield from _value(tuple(words[position:end]), language)
            position = end
        else:
            yield _century(words, position) if word.endswith(("e", "emes")) else word
            position += 1


def _spoken_decimal(words: list[str], position: int, language: str | None) -> tuple[str, int] | None:
    """Return `deux virgule cinq millions` as digits, and where it ends; None of a number without decimals."""
    if language not in _POINT or not _is_digit(words[position], language):
        return None
    point = position + 1 if words[position] == _ZERO else _run_end(words, position, language)
    if point + 1 >= len(words) or words[point] != _POINT[language]:
        return None
    zeros = point + 1
    while zeros < len(words) and words[zeros] == _ZERO:
        zeros += 1
    has_more = zeros < len(words) and _is_digit(words[zeros], language)
    end = _run_end(words, zeros, language) if has_more else zeros
    spoken, scale = words[zeros:end], 1
    while spoken and (factor := _SCALES[language].get(spoken[-1].removesuffix("s"))):
        scale *= factor
        spoken = spoken[:-1]
    whole = 0 if words[position] == _ZERO else _parsed(" ".join(words[position:point]), language)
    digits = "0" * (zeros - point - 1)
    if spoken:
        joined = _parsed(" ".join(spoken), language)
        digits += str(joined) if joined is not None else "".join(str(_parsed(w, language)) for w in spoken)
    if whole is None or not digits.isdecimal() or len(digits) > _MOST_DECIMALS:
        return None
    return f"{float(f'{whole}.{digits}') * scale:.15g}", end


def _is_digit(word: str, language: str) -> bool:
    return word == _ZERO or (not word[0].isdigit() and _is_number(word, language))


def _is_month(words: list[str], position: int, language: str) -> bool:
    """Return whether it is a date: `12 sept.` is one, though `sept` is also seven."""
    return position > 0 and _is_day(words[position - 1]) and words[position] in _months(language)


def _scaled(words: list[str], position: int, language: str | None) -> tuple[str, int]:
    """Return a number in digits, times the scale word after it, and how many words that took."""
    word = words[position]
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal:
        return ordinal[1], 1
    scales = _SCALES.get(language or "")
    if scales and position + 1 < len(words) and re.fullmatch(r"\d{1,6}(\.\d{1,6})?", word):
        scale = scales.get(words[position + 1].removesuffix("s"))
        if scale:
            return f"{round(float(word) * scale, 3):.15g}", 2
    return word, 1


def _century(words: list[str], position: int) -> str:
    """Return `XIXe siècle` → `19`; any other word as it is."""
    word = words[position]
    roman = _ROMAN.fullmatch(word)
    # `la vie au siècle dernier` counts nothing.
    reach = 2 if word == "vie" else 4
    if roman is None or not any(
        after.startswith("siecle") for after in words[position + 1 : position + reach]
    ):
        return word
    values = [_ROMAN_VALUE[letter] for letter in roman[1]]
    return str(sum(-v if v < max(values[i:]) else v for i, v in enumerate(values)))


@lru_cache(maxsize=65_536)
def _is_number(word: str, language: str) -> bool:
    return _parsed(word, language) is not None


def _parsed(words: str, language: str) -> int | None:
    if language == "de":
        for folded, written in _UMLAUTS:
            words = words.replace(folded, written)
    try:
        return text2num(words, language)
    except ValueError:
        return None


def _run_end(words: list[str], position: int, language: str) -> int:
    """Return where the number words that begin here end; `et` and `and` count between two of them."""
    end = position + 1
    while end < len(words):
        joins = words[end] == _AND.get(language) and end + 1 < len(words)
        following = end + 1 if joins else end
        if words[following][0].isdigit() or not _is_number(words[following], language):
            break
        end = following + 1
    return end


@lru_cache(maxsize=16_384)
def _value(run: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Return the longest numbers that a run of number words makes, from left to right.

    Small ones stay words.
    """
    found: list[str] = []
    while run:
        length, value = next(
            (n, value)
            for n in range(len(run), 0, -1)
            if (value := _parsed(" ".join(run[:n]), language)) is not None
        )
        found.append(run[0] if length == 1 and _stays(run[0], value, language) else str(value))
        run = run[length:]
        while run and _parsed(run[0], language) is None:
            found.append(run[0])
            run = run[1:]
    return tuple(found)


def _stays(word: str, value: int, language: str) -> bool:
    scales = {"cent", "hundred", *_SCALES.get(language, ())}
    return value < _LEAST_ALONE or word in _NOT_ALONE or word.removesuffix("s") in scales


def _dated(words: list[str], language: str | None) -> Iterator[str]:
    months = _months(language) if language else {}
    for position, word in enumerate(words):
        month = months.get(word)
        if month and (month.certain or _is_dated(words, position)):
            yield month.number
            if not month.kept:
                continue
        yield word


def _is_dated(words: list[str], position: int) -> bool:
    """Return whether a day stands before a month's name, or a day or a year after it."""
    return _is_day(_beside(words, position, -1)) or _is_day_or_year(_beside(words, position, 1))


def _beside(words: list[str], position: int, step: int) -> str:
    """Return the next word in this direction that isn't `of`; empty at the end."""
    position += step
    while 0 <= position < len(words) and words[position] in _OF:
        position += step
    return words[position] if 0 <= position < len(words) else ""


def _is_day(word: str) -> bool:
    return word.isdecimal() and len(word) <= 2 and 1 <= int(word) <= 31


def _is_day_or_year(word: str) -> bool:
    return _is_day(word) or (word.isdecimal() and len(word) == 4 and word[0] in "12")


@cache
def _months(language: str) -> dict[str, _Month]:
    """Folded name of a month, in full or shortened → the month."""
    others = _OTHER_WORDS_TOO.get(language, set())
    found: dict[str, _Month] = {}
    for width, named in sorted(month_names(language).items()):
        for names in named:
            for number, name in enumerate(names, start=1):
                word = fold(name).removesuffix(".").split("'")[-1].split()[-1]
                certain = width == "wide" and word not in others
                found[word] = _Month(f"m{number:02}", certain, word in others)
    return found
