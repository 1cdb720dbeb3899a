"""`python -m training.train DATA OUT`: trains the reader, and writes its weights and the run's log.

One run at one seed on one core is repeated exactly but for the order in which a processor adds numbers.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training import corpus as corpora
from training.evaluate import chosen, figures
from training.export import export
from training.groups import FoundGroup, Group, GroupDrawer, found_groups
from training.hits import gather
from training.model import Scores, Shape, TrainedReader, count
from training.pairs import Drawer, Pair, Tensors, tensors

_HEADS_RATE = 3.0  # heads learn from nothing: so many times faster than adapters
_SENTENCE_WEIGHT = 2.0  # of a sentence with the answer, beside one without
_MASKED = -30_000.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of; `tokens` are all that are read, padding included.

    `start` is the share of them that a run that is taken up again has behind it. `groups` is the share of
    steps whose questions come with several passages, `found` the share of these that a search found.
    `whole` and `dropout` are the model's. `average` is the weight of what was before in the mean of the
    weights that is kept, a step; 0 keeps the last ones.
    """

    tokens: int = 12_500_000
    batch_tokens: int = 2000
    rate: float = 4e-4
    warm_up: int = 150
    rank: int = 32
    first_layer: int = 2
    seed: int = 1
    evaluate_every: int = 2_000_000
    start: float = 0.0
    groups: float = 0.0
    found: float = 0.4
    whole: bool = False
    dropout: float = 0.0
    average: float = 0.0


def loss(scores: Scores, batch: Sequence[Pair], given: Tensors) -> Tensor:
    """Return the loss of a batch: of the span, of being answered, and of the sentences."""
    answered = torch.tensor([pair.answered for pair in batch])
    parts = []
    if answered.any():
        for logits, wanted in ((scores.start, "first"), (scores.end, "last")):
            places = torch.tensor([getattr(pair, wanted) for pair in batch])[answered]
            parts.append(0.5 * F.cross_entropy(logits.masked_fill(~given.passage, _MASKED)[answered], places))
    parts.append(0.5 * F.binary_cross_entropy_with_logits(scores.answerable, answered.float()))
    logits, gold = _sentences(scores, batch)
    weight = torch.tensor(_SENTENCE_WEIGHT)
    parts.append(F.binary_cross_entropy_with_logits(logits, gold, pos_weight=weight))
    return torch.stack(parts).sum()


def group_loss(scores: Scores, groups: Sequence[Group], given: Tensors) -> Tensor:
    """Return the loss of questions with several passages each.

    Words and sentences of all passages of a question compete in one softmax (for words: Clark and Gardner,
    2018), sentences on top of what the ranking says of them: what it tells already isn't learnt again.
    """
    batch = [pair for group in groups for pair in group.pairs]
    answered = torch.tensor([pair.answered for pair in batch])
    logits, gold = _sentences(scores, batch)
    weight = torch.tensor(_SENTENCE_WEIGHT)
    total = 0.5 * F.binary_cross_entropy_with_logits(scores.answerable, answered.float())
    total = total + F.binary_cross_entropy_with_logits(logits, gold, pos_weight=weight)
    spans, sentences = [], []
    row = at = 0
    for group in groups:
        rows = slice(row, row + len(group.pairs))
        size = sum(len(pair.sentences) for pair in group.pairs)
        if group.pairs[0].answered:
            passage, first, last = given.passage[rows], group.pairs[0].first, group.pairs[0].last
            for part, place in ((scores.start, first), (scores.end, last)):
                words = part[rows].masked_fill(~passage, _MASKED).flatten()
                spans.append(torch.logsumexp(words, 0) - part[row, place])
            rated = torch.tensor([value for one in group.rated for value in one])
            both = logits[at : at + size] + rated
            hidden = both.masked_fill(gold[at : at + size] == 0, _MASKED)
            sentences.append(torch.logsumexp(both, 0) - torch.logsumexp(hidden, 0))
        row, at = row + len(group.pairs), at + size
    if spans:
        total = total + torch.stack(spans).mean() + torch.stack(sentences).mean()
    return total


def _sentences(scores: Scores, batch: Sequence[Pair]) -> tuple[Tensor, Tensor]:
    """Return each sentence's logit, and 1.0 for those that hold the answer."""
    logits, gold = [], []
    for row, pair in enumerate(batch):
        for number, (low, high) in enumerate(pair.sentences):
            logits.append(scores.sentence[row, low:high].mean())
            gold.append(float(number in pair.gold))
    return torch.stack(logits), torch.tensor(gold)


