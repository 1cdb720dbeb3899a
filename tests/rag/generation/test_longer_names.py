"""Articles have what is asked about in a longer name only: the answer says whom it is of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = {
    "dunquay.md": (
        "Dunquay-sur-Mer agrandit son port", "fr",
        "Le port de Dunquay-sur-Mer sera agrandi en juin. Le maire de Dunquay-sur-Mer est Luc Oriel.",
    ),
    "abbot.md": (
        "A station closes", "en", "Norton Abbot station will close for repairs on 4 June.",
    ),
    "tram.md": (
        "Le tramway s'étend", "fr", "Le tramway de Clamont-Ferran transporte 60 000 voyageurs par jour.",
    ),
    "energy.md": (
        "Oryon Energy", "en",
        "Oryon Energy employs 900 people in Kelby. Oryon Energy's chief executive is Mark Stone.",
    ),
    "foods.md": ("Oryon Foods", "en", "Oryon Foods will build a factory in Newport for £12 million."),
    "seine.md": ("Un budget", "fr", "Vistry-sur-Seine a voté un budget de 210 millions d'euros."),
    "francois.md": ("Une piscine", "fr", "Vistry-le-François a fermé sa piscine le 3 mars."),
    "chamber.md": (
        "La chambre", "fr", "Marie Duvant-Lefort préside la chambre de commerce de Tessy depuis 2021.",
    ),
    "short.md": (
        "Un stade", "fr",
        "À Orvault-Bellon, le stade rouvre. Les travaux du stade d'Orvault ont coûté 8 millions d'euros. Le"
        " maire d'Orvault-Bellon, Yves Cadet, s'en félicite.",
    ),
    "two.md": (
        "Deux gares", "fr",
        "Les gares de Perly et de Perly-Bardon ont été comparées. La gare de Perly-Bardon accueille 900"
        " voyageurs par jour.",
    ),
    "martins.md": (
        "Deux peines", "fr",
        "Jean Vautrin a été condamné à deux ans de prison. Paul Vautrin a été relaxé.",
    ),
    "council.md": ("A plan", "en", "On Friday Selwick Council rejected a plan for 300 homes."),
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with closing(Desk(tmp_path_factory.mktemp("near"))) as desk:
        for name, (title, language, text) in ARTICLES.items():
            desk.write(name, f'---\ntitle: "{title}"\nlanguage: {language}\n---\n\n{text}\n')
        assert desk.ingest().new == len(ARTICLES)
        yield build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "words", "heading"),
    [
        ("When will Norton station close?", "4 June", "About Norton Abbot:"),
        ("When will Norton Abbot station close?", "4 June", ""),
        ("Combien de voyageurs transporte le tramway de Clamont ?", "60 000", "À propos de Clamont-Ferran :"),
        ("Combien de voyageurs transporte le tramway de Clamont-Ferran ?", "60 000", ""),
        # Two longer names share the shorter one: it says which is meant, and which isn't.
        ("Who is the chief executive of Oryon?", "Mark Stone", "About Oryon Energy, not Oryon Foods:"),
        ("How many people does Oryon employ?", "900", "About Oryon Energy, not Oryon Foods:"),
        ("Who is the chief executive of Oryon Energy?", "Mark Stone", ""),
        (
            "Quel est le budget de Vistry ?",
            "210 millions",
            "À propos de Vistry-sur-Seine, et non de Vistry-le-François :",
        ),
        (
            "Quand la piscine de Vistry a-t-elle fermé ?",
            "3 mars",
            "À propos de Vistry-le-François, et non de Vistry-sur-Seine :",
        ),
        ("Que préside Marie Duvant ?", "chambre de commerce", "À propos de Marie Duvant-Lefort :"),
        # The article itself calls Orvault-Bellon Orvault: a journalist who asks so is answered of it.
        ("Combien ont coûté les travaux du stade d'Orvault ?", "8 millions", ""),
        ("Qui est le maire d'Orvault ?", "Yves Cadet", ""),
        # Here they are two, and the sentence is of the other one.
        ("Combien de voyageurs accueille la gare de Perly-Bardon ?", "900", ""),
        # The surname of two people of one article, and of one.
        (
            "À combien d'années de prison Vautrin a-t-il été condamné ?",
            "deux ans",
            "À propos de Jean Vautrin :",
        ),
        ("De quelle ville Oriel est-il le maire ?", "Luc Oriel", ""),
        ("How many homes did Selwick reject?", "300 homes", ""),
    ],
)
def test_an_answer_says_whom_it_is_of(chain: Chain, question: str, words: str, heading: str):
    answer = chain.invoke(question)
    assert words in answer.citations[0].quote
    assert [claim.heading for claim in answer.claims] == [heading] * len(answer.claims)


def test_names_with_hyphens_are_whole_in_what_is_said_instead(chain: Chain):
    unknown = chain.invoke("Quel est le budget de Vernoy-sur-Mer ?")
    assert unknown.plain_text.startswith("Aucun article ne parle de Vernoy-sur-Mer.")
    assert "de Mer" not in unknown.plain_text
    english = chain.invoke("What is the budget of Kelby-on-Tarn?")
    assert english.plain_text.startswith("No article mentions Kelby-on-Tarn.")


def test_a_summary_says_of_each_sentence_whom_it_is_of(chain: Chain):
    answer = chain.invoke("Que disent les articles de Vistry ?")
    assert {claim.heading for claim in answer.claims} == {
        "À propos de Vistry-sur-Seine :", "À propos de Vistry-le-François :",
    }  # fmt: skip
    assert [claim.heading for claim in chain.invoke("What do the articles say about Selwick?").claims] == [""]


def test_a_follow_up_is_of_the_longer_name_too(chain: Chain):
    first = chain.invoke("Qui est le maire de Dunquay-sur-Mer ?")
    then = chain.invoke({"question": "et à Dunquay ?", "history": [first.turn()]})
    assert [claim.heading for claim in then.claims] == ["À propos de Dunquay-sur-Mer :"]
