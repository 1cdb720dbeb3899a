"""What is asked of the indexes, wherever they are kept: in files here, or on servers that many share.

Only names and promises: `rag.index` has those in files, `rag.index.shared` those on servers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

import numpy as np

from rag.errors import LibraryError
from rag.full_text.query import Node
from rag.index.multivector import PassageVectors
from rag.schema.article import Article, Passage
from rag.schema.hit import Scored
from rag.schema.question import Filters
from rag.text.analyzer import terms

# Passage id → nearly its vector, by what else is kept of it.
Expected = Mapping[str, np.ndarray]
NOTHING_EXPECTED: Expected = MappingProxyType({})
_ALIKE = 0.98  # cosine

Order = Literal["relevance", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Posting:
    """What a term index holds of a passage."""

    passage_id: str
    article: Article
    terms: tuple[str, ...]


def posting(article: Article, passage: Passage) -> Posting:
    """Return a passage's terms with its title's in front: readers ask in the title's words."""
    text = f"{article.title}\n{article.text[passage.start : passage.end]}"
    return Posting(passage.id, article, tuple(terms(text, article.language)))


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search finds: some article ids in order, how many articles in all, and where and when published.

    `outlets` are those of most articles first, `months` (year, month) in order; without an outlet or a full
    date an article is in none.
    """

    ids: tuple[str, ...]
    total: int
    outlets: tuple[tuple[str, int], ...] = ()
    months: tuple[tuple[tuple[int, int], int], ...] = ()


class VectorIndex(Protocol):
    """Vectors of passages, of one embedding model: what is nearest, and how they are kept whole.

    Rows are what is searched, where that isn't the vectors themselves.
    """

    def close(self) -> None:
        """Release what is held. A later call opens it again."""

    def count(self) -> int:
        """Count the vectors."""

    def is_foreign(self) -> bool:
        """Return whether the vectors here were made by another embedding model."""

    def reset(self) -> None:
        """Drop every vector, and take vectors of this embedding model from now on."""

    def start_anew(self) -> None:
        """Put nothing in place of vectors that can't be read."""

    def upsert(self, ids: Sequence[str], vectors: np.ndarray, articles: Sequence[Article]) -> None:
        """Put passages in, `vectors[i]` (float32, unit length) and `articles[i]` belonging to `ids[i]`."""

    def delete(self, ids: Sequence[str]) -> None:
        """Take passages out; ids that aren't in are ignored."""

    def rebuild(self, passages: Iterable[tuple[Sequence[str], Sequence[Article], Expected]]) -> None:
        """Hold the vectors of these passages and no others, in a place of their own."""

    def discard_unfinished(self) -> None:
        """Forget what a rebuilding that was stopped has copied."""

    def present(self, ids: Sequence[str], like: Expected | None = None) -> set[str]:
        """Return those of these passages that have a vector, nearly what it is expected to be."""

    def ids(self) -> Iterator[str]:
        """Yield every passage that has a vector. Nothing may be put in or taken out meanwhile."""

    def search(self, vector: np.ndarray, limit: int, filters: Filters | None = None) -> list[Scored]:
        """Return the `limit` passages nearest to `vector` (shape `(dimension,)`), with cosine similarity."""

    def means(self, articles: Sequence[str]) -> np.ndarray:
        """Return the unit mean of each article's vectors, by id: (n, dimension) float32; zeros for none."""

    def rows_missing(self) -> bool:
        """Return whether searches would miss passages."""

    def rows_present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that a search can find."""

    def row_count(self, whole: bool = False) -> int:
        """Count what a search can find; `whole`: but for what is damaged."""

    def restore_rows(
        self, ids: Sequence[str], articles: Sequence[Article], like: Expected = NOTHING_EXPECTED
    ) -> None:
        """Have passages that are in found by what their articles are filed under now; others are ignored."""

    def drop_rows(self) -> None:
        """Take out every row, and no vector: `restore_rows` makes them anew."""

    def code_rows(self) -> None:
        """Code the rows that an earlier version left without codes."""

    def sum_rows(self) -> None:
        """Store checksums of the rows that an earlier version left without them."""


class TermSearch(Protocol):
    """BM25 over the terms of passages. A query is terms, never a language."""

    @property
    def is_damaged(self) -> bool:
        """Whether it has nothing until it is rebuilt."""

    def check(self) -> None:
        """Look at all of it: what is damaged has nothing until it is rebuilt."""

    def count(self) -> int:
        """Count the passages."""

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that are in."""

    def update(self, items: Iterable[Posting], delete: Iterable[str] = ()) -> None:
        """Put passages in, replacing those with the same id, and take others out: all of it or nothing."""

    def rebuild(self, items: Iterable[Posting]) -> None:
        """Hold these passages and no others."""

    def search(self, words: Sequence[str], limit: int, filters: Filters | None = None) -> list[Scored]:
        """Return the `limit` best passages for any of these terms, with BM25 scores; none without a match."""

    def in_a_row(self, words: Sequence[str], limit: int, gaps: int = 0) -> list[str]:
        """Return at most `limit` passages that have these terms one after the other, best first."""

    def everywhere(self, rows: Iterable[Sequence[str]], filters: Filters | None = None) -> list[str]:
        """Return every passage that has one of these rows of terms, one after the other, in no order."""

    def spelled_alike(self, word: str, edits: int, limit: int) -> list[str]:
        """Return at most `limit` passages that have a term at most `edits` (1 or 2) letters from this one."""

    def idf(self, words: Iterable[str]) -> dict[str, float]:
        """Term → inverse document frequency, highest for terms that no passage has."""


