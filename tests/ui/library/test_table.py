"""The library tab's and the status's markup, and what of a script's words becomes a query."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.embargo.store import EmbargoedArticle
from rag.engine.integrity import Finding
from rag.library.failures import FailedSource
from rag.library.listing import ListedArticle, Listing, ListingQuery
from rag.schema.article import Article
from ui.formatting.library_status import LibraryStatus
from ui.library.query import asked_for
from ui.library.removal import done_html, question_html
from ui.library.table import search_html, table_html
from ui.page.selection import chosen
from ui.status.check import Checked
from ui.status.html import FAILURES, status_html

HOSTILE = '"><img src=x onerror=alert(1)>'
ROW = ListedArticle("a1", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 3, 1, 2)
STANDING = LibraryStatus(
    12, 34, 13, 1, 0, {"last_ingested": "2025-11-03T10:00:00+00:00", "last_sync": None}, (),
    {"library": 1, "vectors": 2, "terms": 3, "full_text": 0, "sketches": 4, "total": 10}, Path("data"),
    "bundled", "none", "bundled",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_that_is_listed_is_markup(language):
    shown = [
        table_html(Listing((ROW,), 1, 1), ListingQuery(), language),
        search_html([HOSTILE], [HOSTILE], language),
        question_html([ROW], language, HOSTILE),
        status_html(
            replace(STANDING, failures=(FailedSource(HOSTILE, HOSTILE, HOSTILE, HOSTILE),)),
            HOSTILE, HOSTILE, Checked(done=True, findings=(Finding("articles", (HOSTILE,)),)), 1, language,
        ),
    ]  # fmt: skip
    assert all("<img" not in one for one in shown)


def test_a_heading_tells_its_order_and_a_page_its_place():
    rows = tuple(replace(ROW, article_id=str(n), title=f"T{n}") for n in range(50))
    shown = table_html(Listing(rows, 2, 1234), ListingQuery(sort="title", descending=False, page=2), "fr")
    assert '<th scope="col" aria-sort="ascending" class="title">' in shown
    assert shown.count('aria-sort="none"') == 6
    assert "Page 2 sur 25 (articles 51 à 100)" in shown
    assert "1\u202f234 articles" in shown


def test_a_removal_names_what_goes():
    rows = [replace(ROW, article_id=str(n), title=f"T{n}", outlet=None) for n in range(25)]
    shown = question_html(rows, "fr").striptags()
    assert "Retirer 25 articles ?" in shown
    assert "T19 — " in shown
    assert "T20" not in shown
    assert "et 5 autres" in shown
    assert done_html(1, "en").striptags().startswith("1 article removed.")


def test_failures_come_in_pages():
    when = "2025-11-03T10:00:00+00:00"
    failures = tuple(FailedSource(f"f{n}", f"f{n}: no.", f"f{n} : non.", when) for n in range(FAILURES + 1))
    first, second = (
        status_html(replace(STANDING, failures=failures), "e", "c", Checked(), page, "fr") for page in (1, 9)
    )
    assert f"f{FAILURES - 1} : non." in first
    assert f"f{FAILURES} : non." not in first
    assert f"f{FAILURES} : non." in second
    assert "Page 2 sur 2" in second


# --- what a script says ---


@given(JSON)
def test_whatever_a_script_says_is_a_query_or_nothing(said):
    assert isinstance(asked_for(said, ListingQuery()), ListingQuery)
    assert isinstance(asked_for({"fields": said}, ListingQuery()), ListingQuery)
    assert all(isinstance(one, str) for one in chosen(said))


def test_what_is_understood():
    before = ListingQuery(page=3)
    assert asked_for({"page": 2}, before).page == 2
    assert asked_for({"page": True}, before) == before
    assert asked_for({"sort": "id; DROP TABLE listed"}, before) == before
    by_title = asked_for({"sort": "title"}, before)
    assert (by_title.sort, by_title.descending, by_title.page) == ("title", False, 1)
    assert asked_for({"sort": "title"}, by_title).descending
    assert asked_for({"sort": "passages"}, before).descending
    fields = {"words": "crue", "from": "2025-01-02", "to": "demain", "undated": True, "outlet": 7}
    assert asked_for({"fields": fields}, before) == ListingQuery(
        words="crue", date_from=date(2025, 1, 2), undated=True
    )


def test_articles_that_wait_are_listed_apart_with_their_mark():
    article = Article("e1", "Un texte.", "<b>Le vote</b>", "a.json", "h", outlet="L'Agence")
    until = datetime(2090, 9, 1, 4, 0, tzinfo=UTC)
    held = [
        EmbargoedArticle(article, (), "r", "k", "a.json", "d", "o", until, "2090-09-01T06:00:00+02:00"),
        EmbargoedArticle(article, (), "r", "k2", "b.json", "d", "o", None),
    ]
    shown = table_html(Listing((), 1, 0), ListingQuery(), "fr", held)
    assert "2 articles sous embargo ou retenus, que rien ne cherche, ne cite ni ne compte" in shown
    assert "&lt;b&gt;Le vote&lt;/b&gt;" in shown
    assert "sous embargo jusqu'au 1er septembre 2090 à 06:00 (UTC+02:00)" in shown.unescape()
    assert "retenu jusqu'à une version publiable" in shown.unescape()
    assert "0 article" in shown
