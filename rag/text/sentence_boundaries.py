"""Where a sentence ends within one line: what each full stop, question mark or ellipsis stands for.

Pure. One pass over the marks; whatever isn't told by the words around a mark ends a sentence, as it does in
print. A quotation with what says whose it is stays one sentence; one that stands by itself is as many as it
has. Abbreviations are listed by language in `abbreviations.txt`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.text.cldr import month_numbers
from rag.text.folding import flatten
from rag.text.stop_words import stop_words

# Marks that end a sentence, with what closes after them: a reference's number, guillemets, brackets.
_MARKS = re.compile(
    r"(?P<marks>(?:\.(?:\s\.){2,}|[.!?…‼⁇⁈⁉।॥։؟۔።。．！？｡]+)(?:[\s\u00a0\u202f]+[!?]+)*)"
    r"(?P<closers>(?:\[[^\[\]]{1,30}\]|[¹²³⁰⁴-⁹]+|[\"”’')\]}』」）】》]"
    r"|:\d{1,4}(?:[-–]\d{1,4})?(?=\s)|[ \u00a0\u202f]*»|[ \u00a0\u202f]+”)*)"
)
_BULLET = re.compile(r"(?<=\s)[•▪◦‣●■](?=\s)")
# What may stand before a sentence's first letter, and the letter or digit.
_NEXT = re.compile(r"[\s«“„‘\"'(\[¿¡*_–—―-]*")
_WORD = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*")
_LAST_TOKEN = re.compile(r"[^\s«“\"(\[]+$")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.[-‐]?)*[^\W\d_]")  # `J`, `J.-C`, `Ph.-A`
_LETTERS_WITH_PERIODS = re.compile(r"[^\W\d_]{1,2}(?:\.[-‐ ]?[^\W\d_]{1,3})+")  # `U.S`, `p.m`, `J.-C`
_ITEM = re.compile(r"\s*(?:\d{1,3}|[^\W\d_]|[ivxIVX]{1,5})")
_ROMAN = re.compile(r"[IVXLC]+\b")
_NUMBER = re.compile(r"[\d°§]|[A-Z]{1,2}\.[\s\u00a0]?\d")  # `12`, `L. 121-3`
_ROMAN_NUMBER = re.compile(r"[IVXLC]+(?![\w'’])")
_BRAND = re.compile(r"[a-z]{1,2}[A-Z]\w")
_ELISION = re.compile(r"[^\W\d_]{1,2}['’]")
_CJK = frozenset("。．！？｡")
_ADDRESS = re.compile(r"[@/\\]|^www\.|\.\w+\.")
# A name before one of these, after `?` or `!`: who said it (`"Why?" Smith asked.`).
_SAID = re.compile(
    r"[A-ZÀ-Þ][\w.'’-]*(?:\s+[A-ZÀ-Þ][\w.'’-]*){0,3}\s+"
    r"(?:said|says|asked|asks|replied|replies|added|adds|told|tells|wrote|writes|shouted|cried|wondered|joked)\b"
)
_BRANDS_WITH_MARK = frozenset({"yahoo", "jeopardy", "wham", "oklahoma"})
_DAY_HALF = frozenset({"a.m", "p.m", "am", "pm"})
_NEVER_LAST = frozenset(
    {"e.g", "i.e", "p.ex", "c.-à-d", "c.à.d", "z.b", "d.h", "u.a", "cf", "vgl", "cfr", "p.e"}
)
# French weekdays' abbreviations that are words too: "C'est un jeu. 3 équipes y jouent."
_DAYS_AND_WORDS = frozenset({"mer", "jeu"})
# Numbers' abbreviations that are words too: "No. I said one term."
_ALSO_WORDS = frozenset({"no", "nos", "art", "par", "ex", "lot", "ref", "app", "sec", "doc", "vers", "fax"})
_UNITS = frozenset({"min", "max", "sec", "std"})
_COMPANIES = frozenset({"inc", "ltd", "co", "corp", "cie", "cia", "bros", "jr", "sr", "gmbh"})
_QUOTES = {"«": "»", "“": "”", "„": "“”", "「": "」", "『": "』"}
_BRACKETS = {"(": ")", "[": "]", "（": "）"}
_ENCLOSING = re.compile(
    "[" + re.escape("".join([*_QUOTES, *_QUOTES.values(), *_BRACKETS, *_BRACKETS.values(), '"'])) + "]"
)
_DEEPEST = 20  # quotations and brackets within each other; those around more of them aren't told
_NEAR = 80  # characters around a mark that tell what it is
# A longer quotation is cut into its sentences, whoever is said to have spoken it.
_LONGEST_QUOTATION = 400
_TERMINAL = ".!?…。！？"


@dataclass(frozen=True, slots=True, order=True)
class _Enclosed:
    """What stands between a quotation's or a bracket's marks, both included.

    `splits`: sentences end in it.
    """

    start: int
    end: int
    is_bracket: bool
    splits: bool


def boundaries(line: str, language: str | None = None) -> list[int]:
    """Return where sentences end in a line that isn't broken, in order: 0 < offset <= len(line).

    Offsets count characters; white space after a sentence isn't of it. What follows the last one, if
    anything but white space, is a sentence without a mark at its end.

    Args:
        line: The text, without line breaks that end a sentence.
        language: Its language's code. Abbreviations of French and English where it is unknown.
    """
    if not line or not any(mark in line for mark in ".!?…‼⁇⁈⁉।॥։؟۔።。．！？｡•▪◦‣●■"):
        return []
    reader = _Reader(line, _Words.of(language))
    ends = sorted({*reader.ends(), *(match.start() for match in _BULLET.finditer(line))})
    begin = len(line) - len(line.lstrip())
    return [end for end in ends if end > begin]


@dataclass(frozen=True, slots=True)
class _Words:
    """A language's abbreviations by kind, as listed; words that often begin a sentence, in lower case."""

    language: str | None
    titles: frozenset[str]
    numbers: frozenset[str]
    days: frozenset[str]
    others: frozenset[str]
    common: frozenset[str]

    @staticmethod
    @cache
    def of(language: str | None) -> _Words:
        """Return those of a language; of French and English if it has none of its own."""
        listed = _abbreviations()
        known = {spoken for spoken, _ in listed}
        spoken = [language] if language in known else ["fr", "en"]

        def those(kind: str) -> frozenset[str]:
            return frozenset().union(*(listed.get((one, kind), frozenset()) for one in ["*", *spoken]))

        common = frozenset().union(*(stop_words(one) for one in ([language] if language else spoken)))
        long = frozenset(word for word in common if len(word) > 1) | frozenset("aàiyoe")
        return _Words(
            language,
            those("title"),
            those("number"),
            those("day"),
            those("other"),
            long | frozenset(word.lower() for word in those("opener")),
        )

    def begins_often(self, text: str) -> bool:
        """Return whether a text begins with a word that often begins a sentence: `Le`, `It`, `L'`."""
        if _ELISION.match(text):
            return True
        word = _WORD.match(text)
        if word is None or text[word.end() : word.end() + 1] == ".":
            return False
        return re.split(r"[.'’-]", word[0].lower())[0] in self.common or word[0].lower() in self.common