class ArticleSearch(Protocol):
    """Full-text search of whole articles, by trees of words, phrases and conditions."""

    @property
    def is_damaged(self) -> bool:
        """Whether it has nothing until it is rebuilt."""

    def check(self) -> None:
        """Look at all of it: what is damaged has nothing until it is rebuilt."""

    def count(self) -> int:
        """Count the articles."""

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these articles that are in."""

    def update(self, items: Iterable[Article], delete: Iterable[str] = ()) -> None:
        """Put articles in, replacing those with the same id, and take others out: all of it or nothing."""

    def rebuild(self, items: Iterable[Article]) -> None:
        """Hold these articles and no others."""

    def search(
        self,
        node: Node,
        order: Order = "relevance",
        offset: int = 0,
        limit: int = 20,
        among: Collection[str] | None = None,
    ) -> Matches:
        """Return `limit` articles that are as `node` says, from the `offset`th on, and counts of all."""

    def ids(self, node: Node) -> list[str]:
        """Return the ids of all articles that are as `node` says, in no order."""


class SketchStore(Protocol):
    """Sketches of passages, by passage id."""

    def close(self) -> None:
        """Release what is held. A later call opens it again."""

    def put(self, ids: Sequence[str], sketches: Sequence[PassageVectors]) -> None:
        """Keep these, in place of those with the same ids."""

    def delete(self, ids: Sequence[str]) -> None:
        """Take these out; ids that aren't in are ignored."""

    def clear(self) -> None:
        """Take all out."""

    def get(self, ids: Sequence[str]) -> dict[str, PassageVectors]:
        """Passage id → sketch; those that aren't in are left out, and damaged ones."""

    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that have a sketch, damaged or not."""

    def ids(self) -> list[str]:
        """Return every passage that has a sketch."""

    def count(self) -> int:
        """Count the passages that have a sketch."""

    def problems(self) -> list[str]:
        """Return what is wrong with what holds them; nothing if it is sound."""

    def start_anew(self) -> None:
        """Put an empty store in place of one that is damaged."""

    def compact(self) -> None:
        """Leave nothing of what was taken out."""


def _is_like(vector: np.ndarray, expected: np.ndarray | None) -> bool:
    """Return whether a vector is nearly what is expected; of which nothing is, it is."""
    if expected is None:
        return True
    length = float(np.linalg.norm(vector) * np.linalg.norm(expected))
    return vector.shape == expected.shape and float(vector @ expected) >= _ALIKE * length > 0


def vectors_like(ids: Sequence[str], vectors: np.ndarray, like: Expected) -> tuple[list[str], np.ndarray]:
    """Return those of these ids whose vectors, `(n, dimension)`, are nearly as expected, and the vectors."""
    kept = [place for place, one in enumerate(ids) if _is_like(vectors[place], like.get(one))]
    return [ids[place] for place in kept], vectors[kept]


def refuse_foreign(found: str | None, embedding: str, where: str) -> None:
    """Refuse vectors that were made by another embedding model than that in use.

    Raises:
        LibraryError: They were; it says where they are, and what to do.
    """
    if found != embedding:
        raise LibraryError(
            f"{where}: these vectors were made by {found}, not {embedding};"
            " set embedding.model back, or run `sourcier reindex`.",
            f"{where} : ces vecteurs ont été faits par {found}, pas par {embedding} ;"
            " remettez l'ancien embedding.model, ou lancez `sourcier reindex`.",
        )
