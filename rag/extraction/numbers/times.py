"""Times of day and decades as numbers: `18h30`, `6:30 p.m.`, `une heure dix`, `les années quarante`.

Pure. Knows no dates: a decade is the number of its first year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time where it stands: minutes (`unit` is `time`) or a decade's first year (`decade`)."""

    start: int
    end: int
    value: float
    unit: str


_CLOCK = re.compile(
    r"\b(?P<h>[01]?\d|2[0-3]) ?(?:h|heures?|:) ?(?P<m>[0-5]\d)(?!\d)(?: ?(?P<pm>[ap])\.?m\b\.?)?"
    r"|\b(?P<h2>1[0-2]|0?\d) ?(?P<pm2>[ap])\.?m\b\.?",
    re.IGNORECASE,
)
_HOURS = {
    word: hour
    for hour, word in enumerate(
        ["une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"],
        start=1,
    )
}
_MINUTES = {
    "cinq": 5, "dix": 10, "quinze": 15, "quart": 15, "vingt": 20, "trente": 30, "demie": 30, "quarante": 40,
    "quarante-cinq": 45, "cinquante": 50,
}  # fmt: skip
_SPELLED_CLOCK = re.compile(
    rf"\b({'|'.join(_HOURS)}) heures? (?:et )?({'|'.join(sorted(_MINUTES, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_DECADES = {
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "soixante-dix": 70,
    "quatre-vingt": 80, "quatre-vingts": 80, "quatre-vingt-dix": 90, "twenties": 20, "thirties": 30,
    "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
_DECADE = re.compile(
    rf"\bannees (?P<fr>\d{{4}}|\d0|{'|'.join(sorted(_DECADES, key=len, reverse=True))})\b"
    r"|\b(?P<en>\d{3}0|'?\d0)'?s\b|\bthe (?P<word>[a-z]+ties)\b",
    re.IGNORECASE,
)

_DIGIT = re.compile(r"\d")
_HOUR_WORDS = frozenset({"heure", "heures"})


def find_times(flat: str, forms: frozenset[str]) -> list[Stretch]:
    """Return the decades and times of flattened text, whose words are `forms` (`folding.word_forms`).

    Minutes count from midnight, or are a duration.
    """
    digit = _DIGIT.search(flat) is not None
    decades = digit or "annees" in forms or any(form.endswith("ties") for form in forms)
    spelled = _spelled_clocks(flat) if not _HOUR_WORDS.isdisjoint(forms) else []
    return [*(_decades(flat) if decades else ()), *spelled, *(_clocks(flat) if digit else ())]


def _spelled_clocks(flat: str) -> list[Stretch]:
    """Read `une heure dix` as minutes, from midnight or as a duration."""
    return [
        Stretch(m.start(), m.end(), float(_HOURS[m[1].lower()] * 60 + _MINUTES[m[2].lower()]), "time")
        for m in _SPELLED_CLOCK.finditer(flat)
    ]


def _clocks(flat: str) -> list[Stretch]:
    """Read `18h30`, `6:30 p.m.` as minutes, from midnight or as a duration."""
    found = []
    for match in _CLOCK.finditer(flat):
        hour, half = int(match["h"] or match["h2"]), (match["pm"] or match["pm2"] or "").lower()
        hour = hour % 12 + 12 if half == "p" else hour % 12 if half == "a" else hour
        minutes = hour * 60 + int(match["m"] or 0)
        found.append(Stretch(match.start(), match.end(), float(minutes), "time"))
    return found


def _decades(flat: str) -> list[Stretch]:
    """Read `les années 1940`, `les années quarante`, `the 1940s` by their first year.

    Two digits are of 19…
    """
    found = []
    for match in _DECADE.finditer(flat):
        stated = (match["fr"] or match["en"] or match["word"]).strip("'").lower()
        if not stated.isdigit() and stated not in _DECADES:
            continue
        year = float(stated if stated.isdigit() else _DECADES[stated])
        found.append(Stretch(match.start(), match.end(), year if year > 99 else 1900 + year, "decade"))
    return found
