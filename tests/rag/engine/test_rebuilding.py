"""Another encoder's index is built beside the one in use, and takes its place while questions are asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chroma_process import ChromaProcess
from fake_embedder import FakeEmbedder
from model_server import ModelServer, model_server
from run import rounds
from settings_places import ALL, settings_of

from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.ingestion import ingest
from ingest.pipeline.reindexing import reindex
from rag.config import ChunkingSettings, EmbeddingSettings, LibrarySettings, Settings, StoreSettings
from rag.encoders.store import EncoderTable
from rag.engine import rebuilding
from rag.engine.beside import Site
from rag.engine.engine import Engine, cut_of, encoder_of, open_engine
from rag.engine.indexes import Which, identity_of
from rag.engine.integrity import inspect
from rag.engine.rebuilding import IndexBuild, build_lock, discard_unused
from rag.errors import LibraryBusyError, LibraryError, ModelUnavailableError
from rag.index.multivector_store import MultivectorStore
from rag.index.shared.chroma_server import ChromaServer
from rag.index.shared.postgres_sketches import PostgresSketches
from rag.index.shared.server_vectors import ServerVectorStore
from rag.index.vector_store import VectorStore
from rag.model_servers import server as servers
from rag.models.embedder_factory import load_embedder
from rag.query.question_text import QuestionText
from rag.storage.write_lock import write_lock
from ui.command.main import main

ASKED = QuestionText("Où est le pont de la rivière ?", "fr")
CHUNKING = ChunkingSettings(max_tokens=64)
everywhere = pytest.mark.parametrize("place", ALL, indirect=True)
on_servers = pytest.mark.parametrize("place", ["servers"], indirect=True)


@dataclass
class Place:
    """A folder of articles, a library, and two servers, whose models give vectors of other lengths."""

    folder: Path
    old: ModelServer
    new: ModelServer
    library: LibrarySettings
    store: StoreSettings

    def embedding(self, server: ModelServer, name: str = "small") -> EmbeddingSettings:
        said = {"model": f"openai:{name}", "base_url": server.url, "attempts": 1, "read_timeout": 5}
        return EmbeddingSettings.model_validate(said)

    def settings(self, server: ModelServer, name: str = "small") -> Settings:
        embedding = self.embedding(server, name)
        return Settings(
            data_dir=self.folder / "data",
            embedding=embedding,
            chunking=CHUNKING,
            library=self.library,
            store=self.store,
        )

    def open(self) -> Engine:
        """As a configuration opens it that nobody has changed."""
        return open_engine(self.settings(self.old))

    def write(self, number: int, text: str = "") -> Path:
        file = self.folder / f"{number}.txt"
        file.write_text(text or f"Le pont numéro {number} passe la rivière. Il a {number} arches.\n", "utf-8")
        return file

    def ingest(self, engine: Engine, files: list[Path]) -> None:
        ingest([str(file) for file in files], engine.indexer, chunker_of(engine), lambda _: None)

    def fill(self, engine: Engine, stop=lambda: False, name: str = "large") -> int:
        """Read what isn't in the next index yet; return how many articles were."""
        with closing(self.build(engine, name)) as build:
            return build.fill(lambda *_: None, stop)

    def build(self, engine: Engine, name: str = "large") -> IndexBuild:
        encoder = load_embedder(self.embedding(self.new, name))
        return IndexBuild(engine.library, engine.settings, encoder)

    def exchange(self, engine: Engine, name: str = "large") -> int:
        wanted = self.embedding(self.new, name)
        with closing(self.build(engine, name)) as build, write_lock(engine.settings.place, alone=True):
            return build.exchange(encoder_of(wanted), encoder_of(self.embedding(self.old)), cut_of(CHUNKING))


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    where = settings_of(request, getattr(request, "param", "folder"))
    monkeypatch.setattr(servers, "_BACKING_OFF", lambda _: 0.01)
    monkeypatch.setattr(servers, "_breakers", {})
    with ExitStack() as held:
        old = held.enter_context(model_server(FakeEmbedder(dimension=64).embed_passages))
        new = held.enter_context(model_server(FakeEmbedder(dimension=96).embed_passages))
        yield Place(tmp_path, old, new, *where)


