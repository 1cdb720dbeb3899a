"""A phrase without a verb in the place of the phrase of the last question that is like it: `Et à Brécy ?`.

Pure. Knows which question the phrase belongs to; how one phrase replaces another is in `follow_ups.ellipsis`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rag.query.follow_ups import ellipsis, pronouns, question_words
from rag.query.follow_ups.composing import after_preposition, asked, lower_first, spliced
from rag.query.follow_ups.lexicon import RELATIVES
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn, Need, Referent, find, is_personal
from rag.query.follow_ups.times import times, when
from rag.query.resolution.descriptions import with_article
from rag.query.resolution.resolution import Resolution
from rag.query.resolution.subjects import about_subject, topic_alone, with_last_time

_ALONE = re.compile(r"(?:lui|elles?|eux|ils?|him|her|them|he|she|they|it)", re.IGNORECASE)
_WHICH = {"le": "Quel", "la": "Quelle"}


def substitute(said: Reading, turns: Sequence[EarlierTurn], today: date) -> Resolution:
    """Put what a fragment names in the place of what is like it in the last question."""
    last = turns[-1]
    fragment, asks = said, said.interrogative
    question, language = last.question, last.question.language
    if asks.end > asks.start:  # `Et pourquoi à Brécy ?`
        bare = said.part(asks.start, asks.end)
        anew = question_words.with_question_word(bare, last)
        if anew is None:
            return about_subject(said.text, said, turns)
        question = Reading(anew, language, question.known)
        fragment = said.part(asks.end)
    if (possessed := _possessed(fragment, turns)) is not None:
        return _of_possessor(possessed, fragment, question)
    if _ALONE.fullmatch(fragment.flat.strip(" ?!.")):
        other = find(
            pronouns.need_of(fragment.flat.strip(" ?!.")), turns, said.language, tuple(question.names)
        )
        if other is None:
            return about_subject(said.text, said, turns)
        fragment = Reading(other.words, fragment.language, fragment.known)
    fragment = _in_full(with_article(fragment, turns), turns)
    dated = when(fragment, question, today)
    base = _base(fragment, question, turns)
    put = ellipsis.with_phrases(fragment, base, times(base, today), [one.span for one in dated])
    if put is None:
        alone = topic_alone(fragment, turns)
        # What has a name and is of another kind isn't asked of that time.
        kinds = [question.interrogative.noun, *(one.head for one in question.phrases)]
        heads = [one.head for one in fragment.phrases if one.head]
        same = any(head.rstrip("sx") == kind.rstrip("sx") for head in heads for kind in kinds)
        timed = same or not fragment.names
        return with_last_time(alone, fragment, last.question, today) if timed else alone
    days = dated[-1].days if dated else None
    return Resolution(put, base.language, True, days, dated[-1].span.text if dated else "")


def _in_full(fragment: Reading, turns: Sequence[EarlierTurn]) -> Reading:
    """Return a fragment with the whole name that a surname stands for in what was quoted."""
    words = fragment.text.strip(" ?!.")
    if len(words.split()) != 1 or not fragment.phrases or not fragment.phrases[0].bare_name:
        return fragment
    for turn in reversed(turns):
        for one in (*turn.answered, *turn.mentioned):
            if one.sort == "person" and one.words.split()[-1] == words and one.words != words:
                return Reading(one.words, fragment.language, fragment.known)
    return fragment


def _base(fragment: Reading, question: Reading, turns: Sequence[EarlierTurn]) -> Reading:
    """Return the question whose part is replaced: not one about an answer, when another takes its place.

    After `Qui entraîne Lannoy ?` and `Depuis quand ?`, `Et Querville ?` asks who again.
    """
    if len(turns) < 2:
        return question
    before = turns[-2]
    put_in = [
        one.words
        for one in before.answered
        if one.words in question.text and one.words not in before.question.text
    ]
    if not put_in or not before.names_the_answer or not fragment.phrases:
        return question
    first = fragment.phrases[0]
    theirs = [one for one in question.phrases if one.words in put_in or any(w in one.words for w in put_in)]
    alike = any(one.sort == first.sort and bool(one.determiner) == bool(first.determiner) for one in theirs)
    return question if alike or first.preposition else before.question


def _possessed(fragment: Reading, turns: Sequence[EarlierTurn]) -> str | None:
    """Return `son adversaire` as `l'adversaire d'Inès Caradec`."""
    if not re.match(r"(?:son|sa|ses|leurs?|his|her|its|their)\b", fragment.flat, re.IGNORECASE):
        return None

    def stands_for(need: Need, taken: tuple[str, ...]) -> Referent | None:
        found = find(need, turns, fragment.language, taken)
        return found and _possessor(found, turns[-1].question)

    reworded = pronouns.replaced(fragment, stands_for, is_personal(fragment))
    return reworded.text.strip(" ?!.") if reworded.edits else None


def _possessor(found: Referent, question: Reading) -> Referent:
    """Return whose something is that was asked for: `Valbrume` of `Quel est le budget de Valbrume ?`."""
    asked_for = question.phrases[0] if question.phrases else None
    if question.interrogative.asks != "attribute" or asked_for is None or not asked_for.head:
        return found
    if asked_for.words.lower() not in found.words.lower() or asked_for.of_people or not asked_for.names:
        return found
    start, end = asked_for.names[-1]
    return replace(found, words=asked_for.text[start:end])


def _of_possessor(words: str, fragment: Reading, question: Reading) -> Resolution:
    """Ask for what is somebody's: `Et sa dette ?` after `Quel est le budget de Valbrume ?`."""
    language = fragment.language
    phrase = next(iter(Reading(words, language, fragment.known).phrases), None)
    asks = question.interrogative
    of_what = asks.asks == "attribute" and question.phrases and language == question.language
    if of_what and not (asks.word in ("qui", "who") and phrase is None):
        target = question.phrases[0]
        verb = question.text[asks.end : target.outer]
        word = _agreeing(question.text[asks.start : asks.end], words) if language == "fr" else ""
        word = word or question.text[asks.start : asks.end]
        return Resolution(asked(f"{word}{verb}{words}", language), language)
    relative = phrase is not None and (phrase.head in RELATIVES.of(language) or phrase.sort == "person")
    if relative and language == question.language:
        for owner in question.phrases:
            spans = [(owner.start, owner.end), *owner.names]
            span = next((one for one in spans if lower_first(question.text[slice(*one)]) in words), None)
            if span is not None:
                return Resolution(asked(spliced(question.text, *span, words, language), language), language)
    who = "Qui est" if language == "fr" else "Who is"
    what = "Qu'en est-il de" if language == "fr" else "What about"
    if relative:
        return Resolution(asked(f"{who} {words}", language), language)
    if language == "fr":
        return Resolution(
            asked(after_preposition("Qu'en est-il de", words, "fr").replace("il de le ", "il du "), "fr"),
            "fr",
        )
    return Resolution(asked(f"{what} {words}", language), language)


def _agreeing(word: str, words: str) -> str:
    """Return `quel` as it agrees with what it asks for, where its article shows the gender."""
    article = words.split()[0].lower() if words else ""
    return _WHICH.get(article, word) if word.lower() in ("quel", "quelle") else word
