"""`python -m training.calibrate CORPUS FOLDER`: makes the logits of the weights in FOLDER into probabilities.

Fits a bias and a temperature for being answerable and for sentences, on the paragraphs that are kept apart of
the sets other than PIAF, and writes them into `reader.json`. Half of the passages answer; the others lack the
answer's sentence, are asked for another name, or are near the question by their words alone.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from rag.reading.reader import Reader
from rag.reading.schema import PassageWindow
from rag.schema.article import Span
from training.corpus import Context, Corpus, Item, load
from training.evaluate import chosen
from training.pairs import without_answer

_MOST = 700
_LEAST = 1e-7


@dataclass(frozen=True, slots=True)
class Shown:
    """A question, a passage, and which of its sentences answer."""

    question: str
    window: PassageWindow
    gold: tuple[int, ...]


def shown(corpus: Corpus, items: Sequence[Item], rng: random.Random) -> Iterator[Shown]:
    """Yield for each item its passage with the answer, and one without."""
    for item in items:
        if item.first < 0:
            continue
        context = corpus.contexts[item.context]
        everything = list(range(len(context.ranges)))
        yield Shown(item.question, _window(context, everything), item.gold)
        names = [one for one in item.swaps if one[0] == "name"]
        kind = rng.randrange(3)
        if kind == 0 and (alive := without_answer(item, context)):
            yield Shown(item.question, _window(context, alive), ())
        elif kind == 1 and names:
            yield Shown(names[0][2], _window(context, everything), ())
        elif item.negatives:
            other = corpus.contexts[rng.choice(item.negatives)]
            yield Shown(item.question, _window(other, list(range(len(other.ranges)))), ())


def _window(context: Context, numbers: Sequence[int]) -> PassageWindow:
    text, spans = "", []
    for number in numbers:
        start, end = context.spans[number]
        spans.append(Span(len(text), len(text) + end - start))
        text += context.text[start:end] + " "
    return PassageWindow(text, tuple(spans))


def _fitted(name: str, chances: Sequence[float], right: Sequence[bool]) -> dict[str, float]:
    """Return bias and temperature that make the chances most probable, and print what they change."""
    logits = logit(np.clip(chances, _LEAST, 1 - _LEAST))[:, None]
    model = LogisticRegression(C=1e3).fit(logits, right)
    slope, bias = float(model.coef_[0, 0]), float(model.intercept_[0])
    fitted = model.predict_proba(logits)[:, 1]
    for when, values in (("before", chances), ("after", fitted)):
        clipped = np.clip(values, _LEAST, 1 - _LEAST)
        print(
            f"{name} {when}: Brier {brier_score_loss(right, clipped):.4f}, log {log_loss(right, clipped):.4f}"
        )
    return {f"{name}_bias": round(bias / slope, 4), f"{name}_temperature": round(1 / slope, 4)}


def main() -> None:
    """Read the command line, fit, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="corpus.pkl of a training run")
    parser.add_argument("folder", type=Path, help="where reader.safetensors and reader.json are")
    given = parser.parse_args()
    file = given.folder / "reader.json"
    raw = {
        name: value
        for name, value in json.loads(file.read_text(encoding="utf-8")).items()
        if not name.endswith(("_bias", "_temperature"))
    }
    file.write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")
    corpus = load(given.corpus)
    reader = Reader(given.folder)
    answerable: list[tuple[float, bool]] = []
    sentences: list[tuple[float, bool]] = []
    for one in shown(corpus, chosen(corpus.items, "held", _MOST), random.Random(0)):
        (reading,) = reader.read(one.question, [one.window])
        answerable.append((reading.answerable, bool(one.gold)))
        sentences += [(s.probability, n in one.gold) for n, s in enumerate(reading.sentences)]
    for name, pairs in (("answerable", answerable), ("sentence", sentences)):
        chances, right = zip(*pairs, strict=True)
        raw |= _fitted(name, chances, right)
    file.write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
