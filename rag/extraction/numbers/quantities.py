"""Numbers in a text as values: `12 000`, `douze mille`, `3,5 M€`, `41 pour cent`.

Pure. Puts digits, number words, multipliers and units together; knows no claim and no article.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.extraction.numbers.number_words import NumberWords, find_number_words
from rag.extraction.numbers.times import find_times
from rag.extraction.numbers.units import currency, multiplier_after, unit_after
from rag.text.folding import flatten, word_forms, word_set

# How far a number may be from one said to be about right, and from one said by tens (`une dizaine`).
HEDGED, ROUNDED = 0.12, 0.25

_ROUND = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000, "dozen": 12,
}  # fmt: skip
_PARTS = {
    "la moitie": 50, "half of": 50, "half the": 50, "un tiers": 100 / 3, "a third of": 100 / 3,
    "one third": 100 / 3, "les deux tiers": 200 / 3, "deux tiers": 200 / 3, "two thirds": 200 / 3,
    "un quart d": 25, "a quarter of": 25, "trois quarts": 75, "three quarters": 75,
}  # fmt: skip

_ABOUT = re.compile(
    rf"\b(?:une?|a|one) (?:bonne |petite |demi-)?(?P<round>{'|'.join(_ROUND)})\b", re.IGNORECASE
)
_PART = re.compile(rf"\b(?:{'|'.join(map(re.escape, _PARTS))})\b", re.IGNORECASE)
_PART_WORDS = word_set("moitie half tiers third thirds quart quarter quarts quarters")
_DIGIT = re.compile(r"\d")
# Plurals that count nothing by themselves (`des millions`).
_VAGUE = word_set("millions milliards billions thousands hundreds")
_LITERAL = re.compile(
    r"(?P<sign>(?<![\w.,)])[+-] ?)?(?P<currency>(?:us)?[$€£¥] ?)?"
    r"(?P<digits>\d{1,3}(?:[ .,']\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?: ?(?P<part>[½¼¾]))?"
    r"(?P<suffix>(?:er|ere|re|e|emes?|iemes?|nd|nde|st|rd|th)\b(?!\w))?(?P<power>[⁰¹²³⁴-⁹]{1,2})?\^*",
    re.IGNORECASE,
)
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_FRACTION = re.compile(r"(?<!\d)(?<!\d )[½¼¾](?!\d)")
# `two and a half million`, `deux ans et demi`; a `half-brother` is none.
_HALF = re.compile(
    r"[ -](?:et[ -]demie?|and[ -]a[ -]half)\b(?!-(?!year|month|week|day|hour|minute|mile|inch))"
)
_SCALE = r"(?:thousand|million|milliard|billion|trillion)"
# `half a million`, `un demi-milliard`, `one and a half million`: what stands before the scale.
_OF_SCALE = re.compile(
    r"\b(?:(?P<half>half an? |half[ -]|demi[ -])|(?P<three>three[ -]quarters of an? |trois quarts de )"
    r"|(?P<quarter>(?:an? |one )?quarter of an? |(?:un )?quart de )|(?P<more>(?:one|an?) and a half ))$"
)
_OF_SCALE_VALUES = {"half": 0.5, "three": 0.75, "quarter": 0.25, "more": 1.5}
_BEFORE_SCALE = re.compile(rf"(?: of)?(?: an?| de)? ?{_SCALE}\b", re.IGNORECASE)
_HEDGE = re.compile(
    r"(?:environ|pres d[e']|quelque|autour d[e']|presque|quasi|a peu pres|about|around|nearly|almost|roughly"
    r"|approximately|some|close to|etwa|rund|ungefahr|circa|ca\.|casi|unos|unas|cerca de|alrededor de"
    r"|ongeveer|bijna|quase) ?$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:dont|contre|au lieu de|plutot que|et non|instead of|rather than|and not|including|of whom|of which"
    r"|against|compared (?:with|to)|(?:up|down) from|davon|darunter"
    r"|statt|anstelle von|de (?:los|las) (?:cuales|que)|di cui|dei quali|dos quais"
    r"|das quais|waarvan|anziche|en lugar de|em vez de) (?:an? )?$",
    re.IGNORECASE,
)
_RATES = {
    "year": "an annee year annum", "month": "mois month", "week": "semaine week", "day": "jour day",
    "hour": "heure hour", "minute": "minute", "second": "seconde second",
    "head": "habitant personne person head inhabitant",
}  # fmt: skip
_RATE_OF = {word: rate for rate, words in _RATES.items() for word in words.split()}
_RATE = re.compile(rf" ?(?:par|a|an|per|each|every|/) ?({'|'.join(_RATE_OF)})\b", re.IGNORECASE)
_ANAPHORIC = re.compile(r"(?:les|ces|leurs|ses|the|these|those|their|both|des|aux) $", re.IGNORECASE)
_BOUND = re.compile(
    r"(?:(?P<more>plus d[e']|more than|over|au moins|at least|depasse(?:nt)?|above|mehr als|uber|mindestens"
    r"|mas de|al menos|piu di|oltre|almeno|meer dan|minstens|mais de|pelo menos)"
    r"|(?P<less>moins d[e']|less than|fewer than|under|au plus|at most|jusqu'a|up to|below|weniger als|unter"
    r"|hochstens|menos de|a lo sumo|meno di|al massimo|minder dan|hooguit|no maximo)) ?$",
    re.IGNORECASE,
)
_NOUN = re.compile(r"(?: (?:de |d'|of |nouveaux? |nouvelles? |new |other |autres )*|-)(?P<noun>[^\W\d_]{3,})")
_IN_NAME = re.compile(r"[^\W\d_]$|\d[.,:/]$|(?:\b[A-Z]\w*)-$|n°$")
_RUNS_ON = re.compile(r"[.,/:]\d")
_RANGE = re.compile(r" ?(?:-|a|et|to|and|ou|or) ?$", re.IGNORECASE)
_BESIDE_A_NUMBER = re.compile(r"\b(?:au lieu de|contre|plutot que|moins de|plus de|que|sur|a peine) $")
_ENDS_TO = re.compile(r" ?(?:-|a|to) ?$", re.IGNORECASE)
_NOT_ORDINAL = re.compile(
    r" (?:ministre|ministres|ministere|lady|abord|lieu|plan|of all|place|time|fois|dame)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A stated number. `values` are its readings, the likeliest first, in the unit's base.

    `unit` is a dimension ("" when none is stated), `noun` the flattened word that follows. `loose` is a
    number that rounds (`une dizaine`, `environ 500`); `anaphoric` one that only points back (`les deux`).
    `aside` marks a number set beside a main one (`dont douze`, `contre 470`); `following` are the words
    after it; `rate` is what it is counted by (`par an`).
    `bound` is 1 for `plus de`, -1 for `moins de`; `signed` the sign when one is written; `precision` the
    worth of the last digit stated.
    """

    start: int
    end: int
    text: str
    values: tuple[float, ...]
    unit: str = ""
    noun: str = ""
    ordinal: bool = False
    slack: float = 0.0
    anaphoric: bool = False
    bound: int = 0
    aside: bool = False
    rate: str = ""
    following: str = ""
    signed: int = 0
    precision: float = 1.0
    factor: float = 1.0

    @property
    def loose(self) -> bool:
        """Whether it is said to be about right: `environ`, `une dizaine`."""
        return self.slack > 0

    @property
    def plain(self) -> tuple[float, ...]:
        """The readings as written, not in the unit's base."""
        return tuple(value / self.factor for value in self.values)

    @property
    def value(self) -> float:
        """Return the number; of several, the first."""
        return self.values[0]


