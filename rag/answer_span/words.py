"""The small French and English words by which answers are found in sentences: lists in `data/`."""

from __future__ import annotations

import re
from functools import cache

from rag.text.word_lists import WordList


def _listed(heading: str) -> WordList:
    return WordList("rag.answer_span", "spans", (heading,))


DETERMINERS = _listed("determiners")
PREPOSITIONS = _listed("prepositions")
CONJUNCTIONS = _listed("conjunctions")
COORDINATORS = _listed("coordinators")
COPULAS = _listed("copulas")
VERBS = _listed("verbs")
REASONS = _listed("reasons")
CAUSES = _listed("causes")
BLAMED = _listed("blamed")
CAUSING = _listed("causing")
AIMS = _listed("aims")
PLACE_PREPOSITIONS = _listed("place prepositions")
PLACES = _listed("places")
AREAS = _listed("areas")
ANNOUNCING = WordList("rag.answer_span", "lists", ("announcing",))
COUNTING = WordList("rag.answer_span", "lists", ("counting",))
MEANS = WordList("rag.answer_span", "means", ("means",))
NO_MEANS = WordList("rag.answer_span", "means", ("no means",))
GOING_ON = WordList("rag.answer_span", "lists", ("going on",))
SITES = _listed("sites")
PEOPLE = _listed("people")
WORKS = _listed("works")
SOURCES = _listed("sources")
PENALTIES = _listed("penalties")
DURATIONS = _listed("durations")
TIMES = _listed("times")
MOMENTS = _listed("moments")
BOUNDS = _listed("bounds")


@cache
def finder(listed: WordList) -> re.Pattern[str]:
    """Return what finds the terms of a list in a flattened text, as whole words, whatever their case."""
    return re.compile(rf"(?<![\w]){listed.pattern}(?!(?<=\w)\w)", re.IGNORECASE)


def names_a(listed: WordList, noun: str) -> bool:
    """Return whether a noun, in the plural or not, is in a list: `communes` is a place."""
    return noun in listed or (noun[-1:] in {"s", "x"} and noun[:-1] in listed)
