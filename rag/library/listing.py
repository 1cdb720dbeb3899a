"""The articles as a table: searched, narrowed, sorted, a page at a time, and no text is ever read for it.

What is done inside a transaction of the catalogue belongs to it. The table `listed` has one narrow row an
article: in `articles` each row is as long as its text, and to pass over a hundred thousand of them takes
seconds. A row is written and goes with its article; what an earlier version wrote is listed at the next
recovery.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.dossiers.store import IN_DOSSIERS
from rag.library.filter_conditions import dated, published_between, undated
from rag.metadata.store import IS_CORRECTED
from rag.schema.article import Article
from rag.schema.question import Filters
from rag.storage.database import Connection, Database, upsert
from rag.text.normalization import fold

PAGE = 50  # rows
Column = Literal["title", "outlet", "date", "language", "passages", "reprints", "revisions"]

# An index serves each but the last two; undated articles come last in both directions.
_ORDERS: dict[Column, str] = {
    "title": "sort_title {way}",
    "outlet": "sort_outlet {way}",
    "date": "published_at IS NULL, published_at {way} {nulls}",
    "language": "language {way} {nulls}",
    "passages": "passages {way}",
    "reprints": "reprints {way}",
    "revisions": "revisions {way}",
}
_COUNTED = ("reprints", "revisions")  # columns that are counted in tables of their own
_FIELDS = ("article_id", "title", "outlet", "published_at", "language", "source", "passages")
_COLUMNS = (
    "article_id, content_hash, title, outlet, published_at, language, source, passages, sort_title,"
    " sort_outlet, words"
)
_SORTED = 500  # characters by which names and titles are sorted: an index takes no more
_LAST = "\U0010ffff"  # behind every outlet: none
_IN_ROWS = "listed.rowid IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
_WAITING_BATCH = 2_000
_MANY = 5_000  # rows that words are found in
_MOST_OUTLETS = 500

TABLES = """
CREATE TABLE IF NOT EXISTS listed (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, content_hash TEXT NOT NULL,
    title TEXT NOT NULL, outlet TEXT, published_at TEXT, language TEXT, source TEXT NOT NULL,
    passages INTEGER NOT NULL, sort_title TEXT NOT NULL, sort_outlet TEXT NOT NULL,
    words TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS listed_by_hash ON listed (content_hash);
CREATE INDEX IF NOT EXISTS listed_by_title ON listed (sort_title, article_id);
CREATE INDEX IF NOT EXISTS listed_by_outlet ON listed (outlet);
CREATE INDEX IF NOT EXISTS listed_by_sort_outlet ON listed (sort_outlet, article_id);
CREATE INDEX IF NOT EXISTS listed_by_words ON listed (words);
CREATE INDEX IF NOT EXISTS listed_by_date ON listed (published_at, article_id);
CREATE INDEX IF NOT EXISTS listed_by_language ON listed (language, article_id);
CREATE INDEX IF NOT EXISTS listed_by_passages ON listed (passages, article_id);
"""


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """Which articles, in which order, which page of them (from 1).

    `words` must all be in the title, the outlet, the source or the URL, whatever their accents and capitals.
    Days are inclusive and leave out undated articles; `undated` leaves out all others, `without_outlet` those
    that have one. `dossier` is the id of one that they must be in.
    """

    words: str = ""
    outlet: str = ""
    language: str = ""
    date_from: date | None = None
    date_to: date | None = None
    undated: bool = False
    without_outlet: bool = False
    dossier: str = ""
    sort: Column = "date"
    descending: bool = True
    page: int = 1


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """One article of the table. `reprints` and `revisions` are how many there are.

    `is_corrected`: something of what was stated of it was corrected.
    """

    article_id: str
    title: str
    outlet: str | None
    published_at: str | None
    language: str | None
    source: str
    passages: int
    reprints: int
    revisions: int
    is_corrected: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the table: its rows, its number, and how many articles were found in all."""

    rows: tuple[ListedArticle, ...]
    page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty table has one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Articles that filters keep: how many there are, and the ids of the first of them."""

    ids: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class OutletCount:
    """How many articles are from an outlet; None: from none that is stated."""

    outlet: str | None
    count: int


# --- writing ---


class ListingTable:
    """The articles as a table, without their texts."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def put(self, article: Article, passages: int) -> None:
        """List an article of the catalogue, in place of what was listed of it before."""
        self.put_all([(article, passages)])

    def put_all(self, articles: Iterable[tuple[Article, int]]) -> None:
        """List articles, each with how many passages it has."""
        rows = [_row(article, passages) for article, passages in articles]
        with self._file.transaction() as db:
            db.executemany(upsert("listed", _COLUMNS, "article_id"), rows)

    def put_words(self, article: Article) -> None:
        """Have a listed article found by its words as they are now."""
        with self._file.transaction() as db:
            db.execute("UPDATE listed SET words = ? WHERE article_id = ?", (_words(article), article.id))

    def with_passages(self) -> int:
        """Count the articles that have passages."""
        with self._file.connection() as db:
            return db.execute("SELECT COUNT(*) FROM listed WHERE passages > 0").fetchone()[0]

    def list_waiting(self) -> None:
        """List the articles that another version left out of the table. Stopped, it goes on next time."""
        while self._list_some():
            pass

    def _list_some(self) -> bool:
        """List some of the articles that another version left out or has changed; whether there were any."""
        # Two covering indexes: no row of `articles`, with its text, is passed over.
        query = (
            "SELECT rowid FROM articles WHERE content_hash NOT IN (SELECT content_hash FROM listed)"
            " UNION SELECT rowid FROM articles WHERE id NOT IN (SELECT article_id FROM listed) LIMIT ?"
        )
        with self._file.transaction() as db:
            waiting = [row[0] for row in db.execute(query, (_WAITING_BATCH,))]
            query = (
                "SELECT id, title, source, content_hash, outlet, language, published_at,"
                " (SELECT count(*) FROM passages WHERE article_id = articles.id)"
                " FROM articles WHERE rowid IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
            )
            for *values, passages in db.execute(query, (json.dumps(waiting),)).fetchall():
                article_id, title, source, content_hash, outlet, language, published_at = values
                stated = {"outlet": outlet, "language": language, "published_at": published_at}
                self.put(Article(article_id, "", title, source, content_hash, **stated), passages)
            return bool(waiting)

    def page(self, query: ListingQuery) -> Listing:
        """Return the page that is asked for, or the last one if there are fewer."""
        with self._file.connection() as db:
            condition = _condition(db, query)
            counting = f"SELECT count(*) FROM listed {condition.where}"
            total = db.execute(counting, condition.values).fetchone()[0]
            number = min(max(1, query.page), Listing((), 1, total).pages)
            return Listing(tuple(self.rows(_ids(db, query, condition, number))), number, total)

    def rows(self, ids: Iterable[str]) -> list[ListedArticle]:
        """Return these articles, in this order; unknown ids are left out."""
        ids = list(ids)
        query = (
            f"SELECT {', '.join(_FIELDS)},"
            " (SELECT count(*) FROM reprints WHERE article_id = listed.article_id),"
            f" (SELECT count(*) FROM revisions WHERE article_id = listed.article_id), {IS_CORRECTED}"
            " FROM listed WHERE article_id IN (SELECT value FROM json_each(?))"
        )
        with self._file.connection() as db:
            found = {
                row[0]: ListedArticle(*row, bool(is_corrected))
                for *row, is_corrected in db.execute(query, (json.dumps(ids),))
            }
            return [found[i] for i in ids if i in found]

    def chosen(
        self,
        filters: Filters,
        among: Collection[str] | None = None,
        limit: int = PAGE,
        oldest_first: bool = False,
        dated_only: bool = False,
    ) -> Chosen:
        """Return the articles that filters keep, newest first, those without a date last.

        Args:
            filters: The filters, whose sources don't count here.
            among: The ids of the articles that are looked at; None for all.
            limit: The most ids.
            oldest_first: The other way round.
            dated_only: Leave out those without a date.

        """
        kept = _kept(filters, among, dated_only)
        way = "ASC" if oldest_first else "DESC"
        with self._file.connection() as db:
            total = db.execute(f"SELECT count(*) FROM listed {kept.where}", kept.values).fetchone()[0]
            rows = db.execute(
                f"SELECT article_id FROM listed {kept.where} ORDER BY {undated('published_at')},"
                f" published_at {way}, article_id LIMIT ?",
                [*kept.values, limit],
            )
            return Chosen(tuple(row[0] for row in rows), total)

    def matching(
        self,
        filters: Filters,
        words: str = "",
        undated_only: bool = False,
        among: Collection[str] | None = None,
    ) -> list[str]:
        """Return the ids of all articles that filters keep, in no order.

        Args:
            filters: The filters, whose sources and dossiers don't count here.
            words: What must be found as `ListingQuery.words` is.
            undated_only: Leave out those with a date.
            among: The ids of the articles that are looked at; None for all.
        """
        kept, folded = _kept(filters, among), fold(words).split()
        tests = [kept.where.removeprefix("WHERE ")] if kept.where else []
        tests += ["instr(words, ?) > 0"] * len(folded)
        tests += [undated("published_at")] if undated_only else []
        where = f"WHERE {' AND '.join(tests)}" if tests else ""
        with self._file.connection() as db:
            rows = db.execute(f"SELECT article_id FROM listed {where}", [*kept.values, *folded])
            return [row[0] for row in rows]

    def outlet_counts(self, filters: Filters, among: Collection[str] | None = None) -> list[OutletCount]:
        """Return how many of the articles that filters keep are from each outlet, most first.

        `among` is as `chosen` has it.
        """
        kept = _kept(filters, among)
        query = (
            f"SELECT outlet, count(*) FROM listed {kept.where} GROUP BY outlet"
            " ORDER BY outlet IS NULL, count(*) DESC, outlet"
        )
        with self._file.connection() as db:
            return [OutletCount(*row) for row in db.execute(query, kept.values)]

    def outlets(self) -> list[str]:
        """Return the outlets, those with most articles first; the first few hundred of them."""
        query = (
            "SELECT outlet FROM listed WHERE outlet IS NOT NULL GROUP BY outlet"
            " ORDER BY count(*) DESC, outlet LIMIT ?"
        )
        with self._file.connection() as db:
            return [row[0] for row in db.execute(query, (_MOST_OUTLETS,))]


def _row(article: Article, passages: int) -> tuple:
    outlet = fold(article.outlet)[:_SORTED] if article.outlet else _LAST
    return (
        article.id, article.content_hash, article.title, article.outlet, article.published_at,
        article.language, article.source, passages, fold(article.title)[:_SORTED], outlet,
        _words(article),
    )  # fmt: skip


def _words(article: Article) -> str:
    """Return what the words of a query are looked for in."""
    return fold("\n".join((article.title, article.outlet or "", article.source, article.canonical_url or "")))


# --- reading ---


def _ids(db: Connection, query: ListingQuery, condition: _Condition, page: int) -> list[str]:
    way = "DESC" if query.descending else "ASC"
    # NULL is before all others, as an index has it.
    nulls = "NULLS LAST" if query.descending else "NULLS FIRST"
    order, counted = _ORDERS[query.sort].format(way=way, nulls=nulls), ""
    if query.sort == "date" and query.descending:
        order = "published_at DESC NULLS LAST"  # the same order, as the index has it
    if query.sort in _COUNTED:
        counted = (
            f"LEFT JOIN (SELECT article_id AS counted, count(*) AS {query.sort} FROM {query.sort}"
            " GROUP BY article_id) AS counts ON counted = listed.article_id"
        )
        order = f"coalesce({query.sort}, 0) {way}"
    found = db.execute(
        f"SELECT listed.article_id FROM listed {counted} {condition.where}"
        f" ORDER BY {order}, listed.article_id {way} LIMIT ? OFFSET ?",
        [*condition.values, PAGE, (page - 1) * PAGE],
    )
    return [row[0] for row in found]


@dataclass(frozen=True, slots=True)
class _Condition:
    """`WHERE …` and its values; empty when everything is wanted."""

    where: str
    values: tuple[str, ...]


def _kept(filters: Filters, among: Collection[str] | None, dated_only: bool = False) -> _Condition:
    """Return the condition that filters, but for their sources, keep an article."""
    tests: list[str] = []
    values: list[str] = []
    for column, wanted in (("article_id", among), *filters.names.items()):
        if wanted is not None:
            tests.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(wanted)))
    if filters.date_from or filters.date_to:
        days = published_between("published_at", filters.date_from, filters.date_to)
        either = f"({days.sql} OR {undated('published_at')})"
        tests.append(either if filters.undated else days.sql)
        values += days.values
    if dated_only:
        tests.append(dated("published_at"))
    return _Condition(f"WHERE {' AND '.join(tests)}" if tests else "", tuple(values))


