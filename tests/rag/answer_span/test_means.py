"""Words that say by what means something is done."""

from __future__ import annotations

import pytest

from rag.answer_span.means import means


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Elle a vidé la caisse, en se servant d'un double des clés.", "en se servant d'un double des clés"),
        ("Grâce à une corde, il a rejoint la rive.", "Grâce à une corde"),
        ("Ils ont ouvert le coffre au moyen d'un pied-de-biche.", "au moyen d'un pied-de-biche"),
        ("They moved the sheep by hand and took them off via ferry.", "by hand and took them off via ferry"),
        ("The clerk cheated by quietly sending two bills, the court heard.", "by quietly sending two bills"),
    ],
)
def test_a_sentence_says_by_what_means(text, words):
    found = means(text)
    assert text[found.start : found.end] == words


@pytest.mark.parametrize(
    "text",
    [
        "Le gérant devra payer 20 000 euros d'amende.",
        "« On verra bien », a-t-il dit en souriant.",
        "En attendant, le pont reste fermé avant mardi.",
        "The sheep were wrapped in plastic by the crew.",
        "By morning, nobody was left.",
    ],
)
def test_what_says_none(text):
    assert means(text) is None
