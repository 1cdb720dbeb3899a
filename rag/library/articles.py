"""Reading the catalogue: articles, their sources, their passages, and what is known about them.

Knows SQLite and the tables of `rag.library.tables`; writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from rag.library import facets as library_facets
from rag.library import failures as library_failures
from rag.library import feedback as library_feedback
from rag.library import listing as library_listing
from rag.library import map as library_map
from rag.library import page_starts as library_page_starts
from rag.library import reprints as library_reprints
from rag.library import revisions as library_revisions
from rag.library import sources as library_sources
from rag.library import versioning as library_versioning
from rag.library.date_histogram import Bucket
from rag.library.facets import Census, Described, Facets, Headline, Timeline
from rag.library.failures import FailedSource
from rag.library.feedback import Feedback
from rag.library.listing import Listed, Listing, ListingQuery
from rag.library.map import CorpusMap
from rag.library.revisions import Revision
from rag.library.sources import Response, Visits
from rag.library.tables import ARTICLE_FIELDS, Counts, Located, Source, Whole
from rag.schema.article import Article, Passage, Span
from rag.schema.question import NO_FILTERS, Filters
from rag.storage.sqlite import SqliteFile

_COLUMNS = ", ".join((*(f"articles.{name}" for name in ARTICLE_FIELDS), library_page_starts.STARTS))
_AT_ONCE = 500  # articles


class LibraryReading:
    """What can be asked of the catalogue in `file`. Usable from several threads and processes."""

    def __init__(self, file: Path) -> None:
        self._db = SqliteFile(file)
        # What was last counted, and the `version` that it was counted of.
        self._languages: tuple[int, list[str]] | None = None
        self._counted: tuple[int, Census] | None = None

    def _rows(self, query: str, *values: str | int) -> list[tuple]:
        with self._db.connection() as db:
            return db.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        self._db.close()

    # --- articles and passages ---

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

    def each(self) -> Iterator[Article]:
        """All articles, newest first, a few at a time: what is removed meanwhile is left out."""
        newest_first = "published_at IS NULL, published_at DESC, title, id"
        ids = [row[0] for row in self._rows(f"SELECT id FROM articles ORDER BY {newest_first}")]
        for start in range(0, len(ids), _AT_ONCE):
            yield from self.articles(ids[start : start + _AT_ONCE])

    def newest(self, count: int) -> list[Article]:
        """At most `count` articles with a date, latest first."""
        query = f"SELECT {_COLUMNS} FROM articles WHERE published_at > '' ORDER BY published_at DESC LIMIT ?"
        return [_article(row) for row in self._rows(query, count)]

    def listing(self, query: ListingQuery) -> Listing:
        """A page of the table of articles, without their texts."""
        with self._db.connection() as db:
            return library_listing.page(db, query)

    def listed(self, ids: Iterable[str]) -> list[Listed]:
        """The rows of these articles in the table, in this order; unknown ids are left out."""
        with self._db.connection() as db:
            return library_listing.rows(db, ids)

    def listed_outlets(self) -> list[str]:
        """The articles' outlets, most frequent first."""
        with self._db.connection() as db:
            return library_listing.outlets(db)

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passage id → passage; ids that the catalogue doesn't list are left out."""
        query = (
            'SELECT id, article_id, start, "end", sentences FROM passages'
            " WHERE id IN (SELECT value FROM json_each(?))"
        )
        return {row[0]: _passage(row) for row in self._rows(query, json.dumps(list(ids)))}

    def content_hashes(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return article id → the hashes of its text as it is now and as its revisions were; unknown ids are
        left out."""
        query = (
            "WITH wanted AS (SELECT value FROM json_each(?))"
            " SELECT id, content_hash FROM articles WHERE id IN wanted"
            " UNION SELECT article_id, content_hash FROM revisions WHERE article_id IN wanted"
        )
        found: dict[str, set[str]] = {}
        for article_id, content_hash in self._rows(query, json.dumps(list(ids))):
            found.setdefault(article_id, set()).add(content_hash)
        return {article_id: frozenset(hashes) for article_id, hashes in found.items()}

    def located(self, ids: Sequence[str]) -> dict[str, Located]:
        """Passage id → passage with its article, as they stand together; unlisted ids are left out."""
        query = (
            f'SELECT passages.id, article_id, start, "end", sentences, {_COLUMNS}'
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

    # --- sources ---

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
        """A number that changes whenever anybody, in any process, has changed what answers rest on.

        That is: articles, their sources, their reprints. Feedback, failures and the map don't change it.
        """
        with self._db.connection() as db:
            return library_versioning.number(db)

    def has_published(self, first: date | None, last: date | None) -> bool:
        """Whether an article was published on one of these days, both included; None leaves a side open."""
        query = "SELECT 1 FROM articles WHERE published_at >= ? AND published_at < ? LIMIT 1"
        begin = first.isoformat() if first else ""
        # Of the days that follow, `2025-08-17` is the first string; `2025-08-16T10:30` comes before it.
        end = (last + timedelta(days=1)).isoformat() if last and last < date.max else "~"
        return bool(self._rows(query, begin, end))

    def has_outlet(self, outlet: str) -> bool:
        """Whether an article is from this outlet."""
        return bool(self._rows("SELECT 1 FROM articles WHERE outlet = ? LIMIT 1", outlet))

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

    def is_dismissed(self, key: str) -> bool:
        """Whether the article that this source brought was taken out by the user."""
        with self._db.connection() as db:
            return library_sources.is_dismissed(db, key)

    def keys_in(self, origin: str) -> frozenset[str]:
        """The keys of the sources that were found in `origin`: a folder, a pattern, a table, a feed."""
        with self._db.connection() as db:
            return library_sources.keys(db, origin)

    def visits(self, origin: str) -> dict[str, Visits]:
        """Of each source that was found in `origin`, by key: when it was read, and asked for since."""
        with self._db.connection() as db:
            return library_sources.visits(db, origin)

    def response(self, url: str) -> Response | None:
        """What a server last said to recognise this page by."""
        with self._db.connection() as db:
            return library_sources.response(db, url)

    def fact(self, name: str) -> str | None:
        """What was noted under `name`, such as `last_sync`."""
        with self._db.connection() as db:
            return library_sources.fact(db, name)

    def failures(self) -> list[FailedSource]:
        """What could not be read when it was last asked for, latest first."""
        with self._db.connection() as db:
            return library_failures.listed(db)

    def feedback(self) -> list[Feedback]:
        """What readers said of answers, latest first."""
        with self._db.connection() as db:
            return library_feedback.listed(db)

    def feedback_given(self, user: str, ids: Iterable[str]) -> list[Feedback]:
        """What this user said under these ids, without what was read for it."""
        with self._db.connection() as db:
            return library_feedback.given(db, user, ids)

    def failed_sources(self) -> set[str]:
        """The keys of `failures`."""
        return {row[0] for row in self._rows("SELECT source FROM failures")}

    def revisions_of(self, article_id: str) -> list[Revision]:
        """What an article said before it changed, oldest first."""
        with self._db.connection() as db:
            return library_revisions.of(db, article_id)

    def revision_counts(self) -> dict[str, int]:
        """Article id → how many revisions are kept of it; articles that never changed are left out."""
        return dict(self._rows("SELECT article_id, count(*) FROM revisions GROUP BY article_id"))

    # --- the library as a whole ---

    def facets(self, filters: Filters = NO_FILTERS, most: int = 48) -> Facets:
        """What a question may be narrowed by, dates in at most `most` buckets."""
        return self._census().facets(filters, most)

    def timeline(self, outlets: int, most: int) -> Timeline:
        """Dated articles in at most `most` buckets, by so many of the largest outlets and the others."""
        return self._census().timeline(outlets, most)

    def _census(self) -> Census:
        version = self.version()  # before counting: what changes meanwhile is counted next time
        if self._counted is None or self._counted[0] != version:
            with self._db.connection() as db:
                self._counted = version, library_facets.census(db)
        return self._counted[1]

    def described(self) -> dict[str, Described]:
        """Article id → its outlet and day, for every article."""
        with self._db.connection() as db:
            return library_facets.described(db)

    def headlines(self, ids: Iterable[str]) -> list[Headline]:
        """How these articles are named in a list, in that order; unknown ones are left out."""
        with self._db.connection() as db:
            return library_facets.headlines(db, ids)

    def published(self, bucket: Bucket, outlet: str | None, but: Sequence[str], limit: int) -> list[Headline]:
        """At most `limit` articles of these days and this outlet, or (None) of none of those of `but`."""
        with self._db.connection() as db:
            return library_facets.published(db, bucket, outlet, but, limit)

    def corpus_map(self) -> CorpusMap:
        """The map of the corpus as it was last made, without what has been removed since."""
        with self._db.connection() as db:
            return library_map.stored(db)

    def map_of(self) -> str:
        """The state of the library that the stored map was made of; empty if there never was a map."""
        with self._db.connection() as db:
            return library_map.of(db)

    def states(self) -> dict[str, str]:
        """Article id → what tells this state of it from others, for every article, by id."""
        with self._db.connection() as db:
            return library_map.states(db)

    def problems(self) -> list[str]:
        """What SQLite finds wrong with the file itself; nothing if it is sound."""
        return self._db.problems()

    def checksums(self, ids: Iterable[str]) -> dict[str, str]:
        """Article id → the checksum that was stored with it; articles of an earlier format have none."""
        wanted = "(SELECT value FROM json_each(?))"
        query = f"SELECT article_id, sha256 FROM checksums WHERE article_id IN {wanted}"
        return dict(self._rows(query, json.dumps(list(ids))))


def _article(row: tuple) -> Article:
    *fields, starts = row
    return Article(
        **dict(zip(ARTICLE_FIELDS, fields, strict=True)), page_starts=library_page_starts.read(starts)
    )


def _sentences(encoded: str) -> tuple[Span, ...]:
    """The sentences of all passages, those of overlapping ones once."""
    return tuple(Span(*span) for span in sorted({tuple(s) for each in json.loads(encoded) for s in each}))


def _passage(row: tuple) -> Passage:
    return Passage(row[0], row[1], row[2], row[3], tuple(Span(*span) for span in json.loads(row[4])))
