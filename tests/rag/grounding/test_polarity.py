"""Who did isn't who didn't."""

from __future__ import annotations

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.grounding.polarity import is_reversed

CLOSED = "Quelles communes ont fermé leur école ?"
OPEN = "Quelles communes n'ont pas fermé leur école ?"


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        (CLOSED, "La commune de Brac ne fermera pas son école.", True),
        (CLOSED, "L'école de Vial a été fermée dimanche.", False),
        (CLOSED, "Le conseil municipal a rejeté la fermeture par 14 voix contre 9.", True),
        (CLOSED, "La commune a renoncé à la fermeture de son école.", True),
        (CLOSED, "À Brac, l'école restera ouverte cet hiver.", True),
        (CLOSED, "Aucune commune n'a fermé son école.", False),
        (OPEN, "La commune de Brac ne fermera pas son école.", False),
        (OPEN, "L'école de Vial a été fermée dimanche.", True),
        (OPEN, "À Brac, l'école restera ouverte cet hiver.", False),
        ("Qui n'a pas voté ?", "Trois élus n'ont pas voté.", False),
        ("Qui n'a pas voté ?", "Trois élus ont voté.", True),
        ("Qui a voté ?", "Trois élus n'ont pas voté.", True),
        ("Combien d'enfants ont été blessés ?", "Aucun enfant n'a été blessé.", False),
        # Yes and no are both answers, and so is a reason.
        ("Brac ferme-t-elle son école ?", "La commune de Brac ne fermera pas son école.", False),
        ("Pourquoi l'école a-t-elle fermé ?", "L'école n'a pas fermé.", False),
        ("Qui n'a pas voté le budget ?", "Deux élus se sont abstenus.", False),
        ("Qui n'a pas voté le budget ?", "« On ne demande pas cela aux gens », a dit l'adjoint.", True),
        (OPEN, "Brac n'a pas de médecin.", True),
        (OPEN, "Toutes ont fermé leur école, sauf Brac.", False),
        (CLOSED, "Toutes ont fermé leur école, à l'exception de Brac.", False),
        # What a relative clause denies isn't what is asked.
        ("Quel est l'âge du maire qui n'a pas signé ?", "Le maire a 58 ans et a signé depuis.", False),
        ("Qui a refusé la fermeture ?", "Le maire a refusé la fermeture.", False),
    ],
)
def test_a_reversed_quote(question: str, quote: str, expected: bool):
    assert is_reversed(AnalysedSentence(question, "fr"), AnalysedSentence(quote, "fr")) is expected


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("Who did not vote?", "Three councillors did not vote.", False),
        ("Who did not vote?", "Three councillors voted.", True),
        ("Who voted?", "Three councillors did not vote.", True),
        ("Which towns closed their school?", "Brac rejected the closure.", True),
        ("Which towns closed their school?", "Vial closed its school.", False),
        ("How many closed?", "None closed.", False),
        ("Did Brac close its school?", "Brac did not close its school.", False),
    ],
)
def test_a_reversed_quote_in_english(question: str, quote: str, expected: bool):
    assert is_reversed(AnalysedSentence(question, "en"), AnalysedSentence(quote, "en")) is expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Without it there would be no beet, said the farmer.", False),
        ("Two farms never sprayed tibrazole.", False),
        ("The fungicide will be sold until January.", True),
    ],
)
def test_in_another_language_a_quote_must_deny_something(quote: str, expected: bool):
    question = AnalysedSentence("Quels agriculteurs n'utilisent pas de tibrazole ?", "fr")
    assert is_reversed(question, AnalysedSentence(quote, "en")) is expected


def test_what_the_question_denies_by_a_word_may_have_another_name_where_the_quote_has_that_word():
    question = AnalysedSentence("Quelles rues échappent au stationnement payant ?", "fr")
    quote = "Deux rues échappent au dispositif : la rue du Lavoir et l'allée de la Gare."
    assert not is_reversed(question, AnalysedSentence(quote, "fr"))
