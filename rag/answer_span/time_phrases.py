"""Phrases that say when something is: dates, times of day, years, centuries, and what happens then. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answer_span import words
from rag.answer_span.clauses import clause_ends
from rag.answer_span.tokens import ReadSentence
from rag.extraction.numbers.quantities import Quantity
from rag.schema.article import Span
from rag.text.word_lists import any_of

_BEFORE_CHRIST = r"(?: (?:(?:av|ap)\. J\.-C\.|BCE?\b|CE\b|AD\b|BP\b))?"
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_OLD_YEAR = re.compile(rf"\b(?:en|vers|in|around) (?P<year>\d{{3,4}}{_BEFORE_CHRIST})")
_OTHERS = re.compile(
    rf"\b(?:[IVX]+|\d{{1,2}})(?:er|e|eme|th|st|nd|rd)? (?:siecles?|century|centuries){_BEFORE_CHRIST}"
    r"|\b(?:les annees|the) (?:(?:19|20)?\d0s?|[a-z]+ante)\b"
    r"|\b(?:spring|summer|autumn|fall|winter|printemps|ete|automne|hiver) (?:of |de )?(?:1\d|20)\d\d\b"
    r"|\b[\w.,]+ (?:(?:million|thousand)s? )?(?:years|days|months|weeks|hours|minutes) ago\b"
    r"|\bil y a (?:environ |pres de |plus de )?[\w.,]+ (?:(?:million|millier)s? d[e']\s?)?"
    r"(?:ans?|jours?|mois|semaines?|heures?|siecles?)\b"
    r"|\b\d[\d,. ]* (?:BP|BCE?|CE|AD)\b"
    r"|\b(?:hier|aujourd'hui|demain|ce (?:matin|soir|midi)|cette (?:nuit|semaine|annee)|ce mois(?:-ci)?"
    r"|la (?:veille|semaine (?:derniere|prochaine))|le lendemain"
    r"|l'(?:an|annee) (?:dernier|derniere|prochaine?)"
    r"|le (?:mois|week-end) (?:dernier|prochain)|(?:cet|l') ?(?:ete|hiver|automne)|(?:ce|au|le) printemps"
    r"|yesterday|today|tomorrow|tonight"
    r"|(?:last|next|this) (?:week|month|year|night|summer|winter|spring|autumn))\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d ?(?:h|:|[ap]\.?m)|midi|minuit|noon", re.IGNORECASE)
# What joins two times into one (`de 1990 à 1995`, `lundi 3 mars à 18 h`), and what stands before one.
_JOINT = re.compile(
    r"[\s,]*(?:(?:-|et|a|au|and|to|at|vers|jusqu'(?:en|a|au))\s*(?:le |la |the )?)?", re.IGNORECASE
)
_BEFORE = re.compile(
    r"(?<![\w-])(?:debut|fin|mi-?|courant|vers|avant|apres|des|depuis|a partir (?:de|du)"
    r"|a la (?:fin|mi) d[eu]|au (?:debut|cours) d[eu]|au plus tard|la saison|entre|between"
    r"|jusqu'(?:a|en|au)|early|late|mid-?|before|after|by|since|until|around"
    r"|at the end of|from|le|la|les|l'|ce|cette|this|last|next|the)\s?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf",? (?:(?:au|en|dans|du|de|in|on|at|the|la|le|l')\s?){{0,3}}(?:debut de |fin de )?(?:l'|la )?"
    rf"{any_of(words.TIMES.terms)}\b| (?:dernier|derniere|prochain|prochaine|last|next)\b",
    re.IGNORECASE,
)


def times(read: ReadSentence) -> Iterator[Span]:
    """Yield times as long as they are told, and clauses that tell a time by what happens then."""
    for start, end in _in_runs(read.flat, _stated(read)):
        yield Span(_opening(read.flat, start), end)
    for match in words.finder(words.MOMENTS).finditer(read.flat):
        if _is_no_moment(read, match):
            continue
        yield from (Span(match.start(), end) for end in clause_ends(read.tokens, match.end()))


def _is_no_moment(read: ReadSentence, match: re.Match[str]) -> bool:
    """Return whether it is another word without accents (`des`, not `dès`), or tells a source: `d'après`."""
    written = read.said.text[match.start() : match.end()].lower()
    sourced = read.flat[max(0, match.start() - 2) : match.start()].lower() == "d'"
    return written == "des" or (sourced and written == "après")


def is_clock(item: Quantity, flat: str) -> bool:
    """Return whether a number is a time of day."""
    return item.unit == "time" and _CLOCK.search(flat, item.start, item.end) is not None


def is_year(item: Quantity, flat: str) -> bool:
    """Return whether a number that counts nothing could be a year."""
    plain = item.unit in {"", "decade"} and not item.noun
    return plain and _YEAR.fullmatch(flat, item.start, item.end) is not None


def _stated(read: ReadSentence) -> list[Span]:
    said = read.said
    spans = {Span(when.start, when.end) for when in said.dates_on(read.published)}
    spans.update(Span(match.start(), match.end()) for match in _OTHERS.finditer(said.flat))
    spans.update(Span(match.start("year"), match.end()) for match in _OLD_YEAR.finditer(said.flat))
    spans.update(
        Span(item.start, item.end)
        for item in said.quantities
        if is_year(item, said.flat) or is_clock(item, said.flat)
    )
    return sorted(spans, key=lambda span: (span.start, -span.end))


def _in_runs(flat: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for span in spans:
        if runs and (span.start < runs[-1][1] or _JOINT.fullmatch(flat, runs[-1][1], span.start)):
            runs[-1] = (runs[-1][0], max(span.end, runs[-1][1]))
        else:
            runs.append((span.start, span.end))
        while more := _AFTER.match(flat, runs[-1][1]):
            runs[-1] = (runs[-1][0], more.end())
    return runs


def _opening(flat: str, start: int) -> int:
    """Return where a time's phrase begins: with `le`, `fin`, `avant`, `entre`."""
    while before := _BEFORE.search(flat[:start]):
        start = before.start()
    return start
