"""How many articles there are by day, outlet and language, and which: the catalogue counted, never its texts.

Knows SQLite and the table of articles. Counting reads an index that holds nothing but dates, outlets and
languages, once for each state of the library; narrowing and adding up is arithmetic on that.
An article whose date states no full day is as undated here as it is to the searches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from rag.library import versioning
from rag.library.date_histogram import Bucket, cut
from rag.library.filter_conditions import UNDATED, any_of, published_between, within
from rag.schema.article import stated_day
from rag.schema.question import NO_FILTERS, Filters
from rag.storage.database import Database

_NONE = -1


@dataclass(frozen=True, slots=True)
class Tally:
    """How many articles have this name for their outlet or language."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to narrow a question by. Each kind counts what the filters of the other kinds keep.

    `counts[i]` articles are in `buckets[i]`; the buckets span all dated articles of the library. Outlets
    and languages are the library's, the most frequent first. `total` is what all filters keep, `undated` and
    `without_outlet` what those of the other kinds keep of articles that have no date, no outlet.
    """

    buckets: tuple[Bucket, ...]
    counts: tuple[int, ...]
    undated: int
    outlets: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    total: int
    without_outlet: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """How many articles have no full date, and how many no outlet: filters on these never keep them."""

    undated: int
    without_outlet: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Dated articles by outlet: `rows[i][j]` are those of `outlets[i]` in `buckets[j]`.

    The last outlet may be None: all those that have no row of their own, and articles without an outlet.
    """

    buckets: tuple[Bucket, ...]
    outlets: tuple[str | None, ...]
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """An article as it is named in a list."""

    id: str
    title: str
    outlet: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True)
class ArticleFacets:
    """Where, on which day and in which language an article was published, as far as that is known."""

    outlet: str | None
    day: date | None
    language: str | None = None


class Census:
    """One state of the library, counted: `counts[i]` articles have `days[i]`, `outlets[i]`, `languages[i]`.

    Days are proleptic ordinals, -1 for none; names are places in `outlet_names` and `language_names`, which
    have the most frequent first, -1 for none. All four are of shape (n,).
    """

    def __init__(self, rows: Iterable[tuple[str | None, str | None, str | None, int]]) -> None:
        stated, outlets, languages, counts = list(zip(*rows, strict=True)) or ((), (), (), ())
        self.counts = np.array(counts, dtype=np.int64)
        self.days = _ordinals(stated)
        self.outlet_names, self.outlets = _coded(outlets, self.counts)
        self.language_names, self.languages = _coded(languages, self.counts)

    @cached_property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day of dated articles."""
        dated = self.days[self.days != UNDATED]
        return (date.fromordinal(dated.min()), date.fromordinal(dated.max())) if len(dated) else None

    def facets(self, filters: Filters, most: int) -> Facets:
        """Return what `filters` leave to choose from, dates in at most `most` buckets.

        `filters.sources` and `article_ids` don't count here.
        """
        dates = within(self.days, filters)
        outlets = _named(self.outlets, self.outlet_names, filters.outlets)
        languages = _named(self.languages, self.language_names, filters.languages)
        buckets = cut(*self.span, most) if self.span else ()
        return Facets(
            buckets,
            tuple(self._over_time(outlets & languages, buckets)),
            int(self.counts[(self.days == UNDATED) & outlets & languages].sum()),
            _tallies(self.outlet_names, self.outlets, self.counts * (dates & languages)),
            _tallies(self.language_names, self.languages, self.counts * (dates & outlets)),
            int(self.counts[dates & outlets & languages].sum()),
            int(self.counts[(self.outlets == _NONE) & dates & languages].sum()),
        )

    def missing(self) -> Missing:
        """Count the articles that filters by date, and those by outlet, never keep."""
        undated, nowhere = self.days == UNDATED, self.outlets == _NONE
        return Missing(int(self.counts[undated].sum()), int(self.counts[nowhere].sum()))

    def timeline(self, outlets: int, most: int) -> Timeline:
        """Over at most `most` buckets: so many of the largest outlets each by itself, the others together."""
        buckets = cut(*self.span, most) if self.span else ()
        named = self.outlet_names[:outlets]
        own = [self._over_time(self.outlets == place, buckets) for place in range(len(named))]
        others = self._over_time((self.outlets >= len(named)) | (self.outlets == _NONE), buckets)
        rest = [(None, others)] if any(others) else []
        shown = [(name, row) for name, row in [*zip(named, own, strict=True), *rest] if any(row)]
        return Timeline(buckets, tuple(name for name, _ in shown), tuple(tuple(row) for _, row in shown))

    def _over_time(self, keep: np.ndarray, buckets: Sequence[Bucket]) -> list[int]:
        if not buckets:
            return []
        starts = np.array([bucket.first.toordinal() for bucket in buckets])
        keep = keep & (self.days != UNDATED)
        places = np.searchsorted(starts, self.days[keep], side="right") - 1
        return np.bincount(places, self.counts[keep], len(buckets)).astype(int).tolist()


def _ordinals(stated: Sequence[str | None]) -> np.ndarray:
    """Return the days of dates as they are stated, each parsed once."""
    days = [moment and moment[:10] for moment in stated]
    parsed = {day: stated_day(day) for day in set(days)}
    ordinals = {day: known.toordinal() if known else UNDATED for day, known in parsed.items()}
    return np.fromiter(map(ordinals.__getitem__, days), np.int64, len(days))


def _coded(names: Sequence[str | None], counts: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the names, most frequent first, and for each row the place of its own, -1 for none."""
    known = sorted({name for name in names if name})
    places = {name: place for place, name in enumerate(known)}
    column = np.fromiter((places.get(name, _NONE) for name in names), np.int64, len(names))
    totals = np.bincount(column[column != _NONE], counts[column != _NONE], len(known))
    order = np.argsort(-totals, kind="stable")
    ranks = np.full(len(known) + 1, _NONE)  # the last is that of -1
    ranks[order] = np.arange(len(known))
    return tuple(known[place] for place in order), ranks[column]


