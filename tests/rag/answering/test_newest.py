"""`Quoi de neuf` is the newest articles, by the sentences that say what they say; a number is not news."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.schema.answer import Answer
from rag.schema.question import Filters

Ask = Callable[..., Answer]


def told(answer: Answer) -> list[str]:
    assert answer.status == "answered"
    for claim in answer.claims:
        assert claim.is_quote
        assert any(
            hit.article.id == item.article.id and hit.start <= item.start and item.end <= hit.end
            for item in claim.evidence
            for hit in answer.hits
        )
    return [claim.evidence[0].article.title for claim in answer.claims]


NEWEST = [
    "Le pont des Aulnes rouvre aux camions",
    "Lormont vote un budget de huit millions",
    "Grève à la scierie Morand",
    "Ferry returns to Ferrow after eight months",
    "La mer gagne sur la dune",
]


@pytest.mark.parametrize(
    "text", ["Quoi de neuf ?", "quoi de neuf", "Les dernières nouvelles", "What's new?", "Any news?"]
)
def test_the_newest_articles_come_first(ask: Ask, text: str):
    answer = ask(text)
    assert told(answer) == NEWEST
    assert answer.language == ("en" if "new" in text else "fr")
    assert (
        answer.claims[0].text == "Le pont des Aulnes a rouvert lundi aux camions, après trois ans de travaux."
    )


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Quoi de neuf sur la piscine ?",
         ["Lormont vote un budget de huit millions", "À Brunoy, la piscine reste ouverte",
          "Deux mois sans piscine à Lormont"]),
        ("Quoi de neuf à Brunoy depuis mars 2025 ?", ["Grève à la scierie Morand"]),
        ("What's new with the ferry?", ["Ferry returns to Ferrow after eight months"]),
        ("Quoi de neuf depuis avril 2025 ?", NEWEST[:2]),
        ("Quoi de neuf cette semaine ?", NEWEST[:1]),
        ("What's new since April 2025?", NEWEST[:2]),
        ("Que s'est-il passé la semaine dernière ?", []),
    ],
)  # fmt: skip
def test_on_a_subject_and_since_a_day(ask: Ask, text: str, titles: list[str]):
    answer = ask(text)
    if titles:
        assert told(answer) == titles
    else:
        assert answer.status == "not_found"


def test_a_text_that_two_papers_print_is_told_once_with_both(ask: Ask):
    answer = ask(
        "Quoi de neuf sur la piscine de Lormont ?",
        filters=Filters(outlets=("Le Val", "La Gazette des Monts")),
    )
    [twin] = [one for claim in answer.claims for one in claim.evidence if one.also_in]
    assert [one.outlet for one in twin.also_in] == ["Le Val"]


def test_the_sentence_is_the_one_on_the_subject(ask: Ask):
    answer = ask("Quoi de neuf sur la piscine ?")
    assert all("piscine" in claim.text.lower() for claim in answer.claims)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Quoi de neuf sur Odile Brac ?", "Aucun article ne parle d'Odile Brac."),
        ("What's new on the volcano?", "No article speaks of “volcano”."),
        ("Quoi de neuf sur la piscine depuis mai 2025 ?", "Aucun article publié depuis le 1er mai 2025"),
        ("Quoi de neuf sur la grève du ferry ?", "Aucun article dont le titre"),
    ],
)
def test_no_news_is_said_by_name(ask: Ask, text: str, said: str):
    answer = ask(text)
    assert (answer.status, answer.claims) == ("not_found", ())
    assert answer.plain_text.startswith(said)


def test_nothing_since_a_day_says_of_when_the_newest_is(ask: Ask):
    answer = ask("Quoi de neuf sur la piscine depuis mai 2025 ?")
    assert answer.plain_text.endswith("Le plus récent à ce sujet est du 20 avril 2025.")
