"""The search tab's markup: what articles and readers write in it is text."""

from __future__ import annotations

import re

import pytest

from rag.full_text.query import Query, Repair, Words
from rag.full_text.syntax import parse
from rag.schema.article import Article, Span
from rag.search.result import SearchHit, SearchResult, Snippet
from ui.search.html import begin_html, error_html, form_html, result_html

HOSTILE = '"><img src=x onerror=alert(1)>'
NODE = Words(("img",))


def article(**known: object) -> Article:
    stated = {"outlet": "Le Phare", "language": "fr", "published_at": "2025-08-16"} | known
    return Article("a1", f"Un {HOSTILE} ici. Un img là.", f"Titre {HOSTILE}", "a.txt", "0f" * 32, **stated)


def hit(count: int = 1, **known: object) -> SearchHit:
    snippet = Snippet(Span(0, 40), (Span(6, 9),))
    return SearchHit(article(**known), (snippet,) * count, (Span(9, 12),))


def result(*hits: SearchHit, **fields: object) -> SearchResult:
    stated = {
        "query": Query("img", NODE),
        "order": "relevance",
        "offset": 0,
        "hits": hits,
        "total": len(hits),
    }
    return SearchResult(**stated | fields)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_that_is_found_or_typed_is_markup(language: str):
    hostile = hit(outlet=HOSTILE, author=HOSTILE, canonical_url=f"https://ex.example/{HOSTILE}")
    repairs = tuple(Repair(kind, HOSTILE) for kind in ("quote_closed", "date_unknown"))
    shown = [
        result_html(
            result(hostile, query=Query(HOSTILE, NODE, repairs), outlets=((HOSTILE, 1), ("x'>", 1))), language
        ),
        error_html(HOSTILE, language),
        form_html(language),
        begin_html(language),
    ]
    assert all("<img" not in one and "<script" not in one for one in shown)


def test_an_excerpt_is_a_link_to_its_words_which_are_marked():
    shown = result_html(result(hit()), "fr")
    assert 'data-article="a1" data-start="0" data-end="40"' in shown
    assert "<mark>img</mark>" in shown
    assert "1 occurrence" in shown


def test_more_excerpts_than_three_are_folded_away():
    assert "<details" not in result_html(result(hit(3)), "fr")
    assert "2 autres extraits de cet article" in result_html(result(hit(5)), "fr")


def test_counts_narrow_the_search():
    counted = {"outlets": (("Le Phare", 3), ('L"Écho', 1)), "months": (((2025, 12), 2), ((9999, 12), 1))}
    shown = result_html(result(hit(), total=9, query=parse("img OR pont"), **counted), "fr")
    assert re.findall(r'data-query="([^"]*)"', shown) == [
        "(img OR pont) outlet:&#34;Le Phare&#34;",
        "(img OR pont) outlet:&#34;L Écho&#34;",
        "(img OR pont) after:9999-12",
        "(img OR pont) after:2025-12 before:2026-01",
    ]
    assert "décembre 2025" in shown
    assert "sans journal : 5" in shown
    assert "sans date : 6" in shown
    assert 'aria-label="Ne garder que Le Phare (3)"' in shown


def test_pages():
    assert "<nav" not in result_html(result(hit(), total=20), "en")
    shown = result_html(result(hit(), total=41, offset=20), "en")
    assert "Page 2 of 3 (articles 21 to 21)" in shown
    assert re.findall(r'data-offset="(\d+)"', shown) == ["0", "40"]
    assert 'start="21"' in shown
    last = result_html(result(hit(), total=41, offset=40), "en")
    assert re.findall(r'data-offset="60"[^>]*disabled', last) != []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"query": Query("", None)}, "Rien à chercher : écrivez un mot, ou une expression entre guillemets."),
        ({}, "Aucun article ne contient cela"),
    ],
)
def test_nothing_found_says_what_to_do(fields: dict, sentence: str):
    assert sentence in result_html(result(**fields), "fr")
