"""Filters → which passages may be found: what each passage can be filtered by, as columns of numbers.

Pure: knows no files, vectors or indexes. Names are compared by 64-bit hashes, so a column is the same size
whatever the names are, and choosing among a million passages takes milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from rag.library.filter_conditions import UNDATED, any_of, within
from rag.schema.article import Article, day_number
from rag.schema.question import Filters

# One passage's record; `day` is a proleptic ordinal. A record of zeros is nobody's.
RECORD = np.dtype(
    [
        ("passage", "u8"),
        ("article", "u8"),
        ("outlet", "u8"),
        ("language", "u8"),
        ("day", "i4"),
        ("id_length", "u4"),
        ("id_start", "u8"),
    ]
)


def hashed(name: str | None) -> int:
    """Return a name as a number above 0; 0 for none."""
    if name is None:
        return 0
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def hashes(names: Sequence[str]) -> np.ndarray:
    """Return names as numbers, in order: (n,) uint64."""
    return np.fromiter(map(hashed, names), dtype=np.uint64, count=len(names))


@lru_cache(maxsize=8)
def _known_hashes(names: tuple[str, ...]) -> np.ndarray:
    """Return the same, remembered: a dossier's articles are asked for again with each question."""
    return hashes(names)


def records(ids: Sequence[str], articles: Sequence[Article]) -> np.ndarray:
    """Return records of passages, `articles[i]` that of `ids[i]`; where their ids stand is left open."""
    known = {id(article): _values(article) for article in articles}
    found = np.zeros(len(ids), dtype=RECORD)
    for row, (passage_id, article) in enumerate(zip(ids, articles, strict=True)):
        found[row] = (hashed(passage_id), *known[id(article)], 0, 0)
    return found


def _values(article: Article) -> tuple[int, int, int, int]:
    day = day_number(article.published_at)
    names = (article.id, article.outlet, article.language)
    return *map(hashed, names), UNDATED if day is None else day


def kept(columns: Mapping[str, np.ndarray], filters: Filters) -> np.ndarray:
    """Return numbers of the records that filters keep, ascending: (k,) int64.

    A key with several values keeps what has any of them; several keys keep what all of them keep.
    `columns` are the fields of RECORD; sources must have become article ids before they get here.
    """
    keep = columns["passage"] != 0
    for name, values in filters.names.items():
        keep &= any_of(columns[name.removesuffix("_id")], _known_hashes(values))
    return np.flatnonzero(keep & within(columns["day"], filters))
