"""An encoder behind OpenAI's embeddings API: what it gives, what is refused, and a library made with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_server import ModelServer, model_server

from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.ingestion import ingest
from ingest.pipeline.reindexing import reindex
from rag.config import EmbeddingSettings, RetrievalSettings, Settings
from rag.engine.engine import Engine, open_engine
from rag.engine.factory import build_chain
from rag.engine.integrity import inspect
from rag.errors import ConfigError, ModelUnavailableError
from rag.model_servers import server as servers
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.models.reranker import load_reranker
from rag.models.server_embedder import ServerEmbedder

QUESTION = "Combien coûtera l'abonnement à la bibliothèque de Malvoisy ?"
ARTICLES = {
    "livres.txt": "La bibliothèque de Malvoisy ouvrira aussi le dimanche. L'abonnement à la bibliothèque"
    " coûtera 12 euros par an. Elle compte 40 000 livres.\n",
    "cirque.txt": "Le cirque Balto s'installe à Port-Salin jusqu'au 20 mai. Trente artistes y présentent un"
    " spectacle sans animaux.\n",
}


@pytest.fixture(scope="module")
def running(embedder: Embedder) -> Iterator[ModelServer]:
    def vectors(texts):  # whoever asks puts the prompts in front
        return embedder.embed_passages(texts)

    with model_server(vectors) as server:
        yield server


@pytest.fixture
def fake(running: ModelServer, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    monkeypatch.setattr(servers, "_BACKING_OFF", lambda _: 0.01)
    monkeypatch.setattr(servers, "_breakers", {})
    running.faults, running.always, running.asked = [], None, []
    return running


def settings(fake: ModelServer, **more: object) -> EmbeddingSettings:
    values = {"model": "openai:small", "base_url": fake.url, "read_timeout": 5, **more}
    return EmbeddingSettings.model_validate(values)


def test_vectors_are_the_servers_in_the_order_of_the_texts(fake: ModelServer, embedder: Embedder):
    made = load_embedder(settings(fake, batch_size=2))
    texts = ["Un pont.", "Le maire de Malvoisy a parlé hier.", "", "Des livres, des livres."]
    wanted = embedder.embed_passages([text or "." for text in texts])
    fake.faults = ["shuffled"]
    assert np.allclose(made.embed_passages(texts), wanted, atol=1e-3)
    assert [len(body["input"]) for _, body in fake.asked] == [2, 2]
    assert made.embed_passages([]).shape == (0, made.dimension) == (0, embedder.dimension)


def test_prompts_are_put_in_front_where_they_are_set(fake: ModelServer):
    made = load_embedder(settings(fake, query_prompt="Q: ", passage_prompt="P: "))
    made.embed_queries(["a"])
    made.embed_passages(["b"])
    plain = load_embedder(settings(fake))
    plain.embed_queries(["c"])
    assert [body["input"] for _, body in fake.asked] == [["Q: a"], ["P: b"], ["c"]]
    assert made.name != plain.name


def test_sentences_stand_for_the_words_of_a_text(fake: ModelServer, embedder: Embedder):
    made = load_embedder(settings(fake))
    [read] = made.read_passages([ARTICLES["livres.txt"]])
    said = [ARTICLES["livres.txt"][start:end] for start, end in read.spans]
    assert len(said) == 3
    assert np.allclose(read.tokens, embedder.embed_passages(said), atol=1e-3)
    [asked] = made.read_queries([QUESTION])
    assert np.allclose(asked.tokens, [asked.vector])


@pytest.mark.parametrize("fault", ["short", "wide", "nan", "zero", "doubled", "html", "garbage"])
def test_what_is_no_vector_for_each_text_is_refused(fake: ModelServer, fault: str):
    fake.always = fault
    with pytest.raises(ModelUnavailableError, match=r"^The embedding model's server, http.* failed \("):
        load_embedder(settings(fake)).embed_passages(["a", "b"])


def test_dimensions_are_asked_for_and_checked(fake: ModelServer):
    made = load_embedder(settings(fake, dimensions=64))
    assert made.embed_queries(["a"]).shape == (1, 64)
    assert fake.asked[-1][1]["dimensions"] == 64
    with pytest.raises(ConfigError, match=r"gives vectors of 384 numbers, not 500; correct embedding"):
        load_embedder(settings(fake, dimensions=500)).embed_queries(["a"])


@given(st.text(max_size=60), st.integers(1, 4))
def test_windows_hold_the_whole_text_and_fit(text: str, tokens: int):
    class Unasked(ServerEmbedder):
        def __init__(self) -> None:
            self.max_tokens = 4 * tokens

    windows = list(Unasked()._windows(text))
    assert "".join(windows).split() == text.split() or "".join(windows) == text
    assert all(len(one.encode()) <= 4 * tokens * 3 + 4 for one in windows)


def test_a_long_text_is_read_window_by_window(fake: ModelServer):
    made = load_embedder(settings(fake, max_tokens=64))
    assert made.embed_passages(["mot " * 500]).shape == (1, made.dimension)
    assert max(len(text) for _, body in fake.asked for text in body["input"]) <= 62 * 3


@pytest.mark.parametrize(("model", "base_url"), [("openai:", "http://x/v1"), ("openai:m", "x:9/v1")])
def test_a_server_without_model_or_address_is_told(model: str, base_url: str):
    with pytest.raises(ConfigError, match=r"^embedding\.model: openai: is followed by the name of a model"):
        load_embedder(EmbeddingSettings(model=model, base_url=base_url))


# --- a library made with it ---


def opened(folder: Path, fake: ModelServer, **more: object) -> Engine:
    return open_engine(Settings(data_dir=folder / "data", embedding=settings(fake, **more)))


def ingested(folder: Path, engine: Engine) -> int:
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = [str(folder / name) for name in ARTICLES]
    return ingest(found, engine.indexer, chunker_of(engine), lambda _: None).new


def test_articles_are_found_and_questions_answered_by_a_servers_vectors(tmp_path: Path, fake: ModelServer):
    with closing(opened(tmp_path, fake)) as engine:
        assert ingested(tmp_path, engine) == 2
        assert inspect(engine).findings == ()
        chain = build_chain(engine, None)
        answer = chain.invoke(QUESTION)
        assert "12 euros" in answer.text
        for item in answer.citations:
            article = engine.library.article(item.article.id)
            assert article.text[item.start : item.end] == item.quote
        assert chain.invoke("Qui a gagné le Tour de France en 1998 ?").status == "not_found"
        assert reindex(engine.indexer, chunker_of(engine), lambda _: None) == 0


def test_without_the_server_questions_are_told_why_and_nothing_is_lost(tmp_path: Path, fake: ModelServer):
    with closing(opened(tmp_path, fake)) as engine:
        fake.always = 503
        with pytest.raises(ModelUnavailableError, match=r"embedding model's server.* failed \(status 503\)"):
            ingested(tmp_path, engine)
        fake.always = None
        servers._breakers.clear()
    with closing(opened(tmp_path, fake)) as engine:
        assert ingested(tmp_path, engine) == 2
        fake.always = "drop"
        with pytest.raises(ModelUnavailableError, match="searched by their words"):
            build_chain(engine, None).invoke(QUESTION)
        fake.always = None
        assert "12 euros" in build_chain(engine, None).invoke(QUESTION).text


# --- a reranker ---


def reranking(fake: ModelServer) -> RetrievalSettings:
    return RetrievalSettings(reranker="openai:ranker", reranker_server={"base_url": fake.url, "attempts": 1})


def test_a_server_ranks_passages(fake: ModelServer):
    scores = load_reranker(reranking(fake)).scores("le pont", ["le bac", "le pont", "un lac"])
    assert scores.tolist() == [1.0, 2.0, 0.0]
    (path, body), *_ = fake.asked
    assert (path, body["model"], body["top_n"]) == ("/v1/rerank", "ranker", 3)


def test_without_the_reranker_the_order_is_that_of_the_search(tmp_path: Path, fake: ModelServer):
    with closing(opened(tmp_path, fake)) as engine:
        ingested(tmp_path, engine)
        asked = engine.settings.model_copy(update={"retrieval": reranking(fake)})
        plain = build_chain(engine, None).invoke(QUESTION)
        ranked = replace(engine, settings=asked)
        fake.faults = [None, 500]  # the question's vector, then the ranking
        assert build_chain(ranked, None).invoke(QUESTION).claims == plain.claims


def test_a_reranker_without_an_address_is_told():
    with pytest.raises(ConfigError, match=r"^retrieval\.reranker: openai: is followed"):
        load_reranker(RetrievalSettings(reranker="openai:x"))
