"""`benchmarks/answering_time.py` asks two trees the same questions in turn, and compares what they took."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

# By its file: its folder has modules of the names of others here.
_SPEC = importlib.util.spec_from_file_location(
    "answering_time", Path(__file__).parents[2] / "benchmarks" / "answering_time.py"
)
answering_time = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = answering_time
_SPEC.loader.exec_module(answering_time)
Timed, Tree = answering_time.Timed, answering_time.Tree
asker, measure = answering_time.asker, answering_time.measure
read_questions, report = answering_time.read_questions, answering_time.report

# What the worker imports of a tree, in place of a model: it says after `wait` seconds what it was asked.
_RAG = """
import time
from rag.schema.question import Question

class HitsFound: pass
class ClaimChecked: pass
class Answer: status = "answered"

class Chain:
    def warm_up(self, language): assert language == "fr"
    def close(self): pass
    def stream(self, asked):
        assert isinstance(asked, Question) and asked.fresh
        with open("asked.txt", "a", encoding="utf-8") as kept:
            kept.write(asked.text + "\\n")
        yield HitsFound()
        if "refuse" not in asked.text:
            yield ClaimChecked()
        time.sleep({wait})
        yield Answer()

def load_chain(): return Chain()
"""
_QUESTION = """
from dataclasses import dataclass

@dataclass
class Question:
    text: str
    fresh: bool = False
"""


def tree(folder: Path, name: str, wait: float) -> Tree:
    package = folder / name / "rag" / "schema"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text(_RAG.replace("{wait}", str(wait)), encoding="utf-8")
    (package / "__init__.py").touch()
    (package / "question.py").write_text(_QUESTION, encoding="utf-8")
    library = folder / f"{name}-library"
    library.mkdir()
    return Tree(name, folder / name, Path(sys.executable), library)


def test_both_trees_are_asked_the_same_questions_and_timed(tmp_path):
    quick, slow = tree(tmp_path, "this", 0), tree(tmp_path, "base", 0.2)
    questions = ["Où ?", "Quand refuse-t-on ?", "L'été ?"]
    with asker(quick, "fr") as one, asker(slow, "fr") as other:
        timed = measure({"base": other, "this": one}, questions)
    for name in ("this", "base"):
        assert (tmp_path / f"{name}-library" / "asked.txt").read_text("utf-8").splitlines() == questions
    assert [one.first < 0.2 <= one.whole for one in timed["base"]] == [True, False, True]
    assert timed["base"][1].first >= 0.2  # a refusal's first words are its own
    assert all(one.first <= one.whole for one in timed["this"])


def test_a_tree_that_ends_is_told(tmp_path):
    broken = tree(tmp_path, "base", 0)
    (broken.folder / "rag" / "__init__.py").write_text("raise SystemExit(3)", encoding="utf-8")
    with pytest.raises(SystemExit, match="base: the process has ended, with code 3"), asker(broken, "fr"):
        pass


def test_the_medians_are_told_with_their_shares(monkeypatch):
    monkeypatch.setattr(answering_time.os, "getloadavg", lambda: (0.5, 0, 0))
    base = [Timed(2.0, 4.0, "answered"), Timed(3.0, 5.0, "not_found"), Timed(9.0, 10.0, "answered")]
    this = [Timed(0.5, 0.6, "answered"), Timed(1.0, 1.0, "not_found"), Timed(1.5, 2.0, "not_found")]
    assert report({"base": base, "this": this}) == [
        "3 questions, load 0.5: first words p50, p95; whole answer p50, p95 (s); refused",
        "  base     3.000    8.400      5.000    9.500   1/3",
        "  this     1.000    1.450      1.000    1.900   2/3",
        "  share of the base's own: 0.333, 0.200",
        "  share of the base's whole answer: 0.200, 0.200",
    ]
    assert report({"this": this}) == [
        "3 questions, load 0.5: first words p50, p95; whole answer p50, p95 (s); refused",
        "  this     1.000    1.450      1.000    1.900   2/3",
    ]


def test_questions_are_a_question_sets_or_a_texts_lines(tmp_path):
    asked = [{"question": "Où ?"}, {"question": " Quand ? "}, {"question": "Où ?"}]
    squad = tmp_path / "set.json"
    squad.write_text(json.dumps({"data": [{"paragraphs": [{"qas": asked}]}]}), encoding="utf-8")
    text = tmp_path / "set.txt"
    text.write_text("Quand ?\n\nOù ?\n", encoding="utf-8")
    assert sorted(read_questions(squad, 9, 1)) == sorted(read_questions(text, 9, 1)) == ["Où ?", "Quand ?"]
    assert read_questions(text, 1, 1) == read_questions(text, 1, 1)
    assert len(read_questions(text, 1, 1)) == 1


def test_questions_that_warm_up_are_not_timed():
    assert answering_time.split(["a", "b", "c", "d"]) == (["a", "b"], ["c", "d"])
    with pytest.raises(SystemExit, match="at least 3 are needed"):
        answering_time.split(["a", "b"])
