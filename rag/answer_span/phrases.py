"""Phrases of a sort: times, numbers with what they count, people, places, reasons, penalties, titles.

Pure. Says where such phrases stand in a sentence; not which of them answers a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.answer_span import words
from rag.answer_span.focus import Sort
from rag.answer_span.noun_phrases import people, places
from rag.answer_span.reasons import reasons
from rag.answer_span.time_phrases import is_clock, is_year, times
from rag.answer_span.tokens import ReadSentence, enclosed
from rag.extraction.numbers.quantities import Quantity
from rag.extraction.numbers.units import CURRENCIES
from rag.schema.article import Span

_PhraseReader = Callable[[ReadSentence], Iterator[Span]]

_ABBREVIATION = re.compile(r"\b(?:[A-Z]|[ap]\.m)\.$")
_AND_A_HALF = re.compile(
    r"\b(?:[a-z]+|\d+) and a half (?:centuries|decades|years|months|weeks|days|hours|minutes)\b",
    re.IGNORECASE,
)
# How many, without a number: `aucun blessé`, `des milliers de manifestants`.
_UNCOUNTED = re.compile(
    r"\b(?:(?:aucune?|no) |(?:des|plusieurs|quelques|several|a few|many)? ?"
    r"(?:dizaines|centaines|milliers|millions|milliards|dozens|hundreds|thousands|billions) (?:de |d'|of )"
    r"|(?:la plupart|la majorite|la totalite|l'ensemble) (?:de la |de l'|des |du )|(?:most|all) of the )\w+",
    re.IGNORECASE,
)
_IN = re.compile(r"\b(?:en|in) $", re.IGNORECASE)
_OPENING = re.compile(r"\b(?:une? |an? |the |la |l')$", re.IGNORECASE)
_PENALTY_GAP = re.compile(
    r"(?:[\s,'-]|\b(?:de|d|du|la|le|a|et|dont|avec|une?|ans?|mois|amende|peine|assortie?|ainsi|qu|que|of|in|and"
    r"|with|the|which|plus|one|them)\b)*",
    re.IGNORECASE,
)
# A length of time that is one, which is no number to most sentences: `écope d'un an de prison`.
_ONE = re.compile(r"\b(?:un an|une annee|un mois|(?:a|one) (?:year|month))\b", re.IGNORECASE)
# What is imposed for so long; alone it is a length of time.
_TIME_WORD = re.compile(r"mois|months|years", re.IGNORECASE)


def phrases(read: ReadSentence, sort: Sort) -> list[Span]:
    """Return the phrases of a sort, in order; none for a sort that isn't told by its form."""
    reader = _READERS.get(sort)
    spans = {_trimmed(read.said.text, span) for span in reader(read)} if reader else set()
    return sorted(span for span in spans if span.end > span.start)


def _trimmed(text: str, span: Span) -> Span:
    """Return a span without the signs at its edges, but for the stop of an abbreviation."""
    inner = text[span.start : span.end]
    start = span.start + len(inner) - len(inner.lstrip(" \u00a0\u202f,;:.'’-"))
    end = span.start + len(inner.rstrip(" \u00a0\u202f,;:"))
    stopped = end == len(text.rstrip()) and not _ABBREVIATION.search(text[start:end])
    return Span(start, start + len(text[start:end].rstrip(".")) if stopped else end)


# --- numbers ---


def _quantities(read: ReadSentence) -> Iterator[Span]:
    """Yield numbers with what bounds them before and what they count after.

    Asides only where all are that can answer.
    """
    said = read.said
    stated = said.quantities_beside([(when.start, when.end) for when in said.dates_on(read.published)])
    able = {item.start for item in read.numbers or stated}
    main = [item for item in stated if not item.aside and item.start in able]
    for item in [item for item in stated if not item.aside or not main or _named_after(read, item)]:
        points_back = item.anaphoric and not item.noun
        dated = is_year(item, said.flat) and _IN.search(said.flat[: item.start])
        if not (item.ordinal or points_back or dated):
            yield Span(_bounded(said.flat, item.start), _counted(read, item))
    numbers = [Span(item.start, item.end) for item in stated]  # not `millions` of `3 millions d'euros`
    for match in _UNCOUNTED.finditer(said.flat):
        if not any(match.start() < number.end and number.start < match.end() for number in numbers):
            yield Span(match.start(), match.end())


