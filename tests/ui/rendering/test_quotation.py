"""A quote is marked alike by the answer, the page and the terminal."""

from __future__ import annotations

import re

import pytest
from lxml import html
from lxml.html import HtmlElement

from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.schema.quotation import quoted
from ui.command.ask import answer_text
from ui.html.assets import style, styles
from ui.rendering.exchange import current
from ui.session.exchange import Exchange

DRAWN = {"guillemets": ("«\u00a0", "\u00a0»"), "curly": ("“", "”"), "unmarked": None}


def exchange(words: str, language: str | None) -> Exchange:
    """One claim in the article's words, and one that rests on the next sentence."""
    article = Article("a1", f"{words} Fin.", "Le pont", "/a.txt", "0" * 64, language=language)
    quote, other = Evidence(article, 0, len(words)), Evidence(article, len(words) + 1, len(words) + 5)
    claims = (Claim.quoting(quote), Claim("C'est la fin.", (other,)))
    return Exchange(1, "Qui ?", "answered", answer=Answer("Qui ?", "Qui ?", "fr", "answered", claims))


def marked(element: HtmlElement) -> str:
    """The words of a `<q>` with the marks that its class has a browser draw."""
    (name,) = set(DRAWN) & set(element.get("class").split())
    first, last = DRAWN[name] or ("", "")
    return f"{first}{element.text_content()}{last}".replace("\u00a0", " ")


@pytest.mark.parametrize("reader", ["fr", "en"])
@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("fr", "Le pont a rouvert.", "« Le pont a rouvert. »"),
        ("en", "The bridge reopened.", "“The bridge reopened.”"),
        ("de", "Die Brücke ist offen.", "« Die Brücke ist offen. »"),
        (None, "Le pont a rouvert.", "« Le pont a rouvert. »"),
        ("fr", "« Il a rouvert », dit-elle.", "« Il a rouvert », dit-elle."),
        ("en", "“It reopened,” she said.", "“It reopened,” she said."),
    ],
)
def test_a_quote_has_the_marks_of_its_article_s_language_everywhere(
    reader: str, language: str | None, words: str, expected: str
):
    shown = exchange(words, language)
    end = quoted("Fin.", language)
    assert quoted(words, language) == expected
    assert shown.answer.text == f"{expected} [1] C'est la fin. [2]"
    drawn = html.fragment_fromstring(str(current(shown, reader)), create_parent=True)
    assert [marked(one) for one in drawn.iter("q")] == [expected]
    assert f"[2] {end}\n" in answer_text(shown.answer, reader)


@pytest.mark.parametrize("sheet", [styles(), style("quotation.css")])
def test_a_browser_draws_the_marks_of_each_class(sheet: str):
    found = dict(re.findall(r"q\.(\w+) \{ quotes: (.*?); \}", sheet.replace("\\00a0", "\u00a0")))
    expected = {
        name: " ".join(f'"{mark}"' for mark in marks) if marks else "none" for name, marks in DRAWN.items()
    }
    assert found == expected


def test_words_on_several_lines_are_quoted_on_one():
    assert quoted("Le pont\na  rouvert.", "fr") == "« Le pont a rouvert. »"