def _condition(db: Connection, query: ListingQuery) -> _Condition:
    tests: list[str] = []
    values: list[str] = []
    if words := fold(query.words).split():
        matching = " AND ".join(["instr(words, ?) > 0"] * len(words))
        found = _with_words(db, matching, words)
        # A word that most have is looked for again, in the order of the index, until the page is full.
        tests.append(matching if found is None else _IN_ROWS)
        values += words if found is None else [json.dumps(found)]
    for column, value in (("outlet", query.outlet), ("language", query.language)):
        if value:
            tests.append(f"{column} = ?")
            values.append(value)
    if query.dossier:
        tests.append(f"listed.article_id IN ({IN_DOSSIERS})")
        values += [json.dumps([query.dossier])] * 2
    if query.undated:
        tests.append(undated("published_at"))
    if query.without_outlet:
        tests.append("coalesce(outlet, '') = ''")
    if query.date_from or query.date_to:
        days = published_between("published_at", query.date_from, query.date_to)
        tests.append(days.sql)
        values += days.values
    return _Condition(f"WHERE {' AND '.join(tests)}" if tests else "", tuple(values))


def _with_words(db: Connection, matching: str, words: list[str]) -> list[int] | None:
    """Return the rows with all these words, found in an index that holds nothing else.

    None if they are many.
    """
    query = f"SELECT rowid FROM listed INDEXED BY listed_by_words WHERE {matching} LIMIT ?"
    found = [row[0] for row in db.execute(query, [*words, _MANY + 1])]
    return found if len(found) <= _MANY else None
