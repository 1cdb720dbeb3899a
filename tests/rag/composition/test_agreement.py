"""What was agreed is told with every sentence that says so, and with those that deny it."""

from __future__ import annotations

import pytest

from rag.composition.agreement import agreements, asks_what_was_agreed
from rag.query.question_text import QuestionText
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from rag.verification.premise import EvidenceReader

SUMMIT = (
    "Je suis d'accord avec le maire. Nous espérons que l'accord trouvé lundi ouvrira la voie à un pont, a dit"
    " Olav Berg. Nous étions d'accord sur de nombreux points, mais nous avons parlé longtemps. « Il n'y aura"
    " pas d'accord tant que rien n'est signé », a dit Ann Blake. Il pleuvait."
)


def told(make_article, text: str, language: str) -> list[str]:
    article = make_article(text, language=language)
    offered = [Evidence(article, span.start, span.end) for span in split_sentences(text, language)]
    return [item.answer_words for item in agreements(offered, EvidenceReader())]


def test_each_side_is_told_and_a_mere_consent_is_not(make_article):
    found = told(make_article, SUMMIT, "fr")
    assert len(found) == 3
    assert found[0].startswith("Nous espérons que l'accord")
    assert found[1] == "de nombreux points"
    assert found[2] == "Il n'y aura pas d'accord tant que rien n'est signé"


def test_what_follows_in_english_is_told(make_article):
    text = "The unions agreed on a pay rise of 3%, but not on hours. It rained."
    assert told(make_article, text, "en") == ["a pay rise of 3%"]


@pytest.mark.parametrize(
    ("question", "language", "asks"),
    [
        ("Sur quoi se sont-ils mis d'accord ?", "fr", True),
        ("What did they agree on?", "en", True),
        ("Quel accord a été trouvé ?", "fr", True),
        ("Qu'ont décidé Ann Blake et Olav Berg ?", "fr", True),
        ("What did Ann Blake and Berg decide?", "en", True),
        ("Qu'a décidé le conseil ?", "fr", False),
        ("Qui a décidé avec Ann Blake et Berg ?", "fr", False),
        ("Qui a signé l'accord ?", "fr", False),
        ("When was the deal signed?", "en", False),
        ("Qu'a voté le conseil ?", "fr", False),
    ],
)
def test_only_what_was_agreed_is_asked_for(question: str, language: str, asks: bool):
    assert asks_what_was_agreed(QuestionText(question, language)) is asks
