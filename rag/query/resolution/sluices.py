"""Sluices: a question phrase alone, whose clause is the last question's: `Quand ça ?`, `C'était où ?`.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.query.follow_ups import question_words
from rag.query.follow_ups.lexicon import FILLERS
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn
from rag.query.resolution.resolution import Resolution
from rag.query.resolution.subjects import about_subject
from rag.text.word_lists import any_of


def asks_alone(said: Reading) -> bool:
    """Return whether only a question phrase is said: `Quand ça ?`, `C'était où ?`."""
    return _bare_question(said) is not None or question_words.asks_for_others(said)


def _bare_question(said: Reading) -> Reading | None:
    flat = said.flat.strip(" ?!.")
    for pattern in (
        r"(?:et )?c'(?:est|etait|sera) (?P<asks>.+)",
        r"(?P<asks>.+?) (?:is (?:that|this)|was (?:it|that|this))",
    ):
        found = re.fullmatch(pattern, flat, re.IGNORECASE)
        bare = Reading(found["asks"], said.language).interrogative if found else None
        if bare is not None and bare.end == len(found["asks"]) and bare.asks == "circumstance":
            return said.part(*found.span("asks"))
    asks = said.interrogative
    if asks.end == asks.start:
        return None
    if said.language == "en" and re.fullmatch(r"which ones?|what ones", flat, re.IGNORECASE):
        return said
    behind = said.flat[asks.end :].strip(" ?!.,").lower()
    if behind and not re.fullmatch(
        rf"{any_of(FILLERS.of(said.language))}(?: {any_of(FILLERS.of(said.language))})*", behind
    ):
        return None
    return said


def ask_again(said: Reading, turns: Sequence[EarlierTurn]) -> Resolution:
    """Return the last question asked with another question phrase."""
    last = turns[-1]
    if question_words.asks_for_others(said):
        text = question_words.others(said, last.question)
    else:
        bare = _bare_question(said)
        text = question_words.which_of(bare, last.question) or question_words.with_question_word(bare, last)
    if text is None:
        return about_subject(said.text, said, turns)
    return Resolution(text, last.question.language)
