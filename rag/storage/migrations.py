"""Tables as numbered steps make them, and a SQLite file of an earlier format brought to the present one.

Knows the file's number (`PRAGMA user_version`) and how steps follow one another; what they make is their
owners' business. A new file has number 0 and runs through all of them. A database in PostgreSQL takes the
same steps (`rag.storage.postgres`).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from rag.errors import LibraryError

# The statements of one step. Step n makes a file of format n of one of format n - 1. Once released, a step
# is never changed: what comes later is a step of its own.
Step = Sequence[str]
_MADE = re.compile(r"CREATE (?:TABLE|INDEX|TRIGGER) IF NOT EXISTS (\w+)")


def statements(sql: str) -> Step:
    """Split statements, none of which has a semicolon inside, into those of a step."""
    return tuple(statement for part in sql.split(";") if (statement := part.strip()))


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in order, and those of its primary key, if it has one."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def tables_of(steps: Sequence[Step]) -> tuple[Table, ...]:
    """Return the tables that steps make, each behind those that it refers to."""
    with closing(sqlite3.connect(":memory:")) as db:
        for step in steps:
            for statement in step:
                db.execute(statement)
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        names = [row[0] for row in db.execute(query)]
        parents = {name: {row[2] for row in db.execute(f"PRAGMA foreign_key_list({name})")} for name in names}
        found = {name: db.execute(f"PRAGMA table_info({name})").fetchall() for name in names}
    return tuple(
        Table(
            name,
            tuple(column[1] for column in found[name]),
            tuple(column[1] for column in sorted(found[name], key=lambda row: row[5]) if column[5]),
        )
        for name in TopologicalSorter(parents).static_order()
    )


def is_present(file: Path, steps: Sequence[Step]) -> bool:
    """Return whether a file is of the present format, with all that its last step makes: nothing to write."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as db:
        if db.execute("PRAGMA user_version").fetchone()[0] != len(steps):
            return False
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        made = (_MADE.match(statement) for statement in steps[-1])
        return all(match is None or match[1] in names for match in made)


def format_of(file: Path) -> int:
    """Return the number of a file's format."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


def copy(file: Path, target: Path) -> None:
    """Copy a file as it is now, whoever writes to it meanwhile."""
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as there,
        closing(sqlite3.connect(target)) as here,
    ):
        there.backup(here)


def migrate(db: sqlite3.Connection, file: Path, steps: Sequence[Step]) -> None:
    """Run the steps that `file` hasn't been through, in the caller's transaction.

    The step of the file's own format is run again, so statements must do nothing where what they make is
    there: formats up to the catalogue's third grew without a new number.

    Raises:
        LibraryError: The file is of a later format than the last step's.
    """
    found = db.execute("PRAGMA user_version").fetchone()[0]
    present = len(steps)
    if not 0 <= found <= present:
        raise LibraryError(
            f"{file}: made by another version of Sourcier (format {found}, this one reads {present});"
            " use that version or another data folder.",
            f"{file} : créé par une autre version de Sourcier (format {found}, celle-ci lit le {present}) ;"
            " utilisez cette version ou un autre dossier de données.",
        )
    for step in steps[max(found, 1) - 1 :]:
        for statement in step:
            db.execute(statement)
    if found != present:  # opening a file writes nothing to it unless there is something to write
        db.execute(f"PRAGMA user_version = {present}")