@dataclass(frozen=True, slots=True)
class StatedQuantities:
    """The numbers of one text: every way to read one, the surest first."""

    _text: str
    _flat: str
    _language: str | None
    _readings: tuple[Quantity, ...]

    def beside(self, taken: Sequence[tuple[int, int]]) -> list[Quantity]:
        """Return the numbers in order, without the ranges `taken` by dates."""
        used = list(taken)
        found: list[Quantity] = []
        for quantity in self._readings:
            if not any(quantity.start < end and start < quantity.end for start, end in used):
                used.append((quantity.start, quantity.end))
                found.append(quantity)
        found.sort(key=lambda quantity: quantity.start)
        return [
            _in_context(quantity, self._text, self._flat)
            for quantity in _share_units(found, self._flat, self._language)
        ]


def read_quantities(text: str, flat: str, forms: frozenset[str], language: str | None) -> StatedQuantities:
    """Return the numbers of `text`.

    Args:
        text: What states them.
        flat: The same text flattened.
        forms: Its words (`folding.word_forms`).
        language: Decides grouping (`12,000` is twelve thousand in English) and number words; None reads
            digits as French does and no words.
    """
    readings = [Quantity(t.start, t.end, "", (t.value,), t.unit) for t in find_times(flat, forms)]
    if not _PART_WORDS.isdisjoint(forms):
        readings += _parts(flat)
    if _DIGIT.search(flat):
        readings += _literals(flat, language)
    readings += _fractions(flat, language)
    readings += _spelled(text, flat, language)
    if not _ROUND.keys().isdisjoint(forms):
        readings += _rounds(flat)
    return StatedQuantities(text, flat, language, tuple(readings))