def train(
    recipe: Recipe,
    data: corpora.Corpus,
    out: Path,
    resumed: Path | None = None,
    found: Sequence[FoundGroup] = (),
) -> TrainedReader:
    """Train a reader by a recipe, and write checkpoints and the log into the folder `out`.

    `resumed` is the folder of a checkpoint to go on from; the optimizer then begins anew. `found` is what a
    search found for questions that may be learnt.
    """
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(1)
    shape = Shape(recipe.rank, recipe.first_layer, whole=recipe.whole, dropout=recipe.dropout)
    model = TrainedReader(shape)
    if resumed:
        model.take(load_file(resumed / "reader.safetensors"))
    adapters, heads = model.groups()
    optimizer = torch.optim.AdamW(
        [{"params": adapters, "share": 1.0}, {"params": heads, "share": _HEADS_RATE}],
        lr=recipe.rate,
        weight_decay=0.01,
        betas=(0.9, 0.99),
        fused=True,
    )
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.average)) if recipe.average else None
    drawer = Drawer(data, recipe.seed)
    grouped = GroupDrawer(drawer, found, recipe.found, recipe.seed)
    log = _Log(out / "train.log")
    log.write(f"{recipe}; {count(model.parameters())} numbers learnt")
    steps = pairs = 0
    read_tokens = int(recipe.start * recipe.tokens)
    next_figures = read_tokens + recipe.evaluate_every
    losses: list[float] = []
    model.train()
    while read_tokens < recipe.tokens:
        progress = read_tokens / recipe.tokens
        for batch, questions in _steps(drawer, grouped, recipe, progress):
            progress = min(1.0, read_tokens / recipe.tokens)
            rate = recipe.rate * min(1.0, (steps + 1) / recipe.warm_up) * (1 - progress)
            for group in optimizer.param_groups:
                group["lr"] = rate * group["share"]
            given = tensors(batch)
            scores = model(given.ids, given.mask, given.passage)
            value = group_loss(scores, questions, given) if questions else loss(scores, batch, given)
            value.backward()
            torch.nn.utils.clip_grad_norm_([*adapters, *heads], 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if mean is not None:
                mean.update_parameters(model)
            read_tokens += given.ids.numel()
            steps, pairs = steps + 1, pairs + len(batch)
            losses.append(value.item())
            if steps % 50 == 0:
                log.write(f"step {steps}, pairs {pairs}, tokens {read_tokens}, loss {np.mean(losses):.3f}")
                losses = []
            if read_tokens >= next_figures:
                next_figures += recipe.evaluate_every
                now = mean.module if mean is not None else model
                export(now, out)
                log.write(f"kept French, 120: {figures(now, data, chosen(data.items, 'gate', 120))}")
                model.train()
    kept = mean.module if mean is not None else model
    export(kept, out)
    log.write(f"end: steps {steps}, pairs {pairs}, drawn {dict(drawer.drawn)}")
    log.write(f"kept French: {figures(kept, data, chosen(data.items, 'gate'))}")
    log.write(f"kept others: {figures(kept, data, chosen(data.items, 'held', 400))}")
    return kept


def _steps(
    drawer: Drawer, grouped: GroupDrawer, recipe: Recipe, progress: float
) -> Iterator[tuple[list[Pair], list[Group]]]:
    """Yield batches of pairs, and between them the wanted share of batches of groups."""
    groups = grouped.batches(progress, recipe.batch_tokens)
    owed = 0.0
    for batch in drawer.batches(progress, recipe.batch_tokens):
        yield batch, []
        owed += recipe.groups / (1 - recipe.groups)
        while owed >= 1:
            owed -= 1
            questions = next(groups)
            yield [pair for one in questions for pair in one.pairs], questions


class _Log:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._start = time.monotonic()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("", encoding="utf-8")

    def write(self, line: str) -> None:
        minutes = (time.monotonic() - self._start) / 60
        with self._file.open("a", encoding="utf-8") as opened:
            opened.write(f"{minutes:6.1f} min  {line}\n")


def main() -> None:
    """Read the command line and train."""
    defaults = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of piaf-dev.json and reader/")
    parser.add_argument("out", type=Path, help="where the corpus, the log and the weights go")
    parser.add_argument("--resumed", type=Path, help="the folder of a checkpoint to go on from")
    for name in Recipe.__slots__:
        value = getattr(defaults, name)
        kind = {"action": "store_true"} if isinstance(value, bool) else {"type": type(value)}
        parser.add_argument(f"--{name.replace('_', '-')}", default=value, **kind)
    given = parser.parse_args()
    file = given.out / "corpus.pkl"
    data = corpora.load(file) if file.exists() else corpora.prepare(given.data, file)
    recipe = Recipe(**{name: getattr(given, name) for name in Recipe.__slots__})
    asked = gather(given.data, given.out, kept=False) if recipe.groups and recipe.found else []
    train(recipe, data, given.out, given.resumed, found_groups(asked, corpora.encoder()))


if __name__ == "__main__":
    main()