def hits(engine: Engine) -> list[str]:
    return sorted(hit.passage_id for hit in engine.retriever.retrieve(ASKED, 100).hits)


@everywhere
def test_an_index_is_built_beside_and_takes_the_others_place(place: Place):
    with closing(place.open()) as engine, closing(place.open()) as other:
        place.ingest(engine, [place.write(n) for n in range(5)])
        found, cut = hits(other), engine.indexer.recipe
        assert len(found) == 5
        assert place.fill(engine) == 5
        assert hits(other) == found
        assert other.embedder.name == engine.embedder.name == "openai:small ''"
        assert place.exchange(engine) == 0
        # Whoever has the library open changes over at its next question.
        assert hits(other) == found
        assert (other.embedder.name, other.embedder.dimension) == ("openai:large ''", 96)
        assert engine.indexer.recipe == cut.replace("small", "large")
        assert engine.library.not_indexed(engine.indexer.recipe) == []
        for one in (engine, other):
            assert inspect(one).findings == ()
        assert reindex(engine.indexer, chunker_of(engine), lambda _: None) == 0
        place.ingest(engine, [place.write(9)])
        assert len(hits(other)) == 6
    data = place.folder / "data"
    assert not [*data.glob("*.next*"), *data.glob("*.last*"), *data.glob("*/begun")]


@everywhere
def test_what_is_ingested_changed_and_removed_meanwhile_is_in_both(place: Place):
    with closing(place.open()) as engine:
        files = [place.write(n) for n in range(4)]
        place.ingest(engine, files)
        place.fill(engine)
        place.ingest(engine, [place.write(7)])
        place.ingest(engine, [place.write(0, "Le pont de la rivière a été détruit. On le pleure.\n")])
        gone = engine.library.source(str(files[1].resolve())).article_id
        engine.indexer.remove(gone)
        found = hits(engine)
        assert len(found) == 4
        assert place.exchange(engine) == 2
        assert hits(engine) == found
        assert inspect(engine).findings == ()


@everywhere
def test_a_build_goes_on_where_it_was_stopped(place: Place):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(n) for n in range(150)])
        turns = iter([False, False, True, True, True])
        first = place.fill(engine, lambda: next(turns, True))
        assert 0 < first < 150
        asked = len(place.new.asked)
        assert first + place.fill(engine) == 150
        assert len(place.new.asked) > asked
        assert place.fill(engine) == 0
        # For another model it begins again.
        assert place.fill(engine, name="other") == 150


def test_an_exchange_that_was_stopped_in_the_middle_is_finished_by_whoever_opens_the_library(place: Place):
    data = place.folder / "data"
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(n) for n in range(3)])
        found = hits(engine)
        place.fill(engine)
        place.exchange(engine)
    # As if it had been stopped between its two renamings: of one part nothing was done, of the other half.
    (data / "vectors").rename(data / "vectors.next")
    (data / "sketches").rename(data / "sketches.next")
    (data / "vectors").mkdir()
    (data / "vectors" / "stamp").write_text("of the last one")
    with closing(place.open()) as engine:
        assert hits(engine) == found
        assert inspect(engine).findings == ()
    assert not list(data.glob("*.next")) + list(data.glob("*.last*"))


def test_a_configuration_of_before_is_told_and_a_third_model_is_refused(
    place: Place, caplog: pytest.LogCaptureFixture
):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(1)])
        place.exchange(engine)
    with closing(place.open()) as engine:
        assert engine.embedder.name == "openai:large ''"
        assert len(hits(engine)) == 1
    assert caplog.messages[-1] == (
        "Cette bibliothèque est indexée avec openai:large, et la configuration nomme encore openai:small ;"
        f" mettez embedding.model : openai:large, embedding.base_url: {place.new.url}."
    )
    caplog.clear()
    with closing(open_engine(place.settings(place.new, "large"))) as engine:
        assert len(hits(engine)) == 1
    assert caplog.messages == []
    refused = pytest.raises(LibraryError, match="run `sourcier reindex`")
    with closing(open_engine(place.settings(place.new, "third"))) as engine, refused:
        hits(engine)


