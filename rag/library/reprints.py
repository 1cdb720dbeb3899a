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
from collections.abc import Collection, Iterable, Mapping, Sequence
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
        with self._file.transaction():
            self.unlink(article_id)
            self.link_new([(article_id, text)])

    def link_new(self, texts: Sequence[tuple[str, str]]) -> None:
        """Compare listed articles that no sketch stands for with those before each, and link them.

        Args:
            texts: Their ids and texts.
        """
        sketches = [shingling.sketch(_shingles(text)) for _, text in texts]
        rows = [
            (article_id, shingling.VERSION, struct.pack(f"<{len(hashes)}q", *hashes))
            for (article_id, _), hashes in zip(texts, sketches, strict=True)
        ]
        query = "INSERT INTO sketches (article_id, version, hashes) VALUES (?, ?, ?) RETURNING number"
        with self._file.transaction() as db:
            numbers = [number for ((number,),) in self._file.each(query, rows)]
            numbered = dict(zip(numbers, sketches, strict=True))
            query = "INSERT INTO sketched SELECT CAST(value AS BIGINT), ? FROM json_each(?)"
            db.executemany(query, [(number, json.dumps(hashes)) for number, hashes in numbered.items()])
            links = []
            for (article_id, text), candidates in zip(texts, self._candidates(numbered), strict=True):
                for other, said in candidates:
                    if shingling.are_reprints(_shingles(text), _shingles(said)):
                        links += [(article_id, other), (other, article_id)]
            db.executemany("INSERT INTO reprints VALUES (?, ?)", links)

    def _candidates(self, numbered: Mapping[int, Collection[int]]) -> list[list[tuple[str, str]]]:
        """Ids and texts of the articles before each sketch that share most of its hashes, enough of them."""
        # Of each hash, the numbers of the sketches that have it, as one text.
        query = (
            "SELECT (SELECT group_concat(number) FROM (SELECT number FROM sketched"
            " WHERE hash = CAST(value AS BIGINT) AND number < ? ORDER BY number DESC LIMIT ?) AS found)"
            " FROM json_each(?)"
        )
        wanted = [(number, _PER_HASH, json.dumps(list(hashes))) for number, hashes in numbered.items()]
        found = self._file.each(query, wanted)
        shared = [Counter(n for (listed,) in rows if listed for n in listed.split(",")) for rows in found]
        nearest = [_nearest(counts) for counts in shared]
        query = (
            "SELECT number, id, text FROM articles JOIN sketches ON article_id = id"
            " WHERE number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
        )
        every = sorted({number for some in nearest for number in some})
        if not every:
            return [[] for _ in nearest]
        with self._file.connection() as db:
            texts = {number: row for number, *row in db.execute(query, (json.dumps(every),))}
        return [[tuple(texts[number]) for number in some if number in texts] for some in nearest]

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


def _nearest(shared: Mapping[str, int]) -> list[int]:
    """Return the sketches that share most hashes, of how many each shares."""
    enough = [(count, int(number)) for number, count in shared.items() if count >= _SHARED]
    return [number for _, number in sorted(enough, reverse=True)[:_COMPARED]]


def _listed(ids: Iterable[str]) -> str:
    return json.dumps(sorted(set(ids)))


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for article_id, other_id in rows:
        found.setdefault(article_id, []).append(other_id)
    return found
