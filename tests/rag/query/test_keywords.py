"""What is typed as keywords, as a question."""

import pytest

from rag.query.keywords import as_question
from rag.query.question_text import QuestionText
from rag.text.folding import flatten


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("nombre de blessés accident N12", "Combien de blessés accident N12 ?"),
        ("Nombre d'habitants à Orvanne", "Combien d'habitants à Orvanne ?"),
        ("nombre des élus présents ?", "Combien d'élus présents ?"),
        ("montant de la subvention au festival", "Quel est le montant de la subvention au festival ?"),
        ("l’âge de la maire", "Quel est l'âge de la maire ?"),
        ("date de l'ouverture du pont", "Quelle est la date de l'ouverture du pont ?"),
        ("causes de l'incendie", "Quelles sont les causes de l'incendie ?"),
        ("durée exacte des travaux", "Quelle est la durée exacte des travaux ?"),
        # What says of nothing, is a question already, or begins with another noun.
        ("date", "date"),
        ("Le prix Trois-Rivières", "Le prix Trois-Rivières"),
        ("De quelle date parle-t-on ?", "De quelle date parle-t-on ?"),
        ("maire de Toury", "maire de Toury"),
        ("nombre", "nombre"),
        ("", ""),
    ],
)
def test_in_french(text: str, question: str):
    assert as_question(text, flatten(text), "fr") == question


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("number of people evacuated", "How many people evacuated?"),
        ("the cost of the bridge", "What is the cost of the bridge?"),
        ("date of the election", "What is the date of the election?"),
        ("cost cutting plan", "cost cutting plan"),
    ],
)
def test_in_english(text: str, question: str):
    assert as_question(text, flatten(text), "en") == question


def test_in_another_language_nothing_is_changed():
    text = "date of the election"
    assert as_question(text, text, "de") == text


@pytest.mark.parametrize(
    ("question", "language"),
    [("Quelle est la date de l'ouverture ?", "fr"), ("What was the date of the vote?", "en")],
)
def test_a_date_is_asked_for_by_its_noun(question: str, language: str):
    assert QuestionText(question, language).expected_answer.kind == "time"
