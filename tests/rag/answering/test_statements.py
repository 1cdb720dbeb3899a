"""What somebody said is their words alone: by name, role or pronoun, never another's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.schema.answer import Answer

Ask = Callable[..., Answer]
NO_CHOICE = "« Nous n'avons pas le choix », a déclaré le maire, Alain Verdier."
FAULT = "« Fermer serait une faute », a affirmé la maire de Brunoy, Claire Vasseur."
CANTEEN = "« Elle a payé la cantine. »"


def said(answer: Answer) -> str:
    assert answer.status == "answered"
    return " ".join(claim.text for claim in answer.claims)


@pytest.mark.parametrize(
    ("text", "words", "others"),
    [
        ("Qu'a dit Alain Verdier sur la piscine ?", [NO_CHOICE, CANTEEN], ["faute", "boucler",
         "Brunoy, dit-elle"]),
        ("qu'a dit alain verdier sur la piscine", [NO_CHOICE, CANTEEN], ["faute", "boucler"]),
        ("Qu'a dit Verdier sur la piscine ?", [NO_CHOICE, CANTEEN], ["faute", "boucler"]),
        ("qu'a dit verdier sur la piscine", [NO_CHOICE, CANTEEN], ["faute", "boucler"]),
        ("Qu'a dit Alain Verdier ?", [NO_CHOICE, CANTEEN, "les écoles seraient prévenues"], ["faute",
         "boucler"]),
        ("Que pense Nadia Ferri de la fermeture de la piscine ?",
         ["« On ferme un bassin pour boucler un budget. »"],
         ["choix", "cantine", "faute"]),
        ("Qu'a dit Nadia Ferri sur la grève ?", ["« Nous irons jusqu'au bout »"], ["boucler", "choix"]),
        ("Que dit la maire de Brunoy ?", [FAULT], ["choix", "cantine", "boucler"]),
        ("Qu'a dit le maire de Lormont sur la piscine ?", [NO_CHOICE], ["faute", "boucler"]),
        ("Qu'a dit le préfet sur le pont ?", ["« Personne n'y croyait plus », a-t-il dit."], ["choix"]),
        ("What did Moira Tallon say about the ferry?", ["“The engine is new and the crew is the same,”"],
         ["waited too long"]),
        ("What did Neil Garvie say?", ["“People waited too long,” he said."], ["engine", "leave at six"]),
        ("What did the mayor of Ferrow say about the ferry?", ["“People waited too long,”"], ["engine"]),
        ("What did the harbour master say?", ["The engine is new"], ["waited"]),
    ],
)  # fmt: skip
def test_the_words_are_the_speakers(ask: Ask, text: str, words: list[str], others: list[str]):
    told = said(ask(text))
    assert [one for one in words if one not in told] == []
    assert [one for one in others if one in told] == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Qu'a dit Odile Brac sur la piscine ?", "Aucun article ne parle d'Odile Brac."),
        ("What did Odile Brac say about the ferry?", "No article mentions Odile Brac."),
        ("Qu'a dit Alain Verdier sur la grève ?",
         "Les articles rapportent des paroles d'Alain Verdier, mais pas sur la grève."),
        ("Qu'a dit Claire Vasseur sur Odile Brac ?", "Aucun article ne parle d'Odile Brac."),
        ("What did Moira Tallon say about the school?",
         "The articles report words of Moira Tallon, but not about the school."),
    ],
)  # fmt: skip
def test_what_was_not_said_is_not_made_up(ask: Ask, text: str, plain: str):
    answer = ask(text)
    assert (answer.status, answer.claims) == ("not_found", ())
    assert answer.plain_text.startswith(plain)


def test_who_is_named_and_says_nothing(ask: Ask):
    answer = ask("Qu'a dit Paul Roux ?")
    assert answer.status == "not_found"


def test_the_newest_statement_comes_first(ask: Ask):
    days = [claim.evidence[0].article.published_at for claim in ask("Qu'a dit Alain Verdier ?").claims]
    assert days == sorted(days, reverse=True)
