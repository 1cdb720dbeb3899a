"""`python -m training.average OUT SHARE FIRST SECOND`: writes the mean of two readers' weights.

Of two runs of which one went on from the other, the mean is often better than either (Wortsman et al., 2022,
"Model soups"). `SHARE` is the second one's weight.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from training.export import export
from training.model import Shape, TrainedReader, low_rank


def averaged(
    first: dict[str, Tensor], second: dict[str, Tensor], share: float, rank: int
) -> dict[str, Tensor]:
    """Return the mean of two readers: of heads, and of adapters' products, as nearly as the rank allows."""
    made = {}
    for name, value in first.items():
        part = name.removesuffix(".up")
        if part == name and not name.endswith(".down"):
            made[name] = (1 - share) * value.float() + share * second[name].float()
        elif part != name:
            one, other = (given[name].float() @ given[f"{part}.down"].float() for given in (first, second))
            made[name], made[f"{part}.down"] = low_rank((1 - share) * one + share * other, rank)
    return made


def write_mean(out: Path, share: float, first: Path, second: Path) -> None:
    """Write the mean of the readers in two folders into the folder `out`."""
    about = json.loads((first / "reader.json").read_text(encoding="utf-8"))
    shape = Shape(about["rank"], about["first_layer"], about["scale"])
    model = TrainedReader(shape)
    one, other = (load_file(folder / "reader.safetensors") for folder in (first, second))
    model.take(averaged(one, other, share, shape.rank))
    out.mkdir(parents=True, exist_ok=True)
    export(model, out)


def main() -> None:
    """Read the command line, average and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("share", type=float)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    given = parser.parse_args()
    write_mean(given.out, given.share, given.first, given.second)


if __name__ == "__main__":
    main()