def find_quantities(
    text: str, language: str | None = None, taken: Sequence[tuple[int, int]] = ()
) -> list[Quantity]:
    """Return the numbers of `text` in order, without articles and without the ranges `taken` by dates.

    Articles are `un`, `a`. `language` decides grouping (`12,000` is twelve thousand in English) and number
    words; None reads digits as French does and no words.
    """
    flat = flatten(text)
    return read_quantities(text, flat, word_forms(flat), language).beside(taken)


def _in_context(quantity: Quantity, text: str, flat: str) -> Quantity:
    """Return what the words before say of it: `environ`, `plus de`."""
    before = flat[max(0, quantity.start - 20) : quantity.start]
    bound = _BOUND.search(before)
    return replace(
        quantity,
        text=text[quantity.start : quantity.end],
        slack=max(quantity.slack, HEDGED if _HEDGE.search(before) else 0.0),
        aside=_ASIDE.search(before) is not None,
        rate=_RATE_OF[rate[1].lower()] if (rate := _RATE.match(flat, quantity.end)) else "",
        following=text[quantity.end : quantity.end + 40],
        bound=0 if not bound else 1 if bound["more"] else -1,
    )


def _parts(flat: str) -> list[Quantity]:
    """Read `la moitié`, `two thirds` as shares of a hundred."""
    return [
        Quantity(m.start(), m.end(), "", (float(_PARTS[m[0].lower()]),), "percent", slack=HEDGED)
        for m in _PART.finditer(flat.replace("-", " "))
        if not _BEFORE_SCALE.match(flat, m.end())
    ]


def _literals(flat: str, language: str | None) -> list[Quantity]:
    return [_literal(match, flat, language) for match in _LITERAL.finditer(flat) if _free(match, flat)]


def _free(match: re.Match[str], flat: str) -> bool:
    """Return whether digits are a number and not part of a name: not in `G7`, `F-16`, `COVID-19`, `3.1.0`."""
    before = flat[max(0, match.start("digits") - 30) : match.start("digits")]
    return not _IN_NAME.search(before) and not _RUNS_ON.match(flat, match.end())


def _literal(match: re.Match[str], flat: str, language: str | None) -> Quantity:
    values, precision = _values(match["digits"], language)
    if match["power"]:  # `flatten` leaves it after ten only
        values = (10.0 ** int(unicodedata.normalize("NFKC", match["power"])),)
    start, end = match.start(), match.end()
    if match["sign"] and not match["sign"].strip():
        start = match.start("digits")
    prefix = (match["currency"] or "").strip().lower()
    if match["suffix"] and not prefix:
        return _with_unit(Quantity(start, end, "", values, ordinal=True), flat)
    part = _FRACTIONS.get(match["part"] or "", 0.0)
    is_whole = len(values) == 1 and values[0].is_integer()
    if not part and is_whole and (half := _HALF.match(flat, end)):
        part, end = 0.5, half.end()
    multiplier = multiplier_after(flat, end, language)
    factor, end = multiplier.factor, multiplier.end
    if not part and is_whole and factor != 1 and (half := _HALF.match(flat, end)):
        part, end = 0.5, half.end()
    values = tuple(value + part for value in values)
    if factor != 1 and len(values) > 1 and language in (None, "fr", "en"):
        # Nobody writes `1.234 million` for 1,234 million.
        values = tuple(sorted(values))
    quantity = Quantity(
        start,
        end,
        "",
        tuple(value * factor for value in values),
        signed={"-": -1, "+": 1}.get((match["sign"] or "").strip(), 0),
        precision=precision * factor,
    )
    if prefix:
        return replace(quantity, unit=currency(prefix))
    return _with_unit(quantity, flat)


def _values(digits: str, language: str | None) -> tuple[tuple[float, ...], float]:
    """Return the readings of grouped or decimal digits, and the precision they state."""
    plain = re.sub(r"[ ']", "", digits)
    separators = re.findall(r"[.,]", plain)
    if not separators:
        return (float(plain),), 1.0
    decimals = len(plain) - max(plain.rfind("."), plain.rfind(",")) - 1
    bare = re.sub(r"\D", "", plain)
    # Of hundreds of digits a float is infinite, and not to be divided by a power of ten.
    as_integer, as_decimal = float(bare), float(f"{bare[:-decimals]}.{bare[-decimals:]}")
    if len(set(separators)) == 2:
        return (as_decimal,), 10.0**-decimals
    if len(separators) > 1:
        return (as_integer,), 1.0
    if decimals != 3 or plain.startswith("0") or " " in digits:
        return (as_decimal,), 10.0**-decimals
    groups = {"fr": ".", "en": ","}.get(language or "fr", ".")
    return ((as_integer, as_decimal) if separators[0] == groups else (as_decimal, as_integer)), 1.0


