"""A town is asked after, and articles speak of others whose longer names have its name in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = {
    "ville.md": (
        "Brassy inaugure son pont", "fr",
        "Le maire de Brassy, Paul Verrier, a coupé le ruban lundi. Le pont de Brassy a coûté 4,2 millions"
        " d'euros. Brassy compte 12 340 habitants, selon la mairie.",
    ),
    "bains.md": (
        "Brassy-les-Bains inaugure son pont", "fr",
        "Le maire de Brassy-les-Bains, Hector Lamiral, a coupé le ruban samedi. Le pont de Brassy-les-Bains a"
        " coûté 9,9 millions d'euros. Brassy-les-Bains compte 777 habitants, selon la mairie.",
    ),
    "saint.md": (
        "Saint-Brassy grandit", "fr",
        "Saint-Brassy compte 5 431 habitants, selon la mairie. La maire, Nora Silvain, s'en félicite.",
    ),
    "marwick.md": (
        "Marwick counts", "en", "Marwick has 12,340 residents, the council said. Its mayor is Ann Vork.",
    ),
    "tay.md": (
        "Marwick-on-Tay counts", "en",
        "Marwick-on-Tay has 801 residents, and North Marwick has 95 residents, the council said.",
    ),
    "dunquay.md": (
        "Dunquay-sur-Mer agrandit son port", "fr",
        "Le port de Dunquay-sur-Mer sera agrandi en juin. Le maire de Dunquay-sur-Mer est Luc Oriel.",
    ),
    "kelby.md": (
        "A bridge for Kelby-on-Dee", "en", "Kelby-on-Dee has 4,120 residents. Its mayor is Ida Storr.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with closing(Desk(tmp_path_factory.mktemp("near"))) as desk:
        for name, (title, language, text) in ARTICLES.items():
            desk.write(name, f'---\ntitle: "{title}"\nlanguage: {language}\n---\n\n{text}\n')
        assert desk.ingest().new == len(ARTICLES)
        yield build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "words", "title"),
    [
        ("Qui est le maire de Brassy ?", "Paul Verrier", "Brassy inaugure son pont"),
        ("Combien a coûté le pont de Brassy ?", "4,2 millions", "Brassy inaugure son pont"),
        ("Combien d'habitants compte Brassy ?", "12 340", "Brassy inaugure son pont"),
        ("How many inhabitants does Brassy have?", "12 340", "Brassy inaugure son pont"),
        ("Qui est le maire de Brassy-les-Bains ?", "Hector Lamiral", "Brassy-les-Bains inaugure son pont"),
        ("Combien d'habitants compte Saint-Brassy ?", "5 431", "Saint-Brassy grandit"),
        ("How many residents does Marwick have?", "12,340", "Marwick counts"),
        ("Combien de résidents compte Marwick ?", "12,340", "Marwick counts"),
    ],
)
def test_each_town_has_its_own_facts(chain: Chain, question: str, words: str, title: str):
    answer = chain.invoke(question)
    assert answer.citations
    assert {one.article.title for one in answer.citations} == {title}
    assert words in answer.citations[0].quote
    assert not answer.claims[0].heading


@pytest.mark.parametrize(
    ("question", "words", "heading"),
    [
        ("Quand sera agrandi le port de Dunquay ?", "en juin", "À propos de Dunquay-sur-Mer :"),
        ("Qui est le maire de Dunquay ?", "Luc Oriel", "À propos de Dunquay-sur-Mer :"),
        ("How many residents does Kelby have?", "4,120", "About Kelby-on-Dee:"),
        ("How many residents does Kelby-on-Dee have?", "4,120", ""),
        ("Qui est le maire de Dunquay-sur-Mer ?", "Luc Oriel", ""),
    ],
)
def test_an_answer_of_a_longer_name_says_so(chain: Chain, question: str, words: str, heading: str):
    answer = chain.invoke(question)
    assert words in answer.citations[0].quote
    assert [claim.heading for claim in answer.claims] == [heading] * len(answer.claims)
