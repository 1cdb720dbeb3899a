"""Hits → the few numbered sentences that the model sees, and how well they match the question.

Knows scores and sentences; neither prompts nor models that write. Sentences are ranked by three
normalised scores (their similarity to the question, the question's terms in them, their passage's
score); the weights were chosen on PIAF (`benchmarks/LOG.md`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from rag.embedding import Embedder
from rag.language import terms
from rag.retrieval import Query
from rag.sameness import Sentence, repeats, sentence
from rag.schema import Article, Evidence, Hit, Reprint, Span

SIMILARITY_WEIGHT = 0.50
TERMS_WEIGHT = 0.25
PASSAGE_WEIGHT = 0.45
# Sentences under this many characters ("Le Hautpanel", a by-line) say nothing on their own.
_MIN_CHARACTERS = 12
_CACHED_SENTENCES = 20_000
# Share of their terms that two sentences have in common when the second isn't worth its tokens.
REPEATED = 0.9


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence on offer. `similarity` is its cosine to the question, `covered` the share of the
    question's term weight that it holds, `also_in` the articles that carry it too."""

    article: Article
    span: Span
    similarity: float
    covered: float
    passage_score: float
    also_in: tuple[Reprint, ...] = ()

    @property
    def text(self) -> str:
        return self.article.text[self.span.start : self.span.end]


class SentenceVectors:
    """Unit vectors of sentences, embedded once and kept for the questions that follow."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[tuple[str, str], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def vectors(self, sentences: Sequence[tuple[str, str]]) -> np.ndarray:
        """Shape `(len(sentences), dimension)`; each sentence comes with its article's title."""
        with self._lock:
            known = {s: self._kept[s] for s in sentences if s in self._kept}
        missing = [s for s in dict.fromkeys(sentences) if s not in known]
        if missing:
            made = self._embedder.embed_passages([f"{title}\n{text}" for title, text in missing])
            known |= dict(zip(missing, made, strict=True))
        with self._lock:
            self._kept |= known
            for sentence in known:
                self._kept.move_to_end(sentence)
            while len(self._kept) > _CACHED_SENTENCES:
                self._kept.popitem(last=False)
        return np.stack([known[s] for s in sentences])


def candidates(
    query: Query, hits: Sequence[Hit], idf: Mapping[str, float], vectors: SentenceVectors
) -> list[Candidate]:
    """Every sentence of the hits once, with its scores; `idf` weighs the query's terms."""
    places: dict[tuple[str, Span], Hit] = {}
    for hit in hits:
        for span in hit.sentences:
            if span.end - span.start >= _MIN_CHARACTERS:
                places.setdefault((hit.article.id, span), hit)
    if not places:
        return []
    texts = [hit.article.text[span.start : span.end] for (_, span), hit in places.items()]
    titles = [hit.article.title for hit in places.values()]
    similarities = vectors.vectors(list(zip(titles, texts, strict=True))) @ query.vector
    return [
        Candidate(
            hit.article,
            span,
            float(similarity),
            covered(set(terms(text, hit.article.language)), idf),
            hit.score,
            tuple(reprint for reprint in hit.also_in if span in reprint.repeats),
        )
        for ((_, span), hit), text, similarity in zip(places.items(), texts, similarities, strict=True)
    ]


def covered(present: Set[str], idf: Mapping[str, float]) -> float:
    """Share, in [0, 1], of the query's term weight that the terms `present` hold."""
    total = sum(idf.values())
    return sum(weight for term, weight in idf.items() if term in present) / total if total else 0.0


def choose(found: Sequence[Candidate], limit: int, max_tokens: int, count_tokens: Embedder) -> list[Evidence]:
    """The best sentences, at most `limit` and at most about `max_tokens` tokens, in reading order.

    Best articles first, sentences of one article in its order: the model reads what it would read in
    the paper. A sentence that repeats a better one (a reprint) is left out.
    """
    if not found:
        return []
    ranked = sorted(
        zip(_scores(found), found, strict=True),
        key=lambda pair: (-pair[0], pair[1].article.id, pair[1].span.start),
    )
    chosen: list[tuple[float, Candidate]] = []
    said: list[Sentence] = []
    budget = max_tokens
    for score, candidate in ranked:
        if len(chosen) == limit:
            break
        content = sentence(candidate.text, candidate.article.language)
        if any(repeats(content, other, REPEATED) for other in said):
            continue
        cost = count_tokens.count_tokens([candidate.text])[0]
        if chosen and cost > budget:
            continue
        budget -= cost
        chosen.append((score, candidate))
        said.append(content)
    return _in_reading_order(chosen)


def _scores(found: Sequence[Candidate]) -> np.ndarray:
    parts = (
        (SIMILARITY_WEIGHT, [c.similarity for c in found]),
        (TERMS_WEIGHT, [c.covered for c in found]),
        (PASSAGE_WEIGHT, [c.passage_score for c in found]),
    )
    return sum(weight * _spread(np.array(values)) for weight, values in parts)


def _spread(values: np.ndarray) -> np.ndarray:
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.ones_like(values)


def _in_reading_order(chosen: Sequence[tuple[float, Candidate]]) -> list[Evidence]:
    best: dict[str, float] = {}
    for score, candidate in chosen:
        best[candidate.article.id] = max(score, best.get(candidate.article.id, score))
    ordered = sorted(
        chosen, key=lambda pair: (-best[pair[1].article.id], pair[1].article.id, pair[1].span.start)
    )
    return [Evidence(c.article, c.span.start, c.span.end, float(score), c.also_in) for score, c in ordered]
