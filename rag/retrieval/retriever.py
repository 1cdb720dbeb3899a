"""Question → hits: candidates from the dense and the term search, ranked by their sketches.

Knows vectors, terms, sketches and the library; not what is done with the hits. A passage that the library
doesn't list (half written, or removed a moment ago) is never a hit.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from rag.errors import ModelUnavailableError
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.index.encoding import read_query, variants
from rag.index.indexer import incomplete
from rag.index.stores import SketchStore, TermSearch, VectorIndex
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.models.reranker import Reranker
from rag.query.question_text import QuestionText
from rag.retrieval.collapse import collapse, enough
from rag.retrieval.passage_reading import Readings
from rag.retrieval.scoring import EncodedQuery, PassageScores, QueryWord, measure, rank, spread
from rag.schema.hit import Hit, Scored
from rag.schema.question import NO_FILTERS, Filters
from rag.text.analyzer import query_terms

log = logging.getLogger(__name__)

# How many of the library's languages a question's words are stemmed in, most frequent first.
_LANGUAGES = 3
# How many of the best passages a cross-encoder reads.
_RERANKED = 20
# Passages of one article past this one count for this much of their score.
_PER_ARTICLE = 3
_REPEATED_ARTICLE = 0.7


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready to search: its terms, and what its words are held against.

    `idf` weighs the question's terms in its own language.
    """

    question: QuestionText
    terms: tuple[str, ...]
    asked: EncodedQuery
    idf: Mapping[str, float] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The question's language (ISO 639-1)."""
        return self.question.language

    @property
    def vector(self) -> np.ndarray:
        """Its unit vector, shape `(dimension,)`."""
        return self.asked.vector


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The hits of a query, best first, and by passage id what each candidate says to it.

    `analyses` are the sentences that have been read for it, and are to be read no more. `readings` are what
    the trained reader says of the hits' sentences; none where nobody asked it.
    """

    query: Query
    hits: tuple[Hit, ...]
    measured: Mapping[str, PassageScores] = field(default_factory=dict)
    analyses: SentenceAnalyses = field(default_factory=SentenceAnalyses, compare=False)
    readings: Readings = field(default_factory=dict, compare=False)


def _unrecorded(_stage: str, _within: str) -> AbstractContextManager[None]:
    return nullcontext()


class SearchedIndex(Protocol):
    """The index that is searched, in whose place another may be put meanwhile."""

    @property
    def generation(self) -> int:
        """The number of the index that is open."""
        ...

    def renew(self) -> bool:
        """Change over to the index that counts; return whether another one was open."""
        ...


class Retriever:
    """Finds the passages that speak of a question, best first."""

    def __init__(
        self,
        library: Library,
        vectors: VectorIndex,
        term_index: TermSearch,
        sketches: SketchStore,
        embedder: Embedder,
        candidates: int = 50,
        reranker: Reranker | None = None,
        index: SearchedIndex | None = None,
    ) -> None:
        """Take the parts; `candidates` is how many passages each of the two searches brings.

        `index` is what vectors, sketches and embedder are of, if another may take its place.
        """
        self._index = index
        self._library = library
        self._vectors = vectors
        self._terms = term_index
        self._sketches = sketches
        self._embedder = embedder
        self._candidates = candidates
        self._reranker = reranker

    def close(self) -> None:
        """Release the files."""
        self._vectors.close()
        self._sketches.close()

    def retrieve(
        self,
        question: QuestionText,
        limit: int,
        filters: Filters = NO_FILTERS,
        during: Callable[[str, str], AbstractContextManager[None]] = _unrecorded,
        besides: Collection[str] = (),
    ) -> Retrieved:
        """Return at most `limit` hits for a question, filtered inside both searches.

        Args:
            question: What is asked.
            limit: The most hits.
            filters: What the articles are narrowed to.
            during: Records what is done as a stage, within another.
            besides: The ids of articles that are left out, however much of what is found is theirs.
        """
        query, measured = self._found(question, filters, besides)
        ids = list(measured)
        scores = rank([measured[i].passage for i in ids])
        ranked = best_first(Scored(i, score) for i, score in zip(ids, scores.tolist(), strict=True))
        if self._reranker is not None:
            with during("reranking", "retrieval"):
                ranked = self._reranked(question.text, ranked, self._reranker)
        analyses = SentenceAnalyses()
        hits = collapse(self._hits(ranked, limit), limit, self._library, analyses)
        return Retrieved(query, hits, measured, analyses)

    def _found(
        self, question: QuestionText, filters: Filters, besides: Collection[str]
    ) -> tuple[Query, dict[str, PassageScores]]:
        """Return the question and its candidates, both of one index."""
        while True:
            seen = self._index.generation if self._index else 0
            try:
                query = self.query(question)
                measured = self.candidates(query, filters, besides)
            except Exception:
                # Another encoder's index took the place of this one in the midst of it.
                if self._index is None or not (self._index.renew() or self._index.generation != seen):
                    raise
                continue
            if self._index is None or not (self._index.renew() or self._index.generation != seen):
                return query, measured

    def _reranked(self, text: str, ranked: Sequence[Scored], reranker: Reranker) -> list[Scored]:
        """Return the best ones as the cross-encoder orders them, above the others.

        They stay as they are while its server is down.
        """
        located = self._library.located([scored.passage_id for scored in ranked[:_RERANKED]])
        texts = [
            f"{x.article.title}\n{x.article.text[x.passage.start : x.passage.end]}" for x in located.values()
        ]
        try:
            scores = spread(reranker.scores(text, texts)).tolist()
        except ModelUnavailableError as error:
            log.warning("%s", error)
            return list(ranked)
        first = [Scored(i, (1 + score) / 2) for i, score in zip(located, scores, strict=True)]
        rest = [Scored(x.passage_id, x.score / 2) for x in ranked if x.passage_id not in located]
        return best_first([*first, *rest])

    def query(self, question: QuestionText) -> Query:
        """Return the question as the searches need it."""
        languages = list(dict.fromkeys([question.language, *self._library.languages()[:_LANGUAGES]]))
        read = read_query(question.text, question.language, self._embedder)
        stems = {word: variants(word, languages) for word in (*question.content_words, *read.words)}
        idf = self._terms.idf([*question.terms, *(stem for found in stems.values() for stem in found)])
        weights = {word: min(idf[stem] for stem in found) for word, found in stems.items()}
        asked = EncodedQuery(
            read.vector,
            read.vectors,
            np.array([weights[word] for word in read.words], dtype=np.float32),
            tuple(QueryWord(word, stems[word], weights[word]) for word in question.content_words),
        )
        searched = tuple(query_terms(question.content_words, languages))
        return Query(question, searched, asked, {term: idf[term] for term in question.terms})

    def candidates(
        self, query: Query, filters: Filters = NO_FILTERS, besides: Collection[str] = ()
    ) -> dict[str, PassageScores]:
        """Passage id → what it says to the query, for what either search brings and the library lists.

        Nothing of the articles `besides`.
        """
        kept = self._library.resolved(filters)
        if kept is None:
            return {}
        active = None if kept == NO_FILTERS else kept
        without = {passage for article in besides for passage in self._library.passage_ids(article)}
        most = self._candidates + len(without)
        found = [
            *self._vectors.search(query.vector, most, active),
            *self._terms.search(query.terms, most, active),
        ]
        ids = sorted({scored.passage_id for scored in found} - without)
        sketches = self._sketches.get(ids)
        if len(sketches) < len(ids):
            self._check(set(ids) - set(sketches))
        return dict(zip(sketches, measure(query.asked, list(sketches.values())), strict=True))

    def _check(self, without: set[str]) -> None:
        """Raise if a listed passage has no sketch: the library is of an earlier version then."""
        if self._library.passages(sorted(without)):
            raise incomplete()

    def _hits(self, fused: Sequence[Scored], limit: int) -> list[Hit]:
        passages = self._library.passages([scored.passage_id for scored in fused])
        listed = diverse(
            [scored for scored in fused if scored.passage_id in passages],
            {i: passage.article_id for i, passage in passages.items()},
        )
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


def best_first(found: Iterable[Scored]) -> list[Scored]:
    """Return hits by score; ties are broken by id, so that the order is always the same."""
    return sorted(found, key=lambda scored: (-scored.score, scored.passage_id))


def diverse(ranked: Sequence[Scored], article_of: Mapping[str, str]) -> list[Scored]:
    """Return the same passages, best first, where those of an article past its third count for less.

    Another article that answers nearly as well comes before them.
    """
    seen: Counter[str] = Counter()
    weighed = []
    for scored in ranked:
        article = article_of[scored.passage_id]
        seen[article] += 1
        weight = _REPEATED_ARTICLE if seen[article] > _PER_ARTICLE else 1.0
        weighed.append(Scored(scored.passage_id, scored.score * weight))
    return best_first(weighed)
