"""What is exported is a file with a name, and every format of it holds what is cited."""

from __future__ import annotations

import json
import re

import pytest
from handed_in import ANSWERED, BRIDGE, FERRY, FERRY_QUOTE, NOT_FOUND
from hypothesis import example, given
from hypothesis import strategies as st

from ui.documents.files import DOCUMENTS, ENDINGS, REFERENCES, answers_file, articles_file, articles_title


@pytest.mark.parametrize("form", ENDINGS)
def test_every_format_of_an_answer_is_named_after_its_question(form: str):
    made = answers_file("", [ANSWERED], form, "fr")
    assert made.name == f"Et le pont.{ENDINGS[form]}"
    assert made.content


@pytest.mark.parametrize("form", [*DOCUMENTS, *REFERENCES])
def test_every_format_of_articles(form: str):
    made = articles_file("Mon dossier", [BRIDGE], form, "fr", [FERRY_QUOTE])
    assert made.name == f"Mon dossier.{ENDINGS[form]}"
    if form != "docx":
        assert "Le pont est là" in made.text
        assert "Bac" in made.text


def test_the_references_of_answers_are_what_they_cite_each_once():
    made = json.loads(answers_file("T", [ANSWERED, ANSWERED], "csl-json", "fr").text)
    assert [one["title"] for one in made] == ["Le pont est là", "Bac", "الجسر"]
    assert answers_file("T", [NOT_FOUND], "bibtex", "fr").text == ""
    assert json.loads(answers_file("T", [NOT_FOUND], "csl-json", "fr").text) == []


def test_the_json_has_what_the_command_says():
    told = json.loads(answers_file("Le pont", [ANSWERED], "json", "fr", words={99: "d'une autre"}).text)
    assert "note" not in told["exchanges"][0]
    expected = {"stage": "answered", "error": None, "lost": False, **ANSWERED.answer.to_dict()}
    assert told == {"title": "Le pont", "exchanges": [expected]}


def test_a_selection_is_titled_by_its_article_or_by_how_many_there_are():
    assert articles_title([BRIDGE], "fr") == "Le pont est là"
    assert articles_title([BRIDGE, FERRY], "en") == "2 articles"


@given(st.text(max_size=100))
@example("../../etc/passwd")
@example("CON: a/b\\c?")
@example(" . ")
def test_a_file_s_name_is_a_name(title: str):
    for form in ENDINGS:
        name = answers_file(title or "x", [], form, "fr").name
        assert re.fullmatch(rf"[\w’' -]{{1,60}}\.{re.escape(ENDINGS[form])}", name)
        assert name == name.strip()
