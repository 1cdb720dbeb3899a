"""An address in place of a question is told from a question."""

from __future__ import annotations

import pytest

from ui.chat.typed_address import typed_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://www.lemonde.fr/a/b.html", "https://www.lemonde.fr/a/b.html"),
        ("  « http://exemple.fr/une » ?", "http://exemple.fr/une"),
        ("<https://exemple.fr/a?b=c>", "https://exemple.fr/a?b=c"),
        ("www.lemonde.fr", "https://www.lemonde.fr"),
        ("lemonde.fr/politique/article/2025/03/02/titre_6.html", "https://lemonde.fr/politique/article/2025/03/02/titre_6.html"),
    ],
)  # fmt: skip
def test_an_address_is_one_whatever_stands_around_it(written: str, address: str):
    assert typed_address(written) == address


@pytest.mark.parametrize(
    "question",
    [
        "",
        "Que dit M.Macron ?",
        "M.Macron",
        "U.S./Canada",
        "3.5/10",
        "lemonde.fr",
        "Que dit https://exemple.fr/a de la crue ?",
        "https://exemple.fr/a https://exemple.fr/b",
        "javascript:alert(1)",
        "ftp://exemple.fr/a",
        "file:///etc/hosts",
        "https://",
    ],
)
def test_what_says_more_or_is_no_page_is_a_question(question: str):
    assert typed_address(question) is None
