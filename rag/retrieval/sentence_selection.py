"""Hits → the few sentences that may answer, how probably each does, and with which of its words.

Knows scores and sentences; neither prompts nor models that write. Each sentence's probability of being the
one that answers is a softmax over weighed signals, fitted on PIAF by `benchmarks/fusion.py`; figures in
`benchmarks/LOG.md`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.config import AnsweringSettings
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.models.embedder import Embedder
from rag.query import answer_type
from rag.retrieval.passage_reading import ReadSentence
from rag.retrieval.retriever import Retrieved
from rag.retrieval.scoring import SentenceSignals, covered, spread
from rag.retrieval.stated_measures import states_measure
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.schema.hit import Hit, Reprint
from rag.verification.paraphrase import Sentence, comparable, repeats

# Sentences with fewer letters and digits ("Le Hautpanel", a by-line) say nothing on their own.
_MIN_CHARACTERS = 12
_MIN_SPACELESS = 5
# Neighbours that a citation may grow by: a pronoun's name is seldom further, nor the speaker of a quotation.
BEFORE, AFTER = 3, 1
# Share of their terms that two sentences have in common when the second isn't worth its tokens.
REPEATED = 0.9
FEATURES = ("late", "block", "terms", "passage", "kind", "read", "answer")
# In the order of FEATURES, where nobody read the passages, and where the trained reader did; fitted on PIAF.
UNREAD_WEIGHTS = (3.7, 1.4, 1.4, 3.2, 1.6, 0.0, 0.0)
READ_WEIGHTS = (2.6, 1.0, 0.8, 2.8, 1.9, 3.0, 0.8)
# The least logarithms of the reader's two probabilities: what is below is all the same.
_LEAST_LOG = 8.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence on offer.

    `signals`: what its words say to the question; `covered`: the share of the question's term weight that it
    holds; `gives`: whether it gives the kind of thing that was asked for (a number, a time, a name);
    `tokens`: its cost; `also_in`: the articles that carry it too; `before` and `after`: its neighbours,
    nearest first; `read`: what the trained reader says of it, if it was asked.
    """

    article: Article
    span: Span
    signals: SentenceSignals
    covered: float
    passage_score: float
    gives: bool
    tokens: int
    also_in: tuple[Reprint, ...] = ()
    before: tuple[Span, ...] = ()
    after: tuple[Span, ...] = ()
    read: ReadSentence | None = None

    @property
    def text(self) -> str:
        """Return the words of the sentence."""
        return self.article.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Selection:
    """The sentences on offer; and how probably the passage of the one that answers does, by the reader.

    `read` is in [0, 1]: the mean over all sentences, each weighed by its probability without the reader; None
    where nobody asked it. `stated` are those that say all that is measured and give the measure, whatever is
    estimated of them.
    """

    offered: tuple[Evidence, ...]
    read: float | None
    stated: tuple[Evidence, ...] = ()


def select(retrieved: Retrieved, embedder: Embedder, limits: AnsweringSettings) -> Selection:
    """Return the sentences of the hits that may answer."""
    found = candidates(retrieved, embedder)
    stating = [candidate for candidate in found if candidate.gives and _states(candidate, retrieved)]
    offered, stated = (
        choose(
            some,
            limits.evidence_sentences,
            limits.evidence_tokens,
            limits.evidence_certainty,
            retrieved.analyses,
            fitted(found),
        )
        for some in (found, stating)
    )
    return Selection(tuple(offered), passage_read(found), tuple(stated))


def _states(candidate: Candidate, retrieved: Retrieved) -> bool:
    read, article = retrieved.analyses.of, candidate.article
    said, title = read(candidate.text, article.language), read(article.title, article.language)
    return states_measure(retrieved.query.question, said, title)


def passage_read(found: Sequence[Candidate]) -> float | None:
    """Return how probably the passage of the sentence that answers does, as `Selection` has it."""
    if not any(candidate.read for candidate in found):
        return None
    shares = probabilities(features(found), UNREAD_WEIGHTS).tolist()
    return sum(
        share * candidate.read.answerable
        for share, candidate in zip(shares, found, strict=True)
        if candidate.read
    )


def candidates(retrieved: Retrieved, embedder: Embedder) -> list[Candidate]:
    """Return every sentence of the hits once, with its scores."""
    places: dict[tuple[str, Span], tuple[Hit, SentenceSignals]] = {}
    for hit in retrieved.hits:
        for span, signals in zip(hit.sentences, _signals(hit, retrieved), strict=True):
            if _says_something(hit.article.text[span.start : span.end]):
                places.setdefault((hit.article.id, span), (hit, signals))
    texts = [hit.article.text[span.start : span.end] for (_, span), (hit, _) in places.items()]
    said = [
        retrieved.analyses.of(text, hit.article.language)
        for text, (hit, _) in zip(texts, places.values(), strict=True)
    ]
    expected = retrieved.query.question.expected_answer
    return [
        Candidate(
            hit.article,
            span,
            signals,
            covered(set(sentence.terms), retrieved.query.idf),
            hit.score,
            expected.kind is not None and answer_type.gives(expected, sentence),
            tokens,
            tuple(reprint for reprint in hit.also_in if span in reprint.repeats),
            *_around(span, hit.sentences),
            retrieved.readings.get((hit.article.id, span)),
        )
        for ((_, span), (hit, signals)), sentence, tokens in zip(
            places.items(), said, embedder.count_tokens(texts), strict=True
        )
    ]


