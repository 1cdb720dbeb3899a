"""Fits the weights of `rag/answer_span/short_answer.py`, and tells how much of the answer its spans have.

    python benchmarks/answer_spans.py FILE.json[:LANGUAGE] … [--write]

Each FILE is SQuAD-format JSON, in French unless its LANGUAGE is named. Only the sentence that holds the
answer is read: what is measured is the choice of words in it. The weights are fitted on four fifths of the
articles, told by their titles' hashes, and measured on them and on the fifth that is kept apart. Prints F1
and exact match without case, accents, punctuation and articles, by the sort of phrase that is asked for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from rag.answer_span import short_answer
from rag.answer_span.candidates import Candidates, candidates
from rag.answer_span.features import FEATURES
from rag.answer_span.focus import Focus
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.question_text import QuestionText
from rag.text.normalization import fold
from rag.text.sentences import split_sentences

L2 = 1e-4
WEIGHTS = Path("rag/answer_span/data/weights.json")
_ARTICLES = re.compile(r"\b(?:le|la|les|l|un|une|des|du|the|an?)\b")


@dataclass(frozen=True)
class Asked:
    """A question, the sentence that answers it, the marked answers, and the candidates with their F1."""

    focus: Focus
    sentence: AnalysedSentence
    gold: tuple[str, ...]
    found: Candidates
    worth: np.ndarray
    kept_apart: bool


def compared(text: str) -> list[str]:
    return _ARTICLES.sub(" ", re.sub(r"[^\w]+", " ", fold(text))).split()


def f1(said: str, gold: str) -> float:
    a, b = compared(said), compared(gold)
    common = sum((Counter(a) & Counter(b)).values())
    return 2 * common / (len(a) + len(b)) if common else float(a == b)


def read(path: Path, language: str) -> Iterator[Asked]:
    for article in json.loads(path.read_text("utf-8"))["data"]:
        apart = int(hashlib.sha256(article["title"].encode()).hexdigest(), 16) % 5 == 0
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            sentences = split_sentences(context, language)
            for qa in (qa for qa in paragraph["qas"] if qa["answers"]):
                start, end = _place(qa["answers"][0])
                held = [s for s in sentences if s.start <= start and end <= s.end + 1]
                if held:
                    said = AnalysedSentence(context[held[0].start : held[0].end], language)
                    gold = tuple(one["text"] for one in qa["answers"])
                    yield _asked(Focus(QuestionText(qa["question"], language)), said, gold, apart)


def _place(answer: dict) -> tuple[int, int]:
    return answer["answer_start"], answer["answer_start"] + len(answer["text"])


def _asked(focus: Focus, said: AnalysedSentence, gold: tuple[str, ...], apart: bool) -> Asked:
    found = candidates(focus, said)
    texts = [said.text[span.start : span.end] for span in found.spans]
    worth = np.array([max(f1(text, one) for one in gold) for text in texts])
    return Asked(focus, said, gold, found, worth, apart)


def fit(asked: Sequence[Asked]) -> np.ndarray:
    """Return the weights that make the expected square of F1 greatest, with a little L2."""
    useful = [(one.found.rows, one.worth**2) for one in asked if one.worth.size and one.worth.max() > 0.3]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        for rows, worth in useful:
            share = np.exp(log_softmax(rows @ weights))
            expected = share @ worth + 1e-12
            total -= np.log(expected)
            slope -= rows.T @ (share * worth / expected - share)
        return total / len(useful) + L2 * weights @ weights, slope / len(useful) + 2 * L2 * weights

    return minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x


def report(name: str, asked: Sequence[Asked]) -> None:
    """Print what the product chooses with the weights that are in its file."""
    by_sort: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for one in asked:
        chosen = short_answer.answer_span(one.focus, one.sentence)
        text = one.sentence.text[chosen.span.start : chosen.span.end] if chosen else ""
        exact = any(compared(text) == compared(gold) for gold in one.gold)
        row = (max(f1(text, gold) for gold in one.gold), float(exact), float(chosen is not None))
        by_sort[one.focus.sort].append(row)
        by_sort["all"].append(row)
    for sort, rows in sorted(by_sort.items()):
        got, exact, answered = np.mean(rows, axis=0)
        print(f"{name:18} {sort:9} {len(rows):5}  F1 {got:.3f}  EM {exact:.3f}  answered {answered:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+")
    parser.add_argument("--write", action="store_true", help="fit, and keep the weights")
    options = parser.parse_args()
    began = time.perf_counter()
    named = [file.partition(":") for file in options.files]
    sets = {Path(file).stem: list(read(Path(file), language or "fr")) for file, _, language in named}
    total = sum(map(len, sets.values()))
    print(f"{total} questions, {(time.perf_counter() - began) / total * 1000:.1f} ms each to read")
    if options.write:
        weights = fit([one for asked in sets.values() for one in asked if not one.kept_apart])
        stored = dict(zip(FEATURES, np.round(weights, 2).tolist(), strict=True))
        WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    for name, asked in sets.items():
        report(f"{name} apart", [one for one in asked if one.kept_apart])
        report(f"{name} fitted", [one for one in asked if not one.kept_apart])


if __name__ == "__main__":
    main()
