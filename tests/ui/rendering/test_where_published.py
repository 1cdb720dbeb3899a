"""Where an article was published is its source wherever it is shown; the page says where it was read, too."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from handed_in import copied, json_of, markdown_of, page_of
from lxml import html

from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit, Reprint
from rag.schema.listing import ArticleListing, CatalogueEntry
from ui.command.ask import answer_text
from ui.reader.html import ReaderView, reader_html
from ui.rendering import exchange as render
from ui.session.exchange import Exchange, advance

URL = "https://www.courrier.example/2025/pont?a=1&b=2"
PATH = "presse/pont.html"
ARTICLE = Article(
    "a1", "Le pont a rouvert lundi. Il porte deux voies.", "Le pont est là", PATH, "0" * 64,
    "Le Courrier", "Zoé Lefèvre", "fr", "2025-11-03", canonical_url=URL,
)  # fmt: skip
REL = "noopener noreferrer nofollow"


def exchange(article: Article = ARTICLE, **fields: object) -> Exchange:
    hit = Hit("a1:0", article, 0, len(article.text), 0.9, (Span(0, 24), Span(25, 45)))
    claims = (Claim.quoting(Evidence(article, 0, 24)),)
    answer = Answer("Et le pont ?", "Et le pont ?", "fr", "answered", claims, (hit,), **fields)
    return advance(Exchange(4, "Et le pont ?"), answer)


def links(markup: str) -> list[tuple[str, str, str, str]]:
    """Text, address, target and rel of the links that lead away."""
    found = html.fragment_fromstring(markup, create_parent=True).xpath(".//a[starts-with(@href, 'http')]")
    return [(a.text_content(), a.get("href"), a.get("target"), a.get("rel")) for a in found]


def text_of(markup: str) -> str:
    return html.fragment_fromstring(markup, create_parent=True).text_content()


@pytest.mark.parametrize(
    ("language", "words", "read"),
    [("fr", "Lire l'original", "Lu depuis : "), ("en", "Read the original", "Read from: ")],
)
def test_the_card_and_the_reader_link_to_it_and_say_where_it_was_read(language: str, words: str, read: str):
    link = (f"{words} (www.courrier.example)", URL, "_blank", REL)
    shown = {
        "card": render.panel([exchange()], language),
        "reader": reader_html(ReaderView(ARTICLE, 1, (PATH,)), language),
    }
    for name, markup in shown.items():
        assert links(markup) == [link], name
        assert read + PATH in text_of(markup), name


def test_a_citation_names_the_host_of_the_address_and_of_nothing_else():
    def hosts(article: Article) -> list[str]:
        shown = html.fragment_fromstring(render.current(exchange(article), "fr"), create_parent=True)
        return shown.xpath(".//a[contains(@class, 'cite')]/@data-host")

    assert hosts(ARTICLE) == ["www.courrier.example"]
    assert hosts(replace(ARTICLE, canonical_url=None)) == []
    assert hosts(replace(ARTICLE, canonical_url="javascript:alert(1)")) == []


def test_what_was_read_where_it_was_published_is_said_once():
    fetched = replace(ARTICLE, source=URL)
    for markup in (
        render.panel([exchange(fetched)], "fr"),
        reader_html(ReaderView(fetched, 1, (URL,)), "fr"),
    ):
        assert [link[1] for link in links(markup)] == [URL]
        assert "Lu depuis" not in text_of(markup)
    assert answer_text(exchange(fetched).answer, "fr").count(URL) == 1


def test_an_article_without_an_address_has_the_place_where_it_was_read():
    local = replace(ARTICLE, canonical_url=None)
    for markup in (
        render.panel([exchange(local)], "fr"),
        reader_html(ReaderView(local, 1, (PATH,)), "fr"),
    ):
        assert links(markup) == []
        assert f"Source : {PATH}" in text_of(markup)
    assert PATH not in copied(exchange(local).answer, "fr")


def test_another_place_that_has_the_article_isnt_named_again_if_it_is_its_address():
    shown = reader_html(ReaderView(ARTICLE, 1, (PATH, URL, "/autre.html")), "fr")
    items = html.fragment_fromstring(shown, create_parent=True).xpath(".//footer//li")
    assert [item.text_content() for item in items] == ["Source : /autre.html"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a.example/\nb", "data:text/html,x"])
def test_what_is_no_address_in_the_library_is_no_link(url: str):
    damaged = replace(ARTICLE, canonical_url=url)
    for markup in (
        render.panel([exchange(damaged)], "fr"),
        reader_html(ReaderView(damaged, 1, (PATH,)), "fr"),
        page_of("T", [exchange(damaged)], "fr").removeprefix("<!DOCTYPE html>"),
    ):
        tree = html.fragment_fromstring(markup, create_parent=True)
        assert [a for a in tree.xpath(".//a/@href") if not a.startswith("#")] == []


@pytest.mark.parametrize(("language", "day"), [("fr", "3 novembre 2025"), ("en", "3 November 2025")])
def test_footnotes_and_copies_name_the_author_and_the_address_and_no_path(language: str, day: str):
    title = {"fr": "«\u202fLe pont est là\u202f»", "en": "“Le pont est là”"}[language]
    about = f"Zoé Lefèvre, {title}, Le Courrier, {day}"
    shown = {
        "markdown": (markdown_of("T", [exchange()], language).replace("*", ""), f"{about}, <{URL}>."),
        "page": (
            html.document_fromstring(page_of("T", [exchange()], language)).text_content(),
            f"{about}, {URL}. ↩",
        ),
        "copy": (copied(exchange().answer, language), f"[1] {about}, {URL}."),
    }
    for name, (said, footnote) in shown.items():
        assert footnote in said, name
        assert PATH not in said, name
    assert links(page_of("T", [exchange()], language).removeprefix("<!DOCTYPE html>")) == [
        (URL, URL, None, REL)
    ]


def test_an_author_who_is_the_outlet_is_named_once():
    signed = replace(ARTICLE, author="Le Courrier")
    assert "[^1]: «\u202fLe pont est là\u202f», *Le Courrier*, 3 nov" in markdown_of(
        "T", [exchange(signed)], "fr"
    )


def test_the_terminal_prints_the_address_and_the_path():
    assert answer_text(exchange().answer, "fr").splitlines()[-2:] == [f"    {URL}", f"    {PATH}"]


def test_json_has_both_and_the_author():
    (told,) = json.loads(json_of("T", [exchange()], "fr"))["exchanges"]
    evidence = told["claims"][0]["evidence"][0]
    wanted = {"author": "Zoé Lefèvre", "source": PATH, "canonical_url": URL}
    assert evidence | wanted == evidence


def test_a_reprint_and_an_article_that_is_listed_have_it_too():
    reprint = Reprint.of(replace(ARTICLE, id="a2", source="/notes/a2.html"))
    assert reprint.to_dict()["canonical_url"] == URL
    shown = exchange()
    card = replace(
        shown, answer=replace(shown.answer, hits=(replace(shown.answer.hits[0], also_in=(reprint,)),))
    )
    assert [link[1] for link in links(render.panel([card], "fr"))] == [URL, URL]
    entry = CatalogueEntry.of(ARTICLE)
    assert entry.to_dict()["canonical_url"] == URL
    listing = ArticleListing((entry,), 1, "articles")
    answer = Answer("Q ?", "Q ?", "fr", "catalogue", plain_text="Un article.", listing=listing)
    assert copied(answer, "fr").endswith(
        f"- Zoé Lefèvre, «\u202fLe pont est là\u202f», Le Courrier, 3 novembre 2025, {URL}."
    )
