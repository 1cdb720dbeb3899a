"""The benchmark that kills at random instants, on a few of them: nothing that was acknowledged is lost."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "crash.py"


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("crash", FILE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "crash", module)  # its processes import it by this name
    monkeypatch.syspath_prepend(str(FILE.parent))
    spec.loader.exec_module(module)
    return module


def test_killed_at_eight_random_instants_nothing_is_lost(crash: ModuleType):
    tally = crash.run(count=8, articles=120, seed=7, longest=0.8)
    assert tally.kills == 8
    assert tally.checked >= 8
    assert tally.libraries >= 1


def test_what_is_lost_is_told(crash: ModuleType, tmp_path: Path):
    crash.write_articles(tmp_path / "articles", 3)
    with pytest.raises(AssertionError, match="lost"):
        crash.check(tmp_path, {"never-there"}, None)
