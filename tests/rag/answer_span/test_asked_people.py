"""Who answers `who`: people with their whole titles, never the one whom the question names, and no place."""

from __future__ import annotations

import pytest

from rag.answer_span.asked_people import is_asked
from rag.answer_span.candidates import read_sentence
from rag.answer_span.focus import Focus
from rag.answer_span.phrases import phrases
from rag.answer_span.short_answer import answer_span
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.question_text import QuestionText

LEADERS = (
    "Le président de la Nouvelle-Zélande Omar Sadik et son homologue norvégienne Ingrid Solberg se sont vus"
    " lundi à Oslo."
)
SIDES = "Étaient présents le chef de la police Luc Martin et l'envoyée spéciale du préfet, Anne Leroy."
VICTIMS = (
    "Les victimes sont un homme de 71 ans, surpris dans sa cave de la rue des Tanneurs, et une automobiliste"
    " de 34 ans."
)


def people(sentence: str, language: str = "fr") -> list[str]:
    focus = Focus(QuestionText("Qui ?" if language == "fr" else "Who?", language))
    read = read_sentence(focus, AnalysedSentence(sentence, language), None)
    return [sentence[span.start : span.end] for span in phrases(read, "person")]


def answered(question: str, sentence: str, asked_in: str = "fr", language: str = "fr") -> str:
    chosen = answer_span(Focus(QuestionText(question, asked_in)), AnalysedSentence(sentence, language))
    return sentence[chosen.span.start : chosen.span.end] if chosen else ""


@pytest.mark.parametrize(
    ("question", "asked_in"),
    [("Qui a rencontré Ingrid Solberg ?", "fr"), ("Qui a vu Solberg ?", "fr"), ("Who met Solberg?", "en")],
)
def test_the_one_asked_about_and_her_title_are_no_answer(question: str, asked_in: str):
    found = answered(question, LEADERS, asked_in)
    assert "Omar Sadik" in found
    assert "homologue" not in found
    assert "Solberg" not in found


def test_a_name_that_only_the_other_language_spells_so_is_the_same_one():
    french = Focus(QuestionText("Who was with Putin?", "en"))
    assert is_asked(french, "Vladimir Poutine")
    assert not is_asked(french, "Sergueï Lavrov")


def test_two_first_names_are_two_people():
    focus = Focus(QuestionText("Qui est le frère de Paul Martin ?", "fr"))
    assert is_asked(focus, "Paul Martin")
    assert not is_asked(focus, "Luc Martin")


def test_what_a_role_is_of_may_be_said_again():
    said = "Le maire de Brévennes, Luc Martin, a démissionné."
    assert answered("Qui est le maire de Brévennes ?", said) == "Le maire de Brévennes, Luc Martin"


def test_a_title_is_taken_with_its_noun_and_stops_at_the_verb():
    assert "l'envoyée spéciale du préfet, Anne Leroy" in people(SIDES)
    assert "le préfet Luc Martin" in people("Le maire accueille le préfet Luc Martin.")


def test_a_short_title_belongs_to_the_name_and_the_office_before_it_too():
    assert "le préfet, M. Étienne Malvoisin" in people("L'eau monte, dit le préfet, M. Étienne Malvoisin.")
    assert "la maire, Mme Odile Sarrazy" in people("L'eau monte, a dit la maire, Mme Odile Sarrazy.")


def test_a_title_loses_the_preposition_of_what_stands_before():
    said = "La lettre du président Omar Sadik est arrivée."
    assert answered("Qui a écrit la lettre ?", said) == "président Omar Sadik"


def test_the_names_of_places_are_nobody():
    found = people("Un pêcheur de la rue des Tanneurs, en Alaska, a disparu.")
    assert not {"Tanneurs", "Alaska"} & set(found)


def test_people_without_names_are_joined_over_what_is_said_of_each():
    assert (
        "un homme de 71 ans, surpris dans sa cave de la rue des Tanneurs, et une automobiliste de 34 ans"
        in people(VICTIMS)
    )


def test_an_age_before_the_noun_belongs_to_it():
    assert "a 34-year-old motorist" in people("The dead are a man and a 34-year-old motorist.", "en")
