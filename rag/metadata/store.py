"""What was stated and what was corrected of articles, and which names of outlets are one outlet's.

What is done inside a transaction of the catalogue belongs to it, whose columns have what articles are filed
under. A record goes with its article. One that isn't what was stored counts as none, and `damaged` tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from rag.checksums.checksum import row_checksum
from rag.metadata import fields
from rag.metadata.fields import READ, Field, FieldRecord, canonical, merged_into, settled, value_of
from rag.metadata.outlets import OutletUse, host_of
from rag.schema.article import Article
from rag.storage.database import Database, upsert

TABLES = """
CREATE TABLE IF NOT EXISTS field_records (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, field TEXT NOT NULL,
    stated TEXT, corrected TEXT, corrected_at TEXT, crc32 INTEGER NOT NULL,
    PRIMARY KEY (article_id, field)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outlet_aliases (
    alias TEXT PRIMARY KEY, outlet TEXT NOT NULL, merged_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unread_corrections (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
"""
# Of a row of `listed`: whether somebody corrected the article.
IS_CORRECTED = (
    "EXISTS (SELECT 1 FROM field_records WHERE field_records.article_id = listed.article_id"
    " AND corrected_at IS NOT NULL)"
)
_COLUMNS = "article_id, field, stated, corrected, corrected_at"
_RECORD = "FROM field_records WHERE field_records.article_id = articles.id AND field = '{field}'"
_AMONG = "IN (SELECT value FROM json_each(?))"
_NOTHING: dict[Field, FieldRecord] = {}


def as_stated(field: Field) -> str:
    """Return the expression for what was stated of a field in a row of `articles`."""
    record = _RECORD.format(field=field)
    return f"CASE WHEN EXISTS (SELECT 1 {record}) THEN (SELECT stated {record}) ELSE articles.{field} END"


class MetadataTable:
    """Corrections of articles, and aliases of outlets."""

    def __init__(self, file: Database) -> None:
        self._file = file

    # --- articles ---

    def records(self, ids: Iterable[str]) -> dict[str, dict[Field, FieldRecord]]:
        """Article id → its records by field; articles that are filed as stated are left out."""
        query = f"SELECT {_COLUMNS}, crc32 FROM field_records WHERE article_id {_AMONG}"
        found: dict[str, dict[Field, FieldRecord]] = {}
        with self._file.connection() as db:
            for *row, stored in db.execute(query, (json.dumps(list(ids)),)):
                if row_checksum(row) == stored:
                    found.setdefault(row[0], {})[row[1]] = FieldRecord(*row[2:])
        return found

    def of(self, article_id: str) -> dict[Field, FieldRecord]:
        """Return an article's records by field, in the order of `FIELDS`."""
        found = self.records([article_id]).get(article_id, _NOTHING)
        return {field: found[field] for field in fields.FIELDS if field in found}

    def corrected_fields(self) -> dict[str, list[Field]]:
        """Article id → the fields that somebody corrected; articles without any are left out."""
        query = "SELECT article_id, field FROM field_records WHERE corrected_at IS NOT NULL"
        found: dict[str, list[Field]] = {}
        with self._file.connection() as db:
            for article_id, field in db.execute(query):
                found.setdefault(article_id, []).append(field)
        return found

    def stated(self, article: Article) -> Article:
        """Return an article as it was stated, of one as it is listed."""
        return self.all_stated([article])[0]

    def all_stated(self, articles: Sequence[Article]) -> list[Article]:
        """Return articles as they were stated, of those as they are listed."""
        found = self.records(article.id for article in articles)
        return [fields.stated(article, found.get(article.id, _NOTHING)) for article in articles]

    def corrected(self, articles: Sequence[Article]) -> list[Article]:
        """Return articles as they were corrected, of those as they are stated: what the encoder reads."""
        found = self.records(article.id for article in articles)
        return [fields.corrected(article, found.get(article.id, _NOTHING)) for article in articles]

    def effective(self, articles: Sequence[Article]) -> list[Article]:
        """Return articles as they are filed, of those as they are stated."""
        found, aliases = self.records(article.id for article in articles), self.aliases()
        return [fields.effective(article, found.get(article.id, _NOTHING), aliases) for article in articles]

    def settle(self, article: Article) -> None:
        """Keep what is stated of an article now beside what was corrected of it, which was read with it."""
        self._put(article.id, settled(article, self.of(article.id), self.aliases()))
        with self._file.transaction() as db:
            db.execute("DELETE FROM unread_corrections WHERE article_id = ?", (article.id,))

    def begin(self, articles: Sequence[Article]) -> None:
        """Keep what is stated of articles that are listed for the first time, where that isn't filed."""
        aliases = self.aliases()
        self._insert(
            row for article in articles for row in _rows(article.id, settled(article, _NOTHING, aliases))
        )

    def correct(self, article: Article, changes: Mapping[Field, str | None], now: str) -> None:
        """Correct fields of an article as it is stated; a value that is stated is no correction.

        Args:
            article: The article, as it was stated.
            changes: Field → its value from now on.
            now: When, ISO 8601.
        """
        before = self.of(article.id)
        after = dict(before)
        for field, value in changes.items():
            if value == value_of(article, field):
                after.pop(field, None)
            elif field not in before or not before[field].is_corrected or before[field].corrected != value:
                after[field] = FieldRecord(value_of(article, field), value, now)
        self._change(article, before, after)

    def undo(self, article: Article, undone: Iterable[Field]) -> None:
        """Take corrections of an article, as it was stated, back: what is stated counts again."""
        before, undone = self.of(article.id), set(undone)
        after = {field: record for field, record in before.items() if field not in undone}
        self._change(article, before, after)

    def _change(
        self, article: Article, before: dict[Field, FieldRecord], after: dict[Field, FieldRecord]
    ) -> None:
        self._put(article.id, settled(article, after, self.aliases()))
        was, becomes = (fields.corrected(article, records) for records in (before, after))
        if any(value_of(was, field) != value_of(becomes, field) for field in READ):
            with self._file.transaction() as db:
                db.execute("INSERT INTO unread_corrections VALUES (?) ON CONFLICT DO NOTHING", (article.id,))

    def _put(self, article_id: str, records: Mapping[Field, FieldRecord]) -> None:
        with self._file.transaction() as db:
            db.execute("DELETE FROM field_records WHERE article_id = ?", (article_id,))
            self._insert(_rows(article_id, records))

    def _insert(self, rows: Iterable[tuple]) -> None:
        query = f"INSERT INTO field_records ({_COLUMNS}, crc32) VALUES (?, ?, ?, ?, ?, ?)"
        with self._file.transaction() as db:
            db.executemany(query, [(*row, row_checksum(row)) for row in rows])

    def unread(self) -> list[str]:
        """Return the articles whose vectors are of what they said before a correction."""
        with self._file.connection() as db:
            return [
                row[0] for row in db.execute("SELECT article_id FROM unread_corrections ORDER BY article_id")
            ]

    def damaged(self) -> list[str]:
        """Return the articles of which a record isn't what was stored, each once."""
        with self._file.connection() as db:
            rows = db.execute(f"SELECT {_COLUMNS}, crc32 FROM field_records").fetchall()
        return sorted({str(row[0]) for *row, stored in rows if row_checksum(row) != stored})

    # --- outlets ---

    def aliases(self) -> dict[str, str]:
        """Name of an outlet → the name that it was merged into."""
        with self._file.connection() as db:
            return dict(db.execute("SELECT alias, outlet FROM outlet_aliases"))

    def names(self) -> dict[str, str]:
        """Name that was merged into another → the name that its outlet goes by."""
        aliases = self.aliases()
        return {alias: canonical(alias, aliases) or alias for alias in aliases}

    def canonical(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names that outlets go by, each once, in order."""
        aliases = self.aliases()
        return tuple(dict.fromkeys(canonical(name, aliases) or name for name in names))

    def merge(self, alias: str, outlet: str, now: str) -> list[str]:
        """Have what is called `alias` go by the name of `outlet`; return the articles that this concerns."""
        concerned = self.unmerge(alias) if alias in self.aliases() else self._filed_under(alias)
        with self._file.transaction() as db:
            db.execute(upsert("outlet_aliases", "alias, outlet, merged_at", "alias"), (alias, outlet, now))
        return concerned

    def unmerge(self, alias: str) -> list[str]:
        """Have what is called `alias` go by its own name again; return the articles that this may concern."""
        (outlet,) = self.canonical([alias])
        with self._file.transaction() as db:
            db.execute("DELETE FROM outlet_aliases WHERE alias = ?", (alias,))
            # Whoever goes by another name than the one that was stated has a record.
            query = (
                "SELECT id FROM articles JOIN field_records ON article_id = id AND field = 'outlet'"
                " WHERE outlet = ? ORDER BY id"
            )
            return [row[0] for row in db.execute(query, (outlet,))]

    def _filed_under(self, outlet: str) -> list[str]:
        with self._file.connection() as db:
            return [
                row[0]
                for row in db.execute("SELECT id FROM articles WHERE outlet = ? ORDER BY id", (outlet,))
            ]

    def resettle(self, articles: Sequence[Article]) -> None:
        """Have the records of articles' outlets say whether they go by another name than stated."""
        found, aliases = self.records(article.id for article in articles), self.aliases()
        records = {one.id: settled(one, found.get(one.id, _NOTHING), aliases) for one in articles}
        with self._file.transaction() as db:
            db.execute(f"DELETE FROM field_records WHERE article_id {_AMONG}", (json.dumps(list(records)),))
            self._insert(row for article_id, said in records.items() for row in _rows(article_id, said))

    def outlets(self) -> list[OutletUse]:
        """Return the outlets that articles are filed under, most articles first, with what else is known."""
        aliases = self.aliases()
        with self._file.connection() as db:
            counts = db.execute(
                "SELECT outlet, count(*) FROM listed WHERE outlet IS NOT NULL GROUP BY outlet"
                " ORDER BY count(*) DESC, outlet"
            ).fetchall()
            hosts = self._hosts()
        return [
            OutletUse(name, count, tuple(merged_into(name, aliases)), hosts.get(name, {}))
            for name, count in counts
        ]

    def _hosts(self) -> dict[str, dict[str, int]]:
        """Outlet → host → how many of its articles were published there."""
        found: dict[str, dict[str, int]] = {}
        with self._file.connection() as db:
            query = (
                "SELECT outlet, url FROM canonical_urls JOIN listed"
                " ON listed.article_id = canonical_urls.article_id WHERE outlet IS NOT NULL"
            )
            for outlet, url in db.execute(query):
                if host := host_of(url):
                    hosts = found.setdefault(outlet, {})
                    hosts[host] = hosts.get(host, 0) + 1
        return found


def _rows(article_id: str, records: Mapping[Field, FieldRecord]) -> list[tuple]:
    return [
        (article_id, field, one.stated, one.corrected, one.corrected_at) for field, one in records.items()
    ]