def _named(column: np.ndarray, names: Sequence[str], wanted: Sequence[str]) -> np.ndarray:
    if not wanted:
        return np.ones(len(column), dtype=bool)
    return any_of(column, np.array([place for place, name in enumerate(names) if name in set(wanted)], int))


def _tallies(names: Sequence[str], column: np.ndarray, counts: np.ndarray) -> tuple[Tally, ...]:
    known = column != _NONE
    found = np.bincount(column[known], counts[known], len(names)).astype(int).tolist()
    return tuple(Tally(name, count) for name, count in zip(names, found, strict=True))


class FacetTable:
    """The articles counted and named by day, outlet and language."""

    def __init__(self, file: Database) -> None:
        self._file = file
        # What was last counted, and the `version` that it was counted of.
        self._counted: tuple[int, Census] | None = None

    def facets(
        self, filters: Filters = NO_FILTERS, most: int = 48, among: Sequence[str] | None = None
    ) -> Facets:
        """Return what a question may be narrowed by, dates in at most `most` buckets.

        `among` are the ids of the articles that are counted; None for all.
        """
        return self._census(among).facets(filters, most)

    def missing(self) -> Missing:
        """Count the articles that filters by date, and those by outlet, never keep."""
        return self._census().missing()

    def timeline(self, outlets: int, most: int, among: Sequence[str] | None = None) -> Timeline:
        """Dated articles in at most `most` buckets, by so many of the largest outlets and the others.

        `among` is as `facets` has it.
        """
        return self._census(among).timeline(outlets, most)

    def _census(self, among: Sequence[str] | None = None) -> Census:
        if among is not None:
            return self._count(among)
        with self._file.connection() as db:
            version = versioning.number(db)  # before counting: what changes meanwhile is counted next time
            if self._counted is None or self._counted[0] != version:
                self._counted = version, self._count()
        return self._counted[1]

    def _count(self, among: Sequence[str] | None = None) -> Census:
        """Return the articles counted as they are now."""
        # `listed` has narrow rows: of `articles` each row that is looked up is read with its text.
        table, where, values = "articles", "", []
        if among is not None:
            table, where = "listed", "WHERE article_id IN (SELECT value FROM json_each(?))"
            values = [json.dumps(list(among))]
        query = f"SELECT published_at, outlet, language, count(*) FROM {table} {where} GROUP BY 1, 2, 3"
        with self._file.connection() as db:
            return Census(db.execute(query, values))

    def described(self) -> dict[str, ArticleFacets]:
        """Article id → what the article can be sorted by, for every article."""
        with self._file.connection() as db:
            rows = db.execute(
                "SELECT id, outlet, substr(published_at, 1, 10), language FROM articles"
            ).fetchall()
            days = {day: stated_day(day) for day in {row[2] for row in rows}}
            return {row[0]: ArticleFacets(row[1], days[row[2]], row[3]) for row in rows}

    def headlines(self, ids: Iterable[str]) -> list[Headline]:
        """Return the articles with these ids, in that order, unknown ones left out."""
        query = (
            "SELECT id, title, outlet, published_at FROM articles"
            " WHERE id IN (SELECT value FROM json_each(?))"
        )
        ids = list(ids)
        with self._file.connection() as db:
            found = {row[0]: Headline(*row) for row in db.execute(query, [json.dumps(ids)])}
            return [found[i] for i in ids if i in found]

    def published(
        self,
        bucket: Bucket,
        outlet: str | None,
        but: Sequence[str],
        limit: int,
        among: Sequence[str] | None = None,
    ) -> list[Headline]:
        """Return at most `limit` articles of these days and this outlet.

        Args:
            bucket: The days.
            outlet: The outlet; None for all that are in none of `but`.
            but: The outlets that are listed by themselves.
            limit: The most articles.
            among: The ids of the articles that may be; None for all.
        """
        chosen = "" if among is None else " AND id IN (SELECT value FROM json_each(?))"
        which = (
            "outlet = ?" if outlet else "(outlet IS NULL OR outlet NOT IN (SELECT value FROM json_each(?)))"
        )
        days = published_between("published_at", bucket.first, bucket.last)
        query = (
            "SELECT id, title, outlet, published_at FROM articles"
            f" WHERE {days.sql} AND {which}{chosen}"
            " ORDER BY published_at, id LIMIT ?"
        )
        named = () if among is None else (json.dumps(list(among)),)
        values = (*days.values, outlet or json.dumps(list(but)), *named, limit)
        with self._file.connection() as db:
            return [Headline(*row) for row in db.execute(query, values)]
