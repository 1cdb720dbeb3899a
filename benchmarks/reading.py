"""Fits what joins the trained reader with retrieval: `READ_WEIGHTS` of `rag/retrieval/sentence_selection.py`,
and `_READ` of `rag/retrieval/answerability.py`.

    python benchmarks/reading.py PIAF-DEV.json [--reader FOLDER] [--seeds 1 2] [--keep FILE]

Only questions about the articles that the reader wasn't trained on count. For each seed three in ten articles
are left out, and near misses are made as `sourcier eval --near-miss` does. Prints how often the gold sentence
comes first, by the ranking alone and with the reader, cross-validated by article; the area under the curve of
each kind of unanswerable question against the answerable ones, by retrieval alone and by both; the shares
refused at several thresholds; then the weights. With `--keep` what was read is in a file, and read from
it when it is there: a quarter of an hour's work.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from fusion import Group, fit, held_out
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from rag.config import ReaderSettings, load_settings
from rag.engine.engine import Engine
from rag.grounding.grounding import ground
from rag.query.understanding import normalised, understand
from rag.reading.reader import Reader, load_reader
from rag.retrieval import answerability, sentence_selection
from rag.retrieval.answerability import AnswerabilitySignals
from rag.retrieval.passage_reading import read_hits
from training.sources import is_kept
from ui.evaluation.bench_library import bench, default_cache
from ui.evaluation.questions.dataset import GoldQuestion, Place, read_squad
from ui.evaluation.questions.near_misses import near_misses
from ui.evaluation.questions.selection import leave_out

_OF_EACH = 100
_TODAY = date(2025, 6, 1)
_SIGNALS = ("retrieval", "reader")


@dataclass(frozen=True)
class Asked:
    """A question as the product finds and reads it.

    `named` is whether an unknown name refuses it; `rows` are its sentences' features, `right` which of
    them hold the answer, `read` what the reader says of each: probability, passage's, score.
    """

    kind: str
    article: str
    named: bool
    signals: AnswerabilitySignals
    rows: np.ndarray
    right: np.ndarray
    read: np.ndarray


def ask(kind: str, question: GoldQuestion, article: str, engine: Engine, reader: Reader) -> Asked:
    parsed = understand(normalised(question.text), ["fr"], _TODAY, lambda *_: False)
    retrieved = engine.retriever.retrieve(parsed.search, engine.settings.retrieval.hits)
    named = bool(ground(parsed, engine.names).unknown(retrieved.hits, retrieved.analyses))
    retrieved = replace(retrieved, readings=read_hits(parsed.searched, retrieved.hits, reader))
    offered = sentence_selection.candidates(retrieved, engine.embedder)
    right = [_holds(question, one) for one in offered]
    read = [(one.read.probability, one.read.answerable, one.read.score) for one in offered]
    signals = answerability.signals(retrieved, sentence_selection.passage_read(offered))
    rows = sentence_selection.features(offered)
    return Asked(kind, article, named, signals, rows, np.array(right), np.array(read))


def _holds(question: GoldQuestion, offered: sentence_selection.Candidate) -> bool:
    place = Place(offered.article.id, offered.span.start, offered.span.end)
    return any(place.holds(gold) for gold in question.gold)


def asked(file: Path, seeds: Sequence[int], reader: Reader) -> Iterator[Asked]:
    settings, whole = load_settings(environ={}), read_squad([file])
    kept = {article.id for article in whole.articles if is_kept(article.title)}
    for seed in seeds:
        split = leave_out(whole, 0.3, seed)
        questions = [q for q in split.corpus.questions if q.gold[0].article_id in kept]
        misses = near_misses(split.corpus, questions, split.left_out, _OF_EACH, seed)
        counts = f"near misses {len(misses.reworded)} and {len(misses.gone)}"
        print(f"seed {seed}: {len(questions)} questions, {counts}", flush=True)
        with bench(split.corpus, settings, default_cache(), "en") as opened:
            for question in questions:
                yield ask("answerable", question, question.gold[0].article_id, opened.kept, reader)
            left = split.unanswerable[:: max(1, len(split.unanswerable) // _OF_EACH)]
            for number, question in enumerate(left):
                yield ask("left out", question, f"left {number % 40}", opened.kept, reader)
            for miss in misses.reworded:
                yield ask(miss.kind, miss.question, miss.origin.gold[0].article_id, opened.kept, reader)
        with bench(misses.cut, settings, default_cache(), "en") as opened:
            for miss in misses.gone:
                yield ask(miss.kind, miss.question, miss.origin.gold[0].article_id, opened.kept, reader)


def sentences(found: Sequence[Asked]) -> None:
    groups = [Group(one.rows, one.right, one.article) for one in found]
    every = list(range(len(sentence_selection.FEATURES)))
    for name, columns in (("ranking alone", every[:5]), ("reader alone", every[5:]), ("both", every)):
        weights = held_out(groups, columns)
        first = [g.right[(g.rows @ w).argmax()] for g, w in zip(groups, weights, strict=True)]
        print(f"  gold sentence first, {name}: {np.mean(first):.3f} of {len(groups)}")
    fixed = np.array(sentence_selection.UNREAD_WEIGHTS)
    print(f"  by UNREAD_WEIGHTS: {np.mean([g.right[(g.rows @ fixed).argmax()] for g in groups]):.3f}")
    fitted = zip(sentence_selection.FEATURES, fit(groups, every), strict=True)
    print("  weights", ", ".join(f"{name} {weight:.2f}" for name, weight in fitted))


def answers(found: Sequence[Asked]) -> None:
    rows = np.array([one.signals.read_values for one in found])
    right = np.array([one.kind == "answerable" for one in found])
    kinds = np.array([one.kind for one in found])
    # What an unknown name refuses needs no probability.
    use = ~np.array([one.named for one in found])
    weight = np.where(right, (~right & use).sum() / (right & use).sum(), 1.0)
    model = LogisticRegression(C=10, max_iter=5000)
    estimated = np.zeros(len(found))
    estimated[use] = cross_val_predict(
        model,
        rows[use],
        right[use],
        groups=np.array([one.article for one in found])[use],
        cv=GroupKFold(5),
        method="predict_proba",
        params={"sample_weight": weight[use]},
    )[:, 1]
    for kind in sorted(set(kinds) - {"answerable"}):
        these = use & (right | (kinds == kind))
        by = dict(zip(_SIGNALS, rows.T, strict=True)) | {"both": estimated}
        told = ", ".join(f"{n} {roc_auc_score(right[these], values[these]):.3f}" for n, values in by.items())
        left = f"{(use & (kinds == kind)).sum()} of {(kinds == kind).sum()} not by name"
        print(f"  AUC {kind} ({left}): {told}")
    for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        shares = {kind: (estimated[kinds == kind] < threshold).mean() for kind in sorted(set(kinds))}
        print(f"  p < {threshold}: refused", ", ".join(f"{k} {share:.2f}" for k, share in shares.items()))
    model.fit(rows[use], right[use], sample_weight=weight[use])
    print("  bias, then the weights:", ", ".join(f"{w:.2f}" for w in (*model.intercept_, *model.coef_[0])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--reader", default="bundled")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if options.keep and options.keep.exists():
        found = pickle.loads(options.keep.read_bytes())  # our own file, made by the same command
    else:
        reader = load_reader(ReaderSettings(model=options.reader))
        found = list(asked(options.file, options.seeds, reader))
        if options.keep:
            options.keep.write_bytes(pickle.dumps(found))
    sentences([one for one in found if one.kind == "answerable"])
    answers(found)


if __name__ == "__main__":
    main()
