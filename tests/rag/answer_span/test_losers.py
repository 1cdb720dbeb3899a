"""Whom a sentence says to have lost is no answer to who won, and one who won none to who lost."""

from __future__ import annotations

import pytest

from rag.answer_span.candidates import candidates, read_sentence
from rag.answer_span.focus import Focus
from rag.answer_span.losers import tells_only_losers
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.query.question_text import QuestionText

LOST = [
    ("fr", "Clémence Authier a recueilli 6 412 voix, contre 5 987 à son adversaire, le maire, Paul Roux."),
    ("fr", "Clémence Authier l'emporte sur Paul Roux."),
    ("fr", "Clémence Authier l'a emporté face à Paul Roux."),
    ("fr", "Clémence Authier a battu Paul Roux de 425 voix."),
    ("fr", "Paul Roux a été battu de 425 voix par Clémence Authier."),
    ("en", "Clémence Authier beat Paul Roux by 425 votes."),
    ("en", "Clémence Authier narrowly defeated the mayor, Paul Roux."),
    ("en", "Clémence Authier came in ahead of Paul Roux."),
]


def offered(question: str, asked_in: str, said: str, language: str) -> str:
    focus = Focus(QuestionText(question, asked_in))
    found = candidates(focus, SentenceAnalyses().of(said, language))
    return " | ".join(said[span.start : span.end] for span in found.spans)


@pytest.mark.parametrize(("language", "said"), LOST)
@pytest.mark.parametrize(
    ("asked_in", "question"), [("fr", "Qui a été élue maire de Brévennes ?"), ("en", "Who won the election?")]
)
def test_who_lost_is_never_offered_as_who_won(asked_in, question, language, said):
    words = offered(question, asked_in, said, language)
    assert "Authier" in words
    assert "Roux" not in words


@pytest.mark.parametrize(("language", "said"), LOST)
def test_who_won_is_never_offered_as_who_lost(language, said):
    words = offered("Qui a été battu ?", "fr", said, language)
    assert "Roux" in words
    assert "Authier" not in words


@pytest.mark.parametrize("said", ["Battu, Paul Roux a refusé de la féliciter.", "Paul Roux a été battu."])
def test_a_sentence_of_a_loser_alone_tells_of_no_winner(said):
    focus = Focus(QuestionText("Qui a été élue maire ?", "fr"))
    assert tells_only_losers(focus, read_sentence(focus, SentenceAnalyses().of(said, "fr"), None))
