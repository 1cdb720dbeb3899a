"""A question that is limited to a dossier is answered from its articles as they are now, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import Desk

from rag.dossiers.rule import Rule
from rag.engine.factory import build_chain
from rag.models.embedder import Embedder
from rag.runnable.chain import Chain
from rag.schema.answer import Answer
from rag.schema.question import Filters, Question
from rag.storage.database import Place

ASKED = "Quand le musée de Port-Salin rouvrira-t-il ?"


@pytest.fixture
def asked(place: Place, embedder: Embedder) -> Iterator[tuple[Desk, Chain]]:
    with closing(Desk(place.folder, url=place.url, embedder=embedder)) as desk:
        desk.write("musee.txt", "Le musée de Port-Salin rouvrira le 3 mai. L'entrée coûtera 4 euros.")
        desk.write("foire.txt", "La foire de Port-Salin attire chaque année des milliers de visiteurs.")
        desk.ingest()
        yield desk, build_chain(desk.parts, None)


def ask(chain: Chain, words: str, filters: Filters) -> Answer:
    return chain.invoke(Question(words, filters=filters))


def test_an_answer_changes_with_what_is_in_the_dossier(asked: tuple[Desk, Chain]):
    desk, chain = asked
    table = desk.library.dossiers
    made = table.create("", "Port-Salin")
    table.add_rule(made.id, "", Rule("foire"))
    filters = Filters(dossiers=(made.as_filter,))
    assert ask(chain, ASKED, filters).status == "not_found"
    table.add(made.id, "", [desk.id_of("musee.txt")])
    answer = ask(chain, ASKED, filters)
    assert (answer.status, answer.cached) == ("answered", False)
    assert answer.to_dict()["filters"]["dossiers"] == [{"id": made.id, "name": "Port-Salin"}]
    assert ask(chain, ASKED, filters).cached
    table.take_out(made.id, "", [desk.id_of("musee.txt")])
    assert ask(chain, ASKED, filters).status == "not_found"
    table.delete(made.id, "")
    assert ask(chain, ASKED, filters).status == "not_found"
    assert ask(chain, ASKED, Filters()).status == "answered"


def test_what_the_catalogue_says_names_the_dossier(asked: tuple[Desk, Chain]):
    desk, chain = asked
    table = desk.library.dossiers
    made = table.create("", "La foire")
    table.add_rule(made.id, "", Rule("foire"))
    filters = Filters(dossiers=(made.as_filter,))
    assert ask(chain, "Combien d'articles ?", filters).plain_text == "1 article du dossier « La foire »."
    table.empty(made.id, "")
    assert "du dossier « La foire »" in ask(chain, "Combien d'articles ?", filters).plain_text
