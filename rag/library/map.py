"""The map of the corpus as the catalogue keeps it: where each article is, and the words typical of clusters.

What is done inside a transaction of the catalogue belongs to it. A point belongs to its article, and a word
to the article that it was read in: both go with it, in the same transaction. What isn't on the map yet is for
`rag.topic_map.map_maker` to see, which compares `of` with what the library holds now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.library.sources import FactTable
from rag.storage.database import Database

_OF = "map_of"


@dataclass(frozen=True, slots=True)
class TypicalWord:
    """A word that stands out in a cluster, as it is written in the article that it is taken from."""

    word: str
    article_id: str


@dataclass(frozen=True, slots=True, eq=False)
class CorpusMap:
    """Articles in the plane: `places` (n, 2) in [0, 1], `clusters` (n,), beside `ids`; the ids ascend.

    `words[c]` are typical of cluster `c`, the most typical first. `of` is the state of the library that it
    was made of; empty if it never was.
    """

    of: str
    ids: tuple[str, ...]
    places: np.ndarray
    clusters: np.ndarray
    words: tuple[tuple[TypicalWord, ...], ...]


class MapTable:
    """The map of the corpus as it was last made."""

    def __init__(self, file: Database) -> None:
        self._file = file
        self._facts = FactTable(file)

    def of(self) -> str:
        """Return the state of the library that the map was made of; empty if it never was."""
        return self._facts.get(_OF) or ""

    def stored(self) -> CorpusMap:
        """Return the map that was last put, without the articles that have gone since."""
        # Together, or a removal in between would leave a word without its points.
        with self._file.snapshot() as db:
            state = self.of()
            points = db.execute(
                "SELECT article_id, x, y, cluster FROM map_points ORDER BY article_id"
            ).fetchall()
            words = db.execute(
                "SELECT cluster, word, article_id FROM map_words ORDER BY cluster, rank"
            ).fetchall()
            clusters = max((row[3] for row in points), default=-1) + 1
            typical = [tuple(TypicalWord(*row[1:]) for row in words if row[0] == c) for c in range(clusters)]
            return CorpusMap(
                state,
                tuple(row[0] for row in points),
                np.array([row[1:3] for row in points], dtype=float).reshape(-1, 2),
                np.array([row[3] for row in points], dtype=int),
                tuple(typical),
            )

    def put(self, made: CorpusMap) -> None:
        """Keep this map in place of the one before it, without what the library no longer lists."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM map_points")
            db.execute("DELETE FROM map_words")
            listed = "WHERE EXISTS (SELECT 1 FROM articles WHERE id = ?)"
            db.executemany(
                f"INSERT INTO map_points SELECT ?, ?, ?, ? {listed}",
                (
                    (i, x, y, cluster, i)
                    for i, (x, y), cluster in zip(
                        made.ids, made.places.tolist(), made.clusters.tolist(), strict=True
                    )
                ),
            )
            db.executemany(f"INSERT INTO map_words SELECT ?, ?, ?, ? {listed}", _word_rows(made.words))
            self._facts.put(_OF, made.of)

    def states(self) -> dict[str, str]:
        """Article id → the checksum of what is stored of it (empty for those without one), by id."""
        query = (
            "SELECT articles.id, coalesce(sha256, '') FROM articles"
            " LEFT JOIN checksums ON article_id = articles.id ORDER BY articles.id"
        )
        with self._file.connection() as db:
            return dict(db.execute(query))


def _word_rows(words: Sequence[Sequence[TypicalWord]]) -> list[tuple[int, int, str, str, str]]:
    return [
        (cluster, rank, typical.word, typical.article_id, typical.article_id)
        for cluster, listed in enumerate(words)
        for rank, typical in enumerate(listed)
    ]
