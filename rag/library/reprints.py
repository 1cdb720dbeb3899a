"""Which listed articles are reprints of one another: the part of the catalogue that keeps it.

What is done inside a transaction of the catalogue belongs to it. Two articles are linked, both ways, when
`rag.text.shingling` says so of their texts; a link depends on nothing else, so no order of arrival
matters, and
the others stay linked when one goes. An index over the hashes of sketches finds what to compare.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rag.storage.database import Database
from rag.text import shingling

# Hashes that two sketches must share for their texts to be compared. The least that two reprints of the
# tests share is 7; of 4,278 pairs of encyclopedia articles none shares more than one.
_SHARED = 3
# What every article has, such as a notice at its foot, is looked up so far (newest first) and no farther:
# without a bound, each new article would cost as much as all before it.
_PER_HASH = 200
_COMPARED = 50
# Reprints of an article that are given to be shown.
_SHOWN = 20
_WAITING_BATCH = 100
_shingles = lru_cache(maxsize=256)(shingling.shingles)


class ReprintTable:
    """Which listed articles are reprints of one another."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def link(self, article_id: str, text: str) -> None:
        """Compare a listed article's new text with those before it, and link it to its reprints."""
        with self._file.transaction() as db:
            self.unlink(article_id)
            found = _shingles(text)
            hashes = shingling.sketch(found)
            candidates = self._candidates(hashes)
            blob = struct.pack(f"<{len(hashes)}q", *hashes)
            query = "INSERT INTO sketches (article_id, version, hashes) VALUES (?, ?, ?) RETURNING number"
            (number,) = db.execute(query, (article_id, shingling.VERSION, blob)).fetchone()
            db.executemany("INSERT INTO sketched VALUES (?, ?)", ((h, number) for h in hashes))
            others = [i for i, other in candidates if shingling.are_reprints(found, _shingles(other))]
            both = [pair for other in others for pair in ((article_id, other), (other, article_id))]
            db.executemany("INSERT INTO reprints VALUES (?, ?)", both)

    def _candidates(self, hashes: Iterable[int]) -> list[tuple[str, str]]:
        """Ids and texts of the articles whose sketches share most of these hashes, enough of them."""
        query = "SELECT number FROM sketched WHERE hash = ? ORDER BY number DESC LIMIT ?"
        shared: Counter[int] = Counter()
        for rows in self._file.each(query, ((value, _PER_HASH) for value in hashes)):
            shared.update(number for (number,) in rows)
        enough = [(count, number) for number, count in shared.items() if count >= _SHARED]
        nearest = [number for _, number in sorted(enough, reverse=True)[:_COMPARED]]
        if not nearest:
            return []
        query = (
            "SELECT id, text FROM articles JOIN sketches ON article_id = id"
            " WHERE number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
        )
        with self._file.connection() as db:
            return db.execute(query, (json.dumps(nearest),)).fetchall()

    def unlink(self, article_id: str) -> None:
        """Forget an article's sketch and its links; the links of the others to each other stay."""
        with self._file.transaction() as db:
            row = db.execute(
                "SELECT number, hashes FROM sketches WHERE article_id = ?", (article_id,)
            ).fetchone()
            if row is None:
                return
            hashes = struct.unpack(f"<{len(row[1]) // 8}q", row[1])
            db.executemany(
                "DELETE FROM sketched WHERE hash = ? AND number = ?", ((h, row[0]) for h in hashes)
            )
            db.execute("DELETE FROM sketches WHERE number = ?", (row[0],))
            db.execute("DELETE FROM reprints WHERE article_id = ? OR other_id = ?", (article_id, article_id))

    def link_waiting(self) -> None:
        """Compare the articles that an earlier version left uncompared. Stopped, it goes on next time."""
        while self._link_some():
            pass

    def _link_some(self) -> bool:
        """Link some of the articles that no sketch of this version stands for; whether there were any."""
        query = (
            "SELECT id, text FROM articles WHERE NOT EXISTS"
            " (SELECT 1 FROM sketches WHERE article_id = id AND version = ?) ORDER BY id LIMIT ?"
        )
        with self._file.transaction() as db:
            waiting = db.execute(query, (shingling.VERSION, _WAITING_BATCH)).fetchall()
            for article_id, text in waiting:
                self.link(article_id, text)
            return bool(waiting)

    def among(self, ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Article id → those of `ids` that are linked to it; ids without any are left out."""
        query = (
            "WITH wanted AS (SELECT value AS id FROM json_each(?)) SELECT article_id, other_id FROM reprints"
            " WHERE article_id IN (SELECT id FROM wanted) AND other_id IN (SELECT id FROM wanted)"
        )
        with self._file.connection() as db:
            return {
                i: frozenset(others) for i, others in _grouped(db.execute(query, (_listed(ids),))).items()
            }

    def of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Article id → ids of articles linked to it, at most twenty, in order; ids without any left out."""
        query = (
            "SELECT article_id, other_id FROM (SELECT article_id, other_id, row_number() OVER"
            " (PARTITION BY article_id ORDER BY other_id) AS place FROM reprints"
            " WHERE article_id IN (SELECT value FROM json_each(?))) AS placed WHERE place <= ?"
        )
        with self._file.connection() as db:
            return {
                i: tuple(others) for i, others in _grouped(db.execute(query, (_listed(ids), _SHOWN))).items()
            }


def _listed(ids: Iterable[str]) -> str:
    return json.dumps(sorted(set(ids)))


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for article_id, other_id in rows:
        found.setdefault(article_id, []).append(other_id)
    return found
