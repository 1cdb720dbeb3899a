"""Ranked places and gold places → figures of each question, their means, and how sure a difference is.

Ranking metrics are those of ir-measures, intervals those of SciPy. Pure; knows no system and no index.

A system's hit is a passage that holds a whole gold span. Systems cut articles differently, and where
passages overlap several may hold the span: for a question the first hit is its one relevant passage, and a
second adds nothing. Recall at k is then the share of questions with a hit among the first k.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from scipy.stats import bootstrap

from ui.evaluation.questions.dataset import GoldQuestion, Place

DEPTH = 20
_RANKING = {
    "recall@1": R @ 1,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}
_RESAMPLES = 5_000
_CONFIDENCE = 0.95

# Metric → one value a question, in the questions' order; NaN where a question has none.
Figures = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference and its 95% confidence interval; without one where there are too few questions."""

    mean: float
    low: float | None
    high: float | None


def ranking(found: Sequence[Sequence[Place]], questions: Sequence[GoldQuestion]) -> Figures:
    """Recall, reciprocal rank and nDCG of each question's ranked places."""
    return _measured(_RANKING, found, questions)


def recall_curve(found: Sequence[Sequence[Place]], questions: Sequence[GoldQuestion]) -> list[float]:
    """Mean recall at 1, 2, … DEPTH."""
    measured = _measured({str(k): R @ k for k in range(1, DEPTH + 1)}, found, questions)
    return [float(values.mean()) for values in measured.values()]


def _measured(
    measures: Mapping[str, ir_measures.Measure],
    found: Sequence[Sequence[Place]],
    questions: Sequence[GoldQuestion],
) -> Figures:
    names = {measure: name for name, measure in measures.items()}
    relevant = {str(number): {"gold": 1} for number in range(len(questions))}
    run = {
        str(number): _scored(ranked, question)
        for number, (ranked, question) in enumerate(zip(found, questions, strict=True))
    }
    figures = {name: np.zeros(len(questions)) for name in measures}
    for measured in ir_measures.iter_calc(list(measures.values()), relevant, run):
        figures[names[measured.measure]][int(measured.query_id)] = measured.value
    return figures


def _scored(ranked: Sequence[Place], question: GoldQuestion) -> dict[str, float]:
    """Return the ranking as ir-measures reads one: passages by name, their scores falling."""
    first = next((rank for rank, place in enumerate(ranked) if _is_hit(place, question)), None)
    return {"gold" if rank == first else f"other {rank}": -float(rank) for rank in range(len(ranked))}


def _is_hit(place: Place, question: GoldQuestion) -> bool:
    return any(place.holds(gold) for gold in question.gold)


def mean(values: np.ndarray) -> float | None:
    """Return the mean over the questions that have a value; None when none has."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None


def percentile(values: np.ndarray, percent: float) -> float | None:
    """Return a percentile of values; None if there are none."""
    known = values[~np.isnan(values)]
    return float(np.percentile(known, percent)) if known.size else None


def differences(figures: Figures, ours: Figures, seed: int) -> dict[str, Difference]:
    """Return `figures` less `ours`, metric by metric, over the questions for which both have a value.

    A metric without such a question has no difference.

    Questions are resampled, each with both systems' figures (the paired bootstrap, percentile intervals).
    """
    paired = {name: figures[name] - ours[name] for name in figures if name in ours}
    known = {name: values[~np.isnan(values)] for name, values in paired.items()}
    return {name: _difference(values, seed) for name, values in known.items() if values.size}


def _difference(paired: np.ndarray, seed: int) -> Difference:
    if paired.size < 2:
        return Difference(float(paired.mean()), None, None)
    interval = bootstrap(
        (paired,),
        np.mean,
        n_resamples=_RESAMPLES,
        batch=250,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Difference(float(paired.mean()), float(interval.low), float(interval.high))


def lost(before: Figures, after: Figures) -> dict[str, float]:
    """Return by how much each mean has fallen; of questions that are asked again, in any order.

    A figure that either lacks isn't told.
    """
    pairs = {name: (mean(before[name]), mean(after[name])) for name in before if name in after}
    return {name: a - b for name, (a, b) in pairs.items() if a is not None and b is not None}
