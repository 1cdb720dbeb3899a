"""Units and multipliers of French and English numbers: `%`, `M€`, `km/h`, `milliards`. Tables and lookups.

Pure. Reads what stands right after a number; knows no numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag.text.folding import alternatives

# ISO 4217 → what one is called in the papers; CLDR says whose most are (`dollar des États-Unis`).
_CURRENCIES = {
    "EUR": "€ euro euros eur d'euros d'euro",
    "USD": "$ us$ dollar dollars usd dolar dolares dollari",
    "GBP": "£ gbp livres_sterling pounds_sterling pfund libras_esterlinas sterline pond",
    "CHF": "chf francs_suisses swiss_francs schweizer_franken franken francos_suizos franchi_svizzeri",
    "JPY": "¥ yen yens jpy",
    "CNY": "yuan yuans cny",
    "RUB": "rouble roubles ruble rubles rub",
    "XOF": "fcfa f_cfa francs_cfa cfa_francs xof xaf",
}
CURRENCIES = frozenset(_CURRENCIES)
# canonical unit: words (`_` is a space or hyphen), and what one of it is worth in its dimension's base.
_UNITS: dict[str, tuple[tuple[str, float], ...]] = {
    "percent": (
        ("% pour_cent pour_cents percent per_cent pct prozent por_ciento por_cento per_cento procent", 1),
    ),
    "points": (
        (
            "points_de_pourcentage percentage_points percentage_point point_de_pourcentage prozentpunkte"
            " prozentpunkten prozentpunkt puntos_porcentuales punti_percentuali procentpunten"
            " pontos_percentuais",
            1,
        ),
    ),
    **{code: ((words, 1),) for code, words in _CURRENCIES.items()},
    "length": (
        ("km kilometre kilometres kilometer kilometers kilometern kilometros chilometri chilometro", 1000),
        ("m metre metres meter meters metern metros metro metri", 1),
        ("cm centimetre centimetres centimeter centimeters", 0.01),
        ("mm millimetre millimetres millimeter millimeters", 0.001),
        ("mile miles", 1609.344),
        ("foot feet ft", 0.3048),
        ("inch inches", 0.0254),
        ("yard yards", 0.9144),
        ("nanometre nanometres nanometer nanometers nm", 1e-9),
        ("micrometre micrometres micron microns micrometers", 1e-6),
        ("mille_marin milles_marins mille_nautique milles_nautiques nautical_mile nautical_miles", 1852),
        ("annee-lumiere annees-lumiere light-year light-years", 9.4607e15),
        ("parsec parsecs", 3.0857e16),
    ),
    "speed": (
        ("km/h kmh kilometres/heure kilometres_a_l'heure kilometres_par_heure kilometers_per_hour", 1),
        ("mph miles_per_hour", 1.609344),
        ("neud neuds knot knots", 1.852),
        ("m/s metres_par_seconde metre_par_seconde metres_per_second meters_per_second", 3.6),
    ),
    "area": (
        ("ha hectare hectares hektar hectareas ettari hectaren", 10_000),
        ("m2 metres_carres metre_carre square_metres square_meters", 1),
        ("km2 kilometres_carres kilometre_carre square_kilometres square_kilometers", 1_000_000),
        ("acre acres", 4046.86),
    ),
    "volume": (
        ("litre litres liter liters litros litri", 0.001),
        ("m3 metres_cubes metre_cube cubic_metres cubic_meters", 1),
        ("hl hectolitre hectolitres hectoliters", 0.1),
        ("cl centilitre centilitres centiliters", 1e-5),
        ("ml millilitre millilitres milliliters", 1e-6),
        ("baril barils barrel barrels", 0.158987),
        ("gallon gallons", 0.003785),
    ),
    "mass": (
        ("t tonne tonnes tonnen toneladas tonnellate ton", 1000),
        ("kg kilo kilos kilogramme kilogrammes kilogram kilograms", 1),
        ("g gramme grammes gram grams", 0.001),
        ("mg milligramme milligrammes milligram milligrams", 1e-6),
        ("microgramme microgrammes microgram micrograms µg", 1e-9),
        ("nanogramme nanogrammes nanogram nanograms ng", 1e-12),
        ("quintal quintaux quintals", 100),
    ),
    "power": (
        ("kw kilowatt kilowatts", 1),
        ("mw megawatt megawatts", 1000),
        ("gw gigawatt gigawatts", 1_000_000),
    ),
    "energy": (
        ("kwh kilowattheure kilowattheures kilowatt-hours", 1),
        ("mwh megawattheure megawattheures megawatt-hours", 1000),
        ("gwh gigawattheure gigawattheures gigawatt-hours", 1_000_000),
        ("twh terawattheure terawattheures terawatt-hours", 1_000_000_000),
    ),
    "temperature": (("°c degre degres degree degrees °", 1),),
    "time": (
        ("seconde secondes seconds sec sekunden segundos secondi seconden", 1 / 60),
        ("minute minutes min mn minuten minutos minuti", 1),
        ("heure heures h hour hours stunden stunde horas hora ore uur", 60),
        ("jour jours day days tage tagen dias giorni dagen", 1440),
        ("semaine semaines week weeks wochen semanas settimane weken", 10_080),
    ),
    "calendar": (
        ("mois month months monate monaten meses mesi maanden", 1),
        ("an ans annee annees year years jahre jahren anos anni jaar", 12),
        ("decennies decades jahrzehnte decadas decenni", 120),
    ),
}
_UNIT = {
    word.replace("_", " "): (name, factor)
    for name, rows in _UNITS.items()
    for words, factor in rows
    for word in words.split()
}
_UNIT_BY_SPELLING = {word.replace("-", " "): unit for word, unit in _UNIT.items()}
_MULTIPLIERS = {
    "fr": {"mille": 1e3, "millier": 1e3, "milliers": 1e3, "million": 1e6, "millions": 1e6, "milliard": 1e9,
           "milliards": 1e9, "md": 1e9, "mds": 1e9, "billion": 1e12, "billions": 1e12},
    "en": {"hundred": 1e2, "thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6,
           "billion": 1e9, "billions": 1e9, "bn": 1e9, "trillion": 1e12, "trillions": 1e12, "tn": 1e12},
    "de": {"tausend": 1e3, "million": 1e6, "millionen": 1e6, "mio": 1e6, "milliarde": 1e9, "milliarden": 1e9,
           "mrd": 1e9, "billion": 1e12, "billionen": 1e12},
    "es": {"mil_millones": 1e9, "mil": 1e3, "millon": 1e6, "millones": 1e6, "billon": 1e12, "billones": 1e12},
    "it": {"mila": 1e3, "milione": 1e6, "milioni": 1e6, "mln": 1e6, "miliardo": 1e9, "miliardi": 1e9,
           "mld": 1e9},
    "nl": {"duizend": 1e3, "miljoen": 1e6, "mln": 1e6, "miljard": 1e9, "mld": 1e9, "biljoen": 1e12},
    "pt": {"mil_milhoes": 1e9, "mil": 1e3, "milhao": 1e6, "milhoes": 1e6, "bilhao": 1e9, "bilhoes": 1e9,
           "biliao": 1e12, "bilioes": 1e12},
}  # fmt: skip
# Those that say nothing by other languages' words; in French and in an unknown one English ones are read too.
_OWN_SCALES = frozenset(_MULTIPLIERS) - {"fr"}
_SHORTENED = frozenset(("mio", "mrd", "mln", "mld"))
# Letters that multiply stand before a currency (`3 M€`), or close up after one (`£3m`, `12k`).
_LETTER = re.compile(
    r" ?(?P<money>k|m|mds?|bn)(?=[€$£])|(?P<close>k|bn|mn|tn)\b|(?P<million>m)\b", re.IGNORECASE
)
_LETTERS = {"k": 1e3, "m": 1e6, "mn": 1e6, "md": 1e9, "mds": 1e9, "bn": 1e9, "tn": 1e12}
_UNIT_WORDS = alternatives(" ".join(word.replace(" ", "_") for word in _UNIT))
_UNIT_TAIL = re.compile(rf"[ -]?(?:de |d'|of |di )?(?P<unit>{_UNIT_WORDS})(?!\w)", re.IGNORECASE)
_RATED = re.compile(
    r" (?:hour|acre|hectare|inch|ounce|item|issue|episode|article|employee|individual|entry)\b", re.I
)


@dataclass(frozen=True, slots=True)
class After:
    """What follows a number: a canonical unit ("" for none), its worth in the base, and where it ends."""

    unit: str
    factor: float
    end: int


def currency(symbol: str) -> str:
    """Return the canonical name of a currency's symbol: `€` → `EUR`."""
    return _UNIT[symbol.strip().lower()][0]


