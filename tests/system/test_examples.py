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
DESK = yaml.safe_load((EXAMPLES / "desk.yaml").read_text(encoding="utf-8"))
KEPT = yaml.safe_load((EXAMPLES / "kept" / "desk.yaml").read_text(encoding="utf-8"))
GOLD = [
    pytest.param(gold["file"], gold["quote"], id=f"{q['id']}-{gold['file']}")
    for q in [*QUESTIONS, *ENGLISH, *DESK, *KEPT]
    for gold in q.get("gold", ())
]
# What the library itself says, where no quote does.
OF_THE_LIBRARY = {"articles", "count", "outlets", "newest", "author"}
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


def test_there_are_about_forty_articles_in_three_formats():
    assert Counter(path.suffix for path in FILES) == {".html": 26, ".md": 8, ".txt": 3}


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


def test_sixty_english_questions_are_about_seventeen_french_articles_and_no_other():
    assert [q["id"] for q in ENGLISH] == [f"e{n:02}" for n in range(1, 61)]
    assert len({q["question"] for q in [*QUESTIONS, *ENGLISH]}) == 120
    keys = {"id", "question", "language", "answerable", "gold"}
    assert all(q.keys() == keys and q["answerable"] and q["gold"] for q in ENGLISH)
    assert {q["language"] for q in ENGLISH} == {"en"}
    asked = {gold["file"] for q in ENGLISH for gold in q["gold"]}
    assert len(asked) == 17
    assert {article(name).language for name in asked} == {"fr"}


def test_a_newsroom_asks_120_questions_and_the_kept_half_is_like_the_other():
    assert sorted(q["id"] for q in [*DESK, *KEPT]) == [f"d{n:03}" for n in range(1, 121)]
    assert len({q["question"] for q in [*QUESTIONS, *ENGLISH, *DESK, *KEPT]}) == 240
    for part in (DESK, KEPT):
        assert Counter(q["answerable"] for q in part) == {True: 40, False: 20}
        assert 19 <= sum(q["language"] == "en" for q in part) <= 20
    kinds = [Counter(q.get("miss", q["kind"]) for q in part) for part in (DESK, KEPT)]
    assert kinds[0].keys() == kinds[1].keys()
    assert all(abs(kinds[0][kind] - kinds[1][kind]) <= 1 for kind in kinds[0])


@pytest.mark.parametrize("q", [*DESK, *KEPT], ids=lambda q: q["id"])
def test_a_newsroom_s_question_says_what_is_right(q):
    required = {"id", "kind", "question", "language", "answerable"}
    if not q["answerable"]:
        assert required | {"miss"} <= q.keys() <= required | {"miss", "note"}
        return
    allowed = {"gold", "never", "verdict", "speaker", "at_least", "note"} | OF_THE_LIBRARY
    assert required <= q.keys() <= required | allowed
    assert ("gold" in q) + len(OF_THE_LIBRARY & q.keys()) == 1
    assert (q["kind"] == "yes-no") == ("verdict" in q)
    assert q.get("verdict", "no") in ("yes", "no", "disputed")
    golds = q.get("gold", ())
    items = {gold.get("item") for gold in golds}
    assert None not in items or items == {None}
    assert q.get("at_least", 0) <= len(items)
    assert len(items) == 2 or q.get("verdict") != "disputed"
    assert all(gold.get("answer", gold["quote"]) in gold["quote"] for gold in golds)
    assert {*q.get("articles", ()), *filter(None, [q.get("newest")])} <= {path.name for path in FILES}
    dates = [article(name).published_at for name in q.get("articles", ())]
    assert dates == sorted(dates, reverse=True)


def test_what_the_library_says_is_so():
    read = {path.name: article(path.name) for path in FILES}
    turbines = [one for one in read.values() if "éoliennes" in one.text]
    assert len(turbines) == 3 == len({one.outlet for one in turbines}) + 1
    april = [one for one in read.values() if (one.published_at or "").startswith("2026-04")]
    assert sum(one.outlet == "L’Écho de l’Orlande" for one in april) == 2
    newest = {"Pontmirail": "tissages-armelier.html", "Aldermoss": "aldermoss-refuse-strike.html"}
    for place, name in newest.items():
        naming = [one.published_at or "" for one in read.values() if place in one.text]
        assert read[name].published_at == max(naming)
    convicted = [one.outlet for one in read.values() if "Hervé Castagnac" in one.text]
    assert convicted == ["Le Courrier de Valbrume"]


@pytest.mark.parametrize(
    "name", ["Talamandier", "Brissonneau", "Marrowby", "Zéphyrine", "évêque", "ministre de la Santé"]
)
def test_what_no_article_names_is_in_none(name):
    assert not any(name in article(path.name).text for path in FILES)


def test_every_gold_file_exists():
    golds = [gold for q in [*QUESTIONS, *ENGLISH, *DESK, *KEPT] for gold in q.get("gold", ())]
    assert {gold["file"] for gold in golds} <= {path.name for path in FILES}


@pytest.mark.parametrize(("file", "quote"), GOLD)
def test_every_gold_quote_occurs_once_in_its_article(file, quote):
    assert article(file).text.count(quote) == 1
    assert "\n" not in quote