class Stopped(BaseException):
    """What a process doesn't outlive."""


class Steps:
    """Counts what a build writes, before and after each; `last` is the step at which it is stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.last, self.count, self.stopped_at = 0, 0, set[str]()
        written = {
            EncoderTable: ("begin", "note_done", "put_in_use"),
            Site: ("begin", "discard_but", "complete"),
            VectorStore: ("upsert", "delete"),
            ServerVectorStore: ("begin", "upsert", "delete"),
            MultivectorStore: ("put", "delete"),
            PostgresSketches: ("begin", "put", "delete"),
            rebuilding: ("settle",),
        }
        for owner, names in written.items():
            for name in names:
                monkeypatch.setattr(owner, name, self._step(f"{owner.__name__}.{name}", getattr(owner, name)))

    def _step(self, name: str, done: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any) -> Any:
            self._ask(f"before {name}")
            result = done(*arguments)
            self._ask(f"after {name}")
            return result

        return step

    def _ask(self, moment: str) -> None:
        self.count += 1
        if self.count == self.last:
            self.stopped_at.add(moment)
            raise Stopped(moment)

    def stopping(self, at: int) -> None:
        self.last, self.count = at, 0


STOPPED = ("folder", "postgres", "servers")  # each at others of the steps


@pytest.mark.parametrize("place", STOPPED, indirect=True)
def test_stopped_before_or_after_any_step_it_is_finished_by_the_next_run(
    place: Place, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    with closing(place.open()) as engine, closing(place.open()) as other:
        place.ingest(engine, [place.write(n) for n in range(3)])
        engine.indexer.remove(engine.library.source(str((place.folder / "0.txt").resolve())).article_id)
        steps, is_stopped, stride = Steps(monkeypatch), True, rounds(3, 1)
        at = STOPPED.index(request.node.callspec.params["place"]) + 1 - stride
        while is_stopped:
            at += stride
            name = f"large{at}"
            steps.stopping(at)
            with suppress(Stopped):
                place.exchange(engine, name)
            is_stopped = steps.count == at
            steps.stopping(0)
            assert len(hits(engine)) == len(hits(other)) == engine.library.counts().passages
            assert inspect(other).findings == ()
            if at % 4 == 0:
                place.ingest(engine, [place.write(at)])
            if other.embedder.name != f"openai:{name} ''":
                place.exchange(engine, name)
                assert len(hits(engine)) == len(hits(other)) == engine.library.counts().passages
                assert inspect(other).findings == ()
        assert other.embedder.name == f"openai:{name} ''"
    ended = {moment.rpartition(".")[2] for moment in steps.stopped_at}
    assert len(ended) > 4, ended


@everywhere
def test_one_build_at_a_time_and_none_is_erased_under_another(place: Place):
    with closing(place.open()) as engine, closing(place.open()) as other:
        place.ingest(engine, [place.write(1)])
        place.fill(engine)
        with build_lock(engine.settings, engine.library):
            busy = pytest.raises(LibraryBusyError, match="another `sourcier reindex` is at work")
            with busy, build_lock(other.settings, other.library):
                pass
            discard_unused(other.settings, other.library)
            assert place.fill(engine) == 0
        found = hits(other)
        discard_unused(other.settings, other.library)
        assert hits(other) == found
        assert place.fill(engine) == 1


@everywhere
def test_a_question_in_whose_midst_the_index_is_changed_is_answered_by_one_of_them(place: Place):
    with closing(place.open()) as engine, closing(place.open()) as other:
        place.ingest(engine, [place.write(n) for n in range(3)])
        found, vectors, changed = hits(other), place.old.vectors, []

        def slowly(texts: Sequence[str]) -> np.ndarray:
            if not changed:
                changed.append(place.exchange(engine))
                discard_unused(engine.settings, engine.library)
            return vectors(texts)

        place.old.vectors = slowly
        assert hits(other) == found
        assert changed == [3]
        assert other.embedder.name == "openai:large ''"


@everywhere
def test_what_was_begun_and_lost_is_never_put_in_use(place: Place):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(n) for n in range(3)])
        place.fill(engine)
        found, wanted = hits(engine), place.embedding(place.new, "large")
        with closing(place.build(engine)) as build, write_lock(engine.settings.place, alone=True):
            which = Which("", identity_of(engine.settings, engine.library), 1)
            with closing(Site(engine.settings, which)) as site:  # as a server that lost its folder
                site.discard_but(0)
                site.discard_folders()
            with pytest.raises(LibraryError):
                build.exchange(encoder_of(wanted), {}, cut_of(CHUNKING))
        assert engine.library.encoders.generation() == 0
        assert (hits(engine), engine.embedder.name) == (found, "openai:small ''")
        assert place.fill(engine) == 3
        place.exchange(engine)
        assert hits(engine) == found
        assert inspect(engine).findings == ()


@everywhere
def test_what_was_put_back_from_an_older_copy_is_begun_again(place: Place):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(n) for n in range(3)])
        place.fill(engine)
        with closing(place.build(engine)) as build:
            vectors, _ = build._site.open()
            with closing(vectors):
                vectors.delete([*vectors.ids()][:1])
        with pytest.raises(LibraryError, match="run the same command again"):
            place.exchange(engine)
        assert place.exchange(engine) == 3
        assert len(hits(engine)) == 3
        assert inspect(engine).findings == ()


@on_servers
def test_an_index_that_another_was_begun_after_is_not_put_in_use(place: Place):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(n) for n in range(3)])
        with closing(place.build(engine)) as build:
            build.fill(lambda *_: None, lambda: False)
            place.fill(engine, name="other")
            place.ingest(engine, [place.write(7)])
            with pytest.raises(LibraryError):
                build.exchange({}, {}, cut_of(CHUNKING))
        place.exchange(engine, name="other")
        assert engine.indexer.recipe.startswith("openai:other")
        assert inspect(engine).findings == ()


@on_servers
def test_servers_keep_the_last_index_until_the_library_is_compacted(place: Place, chroma: ChromaProcess):
    with closing(place.open()) as engine, closing(place.open()) as other:
        place.ingest(engine, [place.write(n) for n in range(3)])
        found, last = hits(other), other.index.opened
        place.exchange(engine)
        # A question that is asked just then still has it.
        assert len(last.sketches.ids()) == len([*last.vectors.ids()]) == 3
        assert hits(other) == found
        stranger = ServerVectorStore(ChromaServer(chroma.url), place.store.collection, "model", "stranger", 7)
        stranger.begin("0")
        named_alike = ServerVectorStore(ChromaServer(chroma.url), f"{place.store.collection}-of-us", "model")
        named_alike.begin("0")
        assert len(collections(chroma, place)) == 4
        discard_unused(engine.settings, engine.library)
        name = place.store.collection
        assert collections(chroma, place) == {f"{name}-of-1", f"{name}-of-7", f"{name}-of-us"}
        assert last.sketches.ids() == []
        last.close()
        assert hits(other) == hits(engine) == found
        place.exchange(engine, name="third")
        assert hits(other) == found
        assert f"{name}-of-1" in collections(chroma, place)
        stranger.close()
        named_alike.close()


def collections(chroma: ChromaProcess, place: Place) -> set[str]:
    with closing(ChromaServer(chroma.url)) as server:
        names = {one.name for one in server.client().list_collections()}
    return {name for name in names if name.startswith(place.store.collection)}


# --- likeness ---


def test_another_model_under_the_same_name_is_refused(place: Place):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(1)])
    # The same model on another machine, in another precision.
    place.old.vectors = lambda texts: FakeEmbedder(dimension=64).embed_passages(texts).astype(np.float16)
    with closing(place.open()) as engine:
        assert len(hits(engine)) == 1
    place.old.vectors = FakeEmbedder(dimension=48).embed_passages
    with closing(place.open()) as engine, pytest.raises(LibraryError) as caught:
        hits(engine)
    assert str(caught.value) == (
        f"{place.old.url} answers to openai:small with another model than the openai:small that made this"
        " library's vectors (48 ≠ 64); have the server run that one again, or run"
        " `sourcier reindex --embedding openai:small`."
    )
    place.old.vectors = lambda texts: FakeEmbedder(dimension=64).embed_passages([t[::-1] for t in texts])
    again = pytest.raises(LibraryError, match=r"another model .*\(cosine -?0\.\d\d\)")
    with closing(place.open()) as engine, again:
        place.ingest(engine, [place.write(2)])


def test_a_model_is_looked_at_once_and_not_while_its_server_is_down(place: Place):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(1)])
    place.old.asked.clear()
    place.old.always = 500
    with closing(place.open()) as engine:  # opening asks nothing
        assert place.old.asked == []
        with pytest.raises(ModelUnavailableError):
            hits(engine)
        place.old.always = None
        assert [len(hits(engine)) for _ in range(3)] == [1, 1, 1]
    assert [len(body["input"]) for _, body in place.old.asked] == [3, 3, 1, 1, 1]


# --- the command ---


def environment(place: Place, server: ModelServer, name: str = "small") -> dict[str, str]:
    said = {
        "DATA_DIR": str(place.folder / "data"),
        "EMBEDDING__MODEL": f"openai:{name}",
        "EMBEDDING__BASE_URL": server.url,
        "EMBEDDING__ATTEMPTS": "1",
        "CHUNKING__MAX_TOKENS": "64",
        "UI__LANGUAGE": "en",
    }
    if place.library.url is not None:
        said["LIBRARY__URL"] = place.library.url.get_secret_value()
    if place.store.url is not None:
        said |= {"STORE__URL": place.store.url, "STORE__COLLECTION": place.store.collection}
    return {f"SOURCIER_{key}": value for key, value in said.items()}


@pytest.fixture
def run(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def command(*arguments: str, server: ModelServer | None = None, name: str = "small"):
        for key, value in environment(place, server or place.old, name).items():
            monkeypatch.setenv(key, value)
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return command


@everywhere
def test_the_command_changes_the_encoder_and_says_what_to_set(place: Place, run):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(n) for n in range(3)])
    code, out, err = run("reindex", "--embedding", "openai:large", "--base-url", place.new.url, "--json")
    assert (code, json.loads(out)) == (0, {"reindexed": 3, "embedding": "openai:large"})
    assert err == (
        "This library was indexed with openai:large, and the configuration still names openai:small; set"
        f" embedding.model: openai:large, embedding.base_url: {place.new.url}.\n"
    )
    assert run("status")[1].count("openai:large") == 1
    assert run("compact")[0] == 0
    assert run("reindex", server=place.new, name="large")[1] == "0 articles indexed again.\n"


@everywhere
def test_a_changed_configuration_is_indexed_beside_too(place: Place, run):
    with closing(place.open()) as engine, closing(place.open()) as other:
        place.ingest(engine, [place.write(n) for n in range(3)])
        found = hits(other)
        code, out, err = run("reindex", server=place.new, name="large")
        assert (code, out, err) == (0, "3 articles indexed again.\n", "")
        assert hits(other) == found
        assert other.embedder.name == "openai:large ''"


def test_a_server_that_runs_another_model_is_taken_by_reindexing(place: Place, run):
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(n) for n in range(3)])
        found = hits(engine)
    place.old.vectors = FakeEmbedder(dimension=48).embed_passages
    assert run("reindex", "--embedding", "openai:small")[0] == 0
    with closing(place.open()) as engine:
        assert hits(engine) == found
        assert engine.embedder.dimension == 48


def test_mistakes_of_the_command(place: Place, run):
    code, _, err = run("reindex", "--base-url", "http://x/v1")
    assert (code, err) == (
        2,
        "sourcier: --base-url, --query-prompt and --passage-prompt go with --embedding MODEL.\n",
    )
    with closing(place.open()) as engine:
        place.ingest(engine, [place.write(1)])
        found = hits(engine)
        place.new.always = 401
        code, _, err = run("reindex", "--embedding", "openai:large", "--base-url", place.new.url)
        assert code == 2
        assert "refuses the key" in err
        assert hits(engine) == found
