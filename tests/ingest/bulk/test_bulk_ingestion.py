"""Ingestion on Ray brings in what ingestion without it does, whoever is killed meanwhile.

Real Ray: a cluster of two machines of one processor each, which are processes here; the bundled encoder, read
one text at a time, so that vectors don't depend on what else is in a batch: they must be the same to the last
bit.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

import chromadb
import pyarrow as pa
import pytest
from chromadb.config import Settings as ChromaSettings
from desk import NOON
from every_format import write_every_format
from processes import children

from ingest.bulk.cluster import connected
from ingest.bulk.ingestion import Workers, ingest_in_bulk
from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.ingestion import ingest
from ingest.schema.events import Acknowledged, Event, Progress, Reading, Started, Summary
from ingest.schema.formats import _EXTENSIONS, format_of
from rag.config import ChunkingSettings, EmbeddingSettings, Settings
from rag.engine.engine import Engine, open_engine
from rag.engine.integrity import inspect
from rag.entities.making import find_entities
from rag.index.multivector import pack
from rag.index.vector_store import COLLECTION
from rag.library.library import FILE_NAME, Library
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

# Ray warns of what it does itself, and leaves sockets and processes to its own ends.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ENCODER = EmbeddingSettings(batch_size=1)
MAIN = "import sys; from ui.command.main import main; sys.exit(main())"
CUT = ChunkingSettings(max_tokens=96, overlap_tokens=0)
STORE = 80_000_000
# A machine that is gone is noticed in some seconds, not in half a minute.
NOTICED = {"health_check_period_ms": 1000, "health_check_failure_threshold": 5}


@pytest.fixture(scope="module")
def encoder() -> Embedder:
    return load_embedder(ENCODER)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two machines; the tests of this module are on the first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_AUTH_MODE", "token")
        patch.setenv("RAY_AUTH_TOKEN", "a" * 64)
        from ray.cluster_utils import Cluster

        machine = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False}
        made = Cluster(initialize_head=True, head_node_args=machine | {"_system_config": NOTICED})
        made.add_node(num_cpus=1, object_store_memory=STORE)
        yield made
        made.shutdown()


def opened(data: Path, encoder: Embedder) -> Engine:
    settings = Settings(data_dir=data, embedding=ENCODER, chunking=CUT)
    return open_engine(settings, encoder)


def plainly(folder: Path, data: Path, encoder: Embedder) -> tuple[Summary, list[Event]]:
    told: list[Event] = []
    with closing(opened(data, encoder)) as engine:
        chunker = chunker_of(engine)
        summary = ingest(
            [str(folder)], engine.indexer, chunker, told.append, lambda: NOON, keep_embargoed=True
        )
        find_entities(engine.library)
    return summary, told


def on_ray(
    folder: Path,
    data: Path,
    encoder: Embedder,
    workers: Workers,
    also: Callable[[Event], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Summary, list[Event]]:
    told: list[Event] = []

    def take(event: Event) -> None:
        told.append(event)
        also(event)

    with closing(opened(data, encoder)) as engine:
        chunker = chunker_of(engine)
        summary = ingest_in_bulk(
            [str(folder)], engine, chunker, take, workers, stop, keep_embargoed=True, now=lambda: NOON
        )
        find_entities(engine.library)
        assert inspect(engine).findings == ()
    return summary, told


def correct(data: Path, encoder: Embedder, source: Path) -> None:
    """Correct what an article is filed under, and in which language it is cut."""
    with closing(opened(data, encoder)) as engine:
        library = engine.library
        article_id = library.source(str(source)).article_id
        changes = {"title": "Tout autre chose", "language": "en"}
        engine.indexer.file_anew(
            lambda _: [article_id],
            lambda stated: library.metadata.correct(stated, changes, NOON.isoformat()),
        )


def contents(data: Path, encoder: Embedder) -> dict[str, object]:
    """Everything that a library and its indexes hold."""
    with closing(sqlite3.connect(data / FILE_NAME)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found: dict[str, object] = {
            name: sorted(map(repr, db.execute(f"SELECT * FROM {name}"))) for name in tables
        }
    with closing(opened(data, encoder)) as engine:
        ids = engine.sketches.ids()
        found["sketch"] = {one: pack(sketch) for one, sketch in engine.sketches.get(ids).items()}
        found["terms"] = engine.terms.count()
    quiet = ChromaSettings(anonymized_telemetry=False)
    with closing(chromadb.PersistentClient(str(data / "vectors" / "chroma"), quiet)) as client:
        collection = client.get_collection(COLLECTION, embedding_function=None)
        held = collection.get(include=["embeddings", "metadatas"])
    found["vectors"] = {
        one: (vector.tobytes(), metadata)
        for one, vector, metadata in zip(held["ids"], held["embeddings"], held["metadatas"], strict=True)
    }
    return found


def settled(told: list[Event]) -> list[tuple]:
    """What was told of articles, in order, then of failures; how fast is left out.

    After which failure an article is stored is chance, with or without Ray.
    """
    told = sorted(told, key=lambda one: not isinstance(one, Acknowledged))
    return [
        (type(one).__name__, *astuple(one))
        for one in told
        if not isinstance(one, Progress | Reading | Started)
    ]


def test_every_format_comes_in_as_without_ray(tmp_path, cluster, encoder):
    folder = tmp_path / "articles"
    # An article that is there already, corrected by hand, and whose file changes.
    folder.mkdir()
    folder.joinpath("long.md").write_text("# Le conseil\n\nLe conseil de Valmorin se réunit.\n")
    for name in ("plain", "ray"):
        plainly(folder, tmp_path / name, encoder)
        correct(tmp_path / name, encoder, folder / "long.md")
    write_every_format(folder)
    assert {format_of(file.name) for file in folder.iterdir()} >= set(_EXTENSIONS.values())

    expected, told = plainly(folder, tmp_path / "plain", encoder)
    summary, told_on_ray = on_ray(folder, tmp_path / "ray", encoder, Workers(cluster.address))

    assert expected.new > 70
    assert expected.changed == 2  # the corrected one, and the one whose agency takes it back
    assert expected.embargoed == 1
    assert len(expected.failed) > 8
    assert summary == expected
    assert settled(told_on_ray) == settled(told)
    plain, bulk = (contents(tmp_path / name, encoder) for name in ("plain", "ray"))
    assert bulk.keys() == plain.keys()
    for name in plain:
        assert bulk[name] == plain[name], name


def write_articles(folder: Path, count: int) -> None:
    folder.mkdir()
    rows = [
        {
            "id": n,
            "title": f"Bourg {n}",
            "text": f"Le conseil de Bourg-{n} a voté {n + 7} mesures. Il a siégé tard.",
        }
        for n in range(count)
    ]
    folder.joinpath("table.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def processes_of_worker() -> list[int]:
    """The processes in which workers of this test's cluster prepare articles."""
    return [one for raylet in children(os.getpid(), "raylet/raylet") for one in children(raylet, "MapWorker")]


