"""An exported conversation says what the page said, and nothing in it is markup."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from rag.schema.answer import Answer, Claim, Disagreement, Evidence, StatedValue
from rag.schema.article import Article
from ui.chat.conversations_html import file
from ui.chat.export import export, json_text, markdown, page
from ui.session.exchange import Draft, Exchange

ARTICLE = Article(
    "a1",
    "Le pont a rouvert lundi. Il porte deux voies.",
    "Le pont est là",
    "https://exemple.test/pont?a=1&b=2",
    "0" * 64,
    "Le Courrier",
    language="fr",
    published_at="2025-11-03",
)
LOCAL = Article("a2", "Le bac est fermé.", "Bac", "/notes/bac <1>.txt", "1" * 64)
QUOTE, OTHER = Evidence(ARTICLE, 0, 24), Evidence(LOCAL, 0, 17)
CLAIMS = (Claim("Il a rouvert lundi.", (QUOTE, OTHER)), Claim.quoting(QUOTE))
ANSWERED = Exchange(
    4, "Et le pont ?", "answered", answer=Answer("Et le pont ?", "Et le pont ?", "fr", "answered", CLAIMS)
)
NOT_FOUND = Exchange(
    5,
    "Et le tram ?",
    "answered",
    answer=Answer(
        "Et le tram ?", "Et le tram ?", "fr", "not_found", plain_text="Les articles n'en disent rien."
    ),
)
HOSTILE = (
    "<script>window.pwned=1</script> ![x](http://evil.example/x.png) [y](javascript:1) www.evil.example {{1}}"
)
SPACES = "\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\x1f"


def test_the_markdown_in_full():
    assert markdown("Le pont", [ANSWERED, NOT_FOUND], "fr") == (
        "# Le pont\n\n"
        "## Et le pont ?\n\n"
        "Il a rouvert lundi. [^1-1][^1-2] (comparé à la citation)\n\n"
        "« Le pont a rouvert lundi. » [^1-1]\n\n"
        "## Et le tram ?\n\n"
        "*Pas dans les articles.*\n\n"
        "*Les articles n'en disent rien.*\n\n"
        "[^1-1]: « Le pont a rouvert lundi. » Le Courrier, 3 novembre 2025, Le pont est là."
        " <https://exemple.test/pont?a=1&b=2>\n\n"
        "[^1-2]: « Le bac est fermé. » sans date, Bac. /notes/bac \\<1\\>.txt\n"
    )


def test_the_markdown_in_english():
    said = markdown("The bridge", [ANSWERED], "en")
    assert "Il a rouvert lundi. [^1-1][^1-2] (checked against the quote)" in said
    assert "[^1-1]: « Le pont a rouvert lundi. » Le Courrier, 3 November 2025, Le pont est là." in said


def test_the_page_in_full():
    assert page("", [], "en").startswith('<!DOCTYPE html>\n<html lang="en">')
    tree = html.document_fromstring(page("Le pont", [ANSWERED, NOT_FOUND], "fr"))
    assert tree.get("lang") == "fr"
    assert [one.text_content() for one in tree.iter("h1", "h2")] == [
        "Le pont",
        "Et le pont ?",
        "Et le tram ?",
    ]
    assert [one.text_content() for one in tree.xpath("//section/p")] == [
        "Il a rouvert lundi. [1][2] (comparé à la citation)",
        "Le pont a rouvert lundi. [1]",
        "Pas dans les articles.",
        "Les articles n'en disent rien.",
    ]
    assert [one.text_content() for one in tree.xpath("//li")] == [
        "Le pont a rouvert lundi. Le Courrier, 3 novembre 2025, Le pont est là. "
        "https://exemple.test/pont?a=1&b=2 ↩",
        "Le bac est fermé. sans date, Bac. /notes/bac <1>.txt ↩",
    ]
    inside = [link.get("href")[1:] for link in tree.xpath("//a[starts-with(@href, '#')]")]
    assert set(inside) <= {one.get("id") for one in tree.xpath("//*[@id]")}
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    (outside,) = tree.xpath("//a[not(starts-with(@href, '#'))]")
    assert (outside.get("href"), outside.get("rel")) == (ARTICLE.source, "noopener noreferrer nofollow")


def test_the_json_has_what_the_command_says():
    told = json.loads(json_text("Le pont", [ANSWERED], "fr"))
    expected = {"stage": "answered", "error": None, "lost": False, **ANSWERED.answer.to_dict()}
    assert told == {"title": "Le pont", "exchanges": [expected]}


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (Exchange(1, "Q ?", "stopped"), "Arrêté à votre demande."),
        (Exchange(1, "Q ?", "failed", error="Le modèle manque."), "Le modèle manque."),
        (
            Exchange(1, "Q ?", "article_removed", lost=True),
            "Cette réponse reposait sur un article qui a été retiré de la bibliothèque",
        ),
        (
            Exchange(1, "Q ?", "stopped", drafts=(Draft(0, "Il a rouvert.", (QUOTE,)),)),
            "Il a rouvert. [^1-1] (non vérifié)",
        ),
    ],
)
def test_how_an_exchange_ended_is_said(exchange: Exchange, said: str):
    assert said in markdown("T", [exchange], "fr")


def test_a_disagreement_is_said():
    sides = (StatedValue("lundi", QUOTE), StatedValue("fermé", OTHER))
    answer = Answer("Q ?", "Q ?", "fr", "answered", CLAIMS, disagreements=(Disagreement(sides),))
    exchange = Exchange(1, "Q ?", "answered", answer=answer)
    assert "Les articles ne disent pas la même chose : " in markdown("T", [exchange], "fr")
    assert "Les articles ne disent pas la même chose : " in page("T", [exchange], "fr")
    assert ") ; fermé (" in markdown("T", [exchange], "fr")
    assert "); fermé (" in markdown("T", [exchange], "en")


def hostile(words: str) -> Exchange:
    article = Article("a", words or "x", words, words, "2" * 64, words, language="fr")
    quote = Evidence(article, 0, len(article.text))
    claims = (Claim(words, (quote,)), Claim.quoting(quote))
    return Exchange(
        1, words, "answered", answer=Answer(words, words, "fr", "partial", claims, missing=(words,))
    )


TEXTS = st.text(max_size=60) | st.text(alphabet="<>[](){}!*_`~#+-=|\\/:.&\"'$^@ \n\twahtps1", max_size=60)


@given(TEXTS)
@example(HOSTILE)
@example("1. a")
@example("- - -")
@example("https://evil.example/ http://evil.example")
@example("a@evil.example &copy; &#60;")
@example("[^1-1]: x")
@example(SPACES)
def test_markdown_s_reader_sees_the_words_and_nothing_else(words: str):
    exchange = hostile(words)
    made = markdown(words, [exchange], "fr")
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(made)
    kinds = {one.type for one in parsed} | {one.type for block in parsed for one in block.children or ()}
    assert kinds <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text",
        "text_special", "em_open", "em_close", "link_open", "link_close",
    }  # fmt: skip
    if not re.match(r"https?://", words):  # the article's own address may be a link
        assert "link_open" not in kinds
    title = next(one for one in parsed if one.type == "inline")
    # A line of a NUL is a replacement character to every reader of Markdown.
    assert "".join(one.content for one in title.children) == " ".join(words.split()).replace("\0", "\ufffd")


@given(TEXTS)
@example(HOSTILE)
def test_the_page_s_reader_sees_the_words_and_nothing_else(words: str):
    made = page(words, [hostile(words)], "fr")
    tree = html.document_fromstring(made.replace("\0", ""))
    assert {one.tag for one in tree.iter()} <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "section", "p", "span", "q",
        "sup", "a", "small", "ol", "li", "cite",
    }  # fmt: skip
    assert {one for element in tree.iter() for one in element.attrib} <= {
        "lang", "charset", "name", "content", "http-equiv", "dir", "class", "href", "id", "rel", "aria-label",
    }  # fmt: skip


def test_a_file_is_text_on_its_way_to_the_browser():
    made = export(HOSTILE, [hostile(HOSTILE)], "html", "fr")
    assert type(made.text) is str
    element = html.fragment_fromstring(file(made.name, made.media_type, made.text, 1))
    assert (len(element), element.text) == (0, made.text)


@given(TEXTS)
@example("../../etc/passwd")
@example("CON: a/b\\c?")
def test_a_file_s_name_is_a_name(title: str):
    for form in ("md", "json", "html"):
        name = export(title, [], form, "fr").name
        assert re.fullmatch(rf"[\w -]{{1,60}}\.{form}", name)
        assert name == name.strip()
