"""Whoever narrows articles keeps the same ones: both indexes, the counts, the table and the lists of days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.index.filtering import kept, records
from rag.index.stores import Posting
from rag.index.term_index import TermIndex
from rag.library.date_histogram import Bucket
from rag.library.library import Library
from rag.library.listing import ListingQuery
from rag.library.records import Entry
from rag.schema.article import Article, stated_day
from rag.schema.question import Filters

FIRST = date(2025, 8, 30)
OUTLETS, LANGUAGES = ["Phare", "L'Écho", '"$or"'], ["fr", "en"]
# With a time, without a day, on a day that there isn't, in forms that don't sort, and none.
ODD = [None, "", "2025", "2025-08", "2025-08-32", "2025-02-30", "20250831", "2025-W35-7", "0000-01-01", "now"]

days = st.integers(0, 4).map(lambda number: FIRST + timedelta(number)) | st.sampled_from([date.min, date.max])
stated = (
    st.sampled_from(ODD)
    | days.map(date.isoformat)
    | days.map(lambda day: f"{day}T23:59:59+14:00")
    | days.map(lambda day: f"{day}T00:00:00-11:00")
)
known = st.tuples(stated, st.none() | st.sampled_from(OUTLETS), st.none() | st.sampled_from(LANGUAGES))
asked = st.builds(
    Filters,
    date_from=st.none() | days,
    date_to=st.none() | days,
    undated=st.booleans(),
    outlets=st.lists(st.sampled_from([*OUTLETS, "phare"]), max_size=2, unique=True).map(tuple),
    languages=st.lists(st.sampled_from([*LANGUAGES, "de"]), max_size=2, unique=True).map(tuple),
)


def keeps(filters: Filters, article: Article) -> bool:
    """What the documentation of Filters says, an article at a time."""
    if filters.outlets and article.outlet not in filters.outlets:
        return False
    if filters.languages and article.language not in filters.languages:
        return False
    if not (filters.date_from or filters.date_to):
        return True
    day = stated_day(article.published_at)
    if day is None:
        return filters.undated
    return (filters.date_from or day) <= day <= (filters.date_to or day)


@dataclass
class House:
    """One library and the term index beside it."""

    library: Library
    terms: TermIndex

    def fill(self, facts: list[tuple[str | None, str | None, str | None]]) -> list[Article]:
        for old in self.library.articles():
            self.library.remove(old.id)
        articles = [
            Article(f"a{n}", f"Pont {n}.", "Titre", f"{n}.txt", f"{n:064}", outlet, None, language, day)
            for n, (day, outlet, language) in enumerate(facts)
        ]
        self.library.acknowledge([Entry(article, ()) for article in articles], "test")
        self.terms.rebuild(Posting(article.id, article, ("pont",)) for article in articles)
        return articles

    def listed(self, query: ListingQuery) -> set[str]:
        return {row.article_id for row in self.library.listing.page(query).rows}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with closing(Library(tmp_path)) as library:
        yield House(library, TermIndex(tmp_path / "terms"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(facts=st.lists(known, max_size=10), filters=asked)
@example(facts=[(day, None, None) for day in ODD], filters=Filters(date_from=date.min))
@example(facts=[(day, None, None) for day in ODD], filters=Filters(date_to=date.max, undated=True))
@example(facts=[("2025-08-31T23:59:59+14:00", None, None)], filters=Filters(date_to=date(2025, 8, 31)))
def test_all_keep_what_filters_say(house: House, facts: list[tuple], filters: Filters):
    articles = house.fill(facts)
    expected = {article.id for article in articles if keeps(filters, article)}
    ids = [article.id for article in articles]
    assert {ids[row] for row in kept(records(ids, articles), filters)} == expected
    assert {scored.passage_id for scored in house.terms.search(["pont"], 50, filters)} == expected
    assert house.library.facets.facets(filters).total == len(expected)

    # The table has one outlet and language at most, and one box for what is undated.
    first, last = filters.date_from, filters.date_to
    one = replace(filters, outlets=filters.outlets[:1], languages=filters.languages[:1], undated=False)
    query = ListingQuery("", "".join(one.outlets), "".join(one.languages), date_from=first, date_to=last)
    assert house.listed(query) == {article.id for article in articles if keeps(one, article)}
    without = {article.id for article in articles if stated_day(article.published_at) is None}
    assert house.listed(ListingQuery(undated=True)) == without

    dated = Filters(first or date.min, last or date.max)
    of_days = {article.id for article in articles if keeps(dated, article)}
    assert house.library.has_published(first, last) == bool(of_days)
    bucket = Bucket(dated.date_from, dated.date_to)
    assert {one.id for one in house.library.facets.published(bucket, None, (), 50)} == of_days
