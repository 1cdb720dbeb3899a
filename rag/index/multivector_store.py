"""Sketches of passages, in a SQLite file of their own. Derived: can be made again from the library.

Knows passage ids and bytes; not what a sketch means.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rag.errors import LibraryError
from rag.index.multivector import FORMAT, PassageVectors, pack, unpack
from rag.storage.errors import storage_error
from rag.storage.permissions import make_folder
from rag.storage.sqlite import LOOKED_AT_WHOLE, SqliteFile

_TABLES = "CREATE TABLE IF NOT EXISTS sketches (passage_id TEXT PRIMARY KEY, sketch BLOB NOT NULL) STRICT"
_REMEDY = (
    "run `sourcier doctor`, which makes it anew",
    "lancez `sourcier doctor`, qui le refait",
)


class MultivectorStore:
    """The sketches in `folder`. Usable from several threads and processes."""

    def __init__(self, folder: Path, check: bool = True) -> None:
        """Open the file, made if missing; `check` refuses a damaged one, which whoever repairs it doesn't.

        Raises:
            LibraryError: The file is damaged or can't be opened.
        """
        self._folder, self._file = folder, folder / f"sketches-v{FORMAT}.sqlite3"
        self._db = SqliteFile(self._file, _REMEDY)
        if check or not self._is_damaged():
            self._prepare(check)

    def _is_damaged(self) -> bool:
        return self._file.is_file() and bool(self.problems())

    def _prepare(self, check: bool = True) -> None:
        file = self._file
        try:
            make_folder(self._folder)
            with self._db.transaction() as db:
                db.execute(_TABLES)
            if check and file.stat().st_size <= LOOKED_AT_WHOLE and (found := self._db.damages()):
                raise self._db.damage(found[0])
        except (OSError, sqlite3.Error) as error:
            raise storage_error(self._folder, error) or LibraryError(
                f"{file}: the sketches can't be read ({error}); delete this file, then run"
                " `sourcier reindex`.",
                f"{file} : les esquisses sont illisibles ({error}) ; supprimez ce fichier, puis lancez"
                " `sourcier reindex`.",
            ) from error

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        self._db.close()

    def put(self, ids: Sequence[str], sketches: Sequence[PassageVectors]) -> None:
        """Keep these, in place of those with the same ids."""
        rows = [(i, pack(sketch)) for i, sketch in zip(ids, sketches, strict=True)]
        with self._db.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO sketches VALUES (?, ?)", rows)

    def delete(self, ids: Sequence[str]) -> None:
        """Take these out; ids that aren't in are ignored."""
        with self._db.transaction() as db:
            db.executemany("DELETE FROM sketches WHERE passage_id = ?", ((i,) for i in ids))

    def clear(self) -> None:
        """Take all out."""
        with self._db.transaction() as db:
            db.execute("DELETE FROM sketches")

    def get(self, ids: Sequence[str]) -> dict[str, PassageVectors]:
        """Passage id → sketch; those that aren't in are left out, and damaged ones."""
        query = "SELECT passage_id, sketch FROM sketches WHERE passage_id IN (SELECT value FROM json_each(?))"
        found = {}
        with self._db.connection() as db:
            for passage_id, packed in db.execute(query, [json.dumps(list(ids))]):
                with suppress(ValueError):
                    found[passage_id] = unpack(packed)
        return found

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that have a sketch, damaged or not."""
        query = "SELECT passage_id FROM sketches WHERE passage_id IN (SELECT value FROM json_each(?))"
        with self._db.connection() as db:
            return {row[0] for row in db.execute(query, [json.dumps(list(ids))])}

    def ids(self) -> list[str]:
        """Return every passage that has a sketch."""
        with self._db.connection() as db:
            return [row[0] for row in db.execute("SELECT passage_id FROM sketches")]

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with the file itself; nothing if it is sound."""
        return self._db.problems()

    def start_anew(self) -> None:
        """Put an empty file in place of one that is damaged; nobody else may have it open."""
        self.close()
        for file in self._folder.glob(f"{self._file.name}*"):
            file.unlink()
        self._prepare()

    def compact(self) -> None:
        """Leave no byte on disk of what was taken out, nor of sketches of an earlier format."""
        for file in self._folder.glob("sketches-v*"):
            if not file.name.startswith(self._file.name):
                file.unlink()
        self._db.compact()

    def count(self) -> int:
        """Count the passages that have token vectors."""
        with self._db.connection() as db:
            return db.execute("SELECT count(*) FROM sketches").fetchone()[0]
