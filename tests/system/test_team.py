"""A team's setting is attacked for some seconds by the benchmark: no promise is broken, or it is told."""

from __future__ import annotations

import importlib
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import postgres_server
import pytest
from desk import Desk
from run import rounds

FILE = Path(__file__).parents[2] / "benchmarks" / "team.py"


@pytest.fixture
def attack(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(FILE.parent))
    monkeypatch.setattr(sys, "path", [*sys.path])  # benchmarks put folders into it
    return importlib.import_module("team_attack")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(postgres_server.programs() is None, reason=postgres_server.NOT_INSTALLED)
def test_a_server_and_a_worker_are_killed_and_nothing_is_lost():
    size = {"--seconds": rounds(6, 20), "--articles": 60, "--askers": rounds(2, 4)}
    short = ["--only", "team", *(str(said) for option in size.items() for said in option)]
    done = subprocess.run([sys.executable, str(FILE), *short], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_citation_that_does_not_resolve_is_told(attack: ModuleType, tmp_path: Path):
    with closing(Desk(tmp_path)) as desk:
        desk.write("a.txt", "Le pont de Corvenne a rouvert lundi.")
        desk.ingest()
        (article,) = desk.library.articles()
        quote = article.text[3:7]
        right, wrong = (attack.Citation(article.id, start, start + 4, quote) for start in (3, 4))
        gone, empty = attack.Citation("gone", 3, 7, quote), attack.Citation(article.id, 3, 3, "")
        assert attack.unresolved(desk.library, [right, wrong, gone, empty]) == [wrong, gone, empty]
