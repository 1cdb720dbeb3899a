"""What the catalogue says is shown with its articles everywhere, each of which opens in the reader."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from handed_in import copied, json_of, markdown_of, page_of
from lxml import html

from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.schema.listing import ArticleListing, CatalogueEntry
from ui.chat import serialization
from ui.command.ask import answer_text
from ui.rendering import exchange as render
from ui.session.exchange import Exchange, advance

FLOOD = Article(
    "a1", "Le pont a rouvert lundi.", "Crue <b>de</b> l'Orlande", "https://exemple.test/crue", "0" * 64,
    "Le Courrier", "Jean Dupont", "fr", "2025-11-03",
)  # fmt: skip
BRIEF = Article("a2", "Le bac est fermé.", "Le bac", "/notes/bac.txt", "1" * 64)
LISTING = ArticleListing(
    (CatalogueEntry.of(FLOOD), CatalogueEntry.of(BRIEF)), 5, "articles qui parlent de « crue »"
)
COUNTED = Answer(
    "Combien ?", "Combien ?", "fr", "catalogue", plain_text="5 articles parlent de « crue ».", listing=LISTING
)
EXCHANGE = advance(Exchange(4, "Combien ?"), COUNTED)
ROWS = [
    "Crue <b>de</b> l'Orlande Le Courrier · 3 novembre 2025 · Jean Dupont",
    "Le bac sans date",
]


def test_the_page_lists_the_articles_and_each_opens_in_the_reader():
    tree = html.fragment_fromstring(render.exchange_html(EXCHANGE, "fr", last=True))
    assert tree.xpath("string(.//p[@class='said'])") == COUNTED.plain_text
    assert [row.text_content() for row in tree.xpath(".//ul[@class='listing']/li")] == ROWS
    links = tree.xpath(".//ul[@class='listing']//a")
    assert [(link.get("class"), link.get("data-article")) for link in links] == [
        ("open-article", "a1"), ("open-article", "a2"),
    ]  # fmt: skip
    assert "Et 3 autres articles, qui ne sont pas montrés." in tree.text_content()
    assert not tree.xpath(".//b")


def test_the_catalogue_leaves_the_passages_of_the_question_before_it_open():
    assert render.panel([EXCHANGE], "fr") == render.panel([], "fr")


def test_everything_that_shows_an_answer_shows_its_articles():
    shown = {
        "terminal": answer_text(COUNTED, "fr"),
        "copy": copied(COUNTED, "fr"),
        "markdown": markdown_of("Crue", [EXCHANGE], "fr").replace("\\", ""),
        "page": html.document_fromstring(page_of("Crue", [EXCHANGE], "fr")).text_content(),
    }
    for name, said in shown.items():
        assert COUNTED.plain_text in said, name
        if name == "terminal":
            assert "Crue <b>de</b> l'Orlande · Le Courrier · 3 novembre 2025 · Jean Dupont" in said
            assert "Le bac · sans date · /notes/bac.txt" in said
        else:
            assert "Jean Dupont, «\u202fCrue <b>de</b> l'Orlande\u202f», " in said, name
            assert "«\u202fLe bac\u202f», s.\u00a0d." in said, name
            assert "/notes" not in said, name
        assert "Et 3 autres articles" in said, name
    assert "<b>" not in page_of("Crue", [EXCHANGE], "fr")
    told = json.loads(json_of("Crue", [EXCHANGE], "fr"))["exchanges"][0]
    assert told["status"] == "catalogue"
    assert told["listing"]["total"] == 5
    assert [one["author"] for one in told["listing"]["articles"]] == ["Jean Dupont", None]


def test_this_article_is_the_first_one_that_the_last_answer_named():
    assert EXCHANGE.turn.article_id == "a1"
    assert EXCHANGE.turn.cited == ()
    said = Answer("Q", "Q", "fr", "answered", (Claim.quoting(Evidence(BRIEF, 0, 17)),))
    turn = advance(Exchange(5, "Q"), said).turn
    assert turn.article_id == "a2"
    assert [(one.article_id, one.start, one.end) for one in turn.cited] == [("a2", 0, 17)]


@pytest.mark.parametrize("said", ["Le plus récent : « Bac ».", "De Jean Dupont."])
def test_an_article_that_is_removed_is_in_no_kept_answer(tmp_path: Path, said: str):
    with closing(Desk(tmp_path)) as desk:
        desk.write("un.md", "---\ntitle: Crue\nauthor: Jean Dupont\n---\n\nLe pont a rouvert lundi à midi.")
        desk.write("deux.md", "---\ntitle: Bac\n---\n\nLe bac est fermé depuis mardi.")
        desk.ingest()
        articles = {article.title: article for article in desk.library.articles()}
        listing = ArticleListing(tuple(map(CatalogueEntry.of, articles.values())), 2, "articles")
        answer = replace(COUNTED, plain_text=said, listing=listing)
        record = serialization.record(advance(Exchange(1, "Q ?"), answer), ())
        (kept,) = serialization.exchanges([record], desk.library)
        assert kept.answer == answer
        named = "Bac" if "Bac" in said else "Crue"
        desk.indexer.remove(articles[{"Bac": "Crue", "Crue": "Bac"}[named]].id)
        (kept,) = serialization.exchanges([record], desk.library)
        assert (kept.answer.plain_text, kept.answer.listing.total) == (said, 2)
        assert [one.title for one in kept.answer.listing.articles] == [named]
        desk.indexer.remove(articles[named].id)
        (kept,) = serialization.exchanges([record], desk.library)
        assert (kept.stage, kept.answer) == ("article_removed", None)
        left = serialization.without_removed(record, desk.library)
        assert said not in json.dumps(left.body)


def test_a_side_of_a_comparison_has_its_heading_everywhere():
    left, right = Evidence(FLOOD, 0, 24), Evidence(BRIEF, 0, 17)
    claims = (Claim.quoting(left, "Brécy"), Claim.quoting(left, "Brécy"), Claim.quoting(right, "<i>Toury"))
    answer = Answer("Q", "Q", "fr", "answered", claims)
    assert [answer.heading_over(place) for place in range(3)] == ["Brécy", "", "<i>Toury"]
    assert answer.text == (
        "Brécy\n« Le pont a rouvert lundi. » (Le Courrier) [1] « Le pont a rouvert lundi. » (Le Courrier) [1]"
        "\n\n<i>Toury\n« Le bac est fermé. » [2]"
    )
    exchange = advance(Exchange(1, "Q"), answer)
    tree = html.fragment_fromstring(render.exchange_html(exchange, "fr"))
    parts = tree.xpath(".//div[@class='answer']/*[self::h3 or self::p]")
    assert [part.tag for part in parts] == ["h3", "p", "p", "h3", "p"]
    assert [part.text_content() for part in parts if part.tag == "h3"] == ["Brécy", "<i>Toury"]
    assert "### Brécy\n" in markdown_of("T", [exchange], "fr")
    exported = html.document_fromstring(page_of("T", [exchange], "fr"))
    assert [one.text_content() for one in exported.iter("h3")] == ["Brécy", "<i>Toury"]
    assert [claim["heading"] for claim in answer.to_dict()["claims"]] == ["Brécy", "Brécy", "<i>Toury"]
