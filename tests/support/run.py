"""How this run of the tests goes: beside others or alone, and how often what repeats itself is repeated."""

from __future__ import annotations

import os

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
# The chat model's threads wait for one another at full speed: beside other workers it has one.
CHAT_MODEL_THREADS = 1 if IS_WORKER else None
THOROUGH = os.environ.get("SOURCIER_TESTS") == "thorough"


def rounds(usual: int, thorough: int) -> int:
    """Return how often to do the same at other moments or with other data: more in `make test-thorough`."""
    return thorough if THOROUGH else usual