def _around(span: Span, sentences: Sequence[Span]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    place = sentences.index(span)
    return tuple(reversed(sentences[max(0, place - BEFORE) : place])), tuple(
        sentences[place + 1 : place + 1 + AFTER]
    )


def _signals(hit: Hit, retrieved: Retrieved) -> Sequence[SentenceSignals]:
    """Return what each sentence of a hit says to the question.

    While an article is cut anew, its old passages may have the sketches of the new ones, with other
    sentences: each sentence then has what the passage says.
    """
    measured = retrieved.measured[hit.passage_id]
    if len(measured.sentences) == len(hit.sentences):
        return measured.sentences
    return [SentenceSignals(measured.passage.sentence, measured.passage.block)] * len(hit.sentences)


def _says_something(text: str) -> bool:
    """Scripts without spaces say in a few characters what others say in many."""
    return len(text) >= (_MIN_CHARACTERS if text.isascii() or " " in text else _MIN_SPACELESS)


def choose(
    found: Sequence[Candidate],
    limit: int,
    max_tokens: int,
    certainty: float,
    analyses: SentenceAnalyses,
    weights: Sequence[float] | None = None,
) -> list[Evidence]:
    """Return the sentences likeliest to hold the answer, in reading order.

    Best articles first, sentences of one article in its order: the model reads what it would read in the
    paper. A sentence that repeats a better one (a reprint) is left out.

    Args:
        found: The candidates.
        limit: The most sentences.
        max_tokens: The most tokens after the first sentence.
        certainty: As many are chosen as it takes for one of them to hold the answer with this probability.
        analyses: The sentences as they were analysed.
        weights: The weights of the features; None for those that were fitted.
    """
    if not found:
        return []
    ranked = sorted(
        zip(probabilities(features(found), weights or fitted(found)).tolist(), found, strict=True),
        key=lambda pair: (-pair[0], pair[1].article.id, pair[1].span.start),
    )
    chosen: list[tuple[float, Candidate]] = []
    said: list[Sentence] = []
    held, budget = 0.0, max_tokens
    for probability, candidate in ranked:
        if len(chosen) == limit or held >= certainty:
            break
        content = comparable(analyses.of(candidate.text, candidate.article.language))
        if any(repeats(content, other, analyses, REPEATED) for other in said):
            continue
        if chosen and candidate.tokens > budget:
            continue
        budget -= candidate.tokens
        held += probability
        chosen.append((probability, candidate))
        said.append(content)
    return _in_reading_order(chosen)


def features(found: Sequence[Candidate]) -> np.ndarray:
    """Return one row a candidate, one column for each of FEATURES, each in [0, 1]."""
    spread_out = spread(
        np.array([(c.signals.late, c.signals.block, c.covered, c.passage_score) for c in found])
    )
    return np.column_stack([spread_out, [float(c.gives) for c in found], [_read(c) for c in found]])


def fitted(found: Sequence[Candidate]) -> Sequence[float]:
    """Return the weights for these candidates: whether the trained reader was asked decides."""
    return READ_WEIGHTS if any(candidate.read for candidate in found) else UNREAD_WEIGHTS


def _read(candidate: Candidate) -> tuple[float, float]:
    """Return how probably the sentence answers, and how probably its best words do, by their logarithms."""
    read = candidate.read
    if read is None:
        return 0.0, 0.0
    answer = read.score + _log(read.answerable) if read.answer else -_LEAST_LOG
    return 1 + max(_log(read.probability), -_LEAST_LOG) / _LEAST_LOG, 1 + max(
        answer, -_LEAST_LOG
    ) / _LEAST_LOG


def _log(probability: float) -> float:
    return math.log(max(probability, math.exp(-_LEAST_LOG)))


def probabilities(rows: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Return each candidate's estimated probability of holding the answer; they sum to 1."""
    scores = rows @ np.asarray(weights)
    odds = np.exp(scores - scores.max())
    return odds / odds.sum()


def _in_reading_order(chosen: Sequence[tuple[float, Candidate]]) -> list[Evidence]:
    best: dict[str, float] = {}
    for score, candidate in chosen:
        best[candidate.article.id] = max(score, best.get(candidate.article.id, score))
    ordered = sorted(
        chosen, key=lambda pair: (-best[pair[1].article.id], pair[1].article.id, pair[1].span.start)
    )
    return [
        Evidence(c.article, c.span.start, c.span.end, float(score), c.also_in, c.before, c.after).answered_by(
            c.read.answer if c.read else None
        )
        for score, c in ordered
    ]
