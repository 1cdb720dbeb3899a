"""Measures whether the reader, blended with the ranking, chooses better.

`python -m training.ranking DATA FOLDER [WEIGHTS]` makes a library of PIAF's articles (kept in FOLDER for the
next run), asks the questions of the kept ones, reads their hits, and prints how often the gold sentence
comes first by the ranking alone, by the reader alone and by both; how good the chosen sentence's span is; and
how well a question that an article answers is told from one whose article, or whose sentence, isn't there.
Blending weights are fitted on other articles.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, logit, logsumexp
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from rag.reading.reader import Reader
from rag.reading.schema import PassageWindow
from rag.reading.weights import BUNDLED
from rag.schema.article import Span
from training.evaluate import exact_and_f1
from training.hits import Asked, gather

_FOLDS = 5
_L2 = 1e-3
_LEAST = 1e-6
FEATURES = ("ranking", "sentence", "passage", "span")


@dataclass(frozen=True, slots=True)
class Scored:
    """One question's offers as rows of FEATURES, which are gold, and each one's span."""

    rows: np.ndarray
    gold: np.ndarray
    spans: list[str]
    answerable: float
    article: str
    answers: tuple[str, ...]


def score(reader: Reader, asked: Asked, windows: Sequence[PassageWindow]) -> Scored:
    """Read the hits."""
    readings = reader.read(asked.question, windows)
    rows, spans = [], []
    for one in asked.offers:
        reading = readings[one.hit]
        sentence = reading.sentences[one.sentence]
        chances = (one.probability, sentence.probability, reading.answerable)
        logits = [float(logit(np.clip(chance, _LEAST, 1 - _LEAST))) for chance in chances]
        rows.append([*logits, max(-10.0, sentence.answer.score) if sentence.answer else -10.0])
        text = windows[one.hit].text
        spans.append(text[sentence.answer.start : sentence.answer.end] if sentence.answer else "")
    gold = np.array([one.gold for one in asked.offers])
    answerable = max(reading.answerable for reading in readings)
    return Scored(np.array(rows), gold, spans, answerable, asked.article, asked.answers)


def _fit(groups: Sequence[Scored], columns: Sequence[int]) -> np.ndarray:
    """Return weights that make gold sentences likeliest: a listwise softmax, with a little L2."""
    useful = [group for group in groups if group.gold.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for group in useful:
            rows = group.rows[:, columns]
            logs = log_softmax(rows @ weights)
            total -= logsumexp(logs[group.gold])
            share = np.exp(logs)
            slope += rows.T @ (share - np.where(group.gold, share, 0.0) / share[group.gold].sum())
        return total / len(useful) + _L2 * weights @ weights, slope / len(useful) + 2 * _L2 * weights

    return minimize(loss, np.ones(len(columns)), jac=True, method="L-BFGS-B").x


def _blended(groups: Sequence[Scored], columns: Sequence[int]) -> list[int]:
    """Return each question's first offer, by weights that were fitted without its article."""
    first = [0] * len(groups)
    for train, test in GroupKFold(_FOLDS).split(groups, groups=[group.article for group in groups]):
        weights = _fit([groups[i] for i in train], columns)
        for i in test:
            first[i] = int(np.argmax(groups[i].rows[:, columns] @ weights))
    return first


def _report(name: str, groups: Sequence[Scored], first: Sequence[int]) -> None:
    right = np.mean([group.gold[one] for group, one in zip(groups, first, strict=True)])
    spans = [
        max(exact_and_f1(group.spans[one], answer) for answer in group.answers)
        for group, one in zip(groups, first, strict=True)
    ]
    exact, f1 = np.mean(spans, axis=0)
    print(f"{name:24} gold sentence first {right:.3f}, its span: exact {exact:.3f}, F1 {f1:.3f}", flush=True)


def _without_gold(asked: Asked) -> list[PassageWindow]:
    """Return the windows with the gold sentences, and those that repeat the answer, written over."""
    found = []
    for number, window in enumerate(asked.windows):
        gone = {one.sentence for one in asked.offers if one.gold and one.hit == number}
        gone |= {
            at
            for at, span in enumerate(window.sentences)
            if any(answer.lower() in window.text[span.start : span.end].lower() for answer in asked.answers)
        }
        text, spans = "", []
        for at, span in enumerate(window.sentences):
            if at not in gone:
                spans.append(Span(len(text), len(text) + span.end - span.start))
                text += window.text[span.start : span.end] + " "
        found.append(PassageWindow(text, tuple(spans)))
    return found


def main() -> None:
    """Read the command line, ask, read and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of piaf-dev.json")
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path, nargs="?", default=BUNDLED)
    parser.add_argument("--limit", type=int, help="ask only so many questions, always the same")
    given = parser.parse_args()
    everything = gather(given.data, given.folder, kept=True)
    random.Random(0).shuffle(everything)
    everything = everything[: given.limit]
    reader = Reader(given.weights)
    groups = [score(reader, one, one.windows) for one in everything]
    print(f"{len(groups)} questions, gold among the offers {np.mean([g.gold.any() for g in groups]):.3f}")
    _report("ranking alone", groups, [int(np.argmax(group.rows[:, 0])) for group in groups])
    _report("reader alone", groups, [int(np.argmax(group.rows[:, 1])) for group in groups])
    for columns in ((0, 1), (0, 1, 2), (0, 1, 3), (0, 1, 2, 3)):
        _report(" + ".join(FEATURES[one] for one in columns), groups, _blended(groups, columns))
        weights = _fit(groups, columns)
        print("  weights", ", ".join(f"{FEATURES[c]} {w:.2f}" for c, w in zip(columns, weights, strict=True)))
    yes = [group.answerable for group in groups]
    gone = [max(r.answerable for r in reader.read(one.question, _without_gold(one))) for one in everything]
    left_out = []
    for one in everything:  # its article left out: the hits of others
        others = [w for n, w in enumerate(one.windows) if not any(o.gold and o.hit == n for o in one.offers)]
        left_out.append(max((r.answerable for r in reader.read(one.question, others[:3])), default=0.0))
    for name, no in (("sentence gone", gone), ("gold passage gone", left_out)):
        print(f"answerable against {name}: AUC {roc_auc_score([1] * len(yes) + [0] * len(no), yes + no):.3f}")


if __name__ == "__main__":
    main()
