"""A comparison shows what is said of each side, under its name; a side that isn't there is said by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.schema.answer import Answer

Ask = Callable[..., Answer]


def sides(answer: Answer) -> dict[str, str]:
    found: dict[str, str] = {}
    for claim in answer.claims:
        assert claim.is_quote
        found[claim.heading] = f"{found.get(claim.heading, '')} {claim.text}".strip()
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Compare les piscines de Lormont et de Brunoy",
        "Compare la piscine de Lormont et celle de Brunoy",
        "Compare les piscines de Lormont et Brunoy",
        "Quelle est la différence entre la piscine de Lormont et la piscine de Brunoy ?",
        "compare la piscine de lormont avec la piscine de brunoy",
        "Compare Lormont and Brunoy on the piscine",
    ],
)
def test_each_side_has_what_is_said_of_it(ask: Ask, text: str):
    answer = ask(text)
    assert answer.status == "answered"
    first, second = sides(answer).items()
    assert "lormont" in first[0].lower()
    assert "brunoy" in second[0].lower()
    assert "90 000 euros" in first[1] or "fermera" in first[1]
    assert "120 000 euros" in second[1] or "restera ouverte" in second[1]


def test_figures_stand_beside_figures(ask: Ask):
    first, second = sides(ask("Compare le coût du chauffage de la piscine à Lormont et à Brunoy")).values()
    assert "90 000 euros" in first
    assert "120 000 euros" in second


def test_two_papers_are_compared_on_a_subject(ask: Ask):
    answer = ask("Compare ce que disent Le Val et La Gazette des Monts de la piscine")
    outlets = {claim.heading: claim.evidence[0].article.outlet for claim in answer.claims}
    assert outlets == {"Le Val": "Le Val", "La Gazette des Monts": "La Gazette des Monts"}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Compare la piscine de Lormont et la piscine de Sarlange", "la piscine de Sarlange"),
        ("Compare la piscine de Sarlange et la piscine de Lormont", "la piscine de Sarlange"),
        ("What's the difference between the Ferrow ferry and the Kestwick ferry?", "the Kestwick ferry"),
    ],
)
def test_a_side_that_is_not_there_is_said_by_name(ask: Ask, text: str, missing: str):
    answer = ask(text)
    assert (answer.status, answer.missing) == ("partial", (missing,))
    assert missing not in sides(answer)
    assert len(sides(answer)) == 1


def test_without_either_side_there_is_no_comparison(ask: Ask):
    answer = ask("Compare Sarlange et Kestwick")
    assert (answer.status, answer.claims) == ("not_found", ())
    assert "Sarlange" in answer.plain_text


def test_a_sentence_about_both_stands_over_them(ask: Ask):
    answer = ask("Quelle est la différence entre Lormont et Brunoy ?")
    assert answer.status == "answered"
    assert set(sides(answer)) <= {"Lormont · Brunoy", "Lormont", "Brunoy"}
    assert len({(item.article.id, item.start) for item in answer.citations}) == len(answer.citations)


def test_a_difference_that_no_side_has_is_a_fact_like_any_other(ask: Ask):
    answer = ask("How does the ferry compare to other boats?")
    assert not any(claim.heading for claim in answer.claims)
