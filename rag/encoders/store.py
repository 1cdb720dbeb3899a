"""The encoder whose vectors a library searches, what its vectors look like, and another's index being built.

A library whose encoder was never changed has no row here, but for the likeness of a server's model. Knows
settings as text and vectors as bytes; no model and no index.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rag.storage.database import Database

TABLES = """
CREATE TABLE IF NOT EXISTS encoders (
    generation INTEGER PRIMARY KEY, name TEXT NOT NULL, settings TEXT NOT NULL,
    replaced TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS encoder_likenesses (
    name TEXT PRIMARY KEY, count INTEGER NOT NULL, vectors BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS begun_indexes (
    mark TEXT PRIMARY KEY, generation INTEGER NOT NULL, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS begun_articles (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    digest TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class UsedEncoder:
    """The encoder of the `generation`th index; the first one, of which nothing is written, is number 0.

    `settings` are those that load it, without keys; `replaced` what the configuration said before.
    """

    generation: int
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    replaced: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BegunIndex:
    """The `generation`th index, which is being built by the encoder `name`.

    `mark` is in each of its parts: what was begun at another time, or is gone and made anew, has another.
    """

    mark: str
    generation: int
    name: str


class EncoderTable:
    """Which encoder is in use, which is to be, and the likeness of a server's model, by its name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def generation(self) -> int:
        """Return the number of the index in use."""
        with self._database.connection() as db:
            return db.execute("SELECT coalesce(max(generation), 0) FROM encoders").fetchone()[0]

    def current(self) -> UsedEncoder | None:
        """Return the encoder in use; None if none was ever put in another's place."""
        query = "SELECT generation, name, settings, replaced FROM encoders ORDER BY generation DESC LIMIT 1"
        with self._database.connection() as db:
            row = db.execute(query).fetchone()
        return row and UsedEncoder(row[0], row[1], json.loads(row[2]), json.loads(row[3]))

    # --- the index that is being built ---

    def begun(self) -> BegunIndex | None:
        """Return the index that was begun; None if none was."""
        with self._database.connection() as db:
            row = db.execute("SELECT mark, generation, name FROM begun_indexes").fetchone()
        return row and BegunIndex(*row)

    def begin(self, index: BegunIndex | None) -> None:
        """Note that an index is begun, of which nothing is done yet; None: none is."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM begun_articles")
            db.execute("DELETE FROM begun_indexes")
            if index is not None:
                row = (index.mark, index.generation, index.name)
                db.execute("INSERT INTO begun_indexes (mark, generation, name) VALUES (?, ?, ?)", row)

    def done(self, article_ids: Sequence[str]) -> dict[str, str]:
        """Article id → the digest of what was read of it, of those of these that are in what was begun."""
        query = (
            "SELECT article_id, digest FROM begun_articles"
            " WHERE article_id IN (SELECT value FROM json_each(?))"
        )
        with self._database.connection() as db:
            return dict(db.execute(query, (json.dumps(list(article_ids)),)).fetchall())

    def note_done(self, begun: BegunIndex, digests: Iterable[tuple[str, str]]) -> bool:
        """Note what was read of these articles, by id; False if another index is being built.

        Nothing is noted of those that aren't in the library any more.
        """
        with self._database.transaction() as db:
            if self.begun() != begun:
                return False
            db.executemany(
                "INSERT INTO begun_articles (article_id, digest) SELECT id, ?2 FROM articles WHERE id = ?1"
                " ON CONFLICT (article_id) DO UPDATE SET digest = excluded.digest",
                digests,
            )
        return True

    def put_in_use(
        self, begun: BegunIndex, encoder: UsedEncoder, cut: str, recipe: str, likeness: np.ndarray
    ) -> bool:
        """Note that another encoder's index is in use from now on; False if it isn't the one that was begun.

        Args:
            begun: The index.
            encoder: Its encoder.
            cut: How articles are cut: what the recipes end with of those that are in the new index.
            recipe: Theirs from now on.
            likeness: The encoder's vectors of the texts that it is recognised by.
        """
        row = (encoder.generation, encoder.name, json.dumps(encoder.settings), json.dumps(encoder.replaced))
        with self._database.transaction() as db:
            if self.begun() != begun or self.generation() >= begun.generation:
                return False
            self.begin(None)
            self.keep_likeness(encoder.name, likeness)
            db.execute("DELETE FROM encoders")
            db.execute("INSERT INTO encoders VALUES (?, ?, ?, ?)", row)
            db.execute(
                "UPDATE articles SET indexed_with = ?1 WHERE length(indexed_with) >= length(?2)"
                " AND substr(indexed_with, length(indexed_with) - length(?2) + 1) = ?2",
                (recipe, f" {cut}"),
            )
        return True

    def forget(self) -> None:
        """Have the configuration say again which encoder it is: the index is made anew where it stands."""
        with self._database.transaction() as db:
            db.execute("UPDATE encoders SET settings = '{}', replaced = '{}'")

    def likeness(self, name: str) -> np.ndarray | None:
        """Return the vectors that this encoder gave for the same texts before: (count, dimension) float32."""
        with self._database.connection() as db:
            query = "SELECT count, vectors FROM encoder_likenesses WHERE name = ?"
            row = db.execute(query, (name,)).fetchone()
        return None if row is None else np.frombuffer(row[1], dtype="<f4").reshape(row[0], -1)

    def keep_likeness(self, name: str, vectors: np.ndarray) -> None:
        """Keep them, in place of those of this name."""
        packed = vectors.astype("<f4").tobytes()
        with self._database.transaction() as db:
            db.execute(
                "INSERT INTO encoder_likenesses VALUES (?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET count = excluded.count, vectors = excluded.vectors",
                (name, len(vectors), packed),
            )
