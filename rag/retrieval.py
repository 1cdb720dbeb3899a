"""Question → hits: the dense and the term search, fused.

Knows vectors, terms and the library; not what is done with the hits. A passage that the library
doesn't list (half written, or removed a moment ago) is never a hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.collapse import collapse, enough
from rag.embedding import Embedder
from rag.language import query_terms
from rag.lexical import TermIndex
from rag.library import Library
from rag.schema import NO_FILTERS, Filters, Hit, Scored
from rag.store import VectorStore


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready to search: its unit vector (shape `(dimension,)`) and its terms."""

    text: str
    language: str
    vector: np.ndarray
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retrieved:
    query: Query
    hits: tuple[Hit, ...]


class Retriever:
    """Finds the passages that speak of a question, best first."""

    def __init__(
        self,
        library: Library,
        vectors: VectorStore,
        term_index: TermIndex,
        embedder: Embedder,
        candidates: int = 50,
        dense_weight: float = 0.6,
    ) -> None:
        self._library = library
        self._vectors = vectors
        self._terms = term_index
        self._embedder = embedder
        self._candidates = candidates
        self._dense_weight = dense_weight

    def close(self) -> None:
        """Release the vector store's folder."""
        self._vectors.close()

    def retrieve(self, text: str, language: str, limit: int, filters: Filters = NO_FILTERS) -> Retrieved:
        """At most `limit` hits for a question in `language` (ISO 639-1), filtered inside both searches."""
        query = self._query(text, language)
        if filters.sources:
            wanted = set(self._library.ids_from_sources(filters))
            wanted &= set(filters.article_ids) or wanted
            if not wanted:
                return Retrieved(query, ())
            filters = replace(filters, sources=(), article_ids=tuple(sorted(wanted)))
        active = None if filters == NO_FILTERS else filters
        dense = self._vectors.search(query.vector, self._candidates, active)
        lexical = self._terms.search(query.terms, self._candidates, active)
        fused = fuse(dense, lexical, self._dense_weight)
        return Retrieved(query, collapse(self._hits(fused, limit), limit, self._library))

    def _query(self, text: str, language: str) -> Query:
        stems = query_terms(text, language, self._library.languages()[:3])
        return Query(text, language, self._embedder.embed_queries([text])[0], tuple(stems))

    def _hits(self, fused: Sequence[Scored], limit: int) -> list[Hit]:
        passages = self._library.passages([scored.passage_id for scored in fused])
        listed = [scored for scored in fused if scored.passage_id in passages]
        among = [passages[scored.passage_id].article_id for scored in listed]
        listed = listed[: enough(among, limit, self._library)]
        # Read together: an article that is replaced meanwhile would have other characters at these offsets.
        located = self._library.located([scored.passage_id for scored in listed])
        return [
            Hit(
                found.passage.id,
                found.article,
                found.passage.start,
                found.passage.end,
                scored.score,
                found.passage.sentences,
            )
            for scored in listed
            if (found := located.get(scored.passage_id))
        ]


def fuse(dense: Sequence[Scored], lexical: Sequence[Scored], dense_weight: float) -> list[Scored]:
    """Convex combination of min-max normalised scores, best first; scores in [0, 1].

    A passage that one search didn't return gets 0 there. Ties are broken by id, so that the order is
    always the same. After Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
    Retrieval" (2023).
    """
    total: dict[str, float] = {}
    for weight, found in ((dense_weight, dense), (1.0 - dense_weight, lexical)):
        for passage_id, score in normalised(found).items():
            total[passage_id] = total.get(passage_id, 0.0) + weight * score
    order = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    return [Scored(passage_id, score) for passage_id, score in order]


def normalised(found: Sequence[Scored]) -> dict[str, float]:
    """Scores moved to [0, 1] by their least and greatest; all 1 when they are equal."""
    if not found:
        return {}
    scores = [scored.score for scored in found]
    low, high = min(scores), max(scores)
    if high == low:
        return {scored.passage_id: 1.0 for scored in found}
    return {scored.passage_id: (scored.score - low) / (high - low) for scored in found}
