"""A follow-up with the subject, the place or the time of the last question behind it.

Pure. Keeps the words of the follow-up as they are: nothing in them is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.query.follow_ups.composing import after_preposition, asked, regarding
from rag.query.follow_ups.lexicon import OF_A_PLACE
from rag.query.follow_ups.phrases import Phrase
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn, is_measure, topic
from rag.query.follow_ups.times import times
from rag.query.resolution.resolution import Resolution
from rag.query.temporal.shifts import find_step
from rag.text.folding import flatten


def about_subject(text: str, said: Reading, turns: Sequence[EarlierTurn]) -> Resolution:
    """Return a question with what the last turn was about behind it; else both questions."""
    plain = text.strip(" ?!.,")
    place = _of_the_place(Reading(plain, said.language, said.known), turns)
    if place is not None:
        return Resolution(asked(place, said.language), said.language)
    subject = topic(turns, said.language)
    if not subject:
        last = turns[-1].question
        return Resolution(f"{last.text} {text.strip()}", last.language, certain=False)
    about = regarding(subject, said.language)
    return Resolution(asked(f"{plain}, {about}", said.language), said.language, certain=False)


def topic_alone(fragment: Reading, turns: Sequence[EarlierTurn]) -> Resolution:
    """Return `Et la grève de Corvenne ?` where nothing in the last question is like it."""
    words = fragment.text.strip(" ?!.")
    own = fragment.phrases[0] if fragment.phrases else None
    named = any(one.names for one in fragment.phrases)
    if own is None:
        return about_subject(fragment.text, fragment, turns)
    if fragment.language == "fr":
        whole = own.words + fragment.text[own.end :].rstrip(" ?!.") if own.outer == 0 else words
        text = f"Qu'en est-il {after_preposition('de', whole, 'fr')}"
    else:
        text = f"What about {words}"
    quoted = any(turn.quote and fragment.text[a:b] in turn.quote for turn in turns[-1:] for a, b in own.names)
    if named and not quoted and own.head:
        return Resolution(asked(text, fragment.language), fragment.language)
    return about_subject(text, fragment, turns)


def with_last_time(resolution: Resolution, said: Reading, last: Reading, today: date) -> Resolution:
    """Return a question about the last one's matter with its time: `…, à propos de la crue hier ?`."""
    before = times(last, today)
    told = Reading(resolution.text, resolution.language, said.known)
    if not before or last.language != told.language or find_step(said.flat, said.language) is not None:
        return resolution
    if times(told, today):
        return resolution
    plain = resolution.text.strip(" ?!.")
    return replace(resolution, text=asked(f"{plain} {before[-1].text}", told.language))


def _of_the_place(said: Reading, turns: Sequence[EarlierTurn]) -> str | None:
    """Return `Que dit le maire ?` as `Que dit le maire de Brécy ?`."""
    mayor = next((one for one in said.phrases if _is_of_a_place(one)), None)
    if mayor is None or said.names:
        return None
    for turn in reversed(turns[-2:]):
        place = _place_of(turn)
        if place:
            of = after_preposition("de" if said.language == "fr" else "of", place, said.language)
            return f"{said.text[: mayor.end]} {of}{said.text[mayor.end :]}"
    return None


def _is_of_a_place(phrase: Phrase) -> bool:
    last = re.split(r"[\s'’]+", flatten(phrase.words).lower())[-1]
    return last in OF_A_PLACE.of(phrase.language) and not phrase.names


def _place_of(turn: EarlierTurn) -> str:
    found = ""
    for phrase in turn.question.phrases:
        measured = is_measure(phrase.words, phrase.language)
        if phrase.names and not phrase.head and phrase.sort == "place" and not measured:
            found = found or phrase.words
        for start, end in phrase.names:
            before = phrase.text[:start]
            if is_measure(phrase.text[start:end], phrase.language):
                continue
            if phrase.head and re.search(r"(?:\bd['’]|\b(?:de|à|in|of) )$", before):
                found = found or phrase.text[start:end]
    return found
