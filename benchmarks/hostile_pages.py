"""How the time that a page made to be slow takes grows with its size.

    python benchmarks/hostile_pages.py [--many 20000]

For each kind of `tests/ingest/page/test_hostile_pages.py`, repeated so often and a twentieth as often: the
seconds of both (the lesser of two) and their ratio, 20 where time grows with the size. The tests count calls;
this also sees what lxml and operations on strings take.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "ingest" / "page"))

from test_hostile_pages import AROUND, REPEATED, everything_done_to, repeated


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--many", type=int, default=20_000)
    many = parser.parse_args().many
    print(f"{'kind':20} {'few':>8} {'many':>8} {'ratio':>6}")
    for name, markup in REPEATED.items():
        for around in AROUND:
            few, most = (_seconds(repeated(markup, around, count)) for count in (many // 20, many))
            print(f"{name:20} {few:8.3f} {most:8.3f} {most / few:6.1f}")


def _seconds(markup: str) -> float:
    def once() -> float:
        begun = time.process_time()
        everything_done_to(markup)
        return time.process_time() - begun

    return min(once(), once())


if __name__ == "__main__":
    main()
