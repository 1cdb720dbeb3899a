"""The SQLite catalogue: articles, their sources, their passages. The truth that indexes derive from.

Knows nothing of vectors, terms or files to read. An article appears here in one transaction, together
with its passages, and only once the indexes have them: a crash before that leaves nothing visible.
`unlisted` names every passage that an index may hold and this catalogue doesn't; it is written before
an index is touched, so that whatever a crash left behind is known and can be cleared.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from rag import library_origins, library_reprints, library_schema
from rag.errors import LibraryError
from rag.library_origins import Response
from rag.library_schema import Counts, Entry, Located, Source, Whole
from rag.question import Filters
from rag.schema import Article, Passage, Span
from rag.sqlite_file import SqliteFile

FILE_NAME = "library.sqlite3"
_ARTICLE_FIELDS = (
    "id", "text", "title", "source", "content_hash", "outlet", "author", "language", "published_at",
    "updated_at", "ingested_at",
)  # fmt: skip
_COLUMNS = ", ".join(_ARTICLE_FIELDS)


class Library:
    """The catalogue in `folder`, made if missing. Usable from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._db = SqliteFile(folder / FILE_NAME)
        # What each connection last counted, and how many changes it had seen then.
        self._languages: dict[sqlite3.Connection, tuple[tuple[int, int], list[str]]] = {}
        # Writes nothing itself, so that it sees what every other connection writes.
        self._watcher: sqlite3.Connection | None = None
        self._watching = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with self._db.transaction() as db:
                library_schema.prepare(db, folder / FILE_NAME)
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(
                f"{folder}: the library can't be opened ({error}).",
                f"{folder} : la bibliothèque ne peut pas être ouverte ({error}).",
            ) from error

    def _rows(self, query: str, *values: str) -> list[tuple]:
        with self._db.connection() as db:
            return db.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
        self._db.close()
        self._languages.clear()

    # --- reading ---

    def article(self, article_id: str) -> Article | None:
        return next(iter(self.articles([article_id])), None)

    def articles(self, ids: Sequence[str] | None = None) -> list[Article]:
        """The articles with these ids, in that order, unknown ones left out; or all, newest first."""
        if ids is None:
            newest_first = "published_at IS NULL, published_at DESC, title, id"
            return [
                _article(row)
                for row in self._rows(f"SELECT {_COLUMNS} FROM articles ORDER BY {newest_first}")
            ]
        query = f"SELECT {_COLUMNS} FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        found = {row[0]: row for row in self._rows(query, json.dumps(list(ids)))}
        return [_article(found[i]) for i in ids if i in found]

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passage id → passage; ids that the catalogue doesn't list are left out."""
        query = (
            'SELECT id, article_id, start, "end", sentences FROM passages'
            " WHERE id IN (SELECT value FROM json_each(?))"
        )
        return {row[0]: _passage(row) for row in self._rows(query, json.dumps(list(ids)))}

    def located(self, ids: Sequence[str]) -> dict[str, Located]:
        """Passage id → passage with its article, as they stand together; unlisted ids are left out."""
        columns = ", ".join(f"articles.{name}" for name in _ARTICLE_FIELDS)
        query = (
            f'SELECT passages.id, article_id, start, "end", sentences, {columns}'
            " FROM passages JOIN articles ON articles.id = article_id"
            " WHERE passages.id IN (SELECT value FROM json_each(?))"
        )
        rows = self._rows(query, json.dumps(list(ids)))
        return {row[0]: Located(_passage(row[:5]), _article(row[5:])) for row in rows}

    def passages_of(self, article_id: str) -> list[Passage]:
        query = (
            'SELECT id, article_id, start, "end", sentences FROM passages WHERE article_id = ? ORDER BY id'
        )
        return [_passage(row) for row in self._rows(query, article_id)]

    def source(self, key: str) -> Source | None:
        rows = self._rows("SELECT key, source, digest, article_id FROM sources WHERE key = ?", key)
        return Source(*rows[0]) if rows else None

    def sources_of(self, article_id: str) -> list[Source]:
        query = "SELECT key, source, digest, article_id FROM sources WHERE article_id = ? ORDER BY key"
        return [Source(*row) for row in self._rows(query, article_id)]

    def with_content(self, content_hash: str) -> str | None:
        """The id of an article with exactly this content."""
        query = "SELECT id FROM articles WHERE content_hash = ? ORDER BY id LIMIT 1"
        return next((row[0] for row in self._rows(query, content_hash)), None)

    def not_indexed(self, recipe: str | None = None) -> list[str]:
        """Ids of the articles that wait to be indexed again; with `recipe`, also those made by another."""
        query = "SELECT id FROM articles WHERE indexed_with = '' OR indexed_with != ? ORDER BY id"
        if recipe is None:
            query = "SELECT id FROM articles WHERE indexed_with = '' ORDER BY id"
        return [row[0] for row in self._rows(query, *([] if recipe is None else [recipe]))]

    def passages_indexed(self) -> int:
        """How many passages belong to articles that don't wait to be indexed again."""
        query = (
            "SELECT count(*) FROM passages JOIN articles ON articles.id = article_id WHERE indexed_with != ''"
        )
        return self._rows(query)[0][0]

    def languages(self) -> list[str]:
        """The articles' languages, most frequent first."""
        with self._db.connection() as db:
            # Every question asks, and counting a million articles takes its time: only after a change, by
            # others (`data_version`) or through this connection.
            seen = (db.execute("PRAGMA data_version").fetchone()[0], db.total_changes)
            if db not in self._languages or self._languages[db][0] != seen:
                rows = db.execute(
                    "SELECT language FROM articles WHERE language IS NOT NULL"
                    " GROUP BY language ORDER BY count(*) DESC, language"
                )
                self._languages[db] = seen, [row[0] for row in rows]
            return list(self._languages[db][1])

    def version(self) -> int:
        """A number that changes whenever anybody, in any process, has changed the library."""
        with self._watching:
            if self._watcher is None:
                self._watcher = self._db.separate()
            return self._watcher.execute("PRAGMA data_version").fetchone()[0]

    def has_published(self, first: date | None, last: date | None) -> bool:
        """Whether an article was published on one of these days, both included; None leaves a side open."""
        query = "SELECT 1 FROM articles WHERE published_at >= ? AND published_at < ? LIMIT 1"
        begin = first.isoformat() if first else ""
        # Of the days that follow, `2025-08-17` is the first string; `2025-08-16T10:30` comes before it.
        end = (last + timedelta(days=1)).isoformat() if last and last < date.max else "~"
        return bool(self._rows(query, begin, end))

    def counts(self) -> Counts:
        tables = ("articles", "passages", "sources")
        return Counts(*(self._rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables))

    def is_empty(self) -> bool:
        return not self._rows("SELECT 1 FROM articles LIMIT 1")

    def unlisted(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT passage_id FROM unlisted ORDER BY passage_id")]

    def ids_from_sources(self, filters: Filters) -> tuple[str, ...]:
        """`filters.sources` as article ids: a source may be any of an article's sources."""
        query = (
            "SELECT DISTINCT article_id FROM sources WHERE source IN (SELECT value FROM json_each(?1))"
            " OR key IN (SELECT value FROM json_each(?1)) ORDER BY article_id"
        )
        return tuple(row[0] for row in self._rows(query, json.dumps(list(filters.sources))))

    def reprints_among(self, ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Article id → those of `ids` that are reprints of it; ids without any are left out."""
        with self._db.connection() as db:
            return library_reprints.among(db, ids)

    def reprints_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Article id → ids of its reprints, at most twenty; ids without any are left out."""
        with self._db.connection() as db:
            return library_reprints.of(db, ids)

    def whole(self, ids: Iterable[str]) -> dict[str, Whole]:
        """Article id → the article with all its sentences, as they stand together."""
        query = (
            f"SELECT {_COLUMNS}, (SELECT json_group_array(json(sentences)) FROM passages"
            " WHERE article_id = articles.id) FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        )
        rows = self._rows(query, json.dumps(list(ids)))
        return {row[0]: Whole(_article(row[:-1]), _sentences(row[-1])) for row in rows}

    def keys_in(self, origin: str) -> frozenset[str]:
        """The keys of the sources that were found in `origin`: a folder, a pattern, a table, a feed."""
        with self._db.connection() as db:
            return library_origins.keys(db, origin)

    def response(self, url: str) -> Response | None:
        """What a server last said to recognise this page by."""
        with self._db.connection() as db:
            return library_origins.response(db, url)

    def fact(self, name: str) -> str | None:
        """What was noted under `name`, such as `last_sync`."""
        with self._db.connection() as db:
            return library_origins.fact(db, name)

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
        values = [getattr(article, name) for name in _ARTICLE_FIELDS]
        updates = ", ".join(f"{name} = excluded.{name}" for name in (*_ARTICLE_FIELDS[1:], "indexed_with"))
        before = db.execute("SELECT text FROM articles WHERE id = ?", (article.id,)).fetchone()
        db.execute(
            f"INSERT INTO articles ({_COLUMNS}, indexed_with) VALUES ({', '.join('?' * (len(values) + 1))})"
            f" ON CONFLICT (id) DO UPDATE SET {updates}",
            [*values, recipe],
        )
        if before != (article.text,):
            library_reprints.link(db, article.id, article.text)
        rows = [(p.id, p.article_id, p.start, p.end, _encode(p.sentences)) for p in entry.passages]
        db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", rows)
        db.executemany("DELETE FROM unlisted WHERE passage_id = ?", ((p.id,) for p in entry.passages))
        if entry.source is not None:
            self._put_source(db, entry.source)

    def put_source(self, source: Source) -> None:
        """Record where an article that is already listed was (also) read."""
        with self._db.transaction() as db:
            self._put_source(db, source)

    def _put_source(self, db: sqlite3.Connection, source: Source) -> None:
        """An article that this source no longer brings, and no other does, goes."""
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
        """Take an article out of the catalogue; False if it isn't there. Indexes are cleared after."""
        with self._db.transaction() as db:
            return self._delete(db, article_id)

    def _delete(self, db: sqlite3.Connection, article_id: str) -> bool:
        db.execute(
            "INSERT OR IGNORE INTO unlisted SELECT id FROM passages WHERE article_id = ?", (article_id,)
        )
        library_reprints.unlink(db, article_id)
        return db.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount > 0

    def put_origin(self, key: str, origin: str) -> None:
        """Note where a listed source was found."""
        with self._db.transaction() as db:
            library_origins.put(db, key, origin)

    def leave_origin(self, origin: str, gone: Iterable[str]) -> list[str]:
        """These sources are no longer in `origin`: articles that no other brings go; gives their ids."""
        with self._db.transaction() as db:
            return [i for i in library_origins.leave(db, origin, gone) if self._delete(db, i)]

    def put_response(self, said: Response) -> None:
        with self._db.transaction() as db:
            library_origins.put_response(db, said)

    def put_fact(self, name: str, value: str) -> None:
        with self._db.transaction() as db:
            library_origins.put_fact(db, name, value)

    def link_reprints(self) -> None:
        """Compare the articles that an earlier version left uncompared. Stopped, it goes on next time."""
        waiting = True
        while waiting:
            with self._db.transaction() as db:
                waiting = library_reprints.link_waiting(db)

    def forget_indexing(self) -> None:
        """Every article is to be indexed again (`not_indexed` then gives them all)."""
        with self._db.transaction() as db:
            db.execute("UPDATE articles SET indexed_with = ''")

    def cleared(self, passage_ids: Iterable[str]) -> None:
        """No index holds these passages any more."""
        with self._db.transaction() as db:
            db.executemany("DELETE FROM unlisted WHERE passage_id = ?", ((i,) for i in passage_ids))


def _article(row: tuple) -> Article:
    return Article(**dict(zip(_ARTICLE_FIELDS, row, strict=True)))


def _encode(sentences: Sequence[Span]) -> str:
    return json.dumps([[span.start, span.end] for span in sentences], separators=(",", ":"))


def _sentences(encoded: str) -> tuple[Span, ...]:
    """The sentences of all passages, those of overlapping ones once."""
    return tuple(Span(*span) for span in sorted({tuple(s) for each in json.loads(encoded) for s in each}))


def _passage(row: tuple) -> Passage:
    return Passage(row[0], row[1], row[2], row[3], tuple(Span(*span) for span in json.loads(row[4])))
