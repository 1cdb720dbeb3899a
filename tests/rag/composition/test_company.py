"""Who is with somebody and who stands for a side: the people of that side, not those whom it meets."""

from __future__ import annotations

import pytest

from rag.composition.company import company_question, in_company, may_say_company, says_company
from rag.composition.sides import side_parts
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.question_text import QuestionText
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.sentences import split_sentences
from rag.verification.premise import EvidenceReader

SUMMIT = (
    "Le président des États-Unis Ann Blake et son homologue norvégien Olav Berg se sont entretenus lundi."
    " Du côté norvégien, la ministre Kari Lund et son conseiller Nils Moe ; du côté américain, le secrétaire"
    " d'État John Reed et l'envoyée spéciale Mary Cole."
)
TALKS = (
    "The President of the United States Ann Blake met her Norwegian counterpart Olav Berg on Monday. On the"
    " Norwegian side were Minister Kari Lund and adviser Nils Moe; on the American side, Secretary John Reed."
)
COUNCIL = (
    "Côté syndicats, Anne Leroy et Paul Blin ; côté direction, Luc Martin. La séance a duré deux heures."
)
PASSIVE = "La Norvège était représentée par Kari Lund et Nils Moe, les États-Unis par John Reed."
AFTER = "Kari Lund et Nils Moe pour la Norvège, John Reed pour les États-Unis ont signé."
NORWAY, AMERICA = (
    "la ministre Kari Lund et son conseiller Nils Moe",
    ("le secrétaire d'État John Reed et l'envoyée spéciale Mary Cole"),
)


@pytest.fixture
def named(make_article):
    def answer(question: str, text: str, asked_in: str = "fr", language: str = "fr") -> list[str]:
        article = make_article(text, language=language)
        offered = [Evidence(article, span.start, span.end) for span in split_sentences(text, language)]
        asked = company_question(QuestionText(question, asked_in))
        assert asked is not None
        return [item.answer_words for item in in_company(asked, offered, EvidenceReader())]

    return answer


@pytest.mark.parametrize(
    ("question", "asked_in", "words"),
    [
        ("Qui accompagnait Berg ?", "fr", NORWAY),
        ("Avec qui Olav Berg est-il venu ?", "fr", NORWAY),
        ("Par qui Ann Blake était-elle accompagnée ?", "fr", AMERICA),
        ("Qui représentait les États-Unis ?", "fr", AMERICA),
        ("Qui était présent du côté norvégien ?", "fr", NORWAY),
        ("Qui faisait partie de la délégation américaine ?", "fr", AMERICA),
        ("Who was with Berg?", "en", NORWAY),
        ("Who did Ann Blake come with?", "en", AMERICA),
        ("Who represented Norway?", "en", NORWAY),
        ("Qui accompagnait John Reed ?", "fr", "l'envoyée spéciale Mary Cole"),
    ],
)
def test_the_people_of_the_asked_side_are_named(named, question: str, asked_in: str, words: str):
    assert named(question, SUMMIT, asked_in) == [words]


@pytest.mark.parametrize(
    ("question", "text", "language", "words"),
    [
        ("Who accompanied Olav Berg?", TALKS, "en", "Minister Kari Lund and adviser Nils Moe"),
        ("Qui représentait les syndicats ?", COUNCIL, "fr", "Anne Leroy et Paul Blin"),
        ("Qui représentait la direction ?", COUNCIL, "fr", "Luc Martin"),
        ("Qui représentait la Norvège ?", PASSIVE, "fr", "Kari Lund et Nils Moe"),
        ("Qui représentait les États-Unis ?", PASSIVE, "fr", "John Reed"),
        ("Qui représentait la Norvège ?", AFTER, "fr", "Kari Lund et Nils Moe"),
        ("Qui représentait les États-Unis ?", AFTER, "fr", "John Reed"),
        (
            "Who represented Norway?",
            "Kari Lund and Nils Moe represented Norway.",
            "en",
            "Kari Lund and Nils Moe",
        ),
    ],
)
def test_sides_are_told_by_many_words(named, question: str, text: str, language: str, words: str):
    assert named(question, text, language, language) == [words]


def test_nobody_is_with_one_whom_he_merely_meets(named, make_article):
    meeting = SUMMIT.split(". ")[0] + "."
    assert named("Qui accompagnait Berg ?", meeting) == []
    item = Evidence(make_article(meeting, language="fr"), 0, len(meeting))
    assert not may_say_company(item, EvidenceReader())
    assert not says_company(item, EvidenceReader())


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Qui a rencontré Olav Berg ?", "fr"),
        ("Avec qui Olav Berg s'est-il entretenu ?", "fr"),
        ("Avec qui la mairie a-t-elle signé ?", "fr"),
        ("Who met with Berg?", "en"),
        ("Who was charged with fraud?", "en"),
        ("Quand Berg est-il venu ?", "fr"),
    ],
)
def test_other_questions_ask_for_no_company(question: str, language: str):
    assert company_question(QuestionText(question, language)) is None


def test_a_sentence_without_sides_has_no_parts():
    said = AnalysedSentence("Kari Lund a vu John Reed à Oslo.", "fr")
    assert side_parts(said, [Span(0, 9), Span(15, 24)]) == []


def test_the_place_of_an_office_is_nobody_whom_a_part_names(named):
    said = "Les dégâts sont lourds pour la seule commune de Toury, a dit la maire, Anne Leroy."
    assert named("Qui accompagnait la maire de Toury ?", said) == []
