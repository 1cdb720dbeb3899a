"""What was put right or put off later isn't answered with the first telling alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk
from fake_chat_model import FakeChatModel

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = (
    ("Brassy : la piscine", "2026-03-02", "fr",
     "La piscine de Brassy rouvrira le 15 avril, a annoncé la mairie. Les travaux ont duré un an."),
    ("Correction : la piscine de Brassy", "2026-03-04", "fr",
     "Nous avons écrit par erreur que la piscine de Brassy rouvrirait le 15 avril : elle rouvrira le 25"
     " avril."),
    ("Crue à Valbrume", "2026-03-02", "fr",
     "La crue qui a frappé Valbrume a fait trois morts, selon la préfecture."),
    ("Correction : la crue de l'Orlande", "2026-03-04", "fr",
     "La crue de l'Orlande a fait deux morts, et non trois comme nous l'avons écrit. L'Orlande traverse"
     " Valbrume."),
    ("Denby tramway", "2026-03-02", "en",
     "The Denby tramway will open on 3 May, the council said. It cost 40 million pounds."),
    ("Correction: Denby tramway", "2026-03-05", "en",
     "An earlier version of this article said the Denby tramway would open on 3 May; it will open on"
     " 13 May."),
    ("Denby tramway put off", "2026-03-09", "en",
     "The opening of the Denby tramway, planned for 13 May, has been postponed until 1 June."),
    ("Carval a une directrice", "2026-03-02", "fr", "Anne Lemoine dirige l'hôpital de Carval depuis lundi."),
    ("Rectificatif", "2026-03-03", "fr",
     "Contrairement à ce que nous avons écrit, c'est Alice Lemaire, et non Anne Lemoine, qui dirige l'hôpital"
     " de Carval."),
    ("Le stade", "2025-01-02", "fr", "Le stade de Morlange ouvrira le 3 juin 2025, dit la ville."),
    ("Le stade attendra", "2025-05-20", "fr",
     "L'ouverture du stade de Morlange est repoussée au 12 septembre 2025, a dit la ville."),
    # Another thing was put off that day; and what was said before is no correction of what came after.
    ("La gare de Morlange attendra", "2025-05-21", "fr",
     "L'ouverture de la gare de Tilly est repoussée au 8 octobre 2025."),
    ("Le pont de Tessy attendra", "2026-01-05", "fr",
     "L'ouverture du pont de Tessy est repoussée au 2 juin 2026."),
    ("Le pont de Tessy", "2026-02-05", "fr", "Le pont de Tessy ouvrira le 12 mai 2026, dit le département."),
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with closing(Desk(tmp_path_factory.mktemp("superseded"))) as desk:
        for number, (title, day, language, text) in enumerate(ARTICLES):
            head = f'title: "{title}"\ndate: {day}\noutlet: Le Phare\nlanguage: {language}'
            desk.write(f"{number:02}.md", f"---\n{head}\n---\n\n{text}\n")
        assert desk.ingest().new == len(ARTICLES)
        yield desk


@pytest.fixture(scope="module")
def chain(desk: Desk) -> Chain:
    return build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "said", "corrects"),
    [
        ("Quand rouvrira la piscine de Brassy ?", ["le 25 avril", "le 15 avril"], True),
        ("Combien de morts dans la crue de Valbrume ?", ["deux morts", "trois morts"], True),
        ("When will the Denby tramway open?", ["1 June", "13 May", "3 May"], False),
        ("Qui dirige l'hôpital de Carval ?", ["Alice Lemaire", "Anne Lemoine"], True),
        ("Quand ouvrira le stade de Morlange ?", ["12 septembre 2025", "le 3 juin 2025"], False),
    ],
)
def test_what_was_said_later_in_its_place_comes_first(
    chain: Chain, question: str, said: list[str], corrects: bool
):
    answer = chain.invoke(question)
    assert [claim.evidence[0].answer_words for claim in answer.claims] == said
    [told] = answer.disagreements
    assert {side.evidence for side in told.sides} == {*answer.citations}
    assert (told.correction is not None) == corrects
    for item in answer.citations:
        assert item.article.text[item.start : item.end] == item.quote


def test_what_was_said_before_takes_no_place(chain: Chain):
    answer = chain.invoke("Quand ouvrira le pont de Tessy ?")
    assert answer.citations[0].answer_words == "le 12 mai 2026"
    assert not any(one.correction for one in answer.disagreements)


def test_what_a_model_writes_is_followed_by_what_was_said_later(desk: Desk):
    model = FakeChatModel(respond=lambda _: "La piscine de Brassy rouvrira le 15 avril [1].")
    answer = build_chain(desk.parts, model).invoke("Quand rouvrira la piscine de Brassy ?")
    quotes = [claim.evidence[0].quote for claim in answer.claims]
    if quotes[0].startswith("La piscine"):  # else [1] was the correction itself, and nothing is in its place
        assert "elle rouvrira le 25 avril" in quotes[1]
    assert any("25 avril" in one for one in quotes)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Articles, and later ones that say `instead of`, `now`, `et non` of something else."""
    told = (
        ("Gare", "fr", "La gare de Morlange sera rénovée en 2027, annonce la région."),
        ("Parking", "fr", "Le parking de la gare de Morlange sera prêt en 2029 au lieu de 2027."),
        ("Explosion", "fr", "L'explosion de l'usine de Tilly a fait 5 blessés."),
        ("Correction : Tilly", "fr", "L'accident de car de Tilly a fait 12 blessés, et non 14."),
        ("Denby tramway", "en", "The Denby tramway will open on 3 May, the council said."),
        ("Tickets", "en", "Tickets for the Denby tramway will go on sale on 20 April instead of 10 April."),
        ("Denby bypass", "en", "The Denby bypass, long delayed, will now open on 9 September."),
        ("Selby school", "en", "Selby school has 900 pupils and 40 teachers."),
        ("Correction", "en", "A report on Selby wrongly said that the school has 900 pupils; it has 600."),
        ("Piscine", "fr", "La piscine de Brassy rouvrira le 15 avril."),
        ("Patinoire", "fr", "À Brassy, c'est la patinoire, et non la piscine, qui fermera le 30 avril."),
        ("Mairie", "fr", "Sophie Blin est la maire de Lorme depuis dimanche."),
        ("Rectificatifs", "fr", "À Lorme, la fête est maintenue. Le maire de Duras s'appelle Hugo Lain, et"
         " non Hugo Lin."),
    )  # fmt: skip
    with closing(Desk(tmp_path_factory.mktemp("others"))) as desk:
        for number, (title, language, text) in enumerate(told):
            head = f'title: "{title}"\ndate: 2026-02-{number + 1:02}\noutlet: Le Phare\nlanguage: {language}'
            desk.write(f"{number:02}.md", f"---\n{head}\n---\n\n{text}\n")
        desk.ingest()
        yield build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Quand sera rénovée la gare de Morlange ?", "en 2027"),
        ("Combien de blessés dans l'explosion de Tilly ?", "5 blessés"),
        ("When will the Denby tramway open?", "3 May"),
        ("How many teachers does Selby school have?", "40 teachers"),
        ("Quand rouvrira la piscine de Brassy ?", "le 15 avril"),
        ("Qui est la maire de Lorme ?", "Sophie Blin"),
    ],
)
def test_what_is_said_of_something_else_takes_no_place(others: Chain, question: str, first: str):
    answer = others.invoke(question)
    assert answer.citations[0].answer_words == first
    assert not any(one.correction for one in answer.disagreements)
