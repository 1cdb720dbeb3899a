"""The map of the corpus as the catalogue keeps it: where each article is, and the words typical of clusters.

Runs inside the catalogue's transactions and connections. A point belongs to its article, and a word to the
article that it was read in: both go with it, in the same transaction. What isn't on the map yet is for
`rag.topic_map.map_maker` to see, which compares `of` with what the library holds now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.library import sources as library_sources

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


def of(db: sqlite3.Connection) -> str:
    """The state of the library that the map was made of; empty if it never was."""
    return library_sources.fact(db, _OF) or ""


def stored(db: sqlite3.Connection) -> CorpusMap:
    """The map that was last put, without the articles that have gone since."""
    # Together, or a removal in between would leave a word without its points.
    db.execute("BEGIN")
    try:
        state = of(db)
        points = db.execute("SELECT article_id, x, y, cluster FROM map_points ORDER BY article_id").fetchall()
        words = db.execute(
            "SELECT cluster, word, article_id FROM map_words ORDER BY cluster, rank"
        ).fetchall()
    finally:
        db.execute("COMMIT")
    clusters = max((row[3] for row in points), default=-1) + 1
    typical = [tuple(TypicalWord(*row[1:]) for row in words if row[0] == c) for c in range(clusters)]
    return CorpusMap(
        state,
        tuple(row[0] for row in points),
        np.array([row[1:3] for row in points], dtype=float).reshape(-1, 2),
        np.array([row[3] for row in points], dtype=int),
        tuple(typical),
    )


def put(db: sqlite3.Connection, made: CorpusMap) -> None:
    """Keep this map in place of the one before it, without what the library no longer lists."""
    db.execute("DELETE FROM map_points")
    db.execute("DELETE FROM map_words")
    listed = "WHERE EXISTS (SELECT 1 FROM articles WHERE id = ?)"
    db.executemany(
        f"INSERT INTO map_points SELECT ?, ?, ?, ? {listed}",
        (
            (i, x, y, cluster, i)
            for i, (x, y), cluster in zip(made.ids, made.places.tolist(), made.clusters.tolist(), strict=True)
        ),
    )
    db.executemany(f"INSERT INTO map_words SELECT ?, ?, ?, ? {listed}", _word_rows(made.words))
    library_sources.put_fact(db, _OF, made.of)


def _word_rows(words: Sequence[Sequence[TypicalWord]]) -> list[tuple[int, int, str, str, str]]:
    return [
        (cluster, rank, typical.word, typical.article_id, typical.article_id)
        for cluster, listed in enumerate(words)
        for rank, typical in enumerate(listed)
    ]


def states(db: sqlite3.Connection) -> dict[str, str]:
    """Article id → the checksum of what is stored of it (empty for those without one), by id."""
    query = (
        "SELECT articles.id, coalesce(sha256, '') FROM articles"
        " LEFT JOIN checksums ON article_id = articles.id ORDER BY articles.id"
    )
    return dict(db.execute(query))