def test_what_ends_every_worker_ends_the_execution(cluster, capfd):
    from ray.exceptions import ActorDiedError

    from ingest.bulk.execution import Actors, Execution, Returned

    class Worker:
        def __call__(self, block: pa.Table) -> pa.Table:
            if block["documents"][0].as_py() == b"fatal":
                os._exit(9)
            return pa.table({"number": block["number"], "reply": block["documents"]})

    with connected(cluster.address, 1), closing(Execution(Actors(Worker, (), 1))) as execution:
        for number, block in enumerate((b"harmless", b"fatal", b"never read")):
            execution.put(number, block)
        execution.end(3)
        assert execution.results.get(timeout=60) == Returned(0, b"harmless")
        assert isinstance(execution.results.get(timeout=60), ActorDiedError)
    assert capfd.readouterr() == ("", "")


def test_killed_workers_and_machines_lose_nothing_and_store_nothing_twice(tmp_path, cluster, encoder, capfd):
    write_articles(tmp_path / "articles", 160)
    expected, _ = plainly(tmp_path / "articles", tmp_path / "plain", encoder)
    gone = max(cluster.list_all_nodes(), key=lambda node: node is not cluster.head_node)
    killed: list[str] = []
    stored: list[str] = []

    def kill(event: Event) -> None:
        if not isinstance(event, Acknowledged):
            return
        stored.append(event.article_id)
        if not killed:
            os.kill(processes_of_worker()[0], signal.SIGKILL)
            killed.append("a worker")
        elif len(killed) == 1 and len(stored) > left // 3:
            cluster.remove_node(gone, allow_graceful=False)
            killed.append("a machine")

    # Stopped, as by Ctrl-C, once something is stored; then run again.
    first: list[Event] = []
    stopped, _ = on_ray(
        tmp_path / "articles",
        tmp_path / "ray",
        encoder,
        Workers(cluster.address),
        lambda event: first.append(event) if isinstance(event, Acknowledged) else None,
        stop=lambda: bool(first),
    )
    assert stopped.stopped
    assert 0 < stopped.new < 160
    left = 160 - stopped.new  # how far it comes before it stops, the machine's load tells

    summary, _ = on_ray(tmp_path / "articles", tmp_path / "ray", encoder, Workers(cluster.address), kill)

    assert killed == ["a worker", "a machine"]
    assert capfd.readouterr() == ("", "")
    assert not summary.stopped
    # What was stored before wasn't sent to workers again.
    assert (summary.new, summary.unchanged) == (160 - stopped.new, stopped.new)
    assert expected.new == len({*stored, *(event.article_id for event in first)}) == len(stored) + len(first)
    assert contents(tmp_path / "ray", encoder) == contents(tmp_path / "plain", encoder)


def test_the_command_whose_process_is_killed_goes_on_where_it_was_and_prints_nothing_of_rays(tmp_path):
    write_articles(tmp_path / "articles", 128)
    (tmp_path / "config.yaml").write_text(f"data_dir: {tmp_path / 'data'}\nui: {{language: en}}\n")
    ingest_ = ["ingest", str(tmp_path / "articles"), "--ray", "--workers", "1", "--json"]
    command = [sys.executable, "-c", MAIN, *ingest_, "--config", str(tmp_path / "config.yaml")]

    killed: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            event = json.loads(line)
            killed += [event["id"]] if event["event"] == "article" else []
            if len(killed) >= 20:
                process.kill()
                break
    assert process.returncode == -signal.SIGKILL
    again = subprocess.run(command, capture_output=True, text=True, check=False)

    assert again.stderr == ""
    assert again.returncode == 0
    events = [json.loads(line) for line in again.stdout.splitlines()]
    stored = [event["id"] for event in events if event["event"] == "article"]
    assert not set(stored) & set(killed)
    summary = events[-1]
    assert (summary["read"], summary["failed"]) == (128, 0)
    assert (summary["new"], summary["unchanged"]) == (len(stored), 128 - len(stored))
    assert 20 <= summary["unchanged"] < 128
    with closing(Library(tmp_path / "data")) as library:
        assert library.counts().articles == 128
