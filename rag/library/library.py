"""The catalogue, in a SQLite file or in PostgreSQL: articles, sources, passages. What indexes derive from.

Knows nothing of vectors, terms or files to read. An article appears here in one transaction, together
with its passages, and only once the indexes have them: a crash before that leaves nothing visible.
`unlisted` names every passage that an index may hold and this catalogue doesn't; it is written before
an index is touched, so that whatever a crash left behind is known and can be cleared.

`Library` has what concerns articles and passages themselves; what is kept beside them is in tables of their
own, each with its SQL (`library.failures.put(…)`), which take part in the catalogue's transactions.

Whoever reads an article or a passage here gets what was stored, by its checksum, or nothing: what is damaged
is left out and told to `rag.checksums.damaged`. Only `stored` and `each_stored` give it as it stands.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.checksums import damaged
from rag.checksums.checksum import article_checksum, is_as_stored, row_checksum
from rag.dossiers.store import DossierTable
from rag.embargo.store import EmbargoTable
from rag.encoders.store import EncoderTable
from rag.entity_store.store import EntityTable
from rag.errors import LibraryError, reason_of
from rag.followed.readings import ReadingTable
from rag.followed.store import FollowedTable
from rag.library import text_properties, versioning
from rag.library.facets import FacetTable
from rag.library.failures import FailureTable
from rag.library.feedback import FeedbackTable
from rag.library.filter_conditions import published_between
from rag.library.listing import ListingTable
from rag.library.map import MapTable
from rag.library.records import (
    ARTICLE,
    PASSAGE,
    PASSAGE_COLUMNS,
    ArticleSentences,
    Counts,
    Entry,
    LocatedPassage,
    Source,
    all_sentences,
    article_of,
    encoded,
    name_of,
    passage_of,
    sound_articles,
)
from rag.library.reprints import ReprintTable
from rag.library.revisions import RevisionTable
from rag.library.sources import FactTable, OriginTable, ResponseTable
from rag.library.tables import ARTICLE_FIELDS, STEPS
from rag.metadata.fields import FIELDS
from rag.metadata.store import MetadataTable
from rag.notes.store import NoteTable
from rag.notification.store import NotificationTable
from rag.schema.article import Article, DamagedArticle, Passage
from rag.schema.question import Filters
from rag.standing.store import StandingTable
from rag.storage.database import Connection, Place, place_of, upsert
from rag.storage.errors import storage_error
from rag.storage.leases import Leases
from rag.storage.migrations import copy, is_present
from rag.storage.opening import open_database
from rag.storage.permissions import make_folder, make_private
from rag.storage.sqlite import LOOKED_AT_WHOLE

FILE_NAME = "library.sqlite3"
SCHEMA = "sourcier"  # in a database
COPYING = "copying"  # the fact that says that not all has been copied here yet
_NEWEST_FIRST = "published_at IS NULL, published_at DESC, title, id"
_REMEDY = (
    "run `sourcier doctor`, which repairs what can be, else move the folder away and `sourcier restore` a"
    " backup",
    "lancez `sourcier doctor`, qui répare ce qui peut l'être, sinon mettez le dossier de côté et restaurez"
    " une sauvegarde (`sourcier restore`)",
)
_AT_ONCE = 500  # articles
_UNLIST = "INSERT INTO unlisted SELECT id FROM passages WHERE article_id = ? ON CONFLICT DO NOTHING"
_INDEXED = (*ARTICLE_FIELDS, "indexed_with")
_PUT_ARTICLE = upsert("articles", ", ".join(_INDEXED), "id")
_PUT_SOURCE = upsert("sources", "key, source, digest, article_id", "key")
_SETTLE = "DELETE FROM unlisted WHERE passage_id IN (SELECT value FROM json_each(?))"


class Library:
    """The catalogue at a place, made if missing. Usable from several threads, processes and machines."""

    def __init__(self, place: Path | Place, check: bool = True) -> None:
        """Open the catalogue in a folder, or in the database of a place.

        `check` looks for damage in a small file, and refuses one that has any.

        Raises:
            LibraryError: The file is damaged, can't be opened, or is missing beside its indexes; the database
                isn't reached, or refuses.
        """
        place = place_of(place)
        folder = place.folder
        if place.url is None:
            refuse_missing(folder)
        self._db = open_database(place, FILE_NAME, SCHEMA, _REMEDY)
        try:
            make_folder(folder)
            self._db.migrate(STEPS)
            make_private(folder)
            if check and place.url is None and (folder / FILE_NAME).stat().st_size <= LOOKED_AT_WHOLE:
                self._refuse_damaged()
        except (OSError, sqlite3.Error) as error:
            why = reason_of(error)
            raise storage_error(folder, error) or LibraryError(
                f"{folder}: the library can't be opened ({why}).",
                f"{folder} : la bibliothèque ne peut pas être ouverte ({why.french}).",
            ) from error
        self._refuse_unfinished()
        self.dossiers = DossierTable(self._db)
        self.embargoes = EmbargoTable(self._db)
        self.encoders = EncoderTable(self._db)
        self.entities = EntityTable(self._db)
        self.facets = FacetTable(self._db)
        self.facts = FactTable(self._db)
        self.failures = FailureTable(self._db)
        self.feedback = FeedbackTable(self._db)
        self.followed = FollowedTable(self._db)
        self.listing = ListingTable(self._db)
        self.map = MapTable(self._db)
        self.metadata = MetadataTable(self._db)
        self.notes = NoteTable(self._db)
        self.notifications = NotificationTable(self._db)
        self.origins = OriginTable(self._db)
        self.readings = ReadingTable(self._db)
        self.reprints = ReprintTable(self._db)
        self.responses = ResponseTable(self._db)
        self.revisions = RevisionTable(self._db)
        self.standing = StandingTable(self._db, self.versions)
        # What was last counted, and the `version` that it was counted of.
        self._languages: tuple[int, list[str]] | None = None
        self._authors: tuple[int, list[str]] | None = None

    @property
    def name(self) -> str:
        """What messages call it: its file, or its database, without a password."""
        return self._db.name

    def size(self) -> int:
        """Return how many bytes it takes on disk, without its indexes."""
        return self._db.size()

    @property
    def leases(self) -> Leases:
        """What keeps processes apart that write to this library at once."""
        return self._db.leases

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        self._db.close()

    def _refuse_unfinished(self) -> None:
        if FactTable(self._db).get(COPYING) is not None:
            self._db.close()
            raise LibraryError(
                f"{self._db.name}: a library is being copied here; wait, or run `sourcier library copy`"
                " again.",
                f"{self._db.name} : une bibliothèque est en cours de copie ici ; attendez, ou relancez"
                " `sourcier library copy`.",
            )

    def _refuse_damaged(self) -> None:
        if found := self._db.damages():
            raise self._db.damage(found[0])

    def _rows(self, query: str, *values: str | int) -> list[tuple]:
        with self._db.connection() as db:
            return db.execute(query, values).fetchall()

    # --- writing, in the order of the pipeline ---

    def announce(self, passage_ids: Iterable[str]) -> None:
        """Say, before an index is touched, which passages it may hold from now on.

        Those that are listed already stay so: an article that is indexed again isn't lost in a crash.
        """
        query = (
            "INSERT INTO unlisted SELECT value FROM json_each(?) WHERE NOT EXISTS"
            " (SELECT 1 FROM passages WHERE id = value) ON CONFLICT DO NOTHING"
        )
        with self._db.transaction() as db:
            db.execute(query, (_listed(passage_ids),))

    def acknowledge(self, entries: Sequence[Entry], recipe: str, announced: Iterable[str] = ()) -> None:
        """List these articles, replacing their earlier versions, all at once or not at all.

        Args:
            entries: The articles.
            recipe: How they were cut and read.
            announced: What was announced besides their passages, and is in place now.
        """
        with self._db.transaction() as db:
            new = self._new(db, entries)
            for entry in entries:
                if entry.article.id not in new:
                    self._replace(db, entry, recipe)
            self._add(db, [entry for entry in entries if entry.article.id in new], recipe)
            db.execute(_SETTLE, (_listed(announced),))

    def _new(self, db: Connection, entries: Sequence[Entry]) -> set[str]:
        """Return the articles that aren't listed, and whose sources brought none: in any order the same."""
        ids = Counter(entry.article.id for entry in entries)
        keys = Counter(entry.source.key for entry in entries if entry.source)
        among = "IN (SELECT value FROM json_each(?))"
        listed = {row[0] for row in db.execute(f"SELECT id FROM articles WHERE id {among}", (_listed(ids),))}
        known = {row[0] for row in db.execute(f"SELECT key FROM sources WHERE key {among}", (_listed(keys),))}
        known |= {key for key, count in keys.items() if count > 1}
        bound = {entry.article.id for entry in entries if entry.source and entry.source.key in known}
        return {one for one, count in ids.items() if count == 1} - listed - bound

    def _add(self, db: Connection, entries: Sequence[Entry], recipe: str) -> None:
        """List articles that are new here, as `_replace` does, with a statement for all of them.

        To a server each statement is a way of its own.
        """
        if not entries:
            return
        articles = self.metadata.effective([entry.article for entry in entries])
        db.executemany(_PUT_ARTICLE, [_article_row(article, recipe) for article in articles])
        self.metadata.begin([entry.article for entry in entries])
        counts = [len(entry.passages) for entry in entries]
        self.listing.put_all(zip(articles, counts, strict=True))
        text_properties.put_new(db, articles)
        self._put_checksums(db, [article for article in articles if article.content_hash])
        self.reprints.link_new([(article.id, article.text) for article in articles])
        passages = [passage for entry in entries for passage in entry.passages]
        self._put_passages(db, passages)
        self._put_sources(db, [entry.source for entry in entries if entry.source])
        self.embargoes.remove_all(article.id for article in articles)

    def _replace(self, db: Connection, entry: Entry, recipe: str) -> None:
        """List an article that comes as it is stated, filed under what was corrected of it."""
        stated = entry.article
        (article,) = self.metadata.effective([stated])
        db.execute(_UNLIST, (article.id,))
        db.execute("DELETE FROM passages WHERE article_id = ?", (article.id,))
        if not self.is_damaged(article.id):  # nobody ever published that
            self.revisions.keep(article.id, stated.text, stated.title, stated.ingested_at)
        before = db.execute("SELECT text FROM articles WHERE id = ?", (article.id,)).fetchone()
        db.execute(_PUT_ARTICLE, _article_row(article, recipe))
        self.metadata.settle(stated)
        self.listing.put(article, len(entry.passages))
        text_properties.put(db, article)
        if article.content_hash:  # else it is distrusted, and what it should be is still known
            self._put_checksums(db, [article])
        if before != (article.text,):
            self.reprints.link(article.id, article.text)
        self._put_passages(db, entry.passages)
        if entry.source is not None:
            self._put_sources(db, [entry.source])
        self.embargoes.remove(article.id)

    def _put_passages(self, db: Connection, passages: Sequence[Passage]) -> None:
        rows = [(p.id, p.article_id, p.start, p.end, encoded(p.sentences)) for p in passages]
        db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", rows)
        _put_passage_checksums(db, rows)
        db.execute(_SETTLE, (_listed(passage.id for passage in passages),))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep what is written inside all at once or not at all."""
        with self._db.transaction():
            yield

    def file_anew(self, ids: Iterable[str], change: Callable[[Article], None] = lambda _: None) -> list[str]:
        """File these articles as `metadata` has it; return those that are filed otherwise than before.

        Indexes are told after. A damaged one stays damaged.

        Args:
            ids: The articles.
            change: Corrects each in `metadata`, as it was stated.
        """
        filed: list[str] = []
        ids = list(ids)
        with self._db.transaction() as db:
            for start in range(0, len(ids), _AT_ONCE):
                rows = self._found(ids[start : start + _AT_ONCE])
                listed = [article_of(row) for row in rows]
                sound = {one.id for one, row in zip(listed, rows, strict=True) if is_as_stored(one, row[-1])}
                stated = self.metadata.all_stated(listed)
                for one in stated:
                    change(one)
                self.metadata.resettle(stated)
                wanted = self.metadata.effective(stated)
                changed = [now for now, before in zip(wanted, listed, strict=True) if now != before]
                self._file(db, changed, sound)
                filed += [one.id for one in changed]
        return filed

    def _file(self, db: Connection, articles: Sequence[Article], sound: Collection[str]) -> None:
        """File articles of the catalogue otherwise than before; those that aren't sound stay damaged."""
        columns = [name for name in FIELDS if name in ARTICLE_FIELDS]
        updates = ", ".join(f"{name} = ?" for name in columns)
        rows = [[*(getattr(one, name) for name in columns), one.id] for one in articles]
        db.executemany(f"UPDATE articles SET {updates} WHERE id = ?", rows)
        for one in articles:
            text_properties.put_url(db, one)
        counts = self._passage_counts([one.id for one in articles])
        self.listing.put_all([(one, counts.get(one.id, 0)) for one in articles])
        self._put_checksums(db, [one for one in articles if one.id in sound])

    def _passage_counts(self, ids: Sequence[str]) -> dict[str, int]:
        """Article id → how many passages are listed of it; those without any are left out."""
        query = (
            "SELECT article_id, count(*) FROM passages WHERE article_id IN (SELECT value FROM json_each(?))"
            " GROUP BY article_id"
        )
        return {row[0]: row[1] for row in self._rows(query, json.dumps(list(ids)))}

    def put_source(self, source: Source) -> None:
        """Record where an article that is already listed was (also) read."""
        with self._db.transaction() as db:
            self._put_sources(db, [source])

    def put_properties(self, article: Article) -> None:
        """Replace what is known of a listed article besides its words: where its pages begin, its URL.

        The article comes as it is stated.
        """
        with self._db.transaction() as db:
            self.metadata.resettle([article])
            (article,) = self.metadata.effective([article])
            text_properties.put(db, article)
            self._put_checksums(db, [article])
            self.listing.put_words(article)

    def _put_sources(self, db: Connection, sources: Sequence[Source]) -> None:
        """Record sources, each key once; an article that none brings any longer goes."""
        self.origins.welcome(source.key for source in sources)
        query = "SELECT key, article_id FROM sources WHERE key IN (SELECT value FROM json_each(?))"
        before = dict(db.execute(query, (_listed(source.key for source in sources),)).fetchall())
        db.executemany(
            _PUT_SOURCE, [(source.key, source.source, source.digest, source.article_id) for source in sources]
        )
        for source in sources:
            last = before.get(source.key, source.article_id)
            if last != source.article_id:
                left = db.execute("SELECT 1 FROM sources WHERE article_id = ? LIMIT 1", (last,)).fetchone()
                if left is None:
                    self._delete(db, last)

    def remove(self, article_id: str) -> bool:
        """Take an article out of the catalogue; False if it isn't there. Indexes are cleared after.

        Its sources are remembered by their hashes: `is_dismissed`, until they are put again.
        """
        with self._db.transaction() as db:
            self.origins.dismiss(article_id)
            waiting = self.embargoes.get(article_id)
            if waiting is not None:
                self.origins.dismiss_source(waiting.key)
                self.embargoes.remove(article_id)
            return self._delete(db, article_id) or waiting is not None

    def withdraw(self, article_id: str, keeps_waiting: bool = False) -> bool:
        """Take out an article that its provider withdraws; False if it isn't there.

        Its sources may bring it again: whether they may is for who reads them to say. With `keeps_waiting` a
        version of it that waits for its time still does.
        """
        with self._db.transaction() as db:
            waited = not keeps_waiting and self.embargoes.remove(article_id)
            return self._delete(db, article_id) or waited

    def _delete(self, db: Connection, article_id: str) -> bool:
        db.execute(_UNLIST, (article_id,))
        self.reprints.unlink(article_id)
        self.failures.forget(article_id)
        self.feedback.forget(article_id)
        return db.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount > 0

    def leave_origin(self, origin: str, gone: Iterable[str]) -> list[str]:
        """Take these sources out of `origin`; return the ids of articles that no other brings."""
        with self._db.transaction() as db:
            gone = list(gone)
            self.failures.clear(gone)
            waited = self.embargoes.leave(origin, gone)
            return [*(i for i in self.origins.leave(origin, gone) if self._delete(db, i)), *waited]

    def forget_indexing(self) -> None:
        """Have every article indexed again: `not_indexed` then gives them all."""
        with self._db.transaction() as db:
            db.execute("UPDATE articles SET indexed_with = ''")

    def cleared(self, passage_ids: Iterable[str]) -> None:
        """Note that no index holds these passages any more."""
        with self._db.transaction() as db:
            db.execute(_SETTLE, (_listed(passage_ids),))

    def distrust(self, article_id: str) -> None:
        """Note that an article isn't what was stored.

        Whatever its sources bring next is read and takes its place.
        """
        with self._db.transaction() as db:
            db.execute("UPDATE articles SET content_hash = '' WHERE id = ?", (article_id,))
            db.execute("UPDATE sources SET digest = '' WHERE article_id = ?", (article_id,))
            # Feeds and sitemaps that name it may not have changed, and wouldn't be read.
            db.execute("DELETE FROM responses WHERE url NOT IN (SELECT key FROM sources)")

    def put_checksums(self, articles: Iterable[Article]) -> None:
        """Store what these articles are now, for later checks."""
        with self._db.transaction() as db:
            self._put_checksums(db, articles)

    def _put_checksums(self, db: Connection, articles: Iterable[Article]) -> None:
        rows = [(article.id, article_checksum(article)) for article in articles]
        db.executemany(upsert("checksums", "article_id, sha256", "article_id"), rows)

    def put_missing_checksums(self, but: Iterable[str] = ()) -> None:
        """Store what passages, earlier texts and articles that wait are now, where nothing is stored yet.

        An earlier version stored none. Left out are the passages of some articles, known to be damaged.
        """
        query = (
            f"SELECT {PASSAGE} FROM passages WHERE id NOT IN (SELECT passage_id FROM passage_checksums)"
            " AND article_id NOT IN (SELECT value FROM json_each(?))"
        )
        with self._db.transaction() as db:
            _put_passage_checksums(db, [row[:-1] for row in db.execute(query, (_listed(but),))])
            self.revisions.put_missing_checksums()
            self.embargoes.put_missing_checksums()

    def rebuild_indexes(self) -> None:
        """Make the file's own indexes anew from its tables."""
        self._db.rebuild_indexes()

    def compact(self) -> None:
        """Leave no byte on disk of what was taken out.

        Raises:
            LibraryBusyError: Others are reading.
        """
        self._db.compact()

    # --- articles and passages ---

    def article(self, article_id: str) -> Article | None:
        """Return an article by its id; None if it is not listed, or damaged."""
        return next(iter(self.articles([article_id])), None)

    def articles(self, ids: Sequence[str] | None = None) -> list[Article]:
        """Return the articles with these ids, in that order, unknown ones left out; or all, newest first."""
        if ids is None:
            return sound_articles(self._rows(f"SELECT {ARTICLE} FROM articles ORDER BY {_NEWEST_FIRST}"))
        return sound_articles(self._found(ids))

    def each(self, among: Collection[str] | None = None) -> Iterator[Article]:
        """Yield all articles, newest first, a few at a time: what is removed meanwhile is left out.

        `among` are the ids of those that are wanted; None for all.
        """
        for rows in self._all(among):
            yield from sound_articles(rows)

    def newest(self, count: int) -> list[Article]:
        """Return at most `count` articles, latest first; those without a date come last, as they came in."""
        query = f"SELECT {ARTICLE} FROM articles WHERE published_at > '' ORDER BY published_at DESC LIMIT ?"
        dated = sound_articles(self._rows(query, count))
        query = (
            f"SELECT {ARTICLE} FROM articles WHERE coalesce(published_at, '') = ''"
            " ORDER BY rowid DESC LIMIT ?"
        )
        return dated + sound_articles(self._rows(query, count - len(dated)))

    def stored(self, article_id: str) -> Article | None:
        """Return an article as it stands, damaged or not: never to be shown. None if it is not listed."""
        return next((article_of(row) for row in self._found([article_id])), None)

    def is_listed(self, article_id: str) -> bool:
        """Return whether there is such an article, damaged or not."""
        return bool(self._rows("SELECT 1 FROM articles WHERE id = ?", article_id))

    def as_stated(self, article_id: str) -> Article | None:
        """Return the same with what was stated in place of what it was corrected to."""
        article = self.stored(article_id)
        return article and self.metadata.stated(article)

    def each_stored(self, ids: Sequence[str] | None = None) -> Iterator[Article]:
        """Yield all articles, or those with these ids, as they stand, damaged or not: never to be shown."""
        for rows in self._all() if ids is None else [self._found(ids)]:
            yield from map(article_of, rows)

    def damaged(self, ids: Sequence[str]) -> dict[str, DamagedArticle]:
        """Article id → its name, of those of these articles that aren't what was stored."""
        rows = self._found(ids)
        return {row[0]: name_of(row) for row in rows if not is_as_stored(article_of(row), row[-1])}

    def is_damaged(self, article_id: str) -> bool:
        """Return whether an article is listed and isn't what was stored."""
        rows = self._rows(f"SELECT {ARTICLE} FROM articles WHERE id = ?", article_id)
        return not all(is_as_stored(article_of(row), row[-1]) for row in rows)

    def _found(self, ids: Sequence[str]) -> list[tuple]:
        query = f"SELECT {ARTICLE} FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        found = {row[0]: row for row in self._rows(query, json.dumps(list(ids)))}
        return [found[i] for i in ids if i in found]

    def _all(self, among: Collection[str] | None = None) -> Iterator[list[tuple]]:
        ids = [row[0] for row in self._rows(f"SELECT id FROM articles ORDER BY {_NEWEST_FIRST}")]
        if among is not None:
            wanted = frozenset(among)
            ids = [one for one in ids if one in wanted]
        for start in range(0, len(ids), _AT_ONCE):
            yield self._found(ids[start : start + _AT_ONCE])

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passage id → passage; ids that the catalogue doesn't list are left out, and damaged ones."""
        query = f"SELECT {PASSAGE} FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        return {passage.id: passage for passage in self._sound_passages(self._rows(query, _listed(ids)))}

    def passages_listed(self, ids: Iterable[str]) -> set[str]:
        """Return those of these passages that the catalogue lists, damaged or not."""
        query = "SELECT id FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._rows(query, _listed(ids))}

    def articles_of(self, passage_ids: Iterable[str]) -> set[str]:
        """Return the ids of the articles that these passages are of; unlisted ones are left out."""
        query = "SELECT DISTINCT article_id FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._rows(query, json.dumps(list(passage_ids)))}

    def ids_by(self, authors: Iterable[str]) -> set[str]:
        """Return the ids of the articles that state one of these authors, as they state it."""
        query = "SELECT id FROM articles WHERE author IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._rows(query, json.dumps(list(authors)))}

    def content_hashes(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return article id → the hashes of its text as it is now and as its revisions were.

        Unknown ids are left out.
        """
        query = (
            "WITH wanted AS (SELECT value FROM json_each(?))"
            " SELECT id, content_hash FROM articles WHERE id IN (SELECT value FROM wanted)"
            " UNION SELECT article_id, content_hash FROM revisions"
            " WHERE article_id IN (SELECT value FROM wanted)"
        )
        found: dict[str, set[str]] = {}
        for article_id, content_hash in self._rows(query, json.dumps(list(ids))):
            found.setdefault(article_id, set()).add(content_hash)
        return {article_id: frozenset(hashes) for article_id, hashes in found.items()}

    def versions(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Article]:
        """(article id, content hash) → that version of the article; those that aren't held are left out.

        An article that has changed is found among its revisions, with the rest of it as it is now, but for
        its pages: those of an earlier text aren't kept.
        """
        wanted = set(wanted)
        articles = {article.id: article for article in self.articles(sorted({one for one, _ in wanted}))}
        found = {}
        for article_id, content_hash in wanted:
            article = articles.get(article_id)
            if article and article.content_hash != content_hash:
                article = self._earlier(article, content_hash)
            if article:
                found[article_id, content_hash] = article
        return found

    def _earlier(self, article: Article, content_hash: str) -> Article | None:
        for revision in self.revisions.of(article.id):
            if revision.content_hash == content_hash:
                return replace(
                    article,
                    text=revision.text,
                    title=revision.title,
                    content_hash=content_hash,
                    published_at=revision.published_at,
                    updated_at=revision.updated_at,
                    ingested_at=revision.ingested_at,
                    page_starts=(),
                    excerpt=self.was_excerpt(article.id, content_hash),
                )
        return None

    def located(self, ids: Sequence[str]) -> dict[str, LocatedPassage]:
        """Passage id → passage with its article, as they stand together; unlisted ids are left out."""
        query = (
            f"SELECT {PASSAGE}, {ARTICLE} FROM passages JOIN articles ON articles.id = passages.article_id"
            " WHERE passages.id IN (SELECT value FROM json_each(?))"
        )
        rows = self._rows(query, _listed(ids))
        # The passages of an article stand side by side: its checksum is made once.
        articles = {row[PASSAGE_COLUMNS]: row[PASSAGE_COLUMNS:] for row in rows}
        sound = {article.id: article for article in sound_articles(articles.values())}
        return {
            passage.id: LocatedPassage(passage, sound[passage.article_id])
            for passage in self._sound_passages(row[:PASSAGE_COLUMNS] for row in rows)
            if passage.article_id in sound
        }

    def passages_of(self, article_id: str) -> list[Passage]:
        """Return an article's passages in order, without those that are damaged."""
        query = f"SELECT {PASSAGE} FROM passages WHERE article_id = ? ORDER BY id"
        return self._sound_passages(self._rows(query, article_id))

    def passages_of_each(self, article_ids: Sequence[str]) -> dict[str, list[Passage]]:
        """Article id → its passages in order, without those that are damaged; all with one query."""
        query = (
            f"SELECT {PASSAGE} FROM passages WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        found: dict[str, list[Passage]] = {article_id: [] for article_id in article_ids}
        for passage in self._sound_passages(self._rows(query, _listed(article_ids))):
            found[passage.article_id].append(passage)
        return found

    def having_passages(self, article_ids: Sequence[str]) -> set[str]:
        """Return those of these articles of which passages are listed, damaged or not."""
        query = (
            "SELECT DISTINCT article_id FROM passages WHERE article_id IN (SELECT value FROM json_each(?))"
        )
        return {row[0] for row in self._rows(query, _listed(article_ids))}

    def passage_ids(self, article_id: str) -> list[str]:
        """Return the ids of all that is listed of an article, in order, damaged or not."""
        return [
            row[0]
            for row in self._rows("SELECT id FROM passages WHERE article_id = ? ORDER BY id", article_id)
        ]

    def _sound_passages(self, rows: Iterable[tuple]) -> list[Passage]:
        """Read passages; of those that aren't what was stored it is told of which articles they are."""
        read = [(row, passage_of(row)) for row in rows]
        broken = {str(row[1]) for row, passage in read if passage is None}
        for row in self._found(sorted(broken)) if broken else ():
            damaged.note(name_of(row))
        return [passage for _, passage in read if passage is not None]

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
        """Return the id of an article that was stored with exactly this content."""
        query = "SELECT id FROM articles WHERE content_hash = ? ORDER BY id LIMIT 1"
        return next((row[0] for row in self._rows(query, content_hash)), None)

    def not_indexed(self, recipe: str | None = None) -> list[str]:
        """Ids of the articles that wait to be indexed again; with `recipe`, also those made by another."""
        query = "SELECT id FROM articles WHERE indexed_with = '' OR indexed_with != ? ORDER BY id"
        if recipe is None:
            query = "SELECT id FROM articles WHERE indexed_with = '' ORDER BY id"
        return [row[0] for row in self._rows(query, *([] if recipe is None else [recipe]))]

    def recipes(self, ids: Iterable[str]) -> dict[str, str]:
        """Return article id → how it was cut and read; empty for those that wait to be indexed again."""
        query = "SELECT id, indexed_with FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._rows(query, _listed(ids)))

    def put_recipes(self, recipes: Mapping[str, str]) -> None:
        """Note of these articles, by id, how they were cut and read: the indexes hold them."""
        with self._db.transaction() as db:
            query = "UPDATE articles SET indexed_with = ? WHERE id = ?"
            db.executemany(query, [(recipe, article_id) for article_id, recipe in recipes.items()])

    def passages_indexed(self) -> int:
        """Return how many passages belong to articles that don't wait to be indexed again."""
        query = (
            "SELECT count(*) FROM passages JOIN articles ON articles.id = article_id WHERE indexed_with != ''"
        )
        return self._rows(query)[0][0]

    def some_indexed(self, limit: int) -> list[str]:
        """Return the ids of at most so many passages of articles that don't wait to be indexed again."""
        query = (
            "SELECT passages.id FROM passages JOIN articles ON articles.id = article_id"
            " WHERE indexed_with != '' ORDER BY passages.id LIMIT ?"
        )
        return [row[0] for row in self._rows(query, limit)]

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
        """Return whether an article is from this outlet, under whichever of its names."""
        query = "SELECT 1 FROM articles WHERE outlet = ? LIMIT 1"
        return bool(self._rows(query, *self.metadata.canonical([outlet])))

    def authors(self) -> list[str]:
        """Return the authors as articles state them, each once; counted again only after a change."""
        version = self.version()
        if self._authors is None or self._authors[0] != version:
            query = "SELECT DISTINCT author FROM articles WHERE author IS NOT NULL ORDER BY author"
            self._authors = version, [row[0] for row in self._rows(query)]
        return list(self._authors[1])

    def counts(self) -> Counts:
        """Count articles, passages and sources."""
        tables = ("articles", "passages", "sources")
        return Counts(*(self._rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables))

    def is_empty(self) -> bool:
        """Return whether no article is listed."""
        return not self._rows("SELECT 1 FROM articles LIMIT 1")

    def unlisted(self, among: Iterable[str] | None = None) -> list[str]:
        """Return the passages that an index may hold and the catalogue does not, `among` these or all."""
        if among is None:
            return [row[0] for row in self._rows("SELECT passage_id FROM unlisted ORDER BY passage_id")]
        query = (
            "SELECT passage_id FROM unlisted WHERE passage_id IN (SELECT value FROM json_each(?))"
            " ORDER BY passage_id"
        )
        return [row[0] for row in self._rows(query, _listed(among))]

    def ids_from_sources(self, filters: Filters) -> tuple[str, ...]:
        """Return `filters.sources` as article ids: a source may be any of an article's sources."""
        query = (
            "SELECT DISTINCT article_id FROM sources WHERE source IN (SELECT value FROM json_each(?1))"
            " OR key IN (SELECT value FROM json_each(?1)) ORDER BY article_id"
        )
        return tuple(row[0] for row in self._rows(query, json.dumps(list(filters.sources))))

    def resolved(self, filters: Filters) -> Filters | None:
        """Return filters with the articles of their sources and dossiers; None if no article is kept.

        The dossiers stay among them, for whoever names them; outlets have the names that they go by.
        """
        if filters.outlets:
            filters = replace(filters, outlets=self.metadata.canonical(filters.outlets))
        if not (filters.sources or filters.dossiers):
            return filters
        kept = [filters.article_ids] if filters.article_ids else []
        kept += [self.ids_from_sources(filters)] if filters.sources else []
        kept += [self.dossiers.members(filters.dossier_ids)] if filters.dossiers else []
        # One tuple stays the one that it is: whoever knows it needn't look at thousands of ids again.
        wanted = kept[0] if len(kept) == 1 else tuple(sorted(set.intersection(*map(set, kept))))
        return replace(filters, sources=(), article_ids=wanted) if wanted else None

    def among(self, filters: Filters) -> tuple[str, ...] | None:
        """Return the articles that sources, dossiers and named articles narrow to; None if nothing does."""
        if not (filters.sources or filters.dossiers or filters.article_ids):
            return None
        kept = self.resolved(filters)
        return kept.article_ids if kept else ()

    def whole(self, ids: Iterable[str]) -> dict[str, ArticleSentences]:
        """Article id → the article with all its sentences, as they stand together."""
        ids = _listed(ids)
        query = (
            f"SELECT {PASSAGE}, {ARTICLE} FROM articles LEFT JOIN passages ON article_id = articles.id"
            " WHERE articles.id IN (SELECT value FROM json_each(?))"
        )
        parts: dict[str, list[tuple]] = {}
        articles: dict[str, tuple] = {}
        for row in self._rows(query, ids):
            parts.setdefault(row[PASSAGE_COLUMNS], []).append(row[:PASSAGE_COLUMNS])
            articles[row[PASSAGE_COLUMNS]] = row[PASSAGE_COLUMNS:]
        found = {}
        for article in sound_articles(articles.values()):
            listed = [row for row in parts[article.id] if row[0] is not None]
            passages = self._sound_passages(listed)
            if len(passages) == len(listed):
                found[article.id] = ArticleSentences(article, all_sentences(passages))
        return found

    # --- the library as a whole ---

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with the file itself; nothing if it is sound."""
        return self._db.problems()

    def was_excerpt(self, article_id: str, content_hash: str) -> bool:
        """Return whether an article's text with this hash, of now or before, is only its beginning."""
        with self._db.connection() as db:
            return text_properties.was_excerpt(db, article_id, content_hash)

    def checksums(self, ids: Iterable[str]) -> dict[str, str]:
        """Article id → the checksum that was stored with it; articles of an earlier format have none."""
        wanted = "(SELECT value FROM json_each(?))"
        query = f"SELECT article_id, sha256 FROM checksums WHERE article_id IN {wanted}"
        return dict(self._rows(query, json.dumps(list(ids))))


# The folders of what is derived from a catalogue: beside these one is, or was.
DERIVED = ("vectors", "terms", "full_text", "sketches")


def refuse_missing(folder: Path) -> None:
    """Refuse a folder whose catalogue is gone, or empty, and whose indexes aren't: it is none to begin in.

    Raises:
        LibraryError: It is so.
    """
    file = folder / FILE_NAME
    if file.is_file() and file.stat().st_size:
        return
    found = [name for name in DERIVED if any(one.is_file() for one in (folder / name).rglob("*"))]
    if found:
        what, was = ("is empty", "est vide") if file.is_file() else ("is missing", "manque")
        raise LibraryError(
            f"{file} {what}, though its indexes are there ({', '.join(found)}); put it back, or move the"
            " folder away and `sourcier restore` a backup; to begin anew, delete these folders.",
            f"{file} {was}, alors que ses index sont là ({', '.join(found)}) ; remettez-le, ou mettez le"
            " dossier de côté et restaurez une sauvegarde (`sourcier restore`) ; pour recommencer à neuf,"
            " supprimez ces dossiers.",
        )


@contextmanager
def read_library(place: Path | Place) -> Iterator[Library]:
    """Open the catalogue at a place so that nothing is written there: not even the folder, if it is missing.

    One of an earlier format is brought to the present one in a copy. In a database that has no tables yet,
    nothing is made.

    Raises:
        LibraryError: It can't be opened.
    """
    place = place_of(place)
    folder = place.folder
    if place.url is not None:
        with ExitStack() as open_:
            database = open_.enter_context(closing(open_database(place, FILE_NAME, SCHEMA)))
            if not database.has_table("articles"):
                place = Place(Path(open_.enter_context(TemporaryDirectory())))
            yield open_.enter_context(closing(Library(place)))
        return
    refuse_missing(folder)
    file = folder / FILE_NAME
    with ExitStack() as open_:
        try:
            if not file.is_file() or not is_present(file, STEPS):
                folder = Path(open_.enter_context(TemporaryDirectory()))
                if file.is_file():
                    copy(file, folder / FILE_NAME)
        except sqlite3.Error as error:
            raise LibraryError(
                f"{file}: the library can't be opened ({error}).",
                f"{file} : la bibliothèque ne peut pas être ouverte ({error}).",
            ) from error
        yield open_.enter_context(closing(Library(folder)))


def _article_row(article: Article, recipe: str) -> list[Any]:
    return [*(getattr(article, name) for name in ARTICLE_FIELDS), recipe]


def _put_passage_checksums(db: Connection, rows: Iterable[tuple]) -> None:
    sums = [(row[0], row_checksum(row)) for row in rows]
    db.executemany(upsert("passage_checksums", "passage_id, crc32", "passage_id"), sums)


def _listed(ids: Iterable[str]) -> str:
    return json.dumps(list(ids))
