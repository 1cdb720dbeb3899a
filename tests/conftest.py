"""What every test may use: the bundled encoder, loaded once, and articles made from a few words."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import postgres_server
import pytest
from chroma_process import ChromaProcess
from filelock import FileLock
from hypothesis import settings
from run import IS_WORKER
from shared_encoder import loaded_once

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import EmbeddingSettings, Settings
from rag.conversation.store import ConversationStore
from rag.engine.engine import open_engine
from rag.library.library import Library
from rag.models import embedder_factory
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder
from rag.schema.article import Article
from rag.storage.database import Place

TESTS = Path(__file__).parent
EXAMPLES = TESTS.parent / "examples" / "articles"
if IS_WORKER:
    # Workers share the processors; PyTorch reads this when it is imported.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
# Files whose tests take seconds each: they start and kill programs, compact, or compare a whole model.
LONG = {
    "ingest/bulk/test_bulk_ingestion.py",
    "rag/engine/test_rebuilding.py",
    "rag/index/test_compact.py",
    "rag/models/test_embedder.py",
    "rag/observability/test_tracing.py",
    "rag/topic_map/test_map_maker.py",
    "system/test_backup.py",
    "system/test_crash.py",
    "system/test_crash_benchmark.py",
    "system/test_damaged_files.py",
    "system/test_packaging.py",
    "system/test_payloads.py",
    "system/test_poisoned_articles.py",
    "system/test_reindex_beside.py",
    "system/test_secrets.py",
    "system/test_site.py",
    "system/test_stateful.py",
    "system/test_thousand_files.py",
    "system/test_two_processes.py",
    "ui/chat/test_follow_ups.py",
    "ui/command/test_command.py",
    "ui/command/test_notify.py",
    "ui/command/test_stopping.py",
}
# Folders whose tests are of what is kept: on SQLite and on PostgreSQL it must be the same.
ON_BOTH = {
    "rag/conversation", "rag/dossiers", "rag/embargo", "rag/entities", "rag/followed", "rag/library",
    "rag/metadata", "rag/notes", "rag/standing", "ui/notification",
}  # fmt: skip
# A shared machine can be slow for a moment: no test depends on time.
settings.register_profile("sourcier", deadline=None)
settings.load_profile("sourcier")
# A shell starts what runs in its background deaf to Ctrl-C, and so would be every program that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nobody's own file of settings changes what tests see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("account")))
        yield


@pytest.fixture(scope="session", autouse=True)
def encoder_loaded_once() -> Iterator[None]:
    """Commands that a test runs in its own process don't each load the bundled encoder for passages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedder_factory, "_bundled", loaded_once(embedder_factory._bundled))
        yield


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return load_embedder(EmbeddingSettings())


@pytest.fixture(scope="session")
def examples_library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A library of the example articles, made once for all workers: copy it, and leave it as it is."""
    folder = tmp_path_factory.getbasetemp()
    if IS_WORKER:
        folder = folder.parent  # which all workers share
    made = folder / "examples"
    with FileLock(folder / "examples.lock"):
        if not made.exists():
            unfinished = Settings(data_dir=tmp_path_factory.mktemp("examples") / "data")
            with closing(open_engine(unfinished, embedder)) as engine:
                chunker = Chunker(embedder, unfinished.chunking)
                summary = ingest([str(EXAMPLES)], engine.indexer, chunker, lambda _: None)
                assert (summary.new, summary.failed) == (37, ())
            unfinished.data_dir.rename(made)
    return made


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """A Chroma server for whoever asks: each test has collections of its own there."""
    server = ChromaProcess(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_server_of_tests() -> Iterator[postgres_server.Server]:
    """A PostgreSQL server, one in each test process that asks for it."""
    if postgres_server.programs() is None:
        pytest.skip(postgres_server.NOT_INSTALLED)
    with postgres_server.started() as server:
        yield server


@pytest.fixture
def postgres(postgres_server_of_tests: postgres_server.Server) -> Iterator[str]:
    """The address of an empty PostgreSQL database, with a password in it."""
    url = postgres_server_of_tests.make_database()
    yield url
    postgres_server_of_tests.drop_database(url)


@pytest.fixture(scope="session")
def empty_postgres_library(
    postgres_server_of_tests: postgres_server.Server, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of a database with the tables of a library and nothing in them: copied by each test."""
    place = Place(tmp_path_factory.mktemp("empty"), postgres_server_of_tests.make_database())
    Library(place).close()
    ConversationStore(place).close()
    return place.url


@pytest.fixture
def postgres_place(
    postgres_server_of_tests: postgres_server.Server, empty_postgres_library: str, tmp_path: Path
) -> Iterator[Place]:
    """An empty library in a PostgreSQL database."""
    url = postgres_server_of_tests.make_database(empty_postgres_library)
    yield Place(tmp_path, url)
    postgres_server_of_tests.drop_database(url)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where an empty library is to be: in a folder, and for the tests of stores in a database too."""
    if getattr(request, "param", "sqlite") == "postgres":
        return request.getfixturevalue("postgres_place")
    return Place(tmp_path)


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    """An empty library."""
    with closing(Library(place)) as opened:
        yield opened


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of stores that ask for a place, or for an empty library, on both engines."""
    folder = Path(metafunc.module.__file__).parent.relative_to(TESTS).as_posix()
    of_tables = not metafunc.definition.get_closest_marker("in_a_file")
    if "place" in metafunc.fixturenames and folder in ON_BOTH and of_tables:
        metafunc.parametrize("place", ["sqlite", "postgres"], indirect=True)


@pytest.fixture(scope="session")
def make_article() -> Callable[..., Article]:
    """`make_article(text, **fields)`: an article whose hash follows from its text."""

    def make(text: str, id: str = "a1", **fields: str | None) -> Article:
        digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        stated = {"title": "Un titre", "source": f"{id}.txt", "content_hash": digest, "language": "fr"}
        return Article(id=id, text=text, **(stated | fields))

    return make


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by its argument where that is bytes: archives hold the second in which they were made."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long, and order the files; the tests of a file are all done by one worker.

    The page's tests come last: Playwright's event loop keeps the main thread until the run ends, and no
    asynchronous test could have one after it. The chat model's come first: they take longest.
    """
    for item in items:
        file = item.path.relative_to(TESTS).as_posix()
        if file in LONG:
            item.add_marker("long")
        if "browser" in item.fixturenames:
            item.add_marker("browser")
        if item.get_closest_marker("browser") or item.get_closest_marker("slow"):
            # A browser and a chat model share the processors with all other tests. What fails twice is a
            # fault; what failed once is listed as RERUN.
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: ("e2e" in item.path.parts, item.get_closest_marker("slow") is None))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for disks, browsers and pauses too."""
    return (os.cpu_count() or 1) + 1
