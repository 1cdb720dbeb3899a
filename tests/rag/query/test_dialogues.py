"""The conversations: how many of their turns are understood as they must be, and that the data holds."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml
from dialogues import FOLDER, HALVES, DialogueTurn, evidence, turns

# The share of turns that are understood right; it may only rise.
FLOORS = {"open": 86 / 88, "kept": 58 / 61}
KEYS = {"ask", "is", "has", "lacks", "reply", "answer", "language"}


def _stated(half: str) -> list[dict]:
    return yaml.safe_load((FOLDER / f"{half}.yaml").read_text(encoding="utf-8"))


def _faults(turn: DialogueTurn) -> list[str]:
    understood = turn.understood()
    found = turn.faults(understood.standalone, understood.small_talk is not None)
    said_in = turn.stated.get("language")
    return found + ([f"is in {understood.language}"] if said_in not in (None, understood.language) else [])


@pytest.mark.parametrize("half", HALVES)
def test_turns_are_understood_with_what_was_said_before(half: str):
    faults = {turn.place: _faults(turn) for turn in turns(half) if turn.counts}
    wrong = {place: found for place, found in faults.items() if found}
    assert 1 - len(wrong) / len(faults) >= FLOORS[half], wrong


@pytest.mark.parametrize("half", HALVES)
def test_every_turn_says_what_is_right(half: str):
    for dialogue in _stated(half):
        assert dialogue.keys() == {"id", "language", "turns"}
        for number, turn in enumerate(dialogue["turns"]):
            assert turn.keys() <= KEYS
            assert number == 0 or len(turn.keys() & {"is", "has", "reply"}) == 1, (dialogue["id"], turn)
            if "answer" in turn:
                assert evidence(*turn["answer"]).answer_start is not None


def test_there_are_conversations_in_each_half():
    dialogues = {half: _stated(half) for half in HALVES}
    assert {half: len(each) for half, each in dialogues.items()} == {"open": 46, "kept": 30}
    assert len({dialogue["id"] for each in dialogues.values() for dialogue in each}) == 76
    spoken = Counter(dialogue["language"] for each in dialogues.values() for dialogue in each)
    assert spoken["fr"] >= 30
    assert spoken["en"] >= 19