@cache
def _abbreviations() -> dict[tuple[str, str], frozenset[str]]:
    lines = files("rag.text").joinpath("abbreviations.txt").read_text("utf-8").splitlines()
    found: dict[tuple[str, str], frozenset[str]] = {}
    for line in lines:
        if line and not line.startswith("#"):
            language, kind, *words = line.split()
            found[language, kind] = found.get((language, kind), frozenset()) | frozenset(words)
    return found


class _Reader:
    """One line, read once: whatever is looked at around a mark is of bounded length."""

    def __init__(self, line: str, words: _Words) -> None:
        self._line = line
        self._words = words
        enclosed = sorted(_enclosed(line))
        self._whole = _outermost(one for one in enclosed if not one.splits)
        self._brackets = {one.end: one.start for one in enclosed if one.is_bracket}
        self._is_lower = not any(char.isupper() for char in line)
        self._start = 0

    def ends(self) -> Iterator[int]:
        """Yield where sentences end."""
        for match in _MARKS.finditer(self._line):
            if not self._said(match.start("marks")).strip(" \t«“\"'([–—-"):
                continue  # nothing has been said yet
            if self._is_inside(match) or not self._ends_at(match):
                continue
            self._start = match.end()
            yield match.end()

    def _said(self, place: int) -> str:
        """Return the last characters of the sentence that stand before a place."""
        return self._line[max(self._start, place - _NEAR) : place]

    def _is_inside(self, match: re.Match[str]) -> bool:
        """Return whether a mark stands within what isn't cut, or closes a bracket in mid-sentence."""
        mark, end = match.start("marks"), match.end()
        found = bisect_left(self._whole, (mark,)) - 1
        if found >= 0 and end < self._whole[found][1]:
            return True
        opened = self._brackets.get(end)
        return opened is not None and opened < mark and bool(self._said(opened).strip())

    def _ends_at(self, match: re.Match[str]) -> bool:
        line, marks, end = self._line, match["marks"], match.end()
        if end == len(line) or (len(line) - end < _NEAR and not line[end:].strip()):
            return True
        if marks[-1] in _CJK:
            return True
        if not line[end].isspace():
            return (match["closers"].endswith("]") and line[end].isupper()) or self._is_glued(match)
        opens = _NEXT.match(line, end, end + _NEAR).end()
        after = line[opens : opens + _NEAR]
        if not after:
            return True
        if self._goes_on(line[end : end + _NEAR], after):
            return self._is_lower and marks == "." and after[0].isalpha() and not self._is_listed(match)
        if "?" in marks or "!" in marks:
            return not self._is_said(match, after)
        if marks == ".":
            return not self._is_abbreviation(match, after)
        return True  # an ellipsis before a capital, and marks of other scripts

    def _goes_on(self, rest: str, after: str) -> bool:
        """Return whether what follows a mark goes on with its sentence: it begins with a small letter."""
        small = after[0].islower() and not _BRAND.match(after)
        return (small and not rest.lstrip().startswith(("(", "[", "•"))) or after[0] in ",;:)]»”%"

    def _is_glued(self, match: re.Match[str]) -> bool:
        """Return whether a sentence begins without a space before it: `démissionné.Le préfet`."""
        line, start, end = self._line, match.start("marks"), match.end()
        if match["marks"] not in {".", "!", "?", "…"} or not line[end].isupper():
            return False
        before, after = _LAST_TOKEN.search(self._said(start)), re.match(r"\S+", line[end : end + _NEAR])
        if before is None or _ADDRESS.search(before[0] + match[0] + after[0]):
            return False
        word = _WORD.match(line, end)
        long = word is not None and (len(word[0]) > 3 or word[0].lower() in self._words.common)
        return (
            len(before[0]) > 3
            and before[0][-3:].islower()
            and long
            and self._words.begins_often(line[end : end + _NEAR])
        )

    def _is_said(self, match: re.Match[str], after: str) -> bool:
        """Return whether what follows `?` or `!` says who has said it, or the mark is of a name."""
        if _SAID.match(after) and match["closers"]:
            return True
        before = _LAST_TOKEN.search(self._said(match.start("marks")))
        is_brand = before is not None and before[0].lower() in _BRANDS_WITH_MARK and match["marks"] == "!"
        return is_brand and not self._words.begins_often(after)

    def _is_listed(self, match: re.Match[str]) -> bool:
        """Return whether the word before a mark is an abbreviation of any kind."""
        found = _LAST_TOKEN.search(self._said(match.start("marks")))
        words = self._words
        listed = words.titles | words.numbers | words.days | words.others | _NEVER_LAST | _DAY_HALF
        return found is not None and found[0].lower() in {word.lower() for word in listed}

    def _is_abbreviation(self, match: re.Match[str], after: str) -> bool:
        """Return whether the period after a word belongs to it, and ends no sentence before `after`."""
        if match["closers"].strip():
            return False
        words, said = self._words, self._said(match.start("marks"))
        found = _LAST_TOKEN.search(said)
        if found is None:
            return False
        before = said[: found.start()].rstrip(" \u00a0")
        token = found[0].strip("'’–—")
        token = re.sub(r"^(?:[^\W\d_]{1,2}|[Qq]u)['’](?=.)", "", token)  # `l'art`
        is_first = not before.strip(' «“"([')
        if is_first and _ITEM.fullmatch(token) and (len(token) == 1 or not words.begins_often(token)):
            return True
        low = token.lower()
        if low in _NEVER_LAST:
            return True
        digit = after[0].isdigit()
        if token in words.titles:
            return not digit
        if _is_in(token, words.days) and digit:
            return low not in _DAYS_AND_WORDS or _names_month(after)
        if _is_in(token, words.numbers):
            roman = None if low in _ALSO_WORDS else _ROMAN_NUMBER.match(after)
            if roman or _NUMBER.match(after):
                return True
        if _is_in(token, words.others):
            if low == "etc" or (low in _UNITS and before[-1:].isdigit()) or (digit and low in _COMPANIES):
                return False
            return digit or not words.begins_often(after)
        if low in _DAY_HALF:
            return not digit and (_is_code(after) or self._names_a_day(after))
        if _LETTERS_WITH_PERIODS.fullmatch(token):
            return not words.begins_often(after)
        if _INITIALS.fullmatch(token):
            return self._is_initial(token, before, after)
        if words.language == "de" and token.isdecimal() and len(token) < 3:
            return after[0].isupper() and not words.begins_often(after)
        return False

    def _is_initial(self, token: str, said: str, after: str) -> bool:
        """Return whether a lone letter is short for a first name or a code's part, not a sentence's last."""
        before = said.split()
        if not token[-1].isupper():
            return False
        if after[0].isdigit():
            return bool(re.match(r"\d+(?:-\d+)+|\d{2,}", after)) and (not before or before[-1].islower())
        named = not before or before[-1][:1].isupper() or before[-1].endswith(".")
        if self._words.begins_often(after):
            return named and not _ROMAN.fullmatch(token) and not _ELISION.match(after) and not before
        return True

    def _names_a_day(self, after: str) -> bool:
        return bool(
            re.match(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|[A-Z][a-z]+ (?:time|Time)\b", after)
        )


def _names_month(after: str) -> bool:
    """Return whether a text begins with a day and its month: `12 mars`."""
    found = re.match(r"\d{1,2}(?:er)?\s+([^\W\d_]+)", after)
    return found is not None and flatten(found[1]).lower() in month_numbers("fr")


def _is_in(token: str, listed: frozenset[str]) -> bool:
    """Return whether a word is listed: with a capital only as it is, else however it is written."""
    return token in listed or token.lower() in listed


def _is_code(after: str) -> bool:
    """Return whether a text begins with a word of capitals: `EST`."""
    word = _WORD.match(after)
    return word is not None and len(word[0]) > 1 and word[0].isupper()


def _enclosed(line: str) -> Iterator[_Enclosed]:
    """Yield the quotations and brackets of a line; those that aren't closed in it aren't told."""
    open_: list[tuple[int, str, bool]] = []
    for found in _ENCLOSING.finditer(line):
        place, char = found.start(), found[0]
        inner = next((depth for depth in range(len(open_) - 1, -1, -1) if char in open_[depth][1]), None)
        if inner is not None:
            start, _, is_quote = open_[inner]
            del open_[inner:]
            yield _Enclosed(start, place + 1, not is_quote, is_quote and _splits(line, start, place + 1))
        elif char in _QUOTES:
            open_.append((place, _QUOTES[char], True))
        elif char in _BRACKETS:
            open_.append((place, _BRACKETS[char], False))
        elif char == '"' and (place == 0 or line[place - 1] in " \u00a0\u202f(['’«"):
            open_.append((place, '"', True))
        del open_[:-_DEEPEST]


def _splits(line: str, start: int, end: int) -> bool:
    """Return whether a quotation is cut into its sentences.

    It stands by itself, between sentences and closed after one, or is too long to be one.
    """
    if end - start > _LONGEST_QUOTATION:
        return True
    before = line[max(0, start - _NEAR) : start].rstrip(" –—-\u00a0")
    inner, after = line[start + 1 : end - 1].rstrip(), line[end : end + _NEAR].lstrip()
    begins = not before or before[-1] in _TERMINAL or before[-1] in '»”"'
    ends = bool(inner) and inner[-1] in _TERMINAL
    opens = not after or not (after[0].islower() or after[0] in ",;:.)")
    return begins and ends and opens


def _outermost(enclosed: Iterable[_Enclosed]) -> list[tuple[int, int]]:
    """Return the places, in order, that aren't within others of them."""
    found: list[tuple[int, int]] = []
    for one in enclosed:
        if not found or one.end > found[-1][1]:
            found.append((one.start, one.end))
    return found
