"""What is asked for in German, Spanish, Italian, Dutch and Portuguese, by the word that asks."""

from __future__ import annotations

from datetime import date

import pytest

from rag.query.question_text import QuestionText
from rag.query.understanding import normalised, understand
from rag.schema.question import Question


@pytest.mark.parametrize(
    ("question", "language", "kind"),
    [
        ("Wie viele Gäste kamen?", "de", "quantity"),
        ("Wie hoch ist der Turm?", "de", "quantity"),
        ("In welchem Jahr wurde er gebaut?", "de", "time"),
        ("Seit wann ist sie im Amt?", "de", "time"),
        ("Mit wem sprach der Minister?", "de", "name"),
        ("Wohin zieht das Amt?", "de", "place"),
        ("Wer ist Ulrike Brandt?", "de", None),
        ("Wer ist Bürgermeisterin von Norderfurt?", "de", "name"),
        ("Was sagte die Bürgermeisterin?", "de", None),
        ("¿Cuántas personas murieron?", "es", "quantity"),
        ("¿En qué año se construyó?", "es", "time"),
        ("¿A quién acusa la fiscal?", "es", "name"),
        ("¿Quién es Julián Prado?", "es", None),
        ("¿Dónde se celebrará la feria?", "es", "place"),
        ("¿Qué pasó cuando llegó el alcalde?", "es", None),
        ("Quanti feriti ci sono?", "it", "quantity"),
        ("In che anno è stato costruito?", "it", "time"),
        ("Chi ha vinto le elezioni?", "it", "name"),
        ("Dov'è il museo?", "it", "place"),
        ("Hoeveel mensen raakten gewond?", "nl", "quantity"),
        ("Wie won de verkiezingen?", "nl", "name"),
        ("Waar is de brug?", "nl", "place"),
        ("Quantas pessoas morreram?", "pt", "quantity"),
        ("Em que ano foi construída?", "pt", "time"),
        ("Quem venceu as eleições?", "pt", "name"),
        ("Onde fica a ponte?", "pt", "place"),
    ],
)
def test_the_word_that_asks_tells_the_kind(question: str, language: str, kind: str | None):
    assert QuestionText(question, language).expected_answer.kind == kind


@pytest.mark.parametrize(
    ("question", "language"),
    [("Was hat den Brand ausgelöst?", "de"), ("Was fließt zwischen Bingen und Bonn?", "de")],
)
def test_a_german_was_asks_for_more_than_yes_or_no(question: str, language: str):
    read = understand(
        normalised(Question(question)), (language, "fr", "en"), date(2026, 5, 1), lambda *_: True
    )
    assert read.language == language
    assert read.intent.kind != "yes_no"
