"""A question with what was said before it → the question that stands alone. Knows no model and no articles.

A turn that was understood before is taken as it was understood; others are read here, oldest first. Greetings
and requests are no turns to lean on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from rag.extraction.names.gazetteer import ROLES
from rag.query import answer_requests, small_talk
from rag.query.answer_requests import Request
from rag.query.follow_ups.context_need import SPOKEN, has_anaphor, needs_context
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn
from rag.query.question_text import QuestionText
from rag.query.resolution.resolution import Resolution
from rag.query.resolution.resolver import points_at_turn, resolve, without_opening
from rag.query.resolution.topics import of_topic
from rag.schema.question import Turn
from rag.text.folding import flatten
from rag.text.stop_words import stop_words

# How far back is looked for what a word stands for, and how much of a question.
MOST_TURNS = 4
MOST_WORDS = 60
_CITATION = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:\[\d+\]\s*)+")
_QUOTATION_MARKS = re.compile(r"^[«“\"\s]+|[»”\"\s]+$")
# Inside a sentence: the first word is capitalised in any case.
_NAME = re.compile(r"(?<=[\w,;')(] )[A-Z][\w-]+|(?<=['-])[A-Z][\w-]+")

# A turn's question as it was understood, else as it was asked, in its language.
ReadTurn = Callable[[Turn], QuestionText]


@dataclass(frozen=True)
class EarlierQuestion:
    """A turn that asked something of the articles, and the words of its question, which stand alone."""

    turn: Turn
    words: QuestionText

    @property
    def question(self) -> str:
        """What was asked, as it was understood."""
        return self.words.text

    @property
    def language(self) -> str:
        """The language of its words (ISO 639-1)."""
        return self.words.language

    def read_in(self, language: str, known: frozenset[str]) -> EarlierTurn:
        """Return what a follow-up may take from it; `language` is taken for one without rules."""
        spoken = self.language if self.language in SPOKEN else language
        question = Reading(self.question, spoken, known, self.words.flat)
        quotes = self.turn.quotes or _quoted(self.turn.answer)
        first = quotes[0] if quotes else ""
        return EarlierTurn(question, self.turn.answer_words, first, self.turn.titles, quotes)


def _quoted(answer: str) -> tuple[str, ...]:
    """Return the sentences of an answer's text, without their marks and outlets."""
    parts = (_QUOTATION_MARKS.sub("", part) for part in _CITATION.split(answer))
    return tuple(part for part in parts if part)


def asks_articles(folded: str) -> bool:
    """Return whether folded words ask something of the articles: neither small talk nor a request."""
    return small_talk.canned_response(folded) is None and answer_requests.request(folded) is None


@dataclass(frozen=True)
class Conversation:
    """The turns before a question, as they were understood; `today` is the day on which it is asked."""

    earlier: tuple[EarlierQuestion, ...]
    today: date

    @classmethod
    def of(cls, turns: Sequence[Turn], read: ReadTurn, today: date) -> Conversation:
        """Understand these turns, oldest first, each with those before it."""
        said = cls((), today)
        for turn in turns[-MOST_TURNS:]:
            words = _shortened(read(turn))
            resolved = None if turn.standalone else said.resolved(words)
            if resolved is not None:
                words = QuestionText(resolved.text, resolved.language)
            said = cls((*said.earlier, EarlierQuestion(turn, words)), today)
        return said

    def resolved(self, own: QuestionText, names_subject: bool = False) -> Resolution | None:
        """Return a question that leans on these turns as one that stands alone; None if it does already.

        With `names_subject` it says of what it wants a summary, the news or the like: it needs nothing more.
        """
        if not self.earlier or own.language not in SPOKEN:
            return None
        turns = self._read(own.language)
        known = turns[-1].question.known
        if (of_its_own := of_topic(own.text, own.flat, own.language, known, self.today)) is not None:
            return of_its_own
        needs = needs_context(own) and not (names_subject and not has_anaphor(own.text, own.language))
        if needs or points_at_turn(own.text, own.flat, own.language, turns):
            return resolve(own.text, own.flat, own.language, turns, self.today)
        plain = without_opening(own.text, own.flat, own.language)
        return None if plain == own.text else Resolution(plain, own.language, leans=False)

    def _read(self, language: str) -> list[EarlierTurn]:
        said = ". ".join(
            part
            for one in self.earlier
            for part in (one.question, one.turn.answer_words, *one.turn.quotes[:1])
        )
        names = {name.lower() for name in _NAME.findall(flatten(said))}
        known = frozenset(names) - stop_words("fr") - stop_words("en") - ROLES
        return [one.read_in(language, known) for one in self.earlier]


def _shortened(question: QuestionText) -> QuestionText:
    """Return the end of a long question: what is asked stands there."""
    words = question.text.split()
    if len(words) <= MOST_WORDS:
        return question
    return QuestionText(" ".join(words[-MOST_WORDS:]), question.language)


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in context: as it stands alone, and as the articles are searched for."""

    standalone: str
    searched: str


def asked_again(text: str, last: EarlierQuestion, request: Request) -> Wording:
    """Return what is asked of the last answer: the last question.

    A language (`en anglais`) is no part of it; what is asked of the answer's form (`résume`) isn't searched.
    """
    return Wording(f"{last.question} {text.strip()}" if request.form else last.question, last.question)


def summary_of(own: QuestionText, turn: Turn) -> Wording:
    """Return a request to sum up as what it asks for: a summary of the article told of first."""
    french = own.language == "fr"
    text = "Résume cet article" if french else "Summarise this article"
    for title in turn.titles[:1]:
        text = f"Résume l'article « {title} »" if french else f"Summarise the article “{title}”"
    return Wording(text, text)
