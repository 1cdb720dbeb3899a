"""A Chroma server that isn't there, refuses, hangs, goes away and comes back; and a collection made anew."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from chroma_process import ChromaProcess
from chromadb.errors import InternalError
from listener import listening

from rag.config import load_settings
from rag.errors import ConfigError, LibraryError
from rag.index.shared import chroma_server
from rag.index.shared.chroma_server import ChromaServer, StoreServerError
from rag.index.shared.server_vectors import ServerVectorStore
from rag.schema.article import Article
from rag.schema.question import Filters

AXES = np.eye(4, dtype=np.float32)
SECRET = "a token that nobody is told"


@pytest.fixture
def article(make_article: Callable[..., Article]) -> Article:
    return make_article("Le pont rouvre.")


@pytest.fixture
def name() -> str:
    return secrets.token_hex(8)


@pytest.fixture
def store(chroma: ChromaProcess, name: str) -> Iterator[ServerVectorStore]:
    with closing(ServerVectorStore(ChromaServer(chroma.url), name, "model")) as opened:
        yield opened


def everything(store: ServerVectorStore, filters: Filters | None = None) -> set[str]:
    return {scored.passage_id for scored in store.search(AXES[0], 100, filters)}


def store_at(url: str, token: str | None = None, header: str = "Authorization") -> ServerVectorStore:
    return ServerVectorStore(ChromaServer(url, token, header), "sourcier", "model")


# --- what goes wrong ---


def test_where_no_server_answers_it_is_said_in_one_sentence(article: Article):
    store = store_at("http://127.0.0.1:9")
    for ask in (store.count, store.is_foreign, lambda: store.upsert(["a"], AXES[:1], [article])):
        with pytest.raises(StoreServerError) as said:
            ask()
        assert said.value.args == (
            "http://127.0.0.1:9: no Chroma server answers there; start it, or set store.url. Nothing is"
            " lost.",
            "http://127.0.0.1:9 : aucun serveur Chroma n'y répond ; démarrez-le, ou changez store.url. Rien"
            " n'est perdu.",
        )


def test_a_server_that_takes_calls_and_never_answers_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chroma_server, "_CONNECTING", 0.2)
    with listening() as silent, pytest.raises(StoreServerError, match="no Chroma server answers there"):
        store_at(f"http://{silent.host}").count()


@pytest.mark.parametrize(("status", "said"), [("401 Unauthorized", "refuses us; set store.token"),
                                              ("403 Forbidden", "refuses us; set store.token"),
                                              ("500 Oops", "the Chroma server failed")])  # fmt: skip
def test_a_server_that_refuses_is_said_without_the_token(status: str, said: str):
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    with listening(answer) as refusing, pytest.raises(StoreServerError, match=said) as error:
        store_at(f"http://{refusing.host}", SECRET).count()
    assert SECRET not in "".join(error.value.args)
    assert f"Authorization: Bearer {SECRET}".encode() in refusing.heard[0]


def test_a_token_is_not_taken_to_where_a_server_points():
    with listening(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as other:
        there = f"http://{other.host.replace('127.0.0.1', 'localhost')}/"
        answer = f"HTTP/1.1 302 Found\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode()
        with listening(answer) as pointing, pytest.raises(StoreServerError, match=r"failed \(302\)"):
            store_at(f"http://{pointing.host}", SECRET).count()
    assert other.heard == []


def test_a_token_that_a_server_repeats_is_not_told():
    server = ChromaServer("http://127.0.0.1:9", SECRET)
    with pytest.raises(StoreServerError, match="the Chroma server failed") as error, server.told():
        raise InternalError(f"bad header {SECRET}")
    assert SECRET not in "".join(error.value.args)


def test_a_token_goes_as_it_is_in_a_header_of_its_own():
    answer = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with listening(answer) as refusing, pytest.raises(StoreServerError):
        store_at(f"http://{refusing.host}", SECRET, "X-Chroma-Token").count()
    assert f"X-Chroma-Token: {SECRET}".encode() in refusing.heard[0]


def test_a_server_that_went_away_is_said_and_used_again_when_it_is_back(tmp_path: Path, article: Article):
    server = ChromaProcess(tmp_path)
    server.start()
    try:
        with closing(store_at(server.url)) as store:
            store.upsert(["a", "b"], AXES[:2], [article] * 2)
            server.stop()
            for ask in (lambda: store.search(AXES[0], 5), lambda: store.upsert(["c"], AXES[:1], [article])):
                with pytest.raises(StoreServerError, match="no Chroma server answers there"):
                    ask()
            server.start()
            assert everything(store) == {"a", "b"}
            store.delete(["a"])
            assert store.present(["a", "b"]) == {"b"}
    finally:
        server.stop()


# --- libraries that share a server ---


def test_libraries_of_other_names_have_nothing_in_common(
    chroma: ChromaProcess, name: str, store: ServerVectorStore, article: Article
):
    with closing(ServerVectorStore(ChromaServer(chroma.url), f"{name}.b", "another model")) as other:
        store.upsert(["a"], AXES[:1], [article])
        other.upsert(["b"], AXES[:1], [article])
        assert (everything(store), everything(other)) == ({"a"}, {"b"})
        other.reset()
        assert (everything(store), everything(other)) == ({"a"}, set())


def test_vectors_of_another_library_are_refused_and_left_alone(
    chroma: ChromaProcess, name: str, article: Article
):
    server = ChromaServer(chroma.url)
    mine = ServerVectorStore(server, name, "model", "mine")
    other = ServerVectorStore(server, name, "another", "other")
    touches = (other.count, other.is_foreign, other.reset, other.start_anew, lambda: other.rebuild([]))
    with closing(server):
        mine.upsert(["a"], AXES[:1], [article])
        for touch in touches:
            with pytest.raises(LibraryError, match=r"another library's vectors; set store\.collection"):
                touch()
        assert everything(mine) == {"a"}


# --- filed anew, made anew ---


def test_what_an_article_is_filed_under_now_is_what_it_is_found_by(
    store: ServerVectorStore, make_article: Callable[..., Article]
):
    store.upsert(["a", "b"], AXES[:2], [make_article("Un.", outlet="Phare", published_at="2025-08-16")] * 2)
    store.restore_rows(["a", "unknown"], [make_article("Un.", outlet="Écho")] * 2)
    assert everything(store, Filters(outlets=("Écho",))) == {"a"}
    assert everything(store, Filters(outlets=("Phare",))) == {"b"}
    store.restore_rows(["a"], [make_article("Un.")])
    assert everything(store, Filters(outlets=("Écho",))) == set()
    assert store.count() == 2


def test_means_are_those_of_each_article(store: ServerVectorStore, make_article: Callable[..., Article]):
    one, two = make_article("Un.", "a1"), make_article("Deux.", "a2")
    store.upsert(["p1", "p2", "p3"], AXES[:3], [one, one, two])
    half = 0.5**0.5
    expected = [[0, 0, 1, 0], [0, 0, 0, 0], [half, half, 0, 0]]
    assert store.means(["a2", "unknown", "a1"]) == pytest.approx(np.array(expected), abs=1e-6)
    assert store.means(["unknown"]).shape == (1, 0)


def test_a_collection_is_made_anew_of_what_is_left(
    chroma: ChromaProcess, name: str, store: ServerVectorStore, article: Article
):
    """Whoever has the old one open goes on with the new one."""
    store.upsert(["a", "b", "c"], AXES[:3], [article] * 3)
    with closing(ServerVectorStore(ChromaServer(chroma.url), name, "model")) as other:
        assert everything(other) == {"a", "b", "c"}
        store.rebuild([(["a", "b"], [article] * 2, {"b": AXES[3]})])
        assert everything(store) == everything(other) == {"a"}
        names = {one.name for one in ChromaServer(chroma.url).client().list_collections()}
        assert {one for one in names if one.startswith(name)} == {name}


@pytest.mark.parametrize("moved", [[], ["old"], ["old", "new"]])
def test_a_making_anew_that_was_stopped_loses_nothing(
    chroma: ChromaProcess, name: str, store: ServerVectorStore, article: Article, moved: list[str]
):
    """Stopped before the old one is moved away, between, or before it is dropped."""
    store.upsert(["a", "b"], AXES[:2], [article] * 2)
    with closing(ServerVectorStore(ChromaServer(chroma.url), f"{name}-new", "model")) as copy:
        copy.upsert(["a"], AXES[:1], [article])
    server = ChromaServer(chroma.url)
    for which in moved:
        source, target = (name, f"{name}-old") if which == "old" else (f"{name}-new", name)
        server.client().get_collection(source, embedding_function=None).modify(name=target)
    with closing(server), closing(ServerVectorStore(ChromaServer(chroma.url), name, "model")) as again:
        again.discard_unfinished()
        assert everything(again) == ({"a"} if moved else {"a", "b"})
        names = {one.name for one in server.client().list_collections()}
    assert {one for one in names if one.startswith(name)} == {name}


def test_vectors_of_another_model_are_not_made_anew(
    chroma: ChromaProcess, name: str, store: ServerVectorStore
):
    assert store.count() == 0
    other = ServerVectorStore(ChromaServer(chroma.url), name, "another")
    with closing(other), pytest.raises(LibraryError, match="made by model, not another"):
        other.rebuild([])


# --- settings ---


def test_settings_of_a_folder_touch_nothing_that_is_shared(tmp_path: Path):
    """An evaluation, or a backup that is restored elsewhere, isn't the team's library."""
    shared = {"SOURCIER_STORE__URL": "http://host:1", "SOURCIER_LIBRARY__URL": "postgresql://host/team"}
    alone = load_settings(environ=shared).in_folder(tmp_path)
    assert (alone.data_dir, alone.place.url, alone.store.url) == (tmp_path, None, None)


@pytest.mark.parametrize(
    "url", ["chroma:8000", "http://user:password@host:8000", "http://host:8000?x=1", "ftp://host", "http://"]
)
def test_an_address_that_is_none_or_has_a_password_is_refused(url: str):
    with pytest.raises(ConfigError, match=r"SOURCIER_STORE__URL: store\.url"):
        load_settings(environ={"SOURCIER_STORE__URL": url})


def test_a_token_of_the_settings_is_told_nowhere():
    environ = {"SOURCIER_STORE__URL": "https://[::1]:8000/chroma", "SOURCIER_STORE__TOKEN": SECRET}
    settings = load_settings(environ=environ)
    assert SECRET not in repr(settings)
    assert settings.store.url == "https://[::1]:8000/chroma"
    with pytest.raises(ConfigError) as refused:
        load_settings(environ={"SOURCIER_STORE__TOKEN": SECRET, "SOURCIER_STORE__COLLECTION": "a b"})
    assert SECRET not in str(refused.value)
