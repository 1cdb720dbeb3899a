"""The words that answer are of whom, and of what, was asked; another's are none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = {
    "vote.md": (
        "Orvanne vote", "fr",
        "À Orvanne, Maud Leroy a été élue maire avec 1 204 voix, contre 988 à son rival Didier Blanc. La"
        " mairie restera ouverte lundi.",
    ),
    "pool.md": (
        "La piscine d'Orvanne", "fr",
        "La piscine d'Orvanne a coûté 1,9 million d'euros, dont 600 000 euros apportés par le département."
        " Elle rouvrira le 2 juin, indique l'adjoint aux sports Hervé Lanoë.",
    ),
    "prizes.md": (
        "Prix littéraires", "fr",
        "Le romancier Antoine Girard a reçu le prix des Lices. Sa sœur, la poétesse Camille Girard, publie un"
        " recueil en juin. La traductrice Inès Robin était finaliste.",
    ),
    "town.md": ("Corvenne", "fr", "La mairie de Corvenne sera repeinte en mai. La mairie a choisi le bleu."),
}  # fmt: skip


PLACES = {
    "two.md": (
        "Les municipales à Perly", "fr",
        "Yves Cadet a été réélu maire de Perly avec 53 % des voix. La participation a atteint 58,4 %. À"
        " Perly-sur-Orge, Denis Aubry l'emporte avec 61 % des suffrages face à Karine Lebon.",
    ),
    "storm.md": (
        "Storm Edda", "en",
        "Storm Edda crossed the county on Monday. Two people died when a tree fell on a car near Pell. The"
        " market hall lost its roof.",
        "The Kelby Post",
    ),
    "bridge.md": (
        "Le pont de Brest-Nord", "fr",
        "Le pont de Brest-Nord coûtera 3 millions d'euros, dont un million payé par la ville.",
    ),
    "fire.md": (
        "Un incendie à Perly-sur-Orge", "fr",
        "Un entrepôt de Perly-sur-Orge a brûlé mercredi. Quarante personnes ont été évacuées à Perly.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with opened(tmp_path_factory.mktemp("whose"), ARTICLES) as found:
        yield found


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with opened(tmp_path_factory.mktemp("places"), PLACES) as found:
        yield found


@contextmanager
def opened(folder: Path, articles: dict[str, tuple[str, ...]]) -> Iterator[Chain]:
    with closing(Desk(folder)) as desk:
        for name, (title, language, text, *outlet) in articles.items():
            printed = f"outlet: {outlet[0]}\n" if outlet else ""
            desk.write(name, f'---\ntitle: "{title}"\nlanguage: {language}\n{printed}---\n\n{text}\n')
        assert desk.ingest().new == len(articles)
        yield build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Combien de voix a obtenu Didier Blanc ?", "988"),
        ("Combien de voix a obtenu Maud Leroy ?", "1 204"),
        ("Combien le département a-t-il apporté pour la piscine d'Orvanne ?", "600 000 euros"),
        ("Combien a coûté la piscine d'Orvanne ?", "1,9 million d'euros"),
        ("Qui a été élu maire d'Orvanne ?", "Maud Leroy"),
        ("Qui est l'adjoint aux sports d'Orvanne ?", "Hervé Lanoë"),
        ("Quel prix a reçu Antoine Girard ?", "le prix des Lices"),
    ],
)
def test_the_answer_is_of_whom_it_was_asked(chain: Chain, question: str, words: str):
    answer = chain.invoke(question)
    assert answer.status == "answered", answer.plain_text
    assert words in (answer.claims[0].evidence[0].answer_words or "").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("question", "others"),
    [
        ("Quel prix a reçu Camille Girard ?", "le prix des Lices"),
        ("Quel prix a reçu Inès Robin ?", "le prix des Lices"),
        ("Qui est l'adjoint à la culture d'Orvanne ?", "Hervé Lanoë"),
        ("Qui est le maire de Corvenne ?", "mairie"),
        ("Qui a été élu maire de Corvenne ?", "mairie"),
    ],
)
def test_anothers_is_none(chain: Chain, question: str, others: str):
    answer = chain.invoke(question)
    marked = [words for claim in answer.claims for one in claim.evidence if (words := one.answer_words)]
    assert not any(others in words for words in marked), answer.plain_text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Qui est maire de Perly ?", "Yves Cadet"),
        ("Quelle a été la participation à Perly ?", "58,4 %"),
        ("How many people died near Pell?", "Two people"),
        ("Combien la ville paie-t-elle pour le pont de Brest-Nord ?", "un million"),
        # An article that has said the whole name may go on with its beginning.
        ("Combien de personnes ont été évacuées à Perly-sur-Orge ?", "Quarante personnes"),
    ],
)
def test_a_place_is_told_from_one_whose_name_begins_alike(places: Chain, question: str, words: str):
    answer = places.invoke(question)
    assert answer.status == "answered", answer.plain_text
    assert words in (answer.claims[0].evidence[0].answer_words or "")


@pytest.mark.parametrize(
    "question",
    [
        "Qui est maire de Perly-sur-Orge ?",
        "Quelle a été la participation à Perly-sur-Orge ?",
        "Quel score a obtenu Karine Lebon ?",
        # A paper tells of its town, but not where it says where else.
        "How many people died in Kelby?",
    ],
)
def test_what_is_said_of_that_one_is_refused(places: Chain, question: str):
    answer = places.invoke(question)
    assert answer.status == "not_found", answer.plain_text
