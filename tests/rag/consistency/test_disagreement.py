"""Articles that give different numbers for what is asked: both are told, and which one corrects."""

from __future__ import annotations

import pytest

from rag.consistency.disagreement import disagreements, others
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.query.answer_type import ExpectedAnswer
from rag.query.question_text import QuestionText
from rag.schema.evidence import Disagreement, Evidence, StatedValue
from rag.schema.hit import Reprint


def expected(question: str) -> ExpectedAnswer:
    return QuestionText(question, "fr").expected_answer


ASKED = expected("Combien de personnes la crue de l'Orlande a-t-elle tuées ?")
TWO = "La crue de l'Orlande a tué deux personnes dimanche à Valbrume."
THREE = "Trois personnes ont été tuées à Valbrume dans la crue de l'Orlande."


@pytest.fixture
def cited(make_article):
    def make(text: str, id: str, day: str | None = None, title: str = "La crue", **fields) -> Evidence:
        article = make_article(text, id, title=title, published_at=day)
        return Evidence(article, 0, len(text), **fields)

    return make


def test_two_articles_that_count_differently_disagree(cited):
    one, two = cited(TWO, "a"), cited(THREE, "b")
    assert disagreements([one, two], ASKED, SentenceAnalyses()) == (
        Disagreement((StatedValue("deux personnes", one), StatedValue("Trois personnes", two))),
    )


def test_all_that_two_articles_count_differently_is_told_at_once(cited):
    one = cited("La crue a tué deux personnes et chassé 340 habitants de Valbrume.", "a")
    two = cited("À Valbrume, la crue a tué trois personnes et chassé 410 habitants.", "b")
    [found] = disagreements([one, two], ASKED, SentenceAnalyses())
    assert [side.words for side in found.sides] == [
        "deux personnes, 340 habitants",
        "trois personnes, 410 habitants",
    ]


def test_the_same_noun_in_another_sentence_is_no_disagreement(cited):
    one = cited(
        "La crue éclair de l'Orlande a tué trois personnes à Valbrume et dans ses environs, et contraint 410"
        " habitants à abandonner leur logement.",
        "a",
    )
    two = cited(
        "Les dégâts de la crue s'élèvent à 18 millions d'euros, a annoncé jeudi la maire devant trois cents"
        " habitants réunis au théâtre des Augustins de Valbrume.",
        "b",
    )
    assert (
        disagreements(
            [one, two], expected("Combien d'habitants la crue a-t-elle chassés ?"), SentenceAnalyses()
        )
        == ()
    )


def test_the_later_article_that_says_so_corrects(cited):
    one, two = cited(THREE, "b", "2025-11-02"), cited(TWO, "a", "2025-11-04", "Rectificatif : la crue")
    [found] = disagreements([one, two], ASKED, SentenceAnalyses())
    assert found.correction is two
    earlier = cited(TWO, "a", "2025-11-01", "Rectificatif : la crue")
    assert disagreements([one, earlier], ASKED, SentenceAnalyses())[0].correction is None


def test_without_a_full_day_no_article_is_known_to_be_the_later_one(cited):
    month, day = cited(THREE, "b", "2025-11"), cited(TWO, "a", "2025-11-04", "Rectificatif : la crue")
    assert disagreements([month, day], ASKED, SentenceAnalyses())[0].correction is None


@pytest.mark.parametrize(
    ("first", "second", "question"),
    [
        (TWO, THREE, expected("Où la crue a-t-elle tué ?")),  # no number is asked for
        (TWO, "Deux personnes sont mortes à Valbrume dans la crue de l'Orlande.", ASKED),
        (TWO, "La crue de l'Orlande a noyé trois ponts à Valbrume.", ASKED),  # another noun
        (TWO, "Trois personnes ont gagné au loto.", ASKED),  # another story
        (
            "La crue de l'Orlande a tué une dizaine de personnes à Valbrume.",
            "La crue de l'Orlande a tué onze personnes à Valbrume.",
            ASKED,
        ),
    ],
)
def test_what_is_no_disagreement(cited, first, second, question):
    assert disagreements([cited(first, "a"), cited(second, "b")], question, SentenceAnalyses()) == ()


def test_one_article_and_its_reprints_do_not_disagree(cited):
    assert disagreements([cited(TWO, "a"), cited(THREE, "a")], ASKED, SentenceAnalyses()) == ()
    reprinted = cited(TWO, "a", also_in=(Reprint("b", "La crue", None, None, "b.txt"),))
    assert disagreements([reprinted, cited(THREE, "b")], ASKED, SentenceAnalyses()) == ()


def test_what_others_say_instead_is_found_among_the_sentences_on_offer(cited):
    one, two = cited(TWO, "a", score=0.5), cited(THREE, "b", score=0.1)
    again = cited("À Valbrume, trois personnes sont mortes dans la crue de l'Orlande.", "b", score=0.3)
    same = cited("Deux personnes sont mortes à Valbrume dans la crue de l'Orlande.", "c", score=0.2)
    assert others([one], [one, two, again, same], ASKED, SentenceAnalyses()) == [again]
