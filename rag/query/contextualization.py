"""Follow-up + history → a question that stands alone. Rules only; knows no model and no articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rag.query import answer_requests, small_talk
from rag.query.anaphora import SPOKEN, has_anaphor, needs_context
from rag.query.answer_requests import Request
from rag.query.question_text import QuestionText
from rag.schema.question import Turn
from rag.text.analyzer import terms

# What may stand in front of a question: it is read by the encoder and by the model.
MOST_TURNS = 4
MOST_WORDS = 60
_POINTING = re.compile(
    r"\b(?:ce|cet|cette|ces|this|that|these|those)\s+(?!n'|qu|est\b|sont\b|is\b|was\b)(?P<noun>[a-z][\w-]+)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:(?:le|la)\s+(?:premiere?|deuxieme|second[e]?|troisieme|derniere?)|l'autre|les\s+(?:deux|autres)"
    r"|the\s+(?:first|second|third|last|latter|former|other)(?:\s+one)?|the\s+(?:others|two))\s*[?!.\s]*$",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"^\W*(?:(?:a|de|par|pour|avec|chez|contre)\s+)?(?:qui|quels?|quelles?|who|which|what|whose)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class EarlierQuestion:
    """A turn that asked something of the articles; its words are read in a language when it is known."""

    turn: Turn

    @property
    def question(self) -> str:
        """Return what was asked."""
        return self.turn.question

    @cached_property
    def words(self) -> QuestionText:
        """Its words, in no language in particular."""
        return QuestionText(self.turn.question.strip(), SPOKEN[0])


def context_of(earlier: Sequence[EarlierQuestion]) -> tuple[EarlierQuestion, ...]:
    """Return the last of these questions without which a follow-up to them can't be understood, oldest first.

    At most MOST_TURNS turns of MOST_WORDS words.
    """
    needed: list[EarlierQuestion] = []
    for before in reversed(earlier):
        needed.insert(0, before)
        if not any(needs_context(before.words.in_language(spoken)) for spoken in SPOKEN):
            break
    return _bounded(needed)


def refers_to_answer(question: QuestionText, context: Sequence[EarlierQuestion]) -> bool:
    """Return whether a follow-up has words for what only the last answer can have named.

    `ce ministre` that no question spoke of, `le second`, or a pronoun after `qui…`.
    """
    if not context or not context[-1].turn.answer.strip():
        return False
    language = question.language
    spoken_of = {term for before in context for term in before.words.in_language(language).terms}

    def known(found: re.Match[str]) -> bool:
        return set(terms(found["noun"], language)) <= spoken_of

    if _ORDINAL.search(question.flat) or not all(known(found) for found in _POINTING.finditer(question.flat)):
        return True
    plain = _POINTING.sub(lambda found: f"la {found['noun']}", question.flat)
    return bool(_ASKS_WHO.search(context[-1].words.flat)) and has_anaphor(plain, language)


def pointed_at(question: QuestionText) -> set[str]:
    """Return the terms of what a question points at: `ministre` of `cette ministre`."""
    nouns = [found["noun"] for found in _POINTING.finditer(question.flat)]
    return {term for noun in nouns for term in terms(noun, question.language)}


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in context: as it stands alone, and as the articles are searched for."""

    standalone: str
    searched: str


def in_context(text: str, context: Sequence[EarlierQuestion], request: Request | None) -> Wording:
    """Put what it leans on in front of a question, as it is.

    Without what is asked of the answer: a language (`en anglais`) is no part of the question, and what is
    asked of its form (`résume`) isn't searched for.
    """
    whole = joined(text, context)
    if request is None or not context:
        return Wording(whole, whole)
    last = joined(context[-1].question, context[:-1])
    return Wording(whole if request.form else last, last)


def joined(text: str, context: Sequence[EarlierQuestion]) -> str:
    """Return these questions in front of this one, a space between them."""
    return " ".join(question.strip() for question in (*(before.question for before in context), text))


def questions(history: Sequence[Turn]) -> tuple[EarlierQuestion, ...]:
    """Return the turns that asked something of the articles: neither small talk nor requests."""
    said = [EarlierQuestion(turn) for turn in history]
    return tuple(before for before in said if _asks(before.words.folded))


def _asks(folded: str) -> bool:
    return small_talk.canned_response(folded) is None and answer_requests.request(folded) is None


def _bounded(needed: Sequence[EarlierQuestion]) -> tuple[EarlierQuestion, ...]:
    """Return the newest of these and the oldest, which alone names the subject, as far as there is room."""
    kept = [*needed[:1], *needed[1:][-(MOST_TURNS - 1) :]]
    while len(kept) > 1 and sum(len(before.question.split()) for before in kept) > MOST_WORDS:
        del kept[1 if len(kept) > 2 else 0]
    if len(kept) == 1:
        kept = [_shortened(kept[0])]
    return tuple(kept)


def _shortened(before: EarlierQuestion) -> EarlierQuestion:
    """Return one with the end of its question: what is asked stands there."""
    said = before.question.split()
    if len(said) <= MOST_WORDS:
        return before
    return EarlierQuestion(replace(before.turn, question=" ".join(said[-MOST_WORDS:])))
