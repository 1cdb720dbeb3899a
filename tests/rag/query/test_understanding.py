"""A question is read once: no rule is asked twice of the same words, and what is known of a text is kept."""

from __future__ import annotations

import importlib.util
import sys
import time
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from rag.query.question_text import QuestionText
from rag.query.understanding import normalised, understand
from rag.schema.question import Question, Turn

FILE = Path(__file__).parents[3] / "benchmarks" / "analysis_counts.py"
DAY = date(2025, 11, 10)
FLOOD = Turn("Combien de personnes ont été évacuées à Valbrume la semaine dernière ?", "340 habitants. [1]")
DEAD = Turn("Combien de morts a-t-elle faits ?", "La crue a fait deux morts. [1]")
MAYOR = Turn("Who opened the bridge?", "Odile Brac opened it. [1]")


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`benchmarks/analysis_counts.py`."""
    spec = importlib.util.spec_from_file_location("analysis_counts", FILE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "analysis_counts", module)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "history"),
    [
        ("Combien de personnes ont été évacuées lors de la crue de l'Orlande ?", ()),
        ("Que s'est-il passé à Valbrume depuis le 3 novembre 2025 ?", ()),
        ("Et à Valbrume ?", (FLOOD, DEAD)),
        ("Et combien de blessés a-t-elle faits ?", (FLOOD,)),
        ("Et le lendemain ?", (FLOOD,)),
        ("Où est-elle née ?", (MAYOR,)),
        ("Que dit cette ministre ?", (MAYOR, FLOOD)),
        ("Résume en anglais", (FLOOD,)),
        ("in French please", (MAYOR,)),
        ("Bonjour, comment ça va ?", (FLOOD,)),
    ],
)
def test_no_rule_is_asked_twice_of_the_same_words(counts: ModuleType, text: str, history: tuple[Turn, ...]):
    # Lists of words are read when a rule first needs them, which is no question's doing.
    other = f"{text.removesuffix('?')}vraiment ?"
    read_lists = understand(normalised(Question(other, history)), ["fr", "en"], DAY, lambda *_: True)
    assert read_lists.expected_answer is not None
    with counts.counted() as calls:
        asked = understand(normalised(Question(text, history)), ["fr", "en"], DAY, lambda *_: True)
        read = asked.needs_rewriting, asked.expected_answer, asked.full.terms, asked.search.terms
        again = asked.needs_rewriting, asked.expected_answer, asked.full.terms, asked.search.terms
    assert again == read
    assert calls.found
    whole = {key: count for key, count in calls.found.items() if len(key[1]) >= counts.SHORTEST}
    assert {key: count for key, count in whole.items() if count > 1} == {}


def test_what_does_not_depend_on_the_language_is_found_once_for_both():
    french = QuestionText("Où est née Odile Brac ?", "fr")
    english = french.in_language("en")
    assert english == QuestionText("Où est née Odile Brac ?", "en")
    assert english.flat is french.flat
    assert english.folded is french.folded
    assert english.in_language("fr") is french
    assert french.in_language("en") is english
    assert (french.terms, english.terms) == (
        QuestionText(french.text, "fr").terms,
        QuestionText(french.text, "en").terms,
    )


def test_a_question_that_stands_alone_is_one_text():
    asked = understand(Question("Où est née Odile Brac ?"), ["fr", "en"], DAY, lambda *_: True)
    assert asked.full is asked.search is asked.own


@pytest.mark.parametrize(
    ("asked", "before", "words"),
    [
        ("Et la semaine d'avant ?", "La semaine dernière, qui a gagné ?", "Du 27 octobre au 2 novembre 2025"),
        ("Et la semaine d'avant ?", "Qui a gagné la semaine dernière ?", "du 27 octobre au 2 novembre 2025"),
        ("Et le mois d'avant ?", "En mars 2025, qui a gagné ?", "En février 2025"),
        ("And the week before?", "Last week, who won the race?", "From 27 October to 2 November 2025"),
        ("And the week before?", "Who won the race last week?", "from 27 October to 2 November 2025"),
    ],
)
def test_a_counted_period_has_its_place_in_the_question_that_stands_alone(asked, before, words):
    turn = Turn(before, "Paul Ravier. [1]")
    read = understand(normalised(Question(asked, (turn,))), ["fr", "en"], DAY, lambda *_: True)
    assert (read.full.text[read.period.start : read.period.end], read.period.words) == (words, words)


@pytest.mark.parametrize("gap", [" ", "\n", "\u00a0", "\t ", " \n", "\u2003", "\u3000"])
@pytest.mark.parametrize("words", ["Quand{} ?", "Le pont{}a-t-il rouvert et quand ?", "Qui{}et{}pourquoi ?"])
def test_white_space_of_any_length_is_read_at_once(gap: str, words: str):
    """What parts a question at its white space would be busy with this for minutes, and all readers wait."""
    question = words.replace("{}", gap * (1_900 // len(gap) // words.count("{}")))
    begun = time.process_time()
    read = normalised(question)
    parsed = understand(read, ["fr", "en"], date(2026, 1, 5), lambda *_: True)
    assert parsed.full.expected_answer is not None
    assert time.process_time() - begun < 10
    assert len(read.text) < 50
