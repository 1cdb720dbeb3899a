"""Filters keep exactly the passages that they say, however many names they list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rag.index.filtering import hashed, kept, records
from rag.schema.article import Article, stated_day
from rag.schema.question import Filters

MakeArticle = Callable[..., Article]
FIRST = date(2025, 8, 15)

names = st.sampled_from(["Phare", "phare", "Écho", "E\u0301cho", "", "a\0b", "a\0", "{x}", '"$or"', "\ud800"])
days = st.integers(0, 4).map(lambda days: FIRST + timedelta(days))
articles = st.builds(
    Article,
    id=names,
    text=st.just("Texte."),
    title=st.just("Titre"),
    source=st.just("a.txt"),
    content_hash=st.just("0f"),
    outlet=st.none() | names,
    language=st.none() | st.sampled_from(["fr", "en"]),
    published_at=st.sampled_from([None, "2025", "2025-08"])
    | days.map(date.isoformat)
    | days.map(lambda day: f"{day}T23:30:00-08:00"),
)
filters = st.builds(
    Filters,
    date_from=st.none() | days,
    date_to=st.none() | days,
    undated=st.booleans(),
    outlets=st.lists(names, max_size=3).map(tuple),
    languages=st.lists(st.sampled_from(["fr", "en", "de"]), max_size=2).map(tuple),
    article_ids=st.lists(names, max_size=3).map(tuple),
)


def keeps(filters: Filters, article: Article) -> bool:
    """What the documentation of Filters says, an article at a time."""
    day = stated_day(article.published_at)
    if day is None:
        in_time = filters.undated or not (filters.date_from or filters.date_to)
    else:
        in_time = (filters.date_from or day) <= day <= (filters.date_to or day)
    listed = (
        (filters.outlets, article.outlet),
        (filters.languages, article.language),
        (filters.article_ids, article.id),
    )
    return in_time and all(value in values for values, value in listed if values)


@given(st.lists(articles, max_size=8), filters)
def test_filters_keep_exactly_what_they_say(listed: list[Article], asked: Filters):
    columns = records([str(number) for number in range(len(listed))], listed)
    expected = [number for number, article in enumerate(listed) if keeps(asked, article)]
    assert kept(columns, asked).tolist() == expected


@given(st.lists(articles, max_size=8), st.sampled_from([Filters(), Filters(undated=True)]))
def test_filters_that_say_nothing_keep_everything(listed: list[Article], asked: Filters):
    columns = records([str(number) for number in range(len(listed))], listed)
    assert kept(columns, asked).tolist() == list(range(len(listed)))


def test_a_free_record_is_never_kept(make_article: MakeArticle):
    columns = records(["p1", "p2", "p3"], [make_article("Un.", outlet=None, language=None)] * 3)
    columns[1] = 0
    for asked in (Filters(), Filters(date_to=date(1, 1, 1), undated=True), Filters(undated=True)):
        assert kept(columns, asked).tolist() == [0, 2]


def test_tens_of_thousands_of_article_ids(make_article: MakeArticle):
    article = make_article("Un.")
    listed = [replace(article, id=f"a{number}") for number in range(100)]
    columns = records([f"p{number}" for number in range(100)], listed)
    wanted = tuple(f"a{number}" for number in range(50, 90_000))
    assert kept(columns, Filters(article_ids=wanted)).tolist() == list(range(50, 100))


def test_a_name_is_a_number_of_its_own_and_none_is_zero():
    assert hashed(None) == 0
    assert len({hashed(name) for name in ("", "a", "A", "a\0", "\ud800", "\ud801")} - {0}) == 6
