"""A sentence with all words of a question and the measure that it asks for states the answer."""

from __future__ import annotations

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.question_text import QuestionText
from rag.retrieval.stated_measures import states_measure

WORKS = "Les travaux dureront trois ans."
STAFF = "Trois agents ont été reclassés."
TURNOUT = "La participation a atteint 61,2 % dans la ville."


@pytest.mark.parametrize(
    ("asked", "language", "said", "title", "states"),
    [
        ("Combien de temps dureront les travaux ?", "fr", WORKS, "Le pont fermé", True),
        ("combien de temps vont durer les travaux", "fr", WORKS, "Le pont fermé", True),
        ("Combien de temps dureront les travaux de la digue ?", "fr", WORKS, "Le pont fermé", False),
        ("Combien de temps durera la grève ?", "fr", WORKS, "Le pont fermé", False),
        ("Combien coûteront les travaux ?", "fr", WORKS, "Le pont fermé", False),
        ("Combien d'agents ont été reclassés à Toury ?", "fr", STAFF, "Toury ferme sa piscine", True),
        ("Combien d'agents ont été reclassés à Orvanne ?", "fr", STAFF, "Toury ferme sa piscine", False),
        ("Quelle a été la participation à Brécy en mars 2025 ?", "fr", TURNOUT, "Brécy a voté", True),
        ("Quelle a été l'abstention à Brécy ?", "fr", TURNOUT, "Brécy a voté", False),
        ("Qui a voté contre les travaux ?", "fr", WORKS, "Le pont fermé", False),
        ("Combien de temps ?", "fr", WORKS, "Le pont fermé", False),
        ("How long will the works last?", "en", "The works will last three years.", "A bridge", True),
        ("How long will the strike last?", "en", "The works will last three years.", "A bridge", False),
        ("How many jobs did the works create?", "en", "The works will last three years.", "Jobs", False),
    ],
)
def test_all_that_is_asked_is_said(asked: str, language: str, said: str, title: str, states: bool):
    sentence, heading = AnalysedSentence(said, language), AnalysedSentence(title, language)
    assert states_measure(QuestionText(asked, language), sentence, heading) is states
