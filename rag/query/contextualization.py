"""Follow-up + history → a question that stands alone. Rules only; knows no model and no articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.query import answer_requests, small_talk
from rag.query.anaphora import SPOKEN, leans
from rag.schema.question import Turn

# What may stand in front of a question: it is read by the encoder and by the model.
MOST_TURNS = 4
MOST_WORDS = 60


def standalone(text: str, history: Sequence[Turn], language: str) -> str:
    """The question with what it leans on: the last questions in front of a follow-up.

    A question that names its own subject is returned as it is, whatever was said before. A language that is
    asked for (`en anglais`) is no part of the question.
    """
    turns, request = leans_on(text, history, language), answer_requests.request(text)
    return searched(text, turns) if request and not request.form else joined(text, turns)


def searched(text: str, turns: Sequence[Turn]) -> str:
    """What the articles are searched for: the same without a request's words (`résume`)."""
    if turns and answer_requests.request(text):
        return joined(turns[-1].question, turns[:-1])
    return joined(text, turns)


def leans_on(text: str, history: Sequence[Turn], language: str) -> tuple[Turn, ...]:
    """The last turns without which the question can't be understood, oldest first.

    A request (`en anglais`) leans on the last question. At most MOST_TURNS turns of MOST_WORDS words.
    """
    more, needed = answer_requests.request(text) is not None or leans(text, language), []
    for turn in reversed(questions(history)):
        if not more:
            break
        needed.insert(0, turn)
        more = any(leans(turn.question, spoken) for spoken in SPOKEN)
    return _bounded(needed)


def joined(text: str, turns: Sequence[Turn]) -> str:
    """The questions of these turns in front of this one, a space between them."""
    return " ".join(question.strip() for question in (*(turn.question for turn in turns), text))


def questions(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns that asked something of the articles: neither small talk nor requests."""
    return tuple(
        turn
        for turn in history
        if small_talk.reply(turn.question) is None and answer_requests.request(turn.question) is None
    )


def _bounded(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The newest of these turns and the oldest, which alone names the subject, as far as there is room."""
    kept = [*turns[:1], *turns[1:][-(MOST_TURNS - 1) :]]
    while len(kept) > 1 and sum(len(turn.question.split()) for turn in kept) > MOST_WORDS:
        del kept[1 if len(kept) > 2 else 0]
    if len(kept) == 1:
        kept = [_shortened(kept[0])]
    return tuple(kept)


def _shortened(turn: Turn) -> Turn:
    """A turn with the end of its question: what is asked stands there."""
    said = turn.question.split()
    return turn if len(said) <= MOST_WORDS else replace(turn, question=" ".join(said[-MOST_WORDS:]))
