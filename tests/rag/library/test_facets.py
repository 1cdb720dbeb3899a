"""What the library counts is what counting its articles one by one gives, in whatever state it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.library.date_histogram import Bucket, cut
from rag.library.facets import Tally
from rag.library.library import Library
from rag.library.records import Entry
from rag.schema.article import Article, stated_day
from rag.schema.question import Filters

OUTLETS = [None, "Le Courrier", "L'Écho", "<b>Gazette</b>", "The Herald"]
LANGUAGES = [None, "fr", "en"]
DATES = [
    None,
    "2025",
    "2025-10",
    "2025-09-30",
    "2025-10-01",
    "2025-10-31T23:30:00+02:00",
    "2025-11-01T00:10:00+00:00",
    "2024-02-29",
    "1899-12-31",
]
facts = st.tuples(st.sampled_from(DATES), st.sampled_from(OUTLETS), st.sampled_from(LANGUAGES))
days = st.none() | st.dates(date(2024, 2, 28), date(2025, 11, 2))
filters = st.builds(
    Filters,
    date_from=days,
    date_to=days,
    undated=st.booleans(),
    outlets=st.lists(st.sampled_from([*OUTLETS[1:], "Nobody"]), max_size=2, unique=True).map(tuple),
    languages=st.lists(st.sampled_from(LANGUAGES[1:]), max_size=2, unique=True).map(tuple),
)


def fill(library: Library, make_article: Callable[..., Article], known: list[tuple]) -> list[Article]:
    """The library with exactly these articles."""
    for old in library.articles():
        library.remove(old.id)
    found = [
        replace(make_article(f"Article {n}."), id=f"a{n}", published_at=day, outlet=outlet, language=language)
        for n, (day, outlet, language) in enumerate(known)
    ]
    library.acknowledge([Entry(article, ()) for article in found], "test")
    return found


def kept(article: Article, chosen: Filters) -> bool:
    """What `Filters` promises, said once more."""
    day = stated_day(article.published_at)
    if chosen.outlets and article.outlet not in chosen.outlets:
        return False
    if chosen.languages and article.language not in chosen.languages:
        return False
    if not (chosen.date_from or chosen.date_to):
        return True
    if day is None:
        return chosen.undated
    return (chosen.date_from or date.min) <= day <= (chosen.date_to or date.max)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(known=st.lists(facts, max_size=12), chosen=filters, most=st.integers(1, 60))
def test_facets_are_what_counting_gives(library, make_article, known, chosen, most):
    articles = fill(library, make_article, known)
    found = library.facets.facets(chosen, most)
    undated_or_not = replace(chosen, date_from=None, date_to=None)
    of_any_date = [article for article in articles if kept(article, undated_or_not)]
    dated = [day for article in of_any_date if (day := stated_day(article.published_at))]
    assert found.counts == tuple(sum(b.first <= day <= b.last for day in dated) for b in found.buckets)
    assert found.undated == len(of_any_date) - len(dated)
    assert found.total == sum(kept(article, chosen) for article in articles)
    for name, tallies in (("outlet", found.outlets), ("language", found.languages)):
        others = replace(chosen, **{f"{name}s": ()})
        among = [getattr(article, name) for article in articles if kept(article, others)]
        names = {getattr(article, name) for article in articles} - {None}
        assert sorted(tallies, key=lambda tally: tally.name) == [
            Tally(one, among.count(one)) for one in sorted(names)
        ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(known=st.lists(facts, max_size=12), outlets=st.integers(0, 3), most=st.integers(1, 60))
def test_the_timeline_has_every_dated_article_once_and_lists_it(library, make_article, known, outlets, most):
    articles = fill(library, make_article, known)
    found = library.facets.timeline(outlets, most)
    dated = {a.id for a in articles if stated_day(a.published_at)}
    assert sum(map(sum, found.rows)) == len(dated)
    named = [outlet for outlet in found.outlets if outlet]
    listed = []
    for outlet, row in zip(found.outlets, found.rows, strict=True):
        for bucket, count in zip(found.buckets, row, strict=True):
            headlines = library.facets.published(bucket, outlet, named, 100)
            assert len(headlines) == count
            listed += [headline.id for headline in headlines]
    assert sorted(listed) == sorted(dated)


def test_counts_follow_what_comes_and_goes(library, make_article):
    fill(library, make_article, [("2025-10-01", "Le Courrier", "fr")])
    assert library.facets.facets().outlets == (Tally("Le Courrier", 1),)
    fill(library, make_article, [("2025-10-02", "L'Écho", "en"), ("2025-10-02", "L'Écho", None)])
    assert library.facets.facets().outlets == (Tally("L'Écho", 2),)
    assert library.facets.facets().languages == (Tally("en", 1),)


@pytest.mark.in_a_file
def test_counting_reads_no_article(library):
    """A text or a title stands in the table; dates, outlets and languages stand in an index of their own."""
    query = "SELECT published_at, outlet, language, count(*) FROM articles GROUP BY 1, 2, 3"
    plan = [row[3] for row in library._rows(f"EXPLAIN QUERY PLAN {query}")]
    assert plan == ["SCAN articles USING COVERING INDEX articles_by_facets"]


@settings(deadline=None)
@given(first=st.dates(), span=st.integers(0, 400_000), most=st.integers(1, 100))
@example(first=date.min, span=date.max.toordinal() - 1, most=48)
@example(first=date.max, span=0, most=1)
@example(first=date.min, span=10, most=2)
def test_buckets_stand_side_by_side_and_hold_every_day(first, span, most):
    last = date.fromordinal(min(date.max.toordinal(), first.toordinal() + span))
    found = cut(first, last, most)
    assert len(found) <= max(most, 100)
    assert found[0].first <= first <= found[0].last
    assert found[-1].first <= last <= found[-1].last
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
    assert all(bucket.first <= bucket.last for bucket in found)


@pytest.mark.parametrize(
    ("first", "last", "most", "second"),
    [
        ("2025-11-03", "2025-11-20", 31, Bucket(date(2025, 11, 4), date(2025, 11, 4))),
        ("2025-11-05", "2026-02-20", 31, Bucket(date(2025, 11, 10), date(2025, 11, 16))),
        ("2025-11-05", "2027-02-20", 31, Bucket(date(2025, 12, 1), date(2025, 12, 31))),
        ("2025-11-05", "2031-02-20", 31, Bucket(date(2026, 1, 1), date(2026, 3, 31))),
        ("1999-11-05", "2025-02-20", 31, Bucket(date(2000, 1, 1), date(2000, 12, 31))),
    ],
)
def test_buckets_are_as_fine_as_there_is_room_for(first, last, most, second):
    assert cut(date.fromisoformat(first), date.fromisoformat(last), most)[1] == second
