"""The SQLite catalogue: articles, their sources, their passages. The truth that indexes derive from.

Knows nothing of vectors, terms or files to read. An article appears here in one transaction, together
with its passages, and only once the indexes have them: a crash before that leaves nothing visible.
`unlisted` names every passage that an index may hold and this catalogue doesn't; it is written before
an index is touched, so that whatever a crash left behind is known and can be cleared.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from rag.errors import LibraryError
from rag.library import failures as library_failures
from rag.library import feedback as library_feedback
from rag.library import listing as library_listing
from rag.library import map as library_map
from rag.library import page_starts as library_page_starts
from rag.library import reprints as library_reprints
from rag.library import revisions as library_revisions
from rag.library import sources as library_sources
from rag.library.articles import LibraryReading
from rag.library.failures import FailedSource
from rag.library.feedback import Feedback
from rag.library.map import CorpusMap
from rag.library.sources import Response
from rag.library.tables import ARTICLE_FIELDS, STEPS, Counts, Entry, Located, Source, Whole
from rag.schema.article import Article, Span
from rag.storage.errors import storage_error, translate_storage_errors
from rag.storage.migrations import migrate

__all__ = ["FILE_NAME", "Counts", "Entry", "Library", "Located", "Source", "Whole"]

FILE_NAME = "library.sqlite3"
_COLUMNS = ", ".join(ARTICLE_FIELDS)


class Library(LibraryReading):
    """The catalogue in `folder`, made if missing. Usable from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE_NAME)
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with self._db.transaction() as db:
                migrate(db, folder / FILE_NAME, STEPS)
        except (OSError, sqlite3.Error) as error:
            raise storage_error(folder, error) or LibraryError(
                f"{folder}: the library can't be opened ({error}).",
                f"{folder} : la bibliothèque ne peut pas être ouverte ({error}).",
            ) from error

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
        library_revisions.keep(db, article.id, article.text, article.title, article.ingested_at)
        before = db.execute("SELECT text FROM articles WHERE id = ?", (article.id,)).fetchone()
        db.execute(
            f"INSERT INTO articles ({_COLUMNS}, indexed_with) VALUES ({', '.join('?' * (len(values) + 1))})"
            f" ON CONFLICT (id) DO UPDATE SET {updates}",
            [*values, recipe],
        )
        library_listing.put(db, article, len(entry.passages))
        library_page_starts.put(db, article)
        if article.content_hash:  # else it is distrusted, and what it should be is still known
            self._put_checksums(db, [article])
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

    def put_pages(self, article: Article) -> None:
        """Replace where the pages of a listed article begin: its file was made anew, of the same text."""
        with self._db.transaction() as db:
            library_page_starts.put(db, article)
            self._put_checksums(db, [article])

    def _put_source(self, db: sqlite3.Connection, source: Source) -> None:
        """An article that this source no longer brings, and no other does, goes."""
        library_sources.welcome(db, source.key)
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
            library_sources.dismiss(db, article_id)
            return self._delete(db, article_id)

    def _delete(self, db: sqlite3.Connection, article_id: str) -> bool:
        db.execute(
            "INSERT OR IGNORE INTO unlisted SELECT id FROM passages WHERE article_id = ?", (article_id,)
        )
        library_reprints.unlink(db, article_id)
        library_failures.forget(db, article_id)
        library_feedback.forget(db, article_id)
        return db.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount > 0

    def put_origin(self, key: str, origin: str) -> None:
        """Note where a listed source was found."""
        with self._db.transaction() as db:
            library_sources.put(db, key, origin)

    def put_origins(self, found: Iterable[tuple[str, str]]) -> None:
        """Note of listed sources, by key, where they were found."""
        with self._db.transaction() as db:
            for key, origin in found:
                library_sources.put(db, key, origin)

    def leave_origin(self, origin: str, gone: Iterable[str]) -> list[str]:
        """These sources are no longer in `origin`: articles that no other brings go; gives their ids."""
        with self._db.transaction() as db:
            gone = list(gone)
            library_failures.clear(db, gone)
            return [i for i in library_sources.leave(db, origin, gone) if self._delete(db, i)]

    def put_asked(self, key: str, moment: str) -> None:
        """Note when a server was asked whether a listed source is still there."""
        with self._db.transaction() as db:
            library_sources.put_asked(db, key, moment)

    def put_response(self, said: Response) -> None:
        with self._db.transaction() as db:
            library_sources.put_response(db, said)

    def put_fact(self, name: str, value: str) -> None:
        with self._db.transaction() as db:
            library_sources.put_fact(db, name, value)

    def put_map(self, made: CorpusMap) -> None:
        """Keep this map of the corpus in place of the one before it."""
        with self._db.transaction() as db:
            library_map.put(db, made)

    def link_reprints(self) -> None:
        """Compare the articles that an earlier version left uncompared. Stopped, it goes on next time."""
        waiting = True
        while waiting:
            with self._db.transaction() as db:
                waiting = library_reprints.link_waiting(db)

    def list_articles(self) -> None:
        """List the articles that another version left out of the table. Stopped, it goes on next time."""
        waiting = True
        while waiting:
            with self._db.transaction() as db:
                waiting = library_listing.list_waiting(db)

    def forget_indexing(self) -> None:
        """Every article is to be indexed again (`not_indexed` then gives them all)."""
        with self._db.transaction() as db:
            db.execute("UPDATE articles SET indexed_with = ''")

    def cleared(self, passage_ids: Iterable[str]) -> None:
        """No index holds these passages any more."""
        with self._db.transaction() as db:
            db.executemany("DELETE FROM unlisted WHERE passage_id = ?", ((i,) for i in passage_ids))

    def put_failures(self, failures: Iterable[FailedSource]) -> None:
        """Record what could not be read, each in place of what was said of it before."""
        with self._db.transaction() as db:
            library_failures.put(db, failures)

    def clear_failures(self, sources: Iterable[str]) -> None:
        """These could be read, or are gone."""
        if sources := list(sources):
            with self._db.transaction() as db:
                library_failures.clear(db, sources)

    def put_feedback(self, feedback: Feedback) -> None:
        """Keep what a reader said of an answer, in place of what was said under the same id."""
        with translate_storage_errors(self._folder), self._db.transaction() as db:
            library_feedback.put(db, feedback)

    def withdraw_feedback(self, feedback_id: str) -> None:
        """Forget what was said under this id."""
        with translate_storage_errors(self._folder), self._db.transaction() as db:
            library_feedback.withdraw(db, feedback_id)

    def distrust(self, article_id: str) -> None:
        """An article isn't what was stored: whatever its sources bring next is read and takes its place."""
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
        """Leave no byte on disk of what was taken out. LibraryBusyError while others are reading."""
        self._db.compact()


def checksum(article: Article) -> str:
    """SHA-256 of all that is stored of an article."""
    values = [getattr(article, name) for name in ARTICLE_FIELDS]
    # Articles without pages keep the checksum that they had before pages were kept.
    values += [article.page_starts] if article.page_starts else []
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _encode(sentences: Sequence[Span]) -> str:
    return json.dumps([[span.start, span.end] for span in sentences], separators=(",", ":"))
