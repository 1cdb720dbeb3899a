"""A small part of `benchmarks/standing.py`: of made-up news exactly the planted changes are told."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from rag.models.embedder import Embedder

FOLDER = Path(__file__).parents[3] / "benchmarks"


def load(name: str):
    spec = spec_from_file_location(name, FOLDER / f"{name}.py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_what_is_planted_is_told_and_nothing_else(tmp_path: Path, embedder: Embedder) -> None:
    made_up = load("standing_corpus").made_up
    news = made_up(5, topics=6)
    outcome = load("standing").asked(news, tmp_path, embedder)
    assert (outcome.missed, outcome.invented) == (set(), [])
    assert len(outcome.expected) >= 6
