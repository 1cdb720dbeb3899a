"""A follow-up and what was said before it, made one question that stands alone.

Pure. The rules are tried from the surest on; the last one keeps the follow-up as it is and says what it is
about. Nothing is said twice: of the turns before, only what is needed is put into words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.query.follow_ups import pronouns
from rag.query.follow_ups.composing import asked, upper_first
from rag.query.follow_ups.lexicon import AFTERWARDS, DOUBTING, WHY
from rag.query.follow_ups.openings import opening_of
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn, Need, Referent, find, is_personal
from rag.query.resolution.attribution import ask_who_said, asks_who_said
from rag.query.resolution.corrections import correct, find_correction
from rag.query.resolution.descriptions import with_article, with_complement, with_noun
from rag.query.resolution.fragments import substitute
from rag.query.resolution.resolution import Resolution
from rag.query.resolution.sluices import ask_again, asks_alone
from rag.query.resolution.subjects import about_subject, with_last_time


def resolve(text: str, flat: str, language: str, turns: Sequence[EarlierTurn], today: date) -> Resolution:
    """Return a follow-up as a question that stands alone.

    Args:
        text: What is said.
        flat: The same, flattened.
        language: `fr` or `en`.
        turns: The turns before as they were understood, oldest first; at least one.
        today: The day on which it is said.

    """
    said = _said(text, flat, language, turns)
    resolution = _resolved(said, flat, turns, today)
    return resolution if resolution.certain else with_last_time(resolution, said, turns[-1].question, today)


def points_at_turn(text: str, flat: str, language: str, turns: Sequence[EarlierTurn]) -> bool:
    """Return whether a question that seems to stand alone has words for what the last turn named.

    A noun without what the turn told of it, `la piscine`; an article that it cited, `le deuxième article`; a
    correction, `je parlais de Brécy`; who said what was answered.
    """
    if not turns:
        return False
    own = _said(text, flat, language, turns)
    return (
        find_correction(own) is not None
        or asks_who_said(own)
        or with_article(own, turns) is not own
        or with_complement(own, turns) is not None
        or with_noun(own, turns) is not own
    )


def without_opening(text: str, flat: str, language: str) -> str:
    """Return a question without what stands before it: `Et qui a gagné ?` is `Qui a gagné ?`."""
    opening = opening_of(flat, language)
    return upper_first(text[opening.end :].strip()) if opening.end and not opening.fragment else text.strip()


def _said(text: str, flat: str, language: str, turns: Sequence[EarlierTurn]) -> Reading:
    """Return what is said without what stands before it."""
    known = frozenset().union(*(turn.question.known for turn in turns))
    return Reading(text, language, known, flat).part(opening_of(flat, language).end)


def _resolved(said: Reading, flat: str, turns: Sequence[EarlierTurn], today: date) -> Resolution:
    language = said.language
    if (corrected := find_correction(said)) is not None:
        return correct(corrected, turns, today)
    last = turns[-1]
    plain = said.flat.strip(" ?!.,").lower()
    if plain in WHY.of(language):
        said = Reading("Pourquoi" if language == "fr" else "Why", language, said.known)
    if plain in DOUBTING.of(language):
        return Resolution(last.question.text, last.question.language)
    whole = flat.strip(" ?!.,").lower()
    if not plain or not AFTERWARDS.of(language).isdisjoint((plain, whole)):
        return _what_happened_next(said, turns)
    said, own = with_noun(said, turns), said
    if asks_who_said(said) and (words := last.answer or last.quote):
        return ask_who_said(words, last, language)
    if asks_alone(said):
        return ask_again(said, turns)
    if not said.has_verb:
        return substitute(said, turns, today)
    resolution = _with_referents(said, turns, said is not own)
    counted = last.question.interrogative.noun and last.counted
    if counted and counted.words in resolution.text:
        # Which ones they are the time tells.
        return with_last_time(resolution, said, last.question, today)
    return resolution


def _what_happened_next(said: Reading, turns: Sequence[EarlierTurn]) -> Resolution:
    words = "Que s'est-il passé ensuite" if said.language == "fr" else "What happened next"
    return replace(about_subject(words, said, turns), certain=True)


def _with_referents(said: Reading, turns: Sequence[EarlierTurn], changed: bool) -> Resolution:
    own, said = said, with_article(said, turns)

    def stands_for(need: Need, taken: tuple[str, ...]) -> Referent | None:
        return find(need, turns, said.language, (*taken, *said.names))

    reworded = pronouns.replaced(said, stands_for, is_personal(said))
    changed = changed or bool(reworded.edits) or said is not own
    text = asked(reworded.text, said.language)
    if not changed and (again := with_complement(said, turns)) is not None:
        text, changed = asked(again, said.language), True
    if reworded.missing or not changed:
        return about_subject(text, said, turns)
    return Resolution(text, said.language)