def unit_after(flat: str, end: int) -> After | None:
    """Return the unit right after `end` in flattened text, if one stands there."""
    match = _UNIT_TAIL.match(flat, end)
    # `16 an hour` counts no years.
    if not match or (match["unit"].lower() == "an" and _RATED.match(flat, match.end())):
        return None
    unit, factor = _UNIT_BY_SPELLING[re.sub("[ -]", " ", match["unit"].lower())]
    return After(unit, factor, match.end())


@cache
def _multiplier_words(language: str | None) -> tuple[dict[str, float], re.Pattern[str]]:
    words = _MULTIPLIERS.get(language or "fr", _MULTIPLIERS["fr"])
    if language not in _OWN_SCALES:
        words = _MULTIPLIERS["en"] | words
    words = {word.replace("_", " "): factor for word, factor in words.items()}
    # `a $23-million centre` has its scale after a hyphen.
    spelled = alternatives(" ".join(word.replace(" ", "_") for word in words))
    return words, re.compile(rf"[ -]?({spelled})\b\.?", re.IGNORECASE)


def multiplier_after(flat: str, end: int, language: str | None) -> After:
    """Read `millions`, `Md€`, `bn` after a number: the factor, 1 for none, and where it ends."""
    words, pattern = _multiplier_words(language)
    if word := pattern.match(flat, end):
        shortened = word[1].lower() in _SHORTENED  # its stop ends no sentence where more follows
        return After("", words[word[1].lower()], word.end() if shortened else word.end(1))
    letter = _LETTER.match(flat, end)
    # `300m` is metres unless money stands before it.
    if not letter or (letter["million"] and not re.search(r"[€$£] ?[\d.,]+$", flat[:end])):
        return After("", 1.0, end)
    return After("", _LETTERS[letter[0].strip().lower()], letter.end())
