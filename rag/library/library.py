"""The SQLite catalogue: articles, their sources, their passages. The truth that indexes derive from.

Knows nothing of vectors, terms or files to read. An article appears here in one transaction, together
with its passages, and only once the indexes have them: a crash before that leaves nothing visible.
`unlisted` names every passage that an index may hold and this catalogue doesn't; it is written before
an index is touched, so that whatever a crash left behind is known and can be cleared.

`Library` has what concerns articles and passages themselves; what is kept beside them is in tables of their
own, each with its SQL (`library.failures.put(…)`), which take part in the catalogue's transactions.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from rag.errors import LibraryError
from rag.library import page_starts, versioning
from rag.library.facets import FacetTable
from rag.library.failures import FailureTable
from rag.library.feedback import FeedbackTable
from rag.library.filter_conditions import published_between
from rag.library.listing import ListingTable
from rag.library.map import MapTable
from rag.library.records import ArticleSentences, Counts, Entry, LocatedPassage, Source
from rag.library.reprints import ReprintTable
from rag.library.revisions import RevisionTable
from rag.library.sources import FactTable, OriginTable, ResponseTable
from rag.library.tables import ARTICLE_FIELDS, STEPS
from rag.schema.article import Article, Passage, Span
from rag.schema.question import Filters
from rag.storage.errors import storage_error
from rag.storage.migrations import migrate
from rag.storage.sqlite import SqliteFile

FILE_NAME = "library.sqlite3"
_STORED = ", ".join(ARTICLE_FIELDS)
_COLUMNS = ", ".join((*(f"articles.{name}" for name in ARTICLE_FIELDS), page_starts.STARTS))
_AT_ONCE = 500  # articles


class Library:
    """The catalogue in `folder`, made if missing. Usable from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._db = SqliteFile(folder / FILE_NAME)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with self._db.transaction() as db:
                migrate(db, folder / FILE_NAME, STEPS)
        except (OSError, sqlite3.Error) as error:
            raise storage_error(folder, error) or LibraryError(
                f"{folder}: the library can't be opened ({error}).",
                f"{folder} : la bibliothèque ne peut pas être ouverte ({error}).",
            ) from error
        self.facets = FacetTable(self._db)
        self.facts = FactTable(self._db)
        self.failures = FailureTable(self._db)
        self.feedback = FeedbackTable(self._db)
        self.listing = ListingTable(self._db)
        self.map = MapTable(self._db)
        self.origins = OriginTable(self._db)
        self.reprints = ReprintTable(self._db)
        self.responses = ResponseTable(self._db)
        self.revisions = RevisionTable(self._db)
        # What was last counted, and the `version` that it was counted of.
        self._languages: tuple[int, list[str]] | None = None

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        self._db.close()

    def _rows(self, query: str, *values: str | int) -> list[tuple]:
        with self._db.connection() as db:
            return db.execute(query, values).fetchall()

    # --- writing, in the order of the pipeline ---

    def announce(self, passage_ids: Iterable[str]) -> None:
        """Say, before an index is touched, which passages it may hold from now on.

        Those that are listed already stay so: an article that is indexed again isn't lost in a crash.
        """
        query = (
            "INSERT OR IGNORE INTO unlisted SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM passages WHERE id = ?1)"
        )
        with self._db.transaction() as db:
            db.executemany(query, ((i,) for i in passage_ids))

    def acknowledge(self, entries: Sequence[Entry], recipe: str) -> None:
        """List these articles, replacing their earlier versions, all at once or not at all."""
        with self._db.transaction() as db:
            for entry in entries:
                self._replace(db, entry, recipe)

    def _replace(self, db: sqlite3.Connection, entry: Entry, recipe: str) -> None:
        article = entry.article
        db.execute(
            "INSERT OR IGNORE INTO unlisted SELECT id FROM passages WHERE article_id = ?", (article.id,)
        )
        db.execute("DELETE FROM passages WHERE article_id = ?", (article.id,))
        values = [getattr(article, name) for name in ARTICLE_FIELDS]
        updates = ", ".join(f"{name} = excluded.{name}" for name in (*ARTICLE_FIELDS[1:], "indexed_with"))
        self.revisions.keep(article.id, article.text, article.title, article.ingested_at)
        before = db.execute("SELECT text FROM articles WHERE id = ?", (article.id,)).fetchone()
        db.execute(
            f"INSERT INTO articles ({_STORED}, indexed_with) VALUES ({', '.join('?' * (len(values) + 1))})"
            f" ON CONFLICT (id) DO UPDATE SET {updates}",
            [*values, recipe],
        )
        self.listing.put(article, len(entry.passages))
        page_starts.put(db, article)
        if article.content_hash:  # else it is distrusted, and what it should be is still known
            self._put_checksums(db, [article])
        if before != (article.text,):
            self.reprints.link(article.id, article.text)
        rows = [(p.id, p.article_id, p.start, p.end, _encode(p.sentences)) for p in entry.passages]
        db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", rows)
        db.executemany("DELETE FROM unlisted WHERE passage_id = ?", ((p.id,) for p in entry.passages))
        if entry.source is not None:
            self._put_source(db, entry.source)

    def put_source(self, source: Source) -> None:
        """Record where an article that is already listed was (also) read."""
        with self._db.transaction() as db:
            self._put_source(db, source)

    def put_pages(self, article: Article) -> None:
        """Replace where the pages of a listed article begin: its file was made anew, of the same text."""
        with self._db.transaction() as db:
            page_starts.put(db, article)
            self._put_checksums(db, [article])

    def _put_source(self, db: sqlite3.Connection, source: Source) -> None:
        """Record the source; an article that it no longer brings, and no other does, goes."""
        self.origins.welcome(source.key)
        before = db.execute("SELECT article_id FROM sources WHERE key = ?", (source.key,)).fetchone()
        db.execute(
            "INSERT INTO sources (key, source, digest, article_id) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE"
            " SET source = excluded.source, digest = excluded.digest, article_id = excluded.article_id",
            (source.key, source.source, source.digest, source.article_id),
        )
        if before and before[0] != source.article_id:
            left = db.execute("SELECT 1 FROM sources WHERE article_id = ? LIMIT 1", before).fetchone()
            if left is None:
                self._delete(db, before[0])

    def remove(self, article_id: str) -> bool:
        """Take an article out of the catalogue; False if it isn't there. Indexes are cleared after.

        Its sources are remembered by their hashes: `is_dismissed`, until they are put again.
        """
        with self._db.transaction() as db:
            self.origins.dismiss(article_id)
            return self._delete(db, article_id)

    def _delete(self, db: sqlite3.Connection, article_id: str) -> bool:
        db.execute(
            "INSERT OR IGNORE INTO unlisted SELECT id FROM passages WHERE article_id = ?", (article_id,)
        )
        self.reprints.unlink(article_id)
        self.failures.forget(article_id)
        self.feedback.forget(article_id)
        return db.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount > 0

    def leave_origin(self, origin: str, gone: Iterable[str]) -> list[str]:
        """Take these sources out of `origin`; return the ids of articles that no other brings."""
        with self._db.transaction() as db:
            gone = list(gone)
            self.failures.clear(gone)
            return [i for i in self.origins.leave(origin, gone) if self._delete(db, i)]

    def forget_indexing(self) -> None:
        """Have every article indexed again: `not_indexed` then gives them all."""
        with self._db.transaction() as db:
            db.execute("UPDATE articles SET indexed_with = ''")

    def cleared(self, passage_ids: Iterable[str]) -> None:
        """Note that no index holds these passages any more."""
        with self._db.transaction() as db:
            db.executemany("DELETE FROM unlisted WHERE passage_id = ?", ((i,) for i in passage_ids))

    def distrust(self, article_id: str) -> None:
        """Note that an article isn't what was stored.

        Whatever its sources bring next is read and takes its place.
        """
        with self._db.transaction() as db:
            db.execute("UPDATE articles SET content_hash = '' WHERE id = ?", (article_id,))
            db.execute("UPDATE sources SET digest = '' WHERE article_id = ?", (article_id,))

    def put_checksums(self, articles: Iterable[Article]) -> None:
        """Store what these articles are now, for later checks."""
        with self._db.transaction() as db:
            self._put_checksums(db, articles)

    def _put_checksums(self, db: sqlite3.Connection, articles: Iterable[Article]) -> None:
        rows = [(article.id, checksum(article)) for article in articles]
        db.executemany("INSERT OR REPLACE INTO checksums VALUES (?, ?)", rows)

    def compact(self) -> None:
        """Leave no byte on disk of what was taken out.

        Raises:
            LibraryBusyError: Others are reading.
        """
        self._db.compact()

    # --- articles and passages ---

    def article(self, article_id: str) -> Article | None:
        """Return an article by its id; None if it is not listed."""
        return next(iter(self.articles([article_id])), None)

    def articles(self, ids: Sequence[str] | None = None) -> list[Article]:
        """Return the articles with these ids, in that order, unknown ones left out; or all, newest first."""
        if ids is None:
            newest_first = "published_at IS NULL, published_at DESC, title, id"
            return [
                _article(row)
                for row in self._rows(f"SELECT {_COLUMNS} FROM articles ORDER BY {newest_first}")
            ]
        query = f"SELECT {_COLUMNS} FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        found = {row[0]: row for row in self._rows(query, json.dumps(list(ids)))}
        return [_article(found[i]) for i in ids if i in found]

    def each(self) -> Iterator[Article]:
        """Yield all articles, newest first, a few at a time: what is removed meanwhile is left out."""
        newest_first = "published_at IS NULL, published_at DESC, title, id"
        ids = [row[0] for row in self._rows(f"SELECT id FROM articles ORDER BY {newest_first}")]
        for start in range(0, len(ids), _AT_ONCE):
            yield from self.articles(ids[start : start + _AT_ONCE])

    def newest(self, count: int) -> list[Article]:
        """Return at most `count` articles with a date, latest first."""
        query = f"SELECT {_COLUMNS} FROM articles WHERE published_at > '' ORDER BY published_at DESC LIMIT ?"
        return [_article(row) for row in self._rows(query, count)]

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passage id → passage; ids that the catalogue doesn't list are left out."""
        query = (
            'SELECT id, article_id, start, "end", sentences FROM passages'
            " WHERE id IN (SELECT value FROM json_each(?))"
        )
        return {row[0]: _passage(row) for row in self._rows(query, json.dumps(list(ids)))}

    def content_hashes(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return article id → the hashes of its text as it is now and as its revisions were.

        Unknown ids are left out.
        """
        query = (
            "WITH wanted AS (SELECT value FROM json_each(?))"
            " SELECT id, content_hash FROM articles WHERE id IN wanted"
            " UNION SELECT article_id, content_hash FROM revisions WHERE article_id IN wanted"
        )
        found: dict[str, set[str]] = {}
        for article_id, content_hash in self._rows(query, json.dumps(list(ids))):
            found.setdefault(article_id, set()).add(content_hash)
        return {article_id: frozenset(hashes) for article_id, hashes in found.items()}

    def located(self, ids: Sequence[str]) -> dict[str, LocatedPassage]:
        """Passage id → passage with its article, as they stand together; unlisted ids are left out."""
        query = (
            f'SELECT passages.id, article_id, start, "end", sentences, {_COLUMNS}'
            " FROM passages JOIN articles ON articles.id = article_id"
            " WHERE passages.id IN (SELECT value FROM json_each(?))"
        )
        rows = self._rows(query, json.dumps(list(ids)))
        return {row[0]: LocatedPassage(_passage(row[:5]), _article(row[5:])) for row in rows}

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return an article's passages in order."""
        query = (
            'SELECT id, article_id, start, "end", sentences FROM passages WHERE article_id = ? ORDER BY id'
        )
        return [_passage(row) for row in self._rows(query, article_id)]

    # --- sources and state ---

    def source(self, key: str) -> Source | None:
        """Return a source by its key; None if it is unknown."""
        rows = self._rows("SELECT key, source, digest, article_id FROM sources WHERE key = ?", key)
        return Source(*rows[0]) if rows else None

    def sources_of(self, article_id: str) -> list[Source]:
        """Return an article's sources."""
        query = "SELECT key, source, digest, article_id FROM sources WHERE article_id = ? ORDER BY key"
        return [Source(*row) for row in self._rows(query, article_id)]

    def with_content(self, content_hash: str) -> str | None:
        """Return the id of an article with exactly this content."""
        query = "SELECT id FROM articles WHERE content_hash = ? ORDER BY id LIMIT 1"
        return next((row[0] for row in self._rows(query, content_hash)), None)

    def not_indexed(self, recipe: str | None = None) -> list[str]:
        """Ids of the articles that wait to be indexed again; with `recipe`, also those made by another."""
        query = "SELECT id FROM articles WHERE indexed_with = '' OR indexed_with != ? ORDER BY id"
        if recipe is None:
            query = "SELECT id FROM articles WHERE indexed_with = '' ORDER BY id"
        return [row[0] for row in self._rows(query, *([] if recipe is None else [recipe]))]

    def passages_indexed(self) -> int:
        """Return how many passages belong to articles that don't wait to be indexed again."""
        query = (
            "SELECT count(*) FROM passages JOIN articles ON articles.id = article_id WHERE indexed_with != ''"
        )
        return self._rows(query)[0][0]

    def languages(self) -> list[str]:
        """Return the articles' languages, most frequent first."""
        # Every question asks, and counting a million articles takes its time: only after a change.
        version = self.version()
        if self._languages is None or self._languages[0] != version:
            query = (
                "SELECT language FROM articles WHERE language IS NOT NULL"
                " GROUP BY language ORDER BY count(*) DESC, language"
            )
            self._languages = version, [row[0] for row in self._rows(query)]
        return list(self._languages[1])

    def version(self) -> int:
        """Return a number that changes whenever anybody, in any process, has changed what answers rest on.

        That is: articles, their sources, their reprints. Feedback, failures and the map don't change it.
        """
        with self._db.connection() as db:
            return versioning.number(db)

    def has_published(self, first: date | None, last: date | None) -> bool:
        """Return whether an article was published on one of these days, both included.

        None leaves a side open.
        """
        days = published_between("published_at", first, last)
        return bool(self._rows(f"SELECT 1 FROM articles WHERE {days.sql} LIMIT 1", *days.values))

    def has_outlet(self, outlet: str) -> bool:
        """Return whether an article is from this outlet."""
        return bool(self._rows("SELECT 1 FROM articles WHERE outlet = ? LIMIT 1", outlet))

    def counts(self) -> Counts:
        """Count articles, passages and sources."""
        tables = ("articles", "passages", "sources")
        return Counts(*(self._rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables))

    def is_empty(self) -> bool:
        """Return whether no article is listed."""
        return not self._rows("SELECT 1 FROM articles LIMIT 1")

    def unlisted(self) -> list[str]:
        """Return the passages that an index may hold and the catalogue does not."""
        return [row[0] for row in self._rows("SELECT passage_id FROM unlisted ORDER BY passage_id")]

    def ids_from_sources(self, filters: Filters) -> tuple[str, ...]:
        """Return `filters.sources` as article ids: a source may be any of an article's sources."""
        query = (
            "SELECT DISTINCT article_id FROM sources WHERE source IN (SELECT value FROM json_each(?1))"
            " OR key IN (SELECT value FROM json_each(?1)) ORDER BY article_id"
        )
        return tuple(row[0] for row in self._rows(query, json.dumps(list(filters.sources))))

    def whole(self, ids: Iterable[str]) -> dict[str, ArticleSentences]:
        """Article id → the article with all its sentences, as they stand together."""
        query = (
            f"SELECT {_COLUMNS}, (SELECT json_group_array(json(sentences)) FROM passages"
            " WHERE article_id = articles.id) FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        )
        rows = self._rows(query, json.dumps(list(ids)))
        return {row[0]: ArticleSentences(_article(row[:-1]), _sentences(row[-1])) for row in rows}

    # --- the library as a whole ---

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with the file itself; nothing if it is sound."""
        return self._db.problems()

    def checksums(self, ids: Iterable[str]) -> dict[str, str]:
        """Article id → the checksum that was stored with it; articles of an earlier format have none."""
        wanted = "(SELECT value FROM json_each(?))"
        query = f"SELECT article_id, sha256 FROM checksums WHERE article_id IN {wanted}"
        return dict(self._rows(query, json.dumps(list(ids))))


def _article(row: tuple) -> Article:
    *fields, starts = row
    return Article(**dict(zip(ARTICLE_FIELDS, fields, strict=True)), page_starts=page_starts.read(starts))


def _sentences(encoded: str) -> tuple[Span, ...]:
    """Return the sentences of all passages, those of overlapping ones once."""
    return tuple(Span(*span) for span in sorted({tuple(s) for each in json.loads(encoded) for s in each}))


def _passage(row: tuple) -> Passage:
    return Passage(row[0], row[1], row[2], row[3], tuple(Span(*span) for span in json.loads(row[4])))


def checksum(article: Article) -> str:
    """SHA-256 of all that is stored of an article."""
    values = [getattr(article, name) for name in ARTICLE_FIELDS]
    # Articles without pages keep the checksum that they had before pages were kept.
    values += [article.page_starts] if article.page_starts else []
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _encode(sentences: Sequence[Span]) -> str:
    return json.dumps([[span.start, span.end] for span in sentences], separators=(",", ":"))
