"""Whose a number is where a sentence sets several against each other, or a part beside its whole."""

from __future__ import annotations

import pytest

from rag.answer_span.focus import Focus
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.question_text import QuestionText

VOTE = "Maud Leroy a été élue maire avec 1 204 voix, contre 988 à son rival Didier Blanc."
WIN = "Rachel Shaw won the seat with 11,840 votes, beating Conservative Peter Langdon, who took 10,215."
FACING = "Denis Aubry l'emporte avec 61 % des suffrages face à Karine Lebon."
SHARES = "Le Parti vert obtient 31 % des voix, Union locale 14 % et Cap Demain 12 %."
COST = "Le chantier a coûté 8,4 millions d'euros, dont 2,1 millions versés par la région."
JOBS = "Orrin Foods will cut 400 jobs, 120 of them at its Marlow bakery."
HOMES = "Storm Edda left 12,000 homes without power across the county, including 3,500 in Harwick."
HAFEN = "Der Bau kostete 48 Millionen Euro, davon zahlte das Land 20 Millionen."


@pytest.mark.parametrize(
    ("question", "said", "language", "own"),
    [
        ("Combien de voix a obtenu Didier Blanc ?", VOTE, "fr", ["988"]),
        ("Combien de voix a obtenu Maud Leroy ?", VOTE, "fr", ["1 204"]),
        ("How many votes did Peter Langdon get?", WIN, "en", ["10,215"]),
        ("How many votes did Rachel Shaw get?", WIN, "en", ["11,840"]),
        ("Quel score a obtenu Karine Lebon ?", FACING, "fr", []),
        ("Quel score a obtenu Denis Aubry ?", FACING, "fr", ["61 %"]),
        ("Combien la région a-t-elle versé pour le chantier ?", COST, "fr", ["2,1 millions"]),
        ("Combien a coûté le chantier ?", COST, "fr", ["8,4 millions d'euros"]),
        ("How many jobs will Orrin Foods cut in Marlow?", JOBS, "en", ["120"]),
        ("How many homes lost power in Harwick?", HOMES, "en", ["3,500"]),
        ("Wie viel zahlte das Land?", HAFEN, "de", ["20 Millionen"]),
        # Nothing is set against anything: every number may answer.
        ("Quel est le score d'Union locale ?",
         "Selon Jean Dupont, Union locale a 14 % des voix.", "fr", ["14 %"]),
        ("Combien coûtera le projet selon Jean Dupont ?",
         "Selon Jean Dupont, le projet de Brest coûtera 3 millions d'euros.", "fr", ["3 millions d'euros"]),
    ],
)  # fmt: skip
def test_numbers_of_another_are_no_answer(question: str, said: str, language: str, own: list[str]):
    found = Focus(QuestionText(question, language)).numbers(AnalysedSentence(said, language))
    assert [item.text for item in found] == own


@pytest.mark.parametrize(
    ("question", "said", "language"),
    [
        ("How many jobs will Orrin Foods cut?", JOBS, "en"),
        ("How many homes lost power in the storm?", HOMES, "en"),
        ("Wie viel kostete der Bau?", HAFEN, "de"),
        ("Quel score a obtenu le Parti vert ?", SHARES, "fr"),
    ],
)
def test_the_first_number_stays_where_the_whole_is_asked(question: str, said: str, language: str):
    found = Focus(QuestionText(question, language)).numbers(AnalysedSentence(said, language))
    assert found[0].start == min(item.start for item in AnalysedSentence(said, language).quantities)


@pytest.mark.parametrize(
    ("question", "said", "language", "own"),
    [
        ("Combien de salariés compte Veltor ?", "Veltor va embaucher 60 personnes à Arras.", "fr", []),
        ("Combien de salariés emploie Veltor ?", "Elle y créera 140 emplois d'ici à 2028.", "fr", []),
        ("Combien de salariés emploie Veltor ?", "Le nombre de postes supprimés reste de 85.", "fr", []),
        ("Combien de salariés emploie Veltor ?", "Veltor emploie 4 200 salariés.", "fr", ["4 200"]),
        ("Combien de salariés emploie Veltor ?",
         "Le groupe, qui emploie 1 800 salariés, supprimera 210 postes.", "fr", ["1 800"]),
        ("Combien de postes Veltor supprimera-t-il ?", "Veltor supprimera 320 postes.", "fr", ["320"]),
        ("How many people does Tessaly employ?", "It will close, with the loss of 950 jobs.", "en", []),
        ("How many people does Tessaly employ?", "Tessaly employs 7,600 people in Britain.", "en", ["7,600"]),
        ("How many people will Orrin hire?", "Orrin will hire 30 people.", "en", ["30"]),
    ],
)  # fmt: skip
def test_who_comes_or_goes_is_not_counted_among_who_is_employed(
    question: str, said: str, language: str, own: list[str]
):
    found = Focus(QuestionText(question, language)).numbers(AnalysedSentence(said, language))
    assert [item.text for item in found] == own
