"""The example articles and their questions keep the promises that other tests and measurements rest on.

Knows the public reader and the files; nothing of retrieval or answering.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from ingest.converters.registry import read_article
from rag.schema.article import Article

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = sorted((EXAMPLES / "articles").iterdir())
QUESTIONS = yaml.safe_load((EXAMPLES / "questions.yaml").read_text(encoding="utf-8"))
ENGLISH = yaml.safe_load((EXAMPLES / "questions.en.yaml").read_text(encoding="utf-8"))
GOLD = [
    pytest.param(gold["file"], gold["quote"], id=f"{q['id']}-{gold['file']}")
    for q in [*QUESTIONS, *ENGLISH]
    for gold in q.get("gold", ())
]
WIRE = ("greve-clairelle-courrier.html", "greve-clairelle-gazette.html", "greve-clairelle-fil.md")
PAGE_FURNITURE = (
    "cookies",
    "newsletter",
    "La lettre du matin",
    "À lire aussi",
    "Les plus lus",
    "Mots-clés",
    "commentaires",
    "Agenda",
    "Mentions légales",
    "Publié le",
    "Subscribe",
    "All rights reserved",
)


@cache
def article(name: str) -> Article:
    path = EXAMPLES / "articles" / name
    return read_article(path.read_bytes(), str(path))


def names(*suffixes: str) -> list[str]:
    return [path.name for path in FILES if path.suffix in suffixes]


def test_there_are_about_twenty_articles_in_three_formats():
    assert Counter(path.suffix for path in FILES) == {".html": 16, ".md": 4, ".txt": 2}


@pytest.mark.parametrize("name", names(".html", ".md"))
def test_a_published_article_says_where_when_and_by_whom(name):
    found = article(name)
    assert found.title
    assert found.outlet
    assert found.author
    assert "2025-01-01" <= found.published_at < "2026-11-01"


@pytest.mark.parametrize("name", names(".txt"))
def test_pasted_text_is_not_given_an_outlet_or_a_date(name):
    found = article(name)
    assert (found.outlet, found.author, found.published_at) == (None, None, None)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_article_is_short_and_clean(path):
    text = article(path.name).text
    assert 150 <= len(text.split()) <= 450
    assert [words for words in PAGE_FURNITURE if words.lower() in text.lower()] == []


def test_the_wire_story_is_printed_by_three_outlets_with_small_changes():
    printed = [article(name) for name in WIRE]
    assert len({a.outlet for a in printed}) == len({a.title for a in printed}) == 3
    for one, other in combinations(printed, 2):
        alike = SequenceMatcher(None, one.text.split(), other.text.split(), autojunk=False).ratio()
        assert 0.5 < alike < 1


def test_the_correction_comes_after_the_article_that_it_corrects():
    wrong, right = article("crue-valbrume-echo.html"), article("crue-valbrume-correction.html")
    assert wrong.outlet == right.outlet
    assert wrong.published_at < right.published_at


def test_one_quotation_spans_several_paragraphs():
    text = article("prix-trois-rivieres.html").text
    quotation = text[text.index("« On me demande") :].split("»")[0]
    assert quotation.count("«") == 1
    assert quotation.count("\n") >= 3


def test_there_are_sixty_questions_of_which_twenty_have_no_answer():
    kinds = Counter((q["language"], q["answerable"]) for q in QUESTIONS)
    assert kinds == {("fr", True): 32, ("fr", False): 16, ("en", True): 8, ("en", False): 4}


def test_questions_are_distinct_and_have_the_documented_keys():
    assert [q["id"] for q in QUESTIONS] == [f"q{n:02}" for n in range(1, 61)]
    assert len({q["question"] for q in QUESTIONS}) == 60
    for q in QUESTIONS:
        required = {"id", "question", "language", "answerable"} | ({"gold"} if q["answerable"] else set())
        assert required <= q.keys() <= required | {"note"}
        assert q.get("gold", True), q["id"]


def test_sixty_english_questions_are_about_every_french_article_and_no_other():
    assert [q["id"] for q in ENGLISH] == [f"e{n:02}" for n in range(1, 61)]
    assert len({q["question"] for q in [*QUESTIONS, *ENGLISH]}) == 120
    keys = {"id", "question", "language", "answerable", "gold"}
    assert all(q.keys() == keys and q["answerable"] and q["gold"] for q in ENGLISH)
    assert {q["language"] for q in ENGLISH} == {"en"}
    asked = {gold["file"] for q in ENGLISH for gold in q["gold"]}
    assert asked == {path.name for path in FILES if article(path.name).language == "fr"}


def test_every_gold_file_exists():
    golds = [gold for q in [*QUESTIONS, *ENGLISH] for gold in q.get("gold", ())]
    assert {gold["file"] for gold in golds} <= {path.name for path in FILES}


@pytest.mark.parametrize(("file", "quote"), GOLD)
def test_every_gold_quote_occurs_once_in_its_article(file, quote):
    assert article(file).text.count(quote) == 1
    assert "\n" not in quote
