"""What a statement says of what: its verb, and the words before it, straight after it and further on.

Pure, for French and English: by the place of the question's verb, by lists of verbs and by the order of
words. Knows no evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.composition import words
from rag.composition.statement import Statement
from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.assertions import Mention
from rag.extraction.clauses import Word
from rag.extraction.phrases import PREPOSITIONS, VERBS, own


@dataclass(frozen=True, slots=True)
class Predication:
    """The words of content of a statement by what they do in it.

    Attributes:
        verb: The word that says something of the others: a verb, or the noun or adjective that stands for it.
        subject: The words before it.
        objects: Those after it that no preposition cuts off.
        complements: The others after it.

    """

    verb: Mention
    subject: tuple[Mention, ...]
    objects: tuple[Mention, ...]
    complements: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Predicate:
    """A word of the statement that says something, and the sentence's words for it or its opposite."""

    mention: Mention
    others: tuple[Mention, ...]


def predication(claim: Statement, said: AnalysedSentence) -> Predication | None:
    """Return what a statement says of what; None where no verb is found in it."""
    listed = said.marked_words
    first = _finite(claim, said, listed)
    if first is None:
        return None
    counted = [(number.start, number.end) for number in said.quantities]
    verb = _told(listed, first, counted)
    if verb is None:
        return None
    by_start = {mention.start: mention for mention in said.mentions if mention.stem}
    if listed[verb].start not in by_start:
        return None
    end = _object_end(listed, verb, said)

    def content(span: Sequence[Word]) -> tuple[Mention, ...]:
        told = [word for word in span if word.plain not in words.IDLE and not _within(word, counted)]
        found = (by_start.get(word.start) for word in told)
        return tuple(mention for mention in found if mention is not None)

    return Predication(
        by_start[listed[verb].start],
        content(listed[:first]),
        content(listed[verb + 1 : end]),
        content(listed[end:]),
    )


def _finite(claim: Statement, said: AnalysedSentence, listed: Sequence[Word]) -> int | None:
    """Return the number of the statement's finite verb."""
    if claim.exists:
        return 0
    if claim.finite is not None:
        return next((n for n, word in enumerate(listed) if word.start >= claim.finite), None)
    if claim.language == "fr":
        helper = next(
            (
                n
                for n, word in enumerate(listed)
                if (n or claim.bare) and word.plain in words.HELPERS and not _is_preposition(listed, n)
            ),
            None,
        )
        if helper is not None:
            return helper
    names = {(name.start, name.end) for name in said.names}
    verbs = own(VERBS, claim.language)
    small = own(PREPOSITIONS, claim.language) | words.DETERMINING.of(claim.language)
    after_subject, found = claim.bare, []
    for number, word in enumerate(listed):
        in_name = any(start <= word.start < end for start, end in names)
        governed = number and listed[number - 1].plain in small
        verbal = word.exact in verbs or word.concepts or (claim.language == "en" and _is_verbal(word))
        if after_subject and not in_name and not governed and verbal:
            found.append(number)
        after_subject = after_subject or in_name or word.is_content or word.plain in words.SUBJECTS
    # `Is a second singing trial planned?`: what ends so may say more of a noun.
    telling = [
        number
        for number in found
        if not listed[number].plain.endswith("ing")
        and (not claim.passive or listed[number].concepts or not listed[number].plain.endswith("s"))
    ]
    # What is said of a list's items begins with its verb.
    return (telling or found)[0] if found else _last_content(listed, names)


def _is_preposition(listed: Sequence[Word], place: int) -> bool:
    """Return whether a word is `à`, also without its accent: `a la verrerie`."""
    after = listed[place + 1].plain if place + 1 < len(listed) else ""
    return listed[place].exact == "à" or (listed[place].plain == "a" and after in {"la", "l"})


def _is_verbal(word: Word) -> bool:
    return word.exact.endswith(("ed", "ing")) and cue_words.is_verb_like(word.exact)


def _last_content(listed: Sequence[Word], names: set[tuple[int, int]]) -> int | None:
    """Return the last word of content that is no name: `the mayor guilty`."""
    found = [
        n
        for n, word in enumerate(listed)
        if n and word.is_content and not any(start <= word.start < end for start, end in names)
    ]
    return found[-1] if found else None


def _within(word: Word, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= word.start < end for start, end in spans)


def _told(listed: Sequence[Word], first: int, counted: Sequence[tuple[int, int]]) -> int | None:
    """Return the number of the word that says it: past auxiliaries and verbs that say nothing alone."""
    for number in range(first, len(listed)):
        word = listed[number]
        if word.plain in words.HELPERS or word.plain in words.IDLE or word.exact in words.LIGHT_VERBS:
            continue
        if word.is_content and not word.adverb and not _within(word, counted):
            return number
    return first if listed[first].is_content else None


def _object_end(listed: Sequence[Word], verb: int, said: AnalysedSentence) -> int:
    """Return the number of the first word after the verb's object."""
    small = own(PREPOSITIONS, said.language)
    partitive = words.PARTITIVE.of(said.language or "")
    for number in range(verb + 1, len(listed)):
        word = listed[number]
        if word.plain in partitive and number == verb + 1:
            continue
        if word.chunk != listed[verb].chunk or (word.plain in small and not word.capital):
            return number
    return len(listed)


def forms_of(preposition: str) -> set[str]:
    """Return a French preposition with the articles that are one word with it."""
    groups = ({"a", "au", "aux"}, {"de", "du", "des", "d"}, {"dans", "en"})
    return next((group for group in groups if preposition in group), {preposition})
