"""How dates are written in a language: its months, weekdays and words such as `hier`, as patterns.

Pure. French and English are read together: what a text is in is often only guessed between the two. Any
other language that is known is read by itself, and a text in none of them as French and English are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rag.text.cldr import month_names, month_numbers, weekday_numbers
from rag.text.folding import alternatives, flatten, word_set

YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_END = r"(?![\w]|[.,]\d)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """How dates are written, and what must be in a text to have one: one of `words`, a digit, a year."""

    regex: re.Pattern[str]
    words: frozenset[str] = frozenset()
    digit: bool = False
    year: bool = False

    def may_match(self, forms: frozenset[str], digit: bool, year: bool) -> bool:
        """Return whether a text with these words, with a digit or a year, may have such a date."""
        return (
            (digit or not self.digit)
            and (year or not self.year)
            and (not self.words or not self.words.isdisjoint(forms))
        )


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates of a language in flattened text, names in lower case.

    Attributes:
        months: A month's name, whole or shortened → its number from 1.
        weekdays: A weekday's name → its number, Monday's being 0.
        offsets: A word for a day beside today → how many days later it is.
        patterns: How dates are written, those first that leave nothing to others.
        before_month: What a month whose name is another word too comes after, at the end of a text.
        bare: The names of months that need nothing before them.
        capitals: Those of `bare` need a capital.

    """

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    offsets: Mapping[str, int]
    patterns: tuple[Pattern, ...]
    before_month: re.Pattern[str]
    bare: frozenset[str]
    capitals: frozenset[str]

    def month_alone(self, name: str, before: str) -> bool:
        """Return whether a month's name alone is one: `août` is, `may` and `Mars` only after some words."""
        plain = name.lower()
        if plain not in self.bare:
            return self.before_month.search(before) is not None
        return plain not in self.capitals or name[0].isupper()


@cache
def calendar_of(language: str | None) -> Calendar:
    """Return how dates are written in a language (ISO 639-1)."""
    words = _OTHERS.get(language or "")
    return _french_and_english() if words is None else _other(language or "", words)


def _pattern(
    regex: str, words: frozenset[str] = frozenset(), digit: bool = False, year: bool = False
) -> Pattern:
    return Pattern(re.compile(regex, re.IGNORECASE), words, digit, year)


_ISO = _pattern(
    rf"(?<![\d/-])(?P<year>{YEAR})-(?P<mm>0[1-9]|1[0-2])-(?P<dd>0[1-9]|[12]\d|3[01])(?!\d)", year=True
)
_NUMERIC = _pattern(
    r"(?<![\d/.])(?P<a>[0-3]?\d)[/.](?P<b>[01]?\d|[0-3]\d)[/.](?P<year>(?:19|20)\d\d)(?!\d)", digit=True
)
_YEAR_IN_BRACKETS = _pattern(rf"(?<=\()(?P<year>{YEAR})(?=[),-])", year=True)


def _parts(words: Mapping[str, int]) -> frozenset[str]:
    """Return the words as `folding.word_forms` has them: those of `aujourd'hui` are two."""
    return frozenset(part for word in words for part in re.split(r"[-' ]", word))


# --- French and English ---

_RELATIVE = {
    "avant-hier": -2, "hier": -1, "aujourd'hui": 0, "demain": 1, "apres-demain": 2,
    "yesterday": -1, "today": 0, "tomorrow": 1,
}  # fmt: skip
_BEFORE_MONTH = (
    r"(?:in|of|since|by|until|till|early|late|mid|last|next|this|between|from|en|de|depuis|entre|mois de"
    r"|debut|fin|mi) $"
)
_BEFORE_YEAR = (
    "en|in|depuis|since|until|from|fin|debut|mi|early|late|mid|annee|year|l'an|d'ici|d'ici a|by|courant|ete"
    "|hiver|printemps|automne|summer|winter|spring|autumn|fall"
)
_PERIODS = (
    "l'an dernier|l'annee derniere|l'an passe|last year|cette annee|this year|l'an prochain|l'annee prochaine"
    "|next year|sur un an|en un an|il y a un an|un an plus tot|year[ -]on[ -]year|on the year"
    "|a year (?:ago|earlier)"
    "|le mois dernier|last month|ce mois-ci|this month|le mois prochain|next month"
)
_AMBIGUOUS_MONTHS = word_set("may march mar mars sept jan oct nov dec avr jun jul")


