"""How this run of the tests goes: beside others or alone, and how often what repeats itself is repeated."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import cycle, islice, product

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
# The chat model's threads wait for one another at full speed: beside other workers it has one.
CHAT_MODEL_THREADS = 1 if IS_WORKER else None
THOROUGH = os.environ.get("SOURCIER_TESTS") == "thorough"


def rounds(usual: int, thorough: int) -> int:
    """Return how often to do the same at other moments or with other data: more in `make test-thorough`."""
    return thorough if THOROUGH else usual


def pairs(first: Sequence, second: Sequence) -> list[tuple]:
    """Return pairs in which each value of either is: every pair in `make test-thorough`."""
    if THOROUGH:
        return [*product(first, second)]
    return [*islice(zip(cycle(first), cycle(second), strict=True), max(len(first), len(second)))]
