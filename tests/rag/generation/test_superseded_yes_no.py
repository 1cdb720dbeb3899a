"""Whether it is so: not by a sentence that says what it is instead, nor by an article that was put right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = (
    ("Kelby library", "en", "Kelby library will reopen on 28 April instead of 14 April, the council said."),
    ("Pont de Ravel", "fr",
     "Le pont de Ravel coûtera finalement 4,1 millions d'euros au lieu de 3,2 millions d'euros."),
    ("Gare de Lorme", "fr", "La gare de Lorme rouvrira le 8 mai au lieu du 2 mai."),
    ("Tournoi de Duras", "fr", "Le tournoi de Duras se jouera à Varzy plutôt qu'à Ormoy."),
    ("Cérémonie de Ravel", "fr",
     "La cérémonie de Ravel, initialement prévue le 3 juin, aura lieu le 10 juin."),
    ("Référendum de Montrel", "fr", "Le référendum de Montrel se tiendra le 20 juin 2026."),
    ("Montrel : le référendum avancé", "fr",
     "Le référendum de Montrel, fixé au 20 juin, est avancé au 6 juin 2026."),
    ("Concert de Lunel", "fr",
     "Le concert de Mireille Astor à Lunel aura lieu le 3 avril à 20 heures à la salle des fêtes."),
    ("Lunel : concert annulé", "fr", "Le concert de Mireille Astor prévu le 3 avril à Lunel est annulé."),
    ("Holm ferry", "en", "The Holm ferry strike will begin on 7 March, the union said."),
    ("Holm ferry strike off", "en",
     "The Holm ferry strike planned for 7 March has been called off after talks."),
    ("Port de Sauveterre", "fr", "Le nouveau port de Sauveterre sera inauguré le 4 juillet 2026."),
    ("Bal", "fr", "Le bal de Tilly aura lieu le 2 mai à la salle des fêtes."),
    ("Exposition", "fr", "L'exposition de Tilly, prévue le 2 mai, est annulée."),
    ("Hartwell crash", "en", "Five people were killed in the Hartwell coach crash on Sunday, police said."),
    ("Correction", "en",
     "An earlier version of our report said five people were killed in the Hartwell coach crash. Four people"
     " were killed; the fifth is in a critical condition."),
    ("Saxel", "fr",
     "Dans notre article d'hier sur Saxel, nous avons écrit par erreur que le directeur de Saxel s'appelait"
     " Paul Roy : il s'appelle Paul Royer."),
)  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with closing(Desk(tmp_path_factory.mktemp("yes_no"))) as desk:
        for number, (title, language, text) in enumerate(ARTICLES):
            head = f'title: "{title}"\ndate: 2026-02-{number + 1:02}\noutlet: Le Phare\nlanguage: {language}'
            desk.write(f"{number:02}.md", f"---\n{head}\n---\n\n{text}\n")
        assert desk.ingest().new == len(ARTICLES)
        yield build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Will Kelby library reopen on 14 April?", "no"),
        ("Will Kelby library reopen on 28 April?", "yes"),
        ("Le pont de Ravel coûtera-t-il 3,2 millions d'euros ?", "no"),
        ("La gare de Lorme rouvrira-t-elle le 2 mai ?", "no"),
        ("La gare de Lorme rouvrira-t-elle le 8 mai ?", "yes"),
        ("Le tournoi de Duras se jouera-t-il à Ormoy ?", "no"),
        ("Le tournoi de Duras se jouera-t-il à Varzy ?", "yes"),
        ("La cérémonie de Ravel aura-t-elle lieu le 3 juin ?", "no"),
        ("La cérémonie de Ravel aura-t-elle lieu le 10 juin ?", "yes"),
        ("Le référendum de Montrel se tiendra-t-il le 20 juin ?", "no"),
        ("Le concert de Mireille Astor à Lunel aura-t-il lieu le 3 avril ?", "no"),
        ("Will the Holm ferry strike begin on 7 March?", "no"),
        ("Le port de Sauveterre sera-t-il inauguré le 4 juillet ?", "yes"),
        ("Le bal de Tilly aura-t-il lieu le 2 mai ?", "yes"),  # another thing of that day was called off
    ],
)
def test_what_a_sentence_says_is_replaced_is_no_yes(chain: Chain, question: str, verdict: str):
    answer = chain.invoke(question)
    assert answer.verdict == verdict
    if len(answer.claims) > 1:
        shown = [claim.heading for claim in answer.claims]
        assert shown in (["Non", "Annoncé auparavant"], ["No", "Announced before"])


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("Quand aura lieu le concert de Mireille Astor à Lunel ?", ["est annulé", "le 3 avril à 20 heures"]),
        ("When will the Holm ferry strike begin?", ["called off", "will begin on 7 March"]),
        ("Quand aura lieu le bal de Tilly ?", ["le 2 mai à la salle"]),
    ],
)
def test_what_was_called_off_is_told_first(chain: Chain, question: str, quotes: list[str]):
    claims = chain.invoke(question).claims
    assert len(claims) == len(quotes)
    assert all(words in claim.text for words, claim in zip(quotes, claims, strict=True))


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("How many people were killed in the Hartwell coach crash?", ["Four people", "Five people"]),
        ("Qui dirige Saxel ?", ["Paul Royer"]),
        ("Comment s'appelle le directeur de Saxel ?", ["Paul Royer"]),
    ],
)
def test_what_a_correction_says_was_wrong_answers_nothing(chain: Chain, question: str, answers: list[str]):
    found = [item.answer_words for item in chain.invoke(question).citations]
    assert found == answers