def _with_unit(quantity: Quantity, flat: str) -> Quantity:
    """Return the number with the unit that follows it, else with the word that it counts."""
    after = None if quantity.ordinal else unit_after(flat, quantity.end)
    if not after:
        noun = _NOUN.match(flat, quantity.end)
        return replace(quantity, noun=noun["noun"].lower()) if noun else quantity
    half = _HALF.match(flat, after.end) if all(map(float.is_integer, quantity.values)) else None
    part = 0.5 if half else 0.0
    return replace(
        quantity,
        end=half.end() if half else after.end,
        unit=after.unit,
        values=tuple((value + part) * after.factor for value in quantity.values),
        precision=quantity.precision * after.factor,
        factor=after.factor,
    )


def _spelled(text: str, flat: str, language: str | None) -> list[Quantity]:
    quantities = [
        _spelled_quantity(words, flat, language) for words in find_number_words(text, flat, language)
    ]
    found = [quantity for quantity in quantities if quantity]
    return sorted(
        found, key=lambda quantity: quantity.start - quantity.end
    )  # a part of one is none beside it


def _spelled_quantity(words: NumberWords, flat: str, language: str | None) -> Quantity | None:
    """Return the number; None for `un`, `des millions`, `le Premier ministre`, `remis à neuf`."""
    value, start, end = words.value, words.start, words.end
    before, after = flat[max(0, words.start - 30) : words.start].lower(), flat[end : end + 12]
    if words.ordinal:
        ordinal = Quantity(words.start, end, "", (value,), ordinal=True)
        return None if _NOT_ORDINAL.match(after) else _with_unit(ordinal, flat)
    # `remis à neuf`, but `sept au lieu de neuf`.
    new = words.only == "neuf" and not re.match(r" ?[^\W\d_%]", after) and not _BESIDE_A_NUMBER.search(before)
    if words.only in _VAGUE or new:
        return None
    scale = next((scale for scale in (1e9, 1e6) if value >= scale), 0.0)
    if scale == value and words.only and (share := _OF_SCALE.search(before)):
        value, start = value * _OF_SCALE_VALUES[share.lastgroup or ""], start - len(share[0])
    elif half := _HALF.match(flat, end):
        multiplier = multiplier_after(flat, half.end(), language)
        value, end = (value + (scale or 1) / 2) * multiplier.factor, multiplier.end
    anaphoric = value < 10 and _ANAPHORIC.search(before) is not None
    quantity = _with_unit(Quantity(start, end, "", (value,), anaphoric=anaphoric), flat)
    return None if value == 1 and words.only and quantity.unit != "percent" else quantity


def _fractions(flat: str, language: str | None) -> list[Quantity]:
    """Read `½ litre`, `½ million`: fractions without a number before them."""
    found = []
    for match in _FRACTION.finditer(flat):
        multiplier = multiplier_after(flat, match.end(), language)
        value = _FRACTIONS[match[0]] * multiplier.factor
        found.append(_with_unit(Quantity(match.start(), multiplier.end, "", (value,)), flat))
    return found


def _rounds(flat: str) -> list[Quantity]:
    """Read `une dizaine`, `a dozen`: about so many."""
    found = []
    for match in _ABOUT.finditer(flat):
        value = float(_ROUND[match["round"].lower()])
        found.append(_with_unit(Quantity(match.start(), match.end(), "", (value,), slack=ROUNDED), flat))
    return found


def _share_units(found: list[Quantity], flat: str, language: str | None) -> list[Quantity]:
    """Read `de 10 à 15 %`, `de 2 à 3 millions`: the first number has the unit and the scale of the second."""
    shared = list(found)
    for index in range(len(shared) - 2, -1, -1):
        left, right = shared[index], shared[index + 1]
        between = flat[left.end : right.start]
        if left.ordinal or not _RANGE.fullmatch(between):
            continue
        bare = left.unit == ""
        if bare and right.unit:
            left = shared[index] = replace(left, unit=right.unit, noun="")
        factor = _multiplied(flat[right.start : right.end], language)
        if bare and factor > 1 and max(left.values) < factor and _ENDS_TO.fullmatch(between):
            # `de 2,1 à 3,4 millions`, and `from 900 to 1,100 thousand` as it stands too.
            scaled = tuple(value * factor for value in left.values)
            shared[index] = replace(left, values=scaled + left.values, precision=left.precision * factor)
    return shared


def _multiplied(flat: str, language: str | None) -> float:
    """Return by how much the digits that a number begins with are multiplied."""
    digits = re.match(r"[$€£¥]? ?[\d., ]*\d", flat)
    return multiplier_after(flat, digits.end(), language).factor if digits else 1.0
