"""Questions go on while another process makes the index anew by another encoder, and is killed at it.

Of a library in a folder, and of one on servers, which another machine asks.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from model_server import ModelServer, model_server
from settings_places import settings_of

from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.ingestion import ingest
from rag.config import Settings, load_settings
from rag.engine.engine import open_engine
from rag.engine.integrity import inspect

ROOT = Path(__file__).parents[2]
ARTICLES, KILLED = 300, 3
# A process of its own: it is killed.
COMMAND = [sys.executable, "-c", "import sys; from ui.command.main import main; sys.exit(main())"]
# Asks again and again: a line for each answer, the articles that it found, and when it was asked; ends with
# its input.
ASKER = """
import json, sys, threading, time
from rag.config import load_settings
from rag.engine.engine import open_engine
from rag.query.question_text import QuestionText
engine = open_engine(load_settings())
retriever, ended = engine.retriever, threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.is_set():
    asked_at = time.time()
    engine.refresh()
    hits = retriever.retrieve(QuestionText("Où est le pont du quartier 7 ?", "fr"), 8).hits
    print(json.dumps([engine.embedder.name, sorted(hit.passage_id for hit in hits), asked_at]), flush=True)
engine.close()
"""


@pytest.fixture
def servers() -> Iterator[tuple[ModelServer, ModelServer]]:
    """Two models of the same likeness in texts' words, with vectors of other lengths: both find the same."""
    slowly = FakeEmbedder(dimension=192).embed_passages

    def vectors(texts):
        time.sleep(0.02)
        return slowly(texts)

    with ExitStack() as held:
        old = held.enter_context(model_server(FakeEmbedder(dimension=256).embed_passages))
        yield old, held.enter_context(model_server(vectors))


@contextmanager
def running(program: list[str], environ: dict[str, str], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=os.environ | environ,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


@pytest.mark.parametrize("where", ["folder", "postgres", "servers"])
def test_questions_go_on_while_the_index_is_made_anew_and_its_maker_is_killed(
    tmp_path: Path,
    servers: tuple[ModelServer, ModelServer],
    where: str,
    request: pytest.FixtureRequest,
):
    old, new = servers
    library, store = settings_of(request, where)
    environ = {
        "SOURCIER_DATA_DIR": str(tmp_path / "data"),
        "SOURCIER_EMBEDDING__MODEL": "openai:small",
        "SOURCIER_EMBEDDING__BASE_URL": old.url,
        "PYTHONPATH": str(ROOT),
    }
    if library.url is not None:
        environ["SOURCIER_LIBRARY__URL"] = library.url.get_secret_value()
    if store.url is not None:
        environ |= {"SOURCIER_STORE__URL": store.url, "SOURCIER_STORE__COLLECTION": store.collection}
    # Another machine has the same configuration, and none of this one's files.
    elsewhere = environ | {"SOURCIER_DATA_DIR": str(tmp_path / "other")} if where == "servers" else environ
    settings = load_settings(environ=environ)
    for n in range(ARTICLES):
        (tmp_path / f"{n}.txt").write_text(f"Le pont du quartier {n} rouvre. Il a {n} arches.\n", "utf-8")
    added(settings, [tmp_path / f"{n}.txt" for n in range(ARTICLES)])
    command = [*COMMAND, "reindex", "--embedding", "openai:large", "--base-url", new.url, "--json"]
    chance = random.Random(7)
    with running([sys.executable, "-c", ASKER], elsewhere, tmp_path) as asker:
        first = json.loads(asker.stdout.readline())
        for turn in range(KILLED):
            asked = len(new.asked)
            with running(command, environ, tmp_path) as maker:
                while len(new.asked) < asked + 2 and maker.poll() is None:
                    time.sleep(0.01)
                time.sleep(chance.uniform(0, 0.4))
                maker.send_signal(signal.SIGKILL)
            if turn == 0:  # meanwhile somebody goes on ingesting
                (tmp_path / "late.txt").write_text("La gare est fermée. On attend un bus.\n", "utf-8")
                added(load_settings(environ=elsewhere), [tmp_path / "late.txt"])
        with running(command, environ, tmp_path) as maker:
            out, error = maker.communicate(timeout=240)
        changed_at = time.time()
        assert maker.returncode == 0, error
        assert json.loads(out)["embedding"] == "openai:large"
        found = first
        while found[0] == first[0]:  # it changes over at its next question
            found = json.loads(asker.stdout.readline())
            assert found[1], "a question found nothing"
            assert found[0] != first[0] or found[2] < changed_at, "a question was asked of the last index"
        assert found[0] == "openai:large ''"
        asker.stdin.close()
        rest = asker.stdout.read()
        assert asker.wait(60) == 0, asker.stderr.read()
    said = [json.loads(line) for line in rest.splitlines()]
    assert all(len(passages) == 8 for _, passages, _ in [first, found, *said])
    with closing(open_engine(settings)) as engine:
        assert engine.embedder.name == "openai:large ''"
        assert inspect(engine).findings == ()
        assert engine.vectors.count() == ARTICLES + 1
    assert not [*(tmp_path / "data").glob("*.next"), *(tmp_path / "data").glob("*.last*")]


def added(settings: Settings, files: list[Path]) -> None:
    with closing(open_engine(settings)) as engine:
        done = ingest([str(file) for file in files], engine.indexer, chunker_of(engine), lambda _: None)
    assert done.new == len(files)
