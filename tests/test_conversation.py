"""A follow-up takes along the questions that it leans on, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import standalone
from rag.schema import Turn

BIRTH = "Où est né Paul Cotret ?"
BRIDGE = "Combien coûte le pont de Valbrune ?"
ENGLISH_BRIDGE = "What did the mayor say about the bridge?"


def history(*questions: str) -> list[Turn]:
    return [Turn(question, "Une réponse.") for question in questions]


@pytest.mark.parametrize(
    "question",
    [
        "Et quand ?",
        "Pourquoi ?",
        "Quand",
        "Et à Lyon ?",
        "À Lyon ?",
        "Qui l'a payé, lui ?",
        "Ça coûte combien ?",
        "Quelle est leur position ?",
        "Qu'a-t-elle dit ?",
        "Et Poutine ?",
        "Mais alors ?",
        "Cela date de quand exactement, au juste ?",
    ],
)
def test_a_follow_up_has_the_last_question_in_front(question: str):
    assert standalone(question, history(BIRTH, BRIDGE), "fr") == f"{BRIDGE} {question}"


@pytest.mark.parametrize(
    "question", ["And then?", "Why?", "When did it open?", "What about Valbrune?", "Who paid them?"]
)
def test_a_follow_up_in_english(question: str):
    asked = history(BIRTH, ENGLISH_BRIDGE)
    assert standalone(question, asked, "en") == f"{ENGLISH_BRIDGE} {question}"


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Où Trump et Poutine se sont-ils rencontrés ?"),
        ("fr", "Qui est Poutine ?"),
        ("fr", "Où est Valbrune ?"),
        ("fr", "Qu'est-ce que l'Élysée ?"),
        ("fr", "Il y a combien d'habitants à Valbrune ?"),
        ("fr", "Combien d'habitants y a-t-il à Valbrune ?"),
        ("fr", "Quel est le PIB de la Chine ?"),
        ("fr", "Faut-il un casque à vélo ?"),
        ("en", "Who is Putin?"),
        ("en", "What did the mayor of Valbrune say?"),
        ("en", "How much does the bridge cost?"),
    ],
)
def test_a_question_that_names_its_subject_stands_as_it_is(language: str, question: str):
    assert standalone(question, history(BIRTH, BRIDGE), language) == question


def test_a_pronoun_takes_one_question_not_the_whole_conversation():
    asked = history(BIRTH, "Qui a peint le plafond du théâtre ?", BRIDGE)
    assert (
        standalone("Qui l'a décidé, lui ou elle ?", asked, "fr") == f"{BRIDGE} Qui l'a décidé, lui ou elle ?"
    )


def test_follow_ups_to_follow_ups_go_back_to_the_question_that_stands_alone():
    asked = history(BIRTH, BRIDGE, "Et le bac ?", "Pourquoi ?")
    assert standalone("Et quand ?", asked, "fr") == f"{BRIDGE} Et le bac ? Pourquoi ? Et quand ?"


def test_without_anything_before_a_question_is_alone():
    assert standalone("  Et quand ?\n", [], "fr") == "Et quand ?"


def test_where_there_are_no_rules_a_question_stands_as_it_is():
    assert standalone("Und wann?", history(BIRTH), "de") == "Und wann?"


questions = (
    st.sampled_from([BIRTH, BRIDGE, "Et quand ?", "Pourquoi ?", "Et elle ?", "Où est Valbrune ?"]) | st.text()
)


@given(questions, st.lists(questions, max_size=5), st.sampled_from(["fr", "en", "de"]))
def test_a_standalone_question_is_the_last_questions_in_order(question: str, asked: list[str], language: str):
    spoken = [text.strip() for text in [*asked, question]]
    found = standalone(question, history(*asked), language)
    assert found in {" ".join(spoken[start:]) for start in range(len(spoken))}
    assert standalone(found, [], language) == found.strip()