def _named_after(read: ReadSentence, item: Quantity) -> bool:
    """Return whether a name that was asked for follows a number: `contre 5 987 à Luc Morel`."""
    after = [token for token in read.tokens if token.start >= item.end]
    return any(token.capital and token.asked == 1 for token in after)


def _bounded(flat: str, start: int) -> int:
    """Return where the words begin that bound or blur a number: `plus de`, `environ`."""
    bounds = words.finder(words.BOUNDS).finditer(flat, max(0, start - 24), start)
    before = [match for match in bounds if not flat[match.end() : start].strip()]
    return before[-1].start() if before else start


def _counted(read: ReadSentence, item: Quantity) -> int:
    """Return where the noun ends that a number counts; where the number does, if its unit says it."""
    if item.unit in CURRENCIES or not item.noun:
        return item.end
    numbers = {other.start for other in read.said.quantities}
    for token in [token for token in read.tokens if token.start >= item.end][:4]:
        if token.is_sign or token.is_verb or token.is_conjunction or token.start in numbers:
            break
        if token.is_content:
            return token.end
    return item.end


def _durations(read: ReadSentence) -> Iterator[Span]:
    """Yield stretches of time: `trois ans`, `deux heures et demie`, `une durée indéterminée`."""
    said = read.said
    spans = [
        Span(_bounded(said.flat, item.start), item.end)
        for item in said.quantities
        if item.unit in {"time", "calendar"} and not item.ordinal and not is_clock(item, said.flat)
    ]
    spans += [Span(match.start(), match.end()) for match in _AND_A_HALF.finditer(said.flat)]
    yield from spans
    for one, two in zip(sorted(spans), sorted(spans)[1:], strict=False):
        if re.fullmatch(r"\s*(?:,|et|and)?\s*", said.flat[one.end : two.start]):
            yield Span(one.start, two.end)
    for match in words.finder(words.DURATIONS).finditer(said.flat):
        yield Span(_with_article(said.text, match.start()), match.end())


def _with_article(text: str, start: int) -> int:
    """Return where a phrase begins with its article; `à`, which has an accent, is none."""
    opened = _OPENING.search(text[:start])
    return opened.start() if opened else start


def _penalties(read: ReadSentence) -> Iterator[Span]:
    """Yield what a court imposes: `trois ans de prison dont un avec sursis`, `une amende de 5 000 euros`."""
    said = read.said
    named = [Span(m.start(), m.end()) for m in words.finder(words.PENALTIES).finditer(said.flat)]
    units = {"", "time", "calendar", *CURRENCIES}
    numbers = [Span(item.start, item.end) for item in said.quantities if item.unit in units]
    numbers += [Span(match.start(), match.end()) for match in _ONE.finditer(said.flat)]
    runs: list[list[Span]] = []
    for span in sorted({*named, *numbers}):
        end = max(one.end for one in runs[-1]) if runs else 0
        if runs and (span.start < end or _PENALTY_GAP.fullmatch(said.flat, end, span.start)):
            runs[-1].append(span)
        else:
            runs.append([span])
    for run in runs:
        if any(span in named and not _TIME_WORD.fullmatch(said.flat, span.start, span.end) for span in run):
            yield Span(_with_article(said.text, run[0].start), max(span.end for span in run))


# --- words ---


def _titles(read: ReadSentence) -> Iterator[Span]:
    """Yield what stands in quotation marks."""
    for first, last in enclosed(read.tokens):
        if read.tokens[first - 1].plain in {"«", "“", '"'}:
            yield Span(read.tokens[first].start, read.tokens[last].end)


_READERS: dict[Sort, _PhraseReader] = {
    "time": times,
    "quantity": _quantities,
    "duration": _durations,
    "penalty": _penalties,
    "person": people,
    "name": people,
    "place": places,
    "reason": reasons,
    "title": _titles,
}
