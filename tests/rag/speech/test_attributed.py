"""To whom a sentence attributes what it says, in its own words."""

from __future__ import annotations

import pytest

from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.speech.attributed import attributed_to


@pytest.mark.parametrize(
    ("language", "quote", "who"),
    [
        ("fr", "La crue a fait trois morts, selon la préfecture.", "la préfecture"),
        ("fr", "D'après les secours, quatre personnes sont mortes.", "les secours"),
        ("fr", "La piscine rouvrira le 15 avril, a annoncé la mairie.", "la mairie"),
        ("en", "The fire left six people injured, the fire service said.", "the fire service"),
        ("en", "According to the council, it will cost £2 million.", "the council"),
        ("fr", "Le pont rouvrira en mai.", ""),
        ("en", "Repairs will cost £2 million.", ""),
        ("fr", "Le maire a signé l'arrêté, la rue est fermée.", ""),
    ],
)
def test_who_says_so_is_named_in_the_words_of_the_quote(language: str, quote: str, who: str):
    article = Article("a", quote, "Titre", "a.md", "h", language=language)
    assert attributed_to(Evidence(article, 0, len(quote))) == who
