"""The line that answers, on the page, in the terminal and in copies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handed_in import copied, markdown_of, page_of
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Claim, Disagreement, Evidence, StatedValue
from ui.command.ask import answer_text
from ui.formatting.short_answers import short_answer_text
from ui.rendering.exchange import current
from ui.rendering.quotation import answering
from ui.session.exchange import Exchange

ARTICLE = Article(
    "a1", "Le pont de Brécy a rouvert lundi,\naprès trois ans de travaux.", "Le pont", "/a.txt", "0" * 64,
    outlet="Le Phare", language="fr", published_at="2024-05-02",
)  # fmt: skip


OTHER = replace(ARTICLE, id="a2")


def quoting(words: str, article: Article = ARTICLE) -> Claim:
    start = article.text.index(words)
    evidence = Evidence(article, 0, len(article.text)).answered_by(Span(start, start + len(words)))
    return Claim.quoting(evidence)


def answer(*claims: Claim, **fields) -> Answer:
    return Answer("Q ?", "Q ?", "fr", "answered", claims, **fields)


def shown(said: Answer, language: str = "fr") -> list[str]:
    tree = html.fromstring(current(Exchange(1, "Q ?", "answered", answer=said), language))
    return [" ".join(line.text_content().split()) for line in tree.xpath("//p[@class='short-answer']")]


@pytest.mark.parametrize(
    ("said", "french", "english"),
    [
        (answer(quoting("lundi")), "lundi", "lundi"),
        (answer(quoting("lundi"), verdict="yes"), "Oui", "Yes"),
        (answer(quoting("lundi"), verdict="no"), "Non", "No"),
        (
            answer(quoting("lundi"), quoting("trois ans"), incomplete=True),
            "lundi ; trois ans",
            "lundi; trois ans",
        ),
        (answer(quoting("lundi"), quoting("trois ans", OTHER)), "lundi", "lundi"),
        (answer(quoting("lundi"), quoting("trois ans")), "lundi ; trois ans", "lundi; trois ans"),
        (answer(quoting("lundi"), quoting("lundi"), incomplete=True), "lundi", "lundi"),
        (answer(Claim.quoting(Evidence(ARTICLE, 0, 33))), "", ""),
        (answer(Claim.quoting(Evidence(ARTICLE, 0, 33)), quoting("lundi")), "", ""),
        (
            replace(answer(quoting("lundi")), language="en"),
            "D'après Le Phare, 2 mai 2024 (en français) : lundi",
            "According to Le Phare, 2 May 2024 (in French): lundi",
        ),
    ],
)
def test_the_line_has_the_articles_words_and_the_readers_around_them(said: Answer, french: str, english: str):
    assert (short_answer_text(said, "fr"), short_answer_text(said, "en")) == (french, english)
    assert shown(said) == ([french] if french else [])
    assert shown(said, "en") == ([english] if english else [])


def sided(yes: str, no: str, other: Article = ARTICLE) -> Answer:
    claims = (replace(quoting("lundi"), heading=yes), replace(quoting("trois ans", other), heading=no))
    return answer(*claims, verdict="disputed")


@pytest.mark.parametrize(
    ("said", "french", "english"),
    [
        (
            sided("Oui, selon Odile Brac", "Non, selon Roux"),
            "Deux réponses : oui, selon Odile Brac ; non, selon Roux",
            "Two answers in one article: yes and no",
        ),
        (
            replace(sided("Yes, according to Odile Brac", "No, according to Roux", OTHER), language="en"),
            "Les articles ne sont pas d'accord",
            "Two answers: yes, according to Odile Brac; no, according to Roux",
        ),
        (
            sided("Oui, selon Odile Brac", "Non"),
            "Deux réponses dans un même article : oui et non",
            "Two answers in one article: yes and no",
        ),
        (sided("Oui", "Non", OTHER), "Les articles ne sont pas d'accord", "The articles don't agree"),
    ],
)
def test_articles_only_disagree_where_two_of_them_do(said: Answer, french: str, english: str):
    assert (short_answer_text(said, "fr"), short_answer_text(said, "en")) == (french, english)


def test_the_answers_to_several_questions_in_one_are_all_told():
    one, other = quoting("lundi"), quoting("trois ans", OTHER)
    said = answer(replace(one, heading="Quand"), replace(other, heading="Combien de temps"))
    assert short_answer_text(said, "fr") == "lundi ; trois ans"


def test_sides_that_disagree_are_no_list():
    one, other = quoting("lundi"), quoting("trois ans", OTHER)
    sides = tuple(StatedValue(claim.evidence[0].answer_words, claim.evidence[0]) for claim in (one, other))
    said = answer(one, other, disagreements=(Disagreement(sides),))
    assert "trois ans" not in short_answer_text(said, "fr")


def test_every_way_out_has_the_line_and_that_a_list_may_go_on():
    said = answer(quoting("lundi"), quoting("trois ans"), incomplete=True)
    exchange = Exchange(1, "Q ?", "answered", answer=said)
    whole = "D'après 1 article ; la liste peut être incomplète."
    for text in (answer_text(said, "fr"), copied(said, "fr"), markdown_of("Titre", [exchange], "fr")):
        assert "lundi ; trois ans" in text
    for text in (
        answer_text(said, "fr"),
        current(exchange, "fr").unescape(),
        page_of("Titre", [exchange], "fr"),
    ):
        assert whole in html.fromstring(f"<p>{text}</p>").text_content()


TEXTS = st.text("ab \n\u00a0é.", min_size=3, max_size=40)


@given(TEXTS, st.data())
def test_the_marked_words_are_those_that_answer(text: str, data: st.DataObject):
    article = replace(ARTICLE, text=text)
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    if not places:
        return
    first = data.draw(st.sampled_from(places))
    last = data.draw(st.sampled_from([place for place in places if place >= first]))
    evidence = Evidence(article, data.draw(st.integers(0, first)), len(text)).answered_by(
        Span(first, last + 1)
    )
    start, end = answering(evidence)
    assert Claim.quoting(evidence).text[start:end] == " ".join(evidence.answer_words.split())


@given(TEXTS.filter(str.strip), TEXTS.filter(str.strip))
def test_what_an_article_says_is_never_markup(before: str, words: str):
    article = replace(ARTICLE, text=f"{before}<b>&{words}</b>")
    start = article.text.index("<b>")
    evidence = Evidence(article, 0, len(article.text)).answered_by(Span(start, len(article.text)))
    tree = html.fromstring(
        current(Exchange(1, "Q ?", "answered", answer=answer(Claim.quoting(evidence))), "fr")
    )
    assert tree.xpath("//b") == []
    assert tree.xpath("//mark")[0].text_content() == " ".join(evidence.answer_words.split())


def test_the_sides_of_a_comparison_stand_beside_each_other():
    one = replace(quoting("lundi"), heading="Brécy")
    other = replace(quoting("trois ans", OTHER), heading="Toury")
    unmarked = replace(Claim.quoting(Evidence(OTHER, 0, len(OTHER.text))), heading="Toury")
    said = answer(one, other, unmarked)
    assert short_answer_text(said, "fr") == "Brécy – lundi · Toury – trois ans"