def _french_and_english() -> Calendar:
    months = month_numbers("fr") | month_numbers("en")
    weekdays = weekday_numbers("fr") | weekday_numbers("en")
    month = rf"(?P<month>{alternatives(' '.join(months))})\b\.?"
    weekday = alternatives(" ".join(weekdays))
    day = r"(?:(?:3[01]|[12]\d|0?[1-9])(?:er|st|nd|rd|th)?)(?![\d.,]*\d|\w)"
    several = rf"(?P<days>{day}(?:(?: ?, ?| ?- ?| et | au | and | to | ou | or | & )(?:le |the )?{day})*)"
    lead = rf"(?:\b(?P<weekday>{weekday})(?: (?:soir|matin|evening|morning|night))?,? (?:le |the )?)?"
    month_words = frozenset(months)
    patterns = (
        _ISO,
        _NUMERIC,
        _pattern(
            rf"{lead}(?<![\d.,])\b{several} (?:of )?{month}(?:,? (?:de )?(?P<year>{YEAR}){_END})?",
            month_words,
            digit=True,
        ),
        _pattern(
            rf"{lead}\b{month} (?:the )?{several}(?:,? (?P<year>{YEAR}){_END})?", month_words, digit=True
        ),
        _pattern(rf"\b{month},? (?:of |de )?(?P<year>{YEAR}){_END}", month_words, year=True),
        _pattern(
            rf"(?:\b(?P<before>last|next|this|ce) )?\b(?P<weekday>{weekday})\b"
            r"(?: (?P<after>dernier|prochain))?",
            frozenset(weekdays),
        ),
        _pattern(rf"\b(?P<relative>{alternatives(' '.join(_RELATIVE))})\b", _parts(_RELATIVE)),
        _pattern(rf"\b(?P<span>{_PERIODS})\b", word_set("an annee year mois month")),
        _YEAR_IN_BRACKETS,
        _pattern(rf"\b(?:{_BEFORE_YEAR})[ -](?P<year>{YEAR}){_END}(?! ?[%€$])", year=True),
        _pattern(rf"\b{month}", month_words),
    )
    bare = month_words - _AMBIGUOUS_MONTHS
    before = re.compile(_BEFORE_MONTH, re.IGNORECASE)
    english_only = bare - frozenset(month_numbers("fr"))
    return Calendar(months, weekdays, _RELATIVE, patterns, before, bare, english_only)


# --- other languages ---


@dataclass(frozen=True, slots=True)
class _Words:
    """The words around dates: alternatives of regular expressions, flattened.

    Attributes:
        relative: Words for days beside today, with how many days later they are.
        of: What may stand between a day, a month and a year.
        between: What joins two days.
        before_month: What a month comes after.
        before_year: What a year comes after.

    """

    relative: Mapping[str, int]
    of: str
    between: str
    before_month: str
    before_year: str


