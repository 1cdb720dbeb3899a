"""A library on servers, asked and written to from several machines: each has all of it, as it is now."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from chroma_process import ChromaProcess
from desk import SMALL, Desk

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.reindexing import reindex
from ingest.pipeline.repair import repair
from rag.config import ChunkingSettings, StoreSettings
from rag.engine.engine import open_filling, open_recovered
from rag.engine.integrity import inspect
from rag.errors import LibraryError
from rag.full_text.syntax import parse
from rag.index.indexer import article_of
from rag.query.question_text import QuestionText
from rag.storage.database import Place
from rag.storage.write_lock import write_lock

BRIDGE = "Le pont de Corvenne rouvre lundi. Le maire s'en félicite."
FAIR = "La foire aux courges a lieu dimanche à Valmont."
OPEN = Callable[..., Desk]


@pytest.fixture
def machine(tmp_path: Path, postgres_place: Place, chroma: ChromaProcess) -> Iterator[OPEN]:
    """`machine(name)`: the same library, as a machine of this name has it open."""
    store = StoreSettings(url=chroma.url, collection=secrets.token_hex(8))
    with ExitStack() as stack:

        def opened(name: str, chunking: ChunkingSettings = SMALL) -> Desk:
            desk = Desk(tmp_path / name, chunking, url=postgres_place.url, store=store)
            return stack.enter_context(closing(desk))

        yield opened


def retrieved(desk: Desk, question: str) -> set[str]:
    hits = desk.parts.retriever.retrieve(QuestionText(question, "fr"), 8).hits
    return {hit.article.text for hit in hits}


def searched(desk: Desk, query: str) -> int:
    return desk.parts.search.search(query).total


def test_what_one_machine_acknowledged_another_finds_and_what_it_removed_is_gone(machine: OPEN):
    one, two = machine("one"), machine("two")
    one.write("pont.txt", BRIDGE)
    one.write("foire.txt", FAIR)
    assert one.ingest().new == 2
    assert retrieved(two, "Quand rouvre le pont de Corvenne ?") == {BRIDGE, FAIR}
    assert searched(two, '"pont de Corvenne" -foire') == 1
    assert two.parts.names.alike("Corvene") == ("Corvenne",)
    one.write("pont.txt", "Le pont de Corvenne reste fermé.")
    assert one.ingest().changed == 1
    assert retrieved(two, "Quand rouvre le pont de Corvenne ?") == {"Le pont de Corvenne reste fermé.", FAIR}
    assert (searched(two, "félicite"), searched(two, "fermé")) == (0, 1)
    (bridge,) = (article.id for article in two.library.articles() if "pont" in article.text)
    assert two.indexer.remove(bridge)
    assert retrieved(one, "Quand rouvre le pont de Corvenne ?") == {FAIR}
    assert (searched(one, "pont"), one.parts.vectors.count(), one.parts.sketches.count()) == (0, 1, 1)
    for desk in (one, two):
        desk.check()
        local = {path.name for path in desk.data.iterdir()} if desk.data.exists() else set()
        assert not local & {"vectors", "terms", "full_text", "sketches"}


def test_doctor_makes_what_a_server_lost_anew_and_takes_out_what_belongs_to_nobody(machine: OPEN):
    desk = machine("one")
    desk.write("pont.txt", BRIDGE)
    desk.write("foire.txt", FAIR)
    desk.ingest()
    engine = desk.parts
    ids = [p.id for article in desk.library.articles() for p in desk.library.passages_of(article.id)]
    (article,) = desk.library.articles([article_of(ids[0])])
    engine.vectors.delete(ids[:1])
    engine.vectors.upsert(["stray:0:0"], np.eye(64, dtype=np.float32)[:1], [article])
    engine.terms.update([], delete=ids[-1:])
    engine.full_text.update([], delete=[article.id])
    engine.sketches.delete(ids[1:2])
    found = {finding.check for finding in inspect(engine).findings}
    assert {"vectors_missing", "terms_missing", "full_text_missing", "sketches_missing"} <= found
    report = repair(engine, lambda _: None)
    assert report.is_sound
    desk.check()
    assert set(engine.vectors.ids()) == {
        p.id for article in desk.library.articles() for p in desk.library.passages_of(article.id)
    }


def test_a_vector_that_is_another_s_is_made_again(machine: OPEN):
    desk = machine("one")
    desk.write("pont.txt", BRIDGE)
    desk.ingest()
    (article,) = desk.library.articles()
    passage = desk.library.passages_of(article.id)[0]
    desk.parts.vectors.upsert([passage.id], np.eye(64, dtype=np.float32)[9:10], [article])
    assert [finding.check for finding in inspect(desk.parts).findings] == ["vectors_missing"]
    assert repair(desk.parts, lambda _: None).is_sound


def test_articles_are_cut_anew_and_compacted_for_all_machines(machine: OPEN):
    one, two = machine("one"), machine("two")
    one.write("pont.txt", f"{BRIDGE} {FAIR} " * 3)
    one.write("foire.txt", FAIR)
    one.ingest()
    before = one.parts.vectors.count()
    other = machine("three", ChunkingSettings(max_tokens=64))
    with write_lock(other.place):
        reindex(other.indexer, Chunker(other.embedder, other.chunking), lambda _: None)
    assert 0 < two.parts.vectors.count() < before
    (fair,) = (article.id for article in two.library.articles() if article.text == FAIR)
    two.indexer.remove(fair)
    other.indexer.compact()
    for desk in (one, two, other):
        desk.check()
        assert len(retrieved(desk, "Que fait le maire de Corvenne ?")) == 1


def test_an_article_is_found_once_its_embargo_has_ended(machine: OPEN):
    desk = machine("one")
    story = {"uri": "urn:test:a", "headline": "Le pont", "body_text": BRIDGE, "language": "fr"}
    desk.write("a.json", json.dumps({**story, "embargoed": "2026-02-01T10:00:00+00:00"}))
    desk.ingest(keep_embargoed=True)
    assert desk.library.embargoes.count() == 1
    assert (searched(desk, "pont"), desk.parts.vectors.count()) == (0, 0)
    assert desk.indexer.release(datetime(2026, 2, 2, tzinfo=UTC)) == 1
    assert searched(desk, "pont") == 1
    desk.check()


def test_whoever_opens_the_library_clears_what_a_stop_left(machine: OPEN):
    desk = machine("one")
    desk.write("pont.txt", BRIDGE)
    desk.ingest()
    (article,) = desk.library.articles()
    desk.library.announce(["half:0:0"])
    desk.parts.vectors.upsert(["half:0:0"], np.eye(64, dtype=np.float32)[:1], [article])
    with closing(open_recovered(machine("two").parts.settings, desk.embedder)) as engine:
        assert engine.vectors.count() == len(desk.library.passages_of(article.id))
        assert inspect(engine).findings == ()


def test_dossiers_are_filled_without_a_model(machine: OPEN):
    desk = machine("one")
    desk.write("pont.txt", BRIDGE)
    desk.ingest()
    with closing(desk.library):
        filling = open_filling(desk.parts.settings, desk.library)
        assert len(filling._index.ids(parse("pont").node)) == 1
        del filling


def test_a_chroma_server_that_is_gone_is_told_to_whoever_asks(machine: OPEN, chroma: ChromaProcess):
    desk = machine("one")
    desk.write("pont.txt", BRIDGE)
    desk.ingest()
    chroma.stop()
    try:
        with pytest.raises(LibraryError, match="no Chroma server answers there"):
            retrieved(desk, "Quand rouvre le pont ?")
        assert searched(desk, "pont") == 1  # what needs no vectors goes on
    finally:
        chroma.start()
    assert retrieved(desk, "Quand rouvre le pont ?") == {BRIDGE}
