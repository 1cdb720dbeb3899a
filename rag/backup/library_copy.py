"""A library copied from a folder into a database, or back: table by table, some rows at a time.

Stopped anywhere and run again, it goes on where it was. What is copied to opens as no library until it is
whole: every table has been counted on both sides and has the same digest. `reindex` makes indexes anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass

from rag.conversation import store as conversations
from rag.errors import LibraryError, UserError
from rag.library import library as catalogue
from rag.library import tables
from rag.library.sources import FactTable
from rag.storage.database import Database, Place
from rag.storage.dialect import IN_ORDER
from rag.storage.migrations import Step, Table, tables_of
from rag.storage.opening import open_database
from rag.storage.write_lock import write_lock

_BATCH = 2_000  # rows
_LONG_ROWS = {"articles", "revisions", "embargoed", "exchanges", "sketches"}
_LONG_BATCH = 100
_COUNTERS = {"changes", "dossier_changes"}  # they have their one row from the start
_PROGRESS = f"{catalogue.COPYING}:"
_PARTS: tuple[tuple[str, str, Sequence[Step]], ...] = (
    (catalogue.FILE_NAME, catalogue.SCHEMA, tables.STEPS),
    (conversations.FILE_NAME, conversations.SCHEMA, conversations.STEPS),
)
_COPIED = "copied_as"  # the fact by which a library that is copied is known again
_INDEXING = f"{catalogue.COPYING}_indexes"  # that of a copy whose indexes aren't said to be copied
# Facts that are a library's own: its copy has others, on servers that many have vectors on too.
_KEPT_FACTS = f"WHERE substr(name, 1, 7) != 'copying' AND name NOT IN ('identity', '{_COPIED}')"


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """How far a copy has come: rows of a table, which is `table` of `tables`."""

    name: str
    rows: int
    table: int
    tables: int


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: articles, and rows in all."""

    articles: int
    rows: int


def copy_library(origin: Place, target: Place, tell: Callable[[CopyProgress], None]) -> Copied:
    """Copy the library at one place to another, which holds none, or what an earlier call has copied.

    Both are held meanwhile: nobody else writes.

    Raises:
        UserError: There is nothing to copy, or there is another library already.
        LibraryBusyError: Others write.
        LibraryError: A side can't be read or written, or isn't the same in the end.
    """
    if _same(origin, target):
        raise UserError(
            "This library would be copied to itself; name another folder or database.",
            "Cette bibliothèque serait copiée sur elle-même ; nommez un autre dossier ou une autre base.",
        )
    with ExitStack() as held:
        one = _opened(held, origin)
        if not one[0].has_table("articles"):
            raise UserError(
                f"{one[0].name}: there is no library here.",
                f"{one[0].name} : il n'y a pas de bibliothèque ici.",
            )
        held.enter_context(write_lock(origin, alone=True))
        with closing(catalogue.Library(origin)) as library:  # an earlier version's is brought to this one's
            version = library.version()
        conversations.ConversationStore(origin).close()
        held.enter_context(write_lock(target, alone=True))
        other = _opened(held, target)
        return _Copy(one, other, version, tell).run()


def finish_copy(target: Place) -> None:
    """Note that the indexes of a copy are copied too: from now on it is a library like any other."""
    file, schema, _ = _PARTS[0]
    with closing(open_database(target, file, schema)) as database, database.transaction() as db:
        db.execute("DELETE FROM facts WHERE name = ?", (_INDEXING,))


def _same(origin: Place, target: Place) -> bool:
    if origin.url is not None or target.url is not None:
        return origin.url == target.url
    return origin.folder.resolve() == target.folder.resolve()


def _opened(held: ExitStack, place: Place) -> list[Database]:
    return [held.enter_context(closing(open_database(place, file, schema))) for file, schema, _ in _PARTS]


