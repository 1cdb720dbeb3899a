"""`python -m training DATA OUT`: makes the reader's weights as they are shipped, `OUT/reader.safetensors`.

Two runs and their mean. What is there already isn't made again: a run that was cut short between two goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from training import corpus as corpora
from training.average import write_mean
from training.groups import found_groups
from training.hits import gather
from training.train import Recipe, train

FIRST = Recipe()
SECOND = Recipe(tokens=8_000_000, start=0.5, rate=5e-4, groups=0.5, found=0.6, seed=21)
SHARE = 0.5  # of the second in the mean


def main() -> None:
    """Read the command line and make the weights."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of piaf-dev.json and reader/")
    parser.add_argument("out", type=Path, help="where the corpus, the logs and the weights go")
    given = parser.parse_args()
    file, first, second = given.out / "corpus.pkl", given.out / "first", given.out / "second"
    data = corpora.load(file) if file.exists() else corpora.prepare(given.data, file)
    if not _ended(first):
        train(FIRST, data, first)
    if not _ended(second):
        asked = gather(given.data, given.out, kept=False)
        train(SECOND, data, second, first, found_groups(asked, corpora.encoder()))
    write_mean(given.out, SHARE, first, second)


def _ended(folder: Path) -> bool:
    """Whether a run came to its end: checkpoints are written on the way."""
    log = folder / "train.log"
    return log.exists() and "  end: " in log.read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