_OTHERS = {
    "de": _Words(
        {"vorgestern": -2, "gestern": -1, "heute": 0, "ubermorgen": 2},
        r"(?!)",
        "und|bis|oder",
        "im|in|seit|bis|ab|von|zum|anfang|mitte|ende|fruhestens|spatestens|monat|monats",
        "in|im jahr|im jahre|jahr|seit|bis|ab|von|anfang|mitte|ende|sommer|winter|fruhjahr|fruhling|herbst",
    ),
    "es": _Words(
        {"anteayer": -2, "ayer": -1, "hoy": 0, "pasado manana": 2},
        "del? ",
        "y|al?|o",
        "en|de|desde|hasta|para|a|entre|mes de|principios de|mediados de|finales de|fines de",
        "en|ano|desde|hasta|para|de|a|a principios de|a mediados de|a finales de|verano de|invierno de"
        "|primavera de|otono de",
    ),
    "it": _Words(
        {"l'altro ieri": -2, "ieri": -1, "oggi": 0, "domani": 1, "dopodomani": 2},
        "del ",
        "e|al|o",
        "a|ad|in|di|da|dal|entro|mese di|inizio|meta|fine|scorso|prossimo",
        "nel|dal|del|al|anno|dell'anno|entro il|fine|inizio|estate|inverno|primavera|autunno",
    ),
    "nl": _Words(
        {"eergisteren": -2, "gisteren": -1, "vandaag": 0, "overmorgen": 2},
        r"(?!)",
        "en|tot|of",
        "in|sinds|tot|vanaf|van|begin|medio|half|eind|maand",
        "in|sinds|tot|vanaf|van|begin|medio|eind|jaar|zomer|winter|lente|herfst",
    ),
    "pt": _Words(
        {"anteontem": -2, "ontem": -1, "hoje": 0, "amanha": 1},
        "del? |do ",
        "e|a|ou",
        "em|de|desde|ate|a|entre|mes de|inicio de|meados de|final de|fim de|fins de",
        "em|ano|ano de|desde|ate|de|inicio de|meados de|final de|fim de|verao de|inverno de",
    ),
}
# In these months and weekdays have capitals, as all nouns.
_CAPITALISED = frozenset(("de",))


def _other(language: str, words: _Words) -> Calendar:
    months = {name: number for name, number in month_numbers(language).items() if len(name) > 2}
    whole = frozenset(flatten(name).lower() for name in month_names(language)["wide"][0])
    weekdays = {flatten(name): number for name, number in weekday_numbers(language).items()}
    month = rf"(?P<month>{alternatives(' '.join(months))})\b\.?"
    weekday = alternatives(" ".join(weekdays))
    of = f"(?:{words.of})?"
    day = r"(?:3[01]|[12]\d|0?[1-9])(?:\.(?= )|[º°](?= ))?(?![\d.,]*\d|\w)"
    joined = rf"(?: ?, ?| ?- ?|(?<=\.) ?/ ?| (?:{words.between}) )(?:den |el |il |o |de )?"
    several = rf"(?P<days>{day}(?:{joined}{day})*)"
    lead = rf"(?:\b(?P<weekday>{weekday}),? (?:(?:den|dem|el|il|de|dia) )?)?"
    relative = alternatives(" ".join(word.replace(" ", "_") for word in words.relative))
    month_words = frozenset(months)
    patterns = (
        _ISO,
        _NUMERIC,
        _pattern(
            rf"{lead}(?<![\d.,])\b{several} {of}{month}(?:,? {of}(?P<year>{YEAR}){_END})?",
            month_words,
            digit=True,
        ),
        _pattern(rf"\b{month},? {of}(?P<year>{YEAR}){_END}", month_words, year=True),
        _pattern(rf"\b(?P<weekday>{weekday})\b", frozenset(weekdays)),
        _pattern(rf"\b(?P<relative>{relative})\b"),
        _YEAR_IN_BRACKETS,
        _pattern(rf"\b(?:{words.before_year}) (?P<year>{YEAR}){_END}(?! ?[%€$])", year=True),
        _pattern(rf"\b(?P<month>{alternatives(' '.join(whole))})\b", whole),
    )
    before = re.compile(rf"\b(?:{words.before_month}) $", re.IGNORECASE)
    bare = whole if language in _CAPITALISED else frozenset()
    return Calendar(months, weekdays, words.relative, patterns, before, bare, bare)