class _Copy:
    """One copy, of every table of `origin` to `target`: the catalogue and the conversations."""

    def __init__(
        self,
        origin: list[Database],
        target: list[Database],
        version: int,
        tell: Callable[[CopyProgress], None],
    ) -> None:
        self._origin, self._target, self._version, self._tell = origin, target, version, tell
        self._tables = [
            (part, table) for part, (_, _, steps) in enumerate(_PARTS) for table in tables_of(steps)
        ]

    def run(self) -> Copied:
        """Copy what isn't there yet, and compare both sides."""
        known = self._known()
        if (copied := self._copied(known)) is not None:
            return copied
        self._begin(known)
        for number, (part, table) in enumerate(self._tables, 1):
            self._copy(part, table, number)
        for database in self._target:
            database.settle_numbers()
        rows = sum(self._compared(part, table) for part, table in self._tables)
        with self._target[0].transaction() as db:
            db.execute("UPDATE articles SET indexed_with = ''")
            db.execute("DELETE FROM facts WHERE substr(name, 1, ?) = ?", (len(_PROGRESS), _PROGRESS))
            db.execute("DELETE FROM facts WHERE name = ?", (catalogue.COPYING,))
            articles = db.execute("SELECT count(*) FROM articles").fetchone()[0]
            whole = {"of": known, "version": self._version, "articles": articles, "rows": rows}
            FactTable(self._target[0]).put(_INDEXING, json.dumps(whole))
        return Copied(articles, rows)

    def _known(self) -> str:
        """Return what the library that is copied is known by, made when it is first copied."""
        facts = FactTable(self._origin[0])
        if (known := facts.get(_COPIED)) is None:
            known = secrets.token_hex(16)
            facts.put(_COPIED, known)
        return known

    def _copied(self, known: str) -> Copied | None:
        """Return what was copied already, where only its indexes may be left to be copied.

        Raises:
            UserError: The library has changed since.
        """
        if not self._target[0].has_table("facts"):
            return None
        said = json.loads(FactTable(self._target[0]).get(_INDEXING) or "{}")
        if said.get("of") != known:
            return None
        if said["version"] != self._version:
            name = self._target[0].name
            raise UserError(
                f"{name}: the library has changed since it was copied; take away the copy and copy again, or"
                " run `sourcier reindex` with the configuration of the copy.",
                f"{name} : la bibliothèque a changé depuis sa copie ; effacez la copie et recommencez, ou"
                " lancez `sourcier reindex` avec la configuration de la copie.",
            )
        return Copied(said["articles"], said["rows"])

    def _begin(self, known: str) -> None:
        """Make the tables, and note whose copy they become.

        Raises:
            UserError: They hold something else.
        """
        for database, (_, _, steps) in zip(self._target, _PARTS, strict=True):
            database.migrate(steps)
        mine = FactTable(self._target[0])
        if mine.get(catalogue.COPYING) == known:
            return
        if mine.get(catalogue.COPYING) is not None or self._holds_something():
            name = self._target[0].name
            raise UserError(
                f"{name}: there is a library here already; name an empty folder or database.",
                f"{name} : il y a déjà une bibliothèque ici ; nommez un dossier ou une base vides.",
            )
        mine.put(catalogue.COPYING, known)

    def _holds_something(self) -> bool:
        for part, table in self._tables:
            if table.name not in _COUNTERS:
                with self._target[part].connection() as db:
                    if db.execute(f"SELECT 1 FROM {table.name} LIMIT 1").fetchone() is not None:
                        return True
        return False

    def _copy(self, part: int, table: Table, number: int) -> None:
        facts, place = FactTable(self._target[0]), f"{_PROGRESS}{part}:{table.name}"
        said = json.loads(facts.get(place) or "null")
        if said == "whole":
            return
        done = 0
        for rows in self._batches(self._origin[part], table, said):
            self._put(part, table, rows)
            done += len(rows)
            if key := _key(table):
                facts.put(place, json.dumps(list(rows[-1][-len(key) :])))
            self._tell(CopyProgress(table.name, done, number, len(self._tables)))
        facts.put(place, json.dumps("whole"))

    def _put(self, part: int, table: Table, rows: Sequence[tuple]) -> None:
        columns, key = _columns(table), _key(table)
        marks = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        with self._target[part].without_triggers() as db:
            if not key or table.name in _COUNTERS:
                db.execute(f"DELETE FROM {table.name}")
            db.executemany(insert, [row[: len(columns)] for row in rows])

    def _batches(self, database: Database, table: Table, after: list | None) -> Iterator[list[tuple]]:
        """Yield rows in the order of their key, which stands behind each again; without one all at once."""
        columns, key = _columns(table), _key(table)
        kept = _KEPT_FACTS if table.name == "facts" else ""
        listed = ", ".join([*columns, *key])
        if not key:
            with database.connection() as db:
                if rows := db.execute(f"SELECT {listed} FROM {table.name}").fetchall():
                    yield rows
            return
        size = _LONG_BATCH if table.name in _LONG_ROWS else _BATCH
        order = ", ".join(key)
        while True:
            condition, values = kept, []
            if after is not None:
                behind = f"({order}) > ({', '.join('?' * len(key))})"
                condition, values = f"{kept} AND {behind}" if kept else f"WHERE {behind}", after
            query = f"SELECT {listed} FROM {table.name} {condition} ORDER BY {order} LIMIT {size}"
            with database.connection() as db:
                rows = db.execute(query, values).fetchall()
            if not rows:
                return
            yield rows
            after = list(rows[-1][-len(key) :])

    def _compared(self, part: int, table: Table) -> int:
        """Return how many rows a table has.

        Raises:
            LibraryError: It hasn't the same on both sides.
        """
        (count, digest), other = (self._summed(side[part], table) for side in (self._origin, self._target))
        if (count, digest) != other:
            raise LibraryError(
                f"{self._target[part].name}: the table {table.name} isn't what it was copied from ({other[0]}"
                f" rows, not {count}); take away what was copied and copy again.",
                f"{self._target[part].name} : la table {table.name} n'est pas celle qui a été copiée"
                f" ({other[0]} lignes au lieu de {count}) ; effacez la copie et recommencez.",
            )
        return count

    def _summed(self, database: Database, table: Table) -> tuple[int, int]:
        """Return how many rows a table has, and a sum of their digests, in whichever order they come."""
        count, total = 0, 0
        for rows in self._batches(database, table, None):
            for row in rows:
                digest = hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).digest()
                total = (total + int.from_bytes(digest)) % (1 << 256)
            count += len(rows)
        return count, total


def _columns(table: Table) -> tuple[str, ...]:
    names = tuple(f'"{name}"' for name in table.columns)
    return (*names, "rowid") if table.name in IN_ORDER else names


def _key(table: Table) -> tuple[str, ...]:
    return ("rowid",) if table.name in IN_ORDER else tuple(f'"{name}"' for name in table.key)
