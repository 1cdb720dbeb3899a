"""Questions in German, Spanish, Italian, Dutch and Portuguese find what articles in these languages say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.engine.factory import build_chain
from rag.runnable.chain import Chain

ARTICLES = {
    "hafen.md": (
        "Ein neuer Hafen", "de",
        "Der neue Hafen von Norderfurt wird am 3. Juni eröffnet. Der Bau kostete 48 Millionen Euro. Die"
        " Bürgermeisterin Ulrike Brandt sprach von einem großen Tag. Rund 1.200 Gäste werden erwartet.",
    ),
    "puente.md": (
        "Un puente", "es",
        "El puente de Arroyal se abrirá el 20 de abril, anunció el alcalde Julián Prado. Las obras costaron"
        " 5,6 millones de euros.",
    ),
    "museo.md": (
        "Un museo", "it",
        "Il museo di Castelvero riaprirà il 4 maggio, ha detto la sindaca Carla Neri. I lavori sono costati"
        " 900mila euro.",
    ),
    "brug.md": (
        "Een brug", "nl",
        "De brug van Oosterveen gaat op 12 maart open, zei burgemeester Jan de Wit. De bouw kostte 7 miljoen"
        " euro.",
    ),
    "ponte.md": (
        "Uma ponte", "pt",
        "A ponte de Vilarinho abre a 8 de setembro, anunciou a autarca Rita Sousa. As obras custaram 3,5"
        " milhões de euros.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with closing(Desk(tmp_path_factory.mktemp("languages"))) as desk:
        for name, (title, language, text) in ARTICLES.items():
            desk.write(name, f'---\ntitle: "{title}"\nlanguage: {language}\n---\n\n{text}\n')
        assert desk.ingest().new == len(ARTICLES)
        yield build_chain(desk.parts, None)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Wann wird der Hafen von Norderfurt eröffnet?", "3. Juni"),
        ("Wie viel kostete der Bau des Hafens?", "48 Millionen Euro"),
        ("Wer ist Bürgermeisterin von Norderfurt?", "Ulrike Brandt"),
        ("Wie viele Gäste werden in Norderfurt erwartet?", "1.200 Gäste"),
        ("¿Cuándo se abrirá el puente de Arroyal?", "20 de abril"),
        ("¿Cuánto costaron las obras del puente?", "5,6 millones de euros"),
        ("Quando riaprirà il museo di Castelvero?", "4 maggio"),
        ("Quanto sono costati i lavori del museo?", "900mila euro"),
        ("Wanneer gaat de brug van Oosterveen open?", "12 maart"),
        ("Hoeveel kostte de bouw van de brug?", "7 miljoen euro"),
        ("Quando abre a ponte de Vilarinho?", "8 de setembro"),
        ("Quanto custaram as obras da ponte de Vilarinho?", "3,5 milhões de euros"),
    ],
)
def test_the_words_that_answer_are_marked(chain: Chain, question: str, words: str):
    answer = chain.invoke(question)
    assert answer.status == "answered", answer.plain_text
    (first, *_) = answer.claims[0].evidence
    assert words in first.answer_words


@pytest.mark.parametrize(
    "question",
    [
        "Wann wird der Hafen von Süderfurt eröffnet?",
        "Wer ist Bürgermeisterin von Arroyal?",
        "¿Cuándo se abrirá el puente de Villaseca?",
        "¿Cuántos visitantes tuvo el museo de Arroyal?",
        "Quando riaprirà il museo di Montebruno?",
        "¿Quién anunció la apertura del puente de Arroyal el 3 de mayo?",
        "Wanneer gaat de brug van Westerveen open?",
        "Quanto custou o estádio de Vilarinho?",
    ],
)
def test_what_no_article_says_is_refused(chain: Chain, question: str):
    assert chain.invoke(question).status == "not_found"
