"""Entities as the page has them: what is on a page, what a dossier leaves of it, and that names are text."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st
from valley import valley

from rag.entities.lookup import EntityIndex, Lookup
from rag.entities.making import find_entities
from rag.entities.page import EntityPage
from ui.entities.desk import Narrowed, OpenedEntity, Progress
from ui.entities.months import columns
from ui.entities.page_html import lookup_html, page_html
from ui.entities.section_html import progress_html

DONE = Progress(0, 10)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory):
    with closing(valley(tmp_path_factory.mktemp("valley"))) as desk:
        find_entities(desk.library)
        yield desk


def page_of(desk: Desk, name: str, among: tuple[str, ...] | None = None) -> EntityPage:
    index = EntityIndex(desk.library)
    return index.page(index.named(name, among).meant, among)


def opened(desk: Desk, page: EntityPage, **fields: object) -> OpenedEntity:
    articles = {one.id: one for one in desk.library.articles([s.article_id for s in page.statements])}
    shown = OpenedEntity(page, page.statements, page.statement_count, articles, (), DONE)
    return replace(shown, **fields)


def test_every_statement_is_a_link_to_its_words_and_can_be_copied(desk: Desk):
    page = page_of(desk, "Nadia Ferri")
    shown = page_html(opened(desk, page), "fr")
    assert page.statements
    for one in page.statements:
        place = f'data-article="{one.article_id}" data-start="{one.span.start}" data-end="{one.span.end}"'
        assert place in shown
    assert shown.count('class="copy-quote"') == len(page.statements)


def test_of_some_articles_only_what_is_in_them_counts(desk: Desk):
    whole = page_of(desk, "Alain Verdier")
    kept = whole.articles[0].article.article_id
    within = page_of(desk, "Alain Verdier", (kept,))
    assert whole.entity.articles == 3
    assert within.entity.articles == 1
    assert [one.article.article_id for one in within.articles] == [kept]
    assert {one.article_id for one in within.statements} <= {kept}
    assert sum(count for _, count in within.months) + within.undated == 1
    assert EntityIndex(desk.library).named("Alain Verdier", ()).entities == ()


def test_names_begin_as_they_are_typed(desk: Desk):
    index = EntityIndex(desk.library)
    assert "Alain Verdier" in [one.name for one in index.beginning("alain ver", 5)]
    assert "Alain Verdier" in [one.name for one in index.beginning("VERD", 5)]
    assert index.beginning("", 5) == []
    assert index.beginning("verdierx", 5) == []


def test_an_article_lists_those_that_it_names(desk: Desk):
    page = page_of(desk, "Alain Verdier")
    named = desk.library.entities.named_in(page.articles[0].article.article_id, 30)
    assert page.entity in named


def test_what_narrows_to_nothing_says_so(desk: Desk):
    page = page_of(desk, "Nadia Ferri")
    shown = page_html(opened(desk, page, statements=(), total=0, narrowed=Narrowed("lune")), "fr")
    assert "aucune parole de sa part sur ce sujet" in shown


@given(st.text(min_size=1).map(lambda words: f'"><img src=x onerror=alert(1)>{words}'))
def test_a_name_is_never_markup(name: str):
    for found in (Lookup(name), Lookup(name, near=(name,))):
        assert "<img" not in lookup_html(found, DONE, "en")


@pytest.mark.parametrize(("waiting", "shown"), [(0, ""), (3, "3 articles of 10")])
def test_progress_is_told_as_long_as_there_is_some(waiting: int, shown: str):
    told = progress_html(Progress(waiting, 10), "en")
    assert shown in told
    assert bool(told) == bool(waiting)


@given(st.dictionaries(st.dates(), st.integers(1, 99), min_size=1))
def test_columns_lose_no_article(days: dict):
    months: dict[str, int] = {}
    for day, count in sorted(days.items()):
        months[f"{day:%Y-%m}"] = months.get(f"{day:%Y-%m}", 0) + count
    months = {f"{int(month[:-3]):04}{month[-3:]}": count for month, count in months.items()}
    found = columns(sorted(months.items()))
    assert sum(count for _, count in found) == sum(days.values())
    assert [span for span, _ in found] == sorted({span for span, _ in found})


def test_columns_have_no_gap():
    assert columns([("2025-11", 2), ("2026-01", 1)]) == [("2025-11", 2), ("2025-12", 0), ("2026-01", 1)]
    assert columns([]) == []


def test_a_page_escapes_what_articles_say(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk:
        desk.write("a.txt", "« Des <b>courges</b> <i>ici</i> ! », a déclaré le maire, Paul Ombrard.\n")
        desk.ingest()
        find_entities(desk.library)
        shown = page_html(opened(desk, page_of(desk, "Paul Ombrard")), "fr")
        assert "&lt;b&gt;courges&lt;/b&gt;" in shown
        assert "<b>" not in shown
