"""Summaries are the articles' own main sentences, in order: of an article, a subject, the conversation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from desk import Desk

from rag.schema.answer import Answer
from rag.schema.evidence import Evidence
from rag.schema.question import CitedSpan, Turn

Ask = Callable[..., Answer]


def cited(answer: Answer) -> list[Evidence]:
    assert answer.status == "answered"
    assert all(claim.is_quote and len(claim.evidence) == 1 for claim in answer.claims)
    return [claim.evidence[0] for claim in answer.claims]


@pytest.mark.parametrize(
    ("text", "title", "opening"),
    [
        ("Résume l'article sur le pont des Aulnes", "Le pont des Aulnes rouvre aux camions",
         "Le pont des Aulnes a"),
        ("De quoi parle l'article sur la grève ?", "Grève à la scierie Morand",
         "Les salariés de la scierie"),
        ("Summarize the article about the ferry", "Ferry returns to Ferrow after eight months",
         "The Ferrow ferry is"),
        ("Que dit l'article intitulé « À Brunoy, la piscine reste ouverte » ?",
         "À Brunoy, la piscine reste ouverte",
         "La piscine de Brunoy"),
    ],
)  # fmt: skip
def test_an_article_is_summed_up_in_its_order(ask: Ask, text: str, title: str, opening: str):
    found = cited(ask(text))
    assert {item.article.title for item in found} == {title}
    assert [item.start for item in found] == sorted(item.start for item in found)
    assert found[0].quote.startswith(opening)
    assert 3 <= len(found) <= 6


@pytest.mark.parametrize(
    "text", ["Résume cet article", "De quoi parle cet article ?", "What is this article about?"]
)
def test_this_article(ask: Ask, desk: Desk, text: str):
    before = (Turn("Qui ?", "…", article_id=desk.id_of("pont.md")),)
    assert {item.article.title for item in cited(ask(text, history=before))} == {
        "Le pont des Aulnes rouvre aux camions"
    }
    assert ask(text).status == "conversation"


@pytest.mark.parametrize(
    "text", ["Que sait-on de la piscine de Lormont ?", "Résume la fermeture de la piscine de Lormont"]
)
def test_a_subject_is_summed_up_over_its_articles_by_date(ask: Ask, text: str):
    found = cited(ask(text))
    days = [item.article.published_at for item in found]
    assert days == sorted(days)
    assert {"Lormont vote un budget de huit millions"} < {item.article.title for item in found}
    quotes = " ".join(item.quote for item in found)
    assert "90 000 euros" in quotes
    # The same text in two papers is read once.
    assert len({" ".join(item.quote.split()) for item in found}) == len(found)
    assert not {"Le pont des Aulnes rouvre aux camions"} & {item.article.title for item in found}


def test_what_is_summed_up_must_be_there(ask: Ask):
    for text in ("Résume l'affaire Odile Brac", "Que sait-on d'Odile Brac ?", "Tell me about Odile Brac"):
        answer = ask(text)
        assert answer.status == "not_found"
        assert "Odile Brac" in answer.plain_text


def spans(desk: Desk, *names: str) -> tuple[CitedSpan, ...]:
    articles = [desk.library.article(desk.id_of(name)) for name in names]
    return tuple(CitedSpan(one.id, one.content_hash, 0, one.text.index(".") + 1) for one in articles)


@pytest.mark.parametrize(
    "text", ["Résume la conversation", "résume nos échanges", "Summarize our conversation"]
)
def test_the_conversation_is_what_it_cited_in_order(ask: Ask, desk: Desk, text: str):
    history = (
        Turn("Le pont ?", "…", cited=spans(desk, "pont.md")),
        Turn("Merci", "…"),
        Turn("La grève ?", "…", cited=spans(desk, "scierie.md", "pont.md")),
    )
    assert [item.article.title for item in cited(ask(text, history=history))] == [
        "Le pont des Aulnes rouvre aux camions",
        "Grève à la scierie Morand",
    ]


def test_what_an_answer_cited_of_a_text_that_has_changed_or_gone_is_left_out(ask: Ask, desk: Desk):
    [kept] = spans(desk, "pont.md")
    changed = CitedSpan(kept.article_id, "0" * 64, 0, 5)
    gone, beyond = CitedSpan("x", "y", 0, 5), CitedSpan(kept.article_id, kept.content_hash, 5, 99_999)
    history = (Turn("Le pont ?", "…", cited=(changed, gone, beyond)),)
    said = ask("Résume la conversation", history=history)
    assert (said.status, said.plain_text[:26]) == ("conversation", "Il n'y a rien à résumer : ")
    history = (Turn("Le pont ?", "…", cited=(changed, kept)),)
    assert len(cited(ask("Résume la conversation", history=history))) == 1


def test_a_conversation_in_the_news_is_no_request_for_ours(ask: Ask, desk: Desk):
    history = (Turn("Le pont ?", "…", cited=spans(desk, "pont.md")),)
    answer = ask("Résume la conversation entre Alain Verdier et Claire Vasseur", history=history)
    assert "Le pont des Aulnes rouvre aux camions" not in {item.article.title for item in answer.citations}
