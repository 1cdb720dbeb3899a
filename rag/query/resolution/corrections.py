"""Corrections of the last question: `je voulais dire Saint-Aubert`, `pas 2023 mais 2024`.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from rag.query.follow_ups import ellipsis
from rag.query.follow_ups.composing import asked, regarding, spliced
from rag.query.follow_ups.lexicon import CORRECTING
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn
from rag.query.follow_ups.times import times, when
from rag.query.resolution.resolution import Resolution
from rag.text.word_lists import any_of

_NOT = {
    "fr": re.compile(
        r"pas (?P<wrong>[^,]+?),? (?:mais )?(?P<right>(?:a|de|en|le|la|les|l')? ?\S.*)", re.IGNORECASE
    ),
    "en": re.compile(r"not (?P<wrong>[^,]+?),? (?:but )?(?P<right>\S.*)", re.IGNORECASE),
}
_RATHER_THAN = {
    "fr": re.compile(
        r"(?P<right>[^,]+?),? (?:et )?(?:pas|non pas|plutot qu[e']) ?(?P<wrong>\S.*)", re.IGNORECASE
    ),
    "en": re.compile(r"(?P<right>[^,]+?),? (?:and )?(?:not|rather than) (?P<wrong>\S.*)", re.IGNORECASE),
}


def find_correction(said: Reading) -> tuple[str, Reading] | None:
    """Return what was wrong, as far as it is said, and what was meant: `je voulais dire Saint-Aubert`."""
    flat = said.flat.strip(" ?!.")
    lists = any_of(CORRECTING.of(said.language))
    found = re.match(rf"{lists}(?!\w)[\s,:]*", flat, re.IGNORECASE)
    if found and found.end() < len(flat):
        right = said.text[found.end() : len(flat)]
        article = {"du": "le ", "des": "les "}.get(re.split(r"\W+", found[0].strip())[-1].lower(), "")
        return "", Reading(article + right, said.language, said.known)
    if said.has_verb:
        return None
    for patterns in (_NOT, _RATHER_THAN):
        if matched := patterns[said.language].fullmatch(flat):
            right = said.text[matched.start("right") : matched.end("right")].strip()
            wrong = said.text[matched.start("wrong") : matched.end("wrong")].strip()
            return wrong, Reading(right, said.language, said.known)
    return None


def correct(corrected: tuple[str, Reading], turns: Sequence[EarlierTurn], today: date) -> Resolution:
    """Return the last question with what was meant in the place of what was wrong."""
    wrong, meant = corrected
    last = turns[-1].question
    if meant.has_verb:  # the question is asked anew
        return Resolution(asked(meant.text, meant.language), meant.language)
    name = re.sub(r"^(?:à|a|de|d'|en|le|la|les|l'|in|at|the) ?", "", wrong, flags=re.IGNORECASE).strip()
    if name and name in last.text:
        start = last.text.index(name)
        right = re.sub(r"^(?:à|de|d'|en|in|at) ?", "", meant.text, flags=re.IGNORECASE).strip(" ?!.")
        return Resolution(
            asked(spliced(last.text, start, start + len(name), right, last.language), last.language),
            last.language,
        )
    dated = when(meant, last, today)
    put = ellipsis.with_phrases(meant, last, times(last, today), [one.span for one in dated])
    if put is not None:
        return Resolution(put, last.language)
    asks = last.interrogative
    about = regarding(meant.text.strip(" ?!."), last.language)
    words = last.text[asks.start : asks.end] or last.text.strip(" ?")
    return Resolution(asked(f"{words}, {about}", last.language), last.language, certain=False)
