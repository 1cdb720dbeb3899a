"""Killed anywhere, an ingestion loses nothing that it had acknowledged and goes on where it was.

Real processes die by SIGKILL in the middle of their writes to SQLite (library and sketches), Chroma and
tantivy. Only the encoder is replaced, by a quick deterministic one: what is tested is the order of the
writes.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from multiprocessing import Process
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
import tantivy
from chroma_records import vectors_in
from run import rounds

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from ingest.pipeline.reindexing import reindex
from rag.config import ChunkingSettings, Settings
from rag.engine.engine import Engine, open_engine
from rag.index.encoding import sketches
from rag.index.indexer import Indexer
from rag.index.multivector import pack
from rag.index.multivector_store import MultivectorStore
from rag.library.library import Library
from rag.models.embedder import TokenVectors
from rag.schema.article import Article, Passage
from rag.storage.write_lock import write_lock

FILES = 60
SMALL = ChunkingSettings(max_tokens=32, overlap_tokens=0)
OVERLAPPING = ChunkingSettings(max_tokens=96, overlap_tokens=40)
# What writes, in the library and in the indexes; a process is killed before, in or after one of them.
STEPS = {"announce", "put", "upsert", "update", "acknowledge", "delete", "cleared", "reset", "clear"}
STEPS |= {"rebuild", "compact"}
MOMENT = 0.05  # seconds: about what a step takes


class HashEmbedder:
    """Vectors from a hash of the text, three tokens a character: an Embedder that takes no time."""

    name = "hash"
    dimension = 8
    max_tokens = 480

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        bytes_of = [hashlib.sha256(text.encode()).digest()[: self.dimension] for text in texts]
        vectors = np.array([list(digest) for digest in bytes_of], dtype=np.float32) - 127.5
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    embed_queries = embed_passages

    def read_passages(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._read(text) for text in texts]

    read_queries = read_passages

    def _read(self, text: str) -> TokenVectors:
        found = list(re.finditer(r"\w+", text))
        spans = np.array([match.span() for match in found], dtype=int).reshape(-1, 2)
        tokens = self.embed_passages([match[0] for match in found]) if found else np.zeros((0, 8), np.float32)
        return TokenVectors(self.embed_passages([text])[0], tokens, spans)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [3 * len(text) for text in texts]


class Stepwise:
    """A part of a library that asks for leave before and after each step that writes."""

    def __init__(self, part: object, leave: Connection) -> None:
        self._part = part
        self._leave = leave

    def __getattr__(self, name: str) -> object:
        found = getattr(self._part, name)
        if name not in STEPS:
            return found

        def step(*arguments: object, **named: object) -> object:
            self._ask(f"before {name}")
            result = found(*arguments, **named)
            self._ask(f"after {name}")
            return result

        return step

    def _ask(self, moment: str) -> None:
        self._leave.send(moment)
        self._leave.recv()


def open_library(data: Path, chunking: ChunkingSettings) -> Engine:
    return open_engine(Settings(data_dir=data, chunking=chunking), HashEmbedder())


def work(command: str, folder: Path, chunking: ChunkingSettings, leave: Connection) -> None:
    """What the process that is killed does."""
    data = folder / "data"
    with write_lock(data), closing(open_library(data, chunking)) as parts:
        written = (parts.library, parts.vectors, parts.terms, parts.full_text, parts.sketches)
        stepwise = (Stepwise(part, leave) for part in written)
        indexer = Indexer(*stepwise, parts.embedder, parts.indexer.recipe)
        chunker = Chunker(parts.embedder, chunking)
        if command == "ingest":
            summary = ingest([str(folder / "articles")], indexer, chunker, lambda _: None)
            assert (summary.read, summary.failed) == (FILES, ())
        elif command == "compact":
            indexer.compact()
        else:
            reindex(indexer, chunker, lambda _: None)


class Workshop:
    """Starts that work in processes of their own, and kills them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._context = multiprocessing.get_context("forkserver")
        # Processes are forked from one that has imported everything: a start takes no seconds.
        self._context.set_forkserver_preload(["ingest.pipeline.ingestion", "rag.engine.factory", "pytest"])

    @contextmanager
    def _started(self, command: str, chunking: ChunkingSettings) -> Iterator[tuple[Process, Connection]]:
        leave, asking = self._context.Pipe()
        process = self._context.Process(target=work, args=(command, self.folder, chunking, asking))
        process.start()
        asking.close()
        with closing(leave):
            yield process, leave
        process.join()

    def kill(self, command: str, chunking: ChunkingSettings, at: int, delay: float | None) -> str:
        """Kill the work when it asks for leave the `at`-th time, or `delay` seconds after it was given.

        Returns the moment at which it asked.
        """
        with self._started(command, chunking) as (process, leave):
            for _ in range(at - 1):
                leave.recv()
                leave.send(True)
            moment = leave.recv()
            if delay is not None:
                leave.send(True)
                time.sleep(delay)
            process.kill()
        assert process.exitcode == -signal.SIGKILL, "it had finished: there was nothing left to interrupt"
        return moment

    def finish(self, command: str, chunking: ChunkingSettings) -> None:
        with self._started(command, chunking) as (process, leave), suppress(EOFError):
            while True:
                leave.recv()
                leave.send(True)
        assert process.exitcode == 0


def write_files(folder: Path, edition: int) -> None:
    """Sixteen sentences a file, each a passage of its own; without letters, no time goes into languages."""
    folder.mkdir(exist_ok=True)
    for number in range(FILES):
        sentences = [f"{number:02}.{line:02}.{edition:03}." for line in range(16)]
        (folder / f"{number:02}.txt").write_text("\n".join(sentences), encoding="utf-8")


def vector_ids(data: Path) -> list[str]:
    return sorted(vectors_in(data))


def indexed(folder: Path, name: str) -> list[str]:
    (index,) = map(str, folder.iterdir())
    searcher = tantivy.Index.open(index).searcher()
    hits = searcher.search(tantivy.Query.all_query(), limit=searcher.num_docs + 1).hits
    return sorted(searcher.doc(address)[name][0] for _, address in hits)


def term_ids(data: Path) -> list[str]:
    return indexed(data / "terms", "passage_id")


def full_text_ids(data: Path) -> list[str]:
    return indexed(data / "full_text", "article_id")


def sketch_ids(data: Path, ids: Sequence[str]) -> list[str]:
    """Which of these passages have a sketch."""
    with closing(MultivectorStore(data / "sketches")) as kept:
        return sorted(kept.get(ids))


def listed(data: Path) -> dict[Article, list[Passage]]:
    with closing(Library(data)) as library:
        return {article: library.passages_of(article.id) for article in library.articles()}


def check_listed(folder: Path) -> int:
    """Right after a kill: what the library lists is in every index. Returns how many articles it lists."""
    articles = listed(folder / "data")
    ids = {passage.id for passages in articles.values() for passage in passages}
    assert ids <= set(vector_ids(folder / "data"))
    assert ids <= set(term_ids(folder / "data"))
    assert ids == set(sketch_ids(folder / "data", sorted(ids)))
    assert {article.id for article in articles} <= set(full_text_ids(folder / "data"))
    return len(articles)


def check_complete(folder: Path) -> dict[Article, list[Passage]]:
    """Every file once, every offset right, and the same passages and articles in all indexes."""
    articles = listed(folder / "data")
    texts = [file.read_text(encoding="utf-8") for file in sorted((folder / "articles").iterdir())]
    assert sorted(article.text for article in articles) == sorted(texts)
    ids = sorted(passage.id for passages in articles.values() for passage in passages)
    assert ids == vector_ids(folder / "data") == term_ids(folder / "data")
    assert ids == sketch_ids(folder / "data", ids)
    assert sorted(article.id for article in articles) == full_text_ids(folder / "data")
    with closing(MultivectorStore(folder / "data" / "sketches")) as kept:
        assert kept.count() == len(ids)
    with closing(Library(folder / "data")) as library:
        assert library.unlisted() == []
        assert library.counts().sources == FILES
    for article, passages in articles.items():
        seen = dict.fromkeys(article.text[s.start : s.end] for p in passages for s in p.sentences)
        assert list(seen) == article.text.split("\n")
        assert all((p.start, p.end) == (p.sentences[0].start, p.sentences[-1].end) for p in passages)
    return articles


def check_found(folder: Path, articles: dict[Article, list[Passage]], chunking: ChunkingSettings) -> None:
    """The vector and the sketch of a passage are those of its present words."""
    with closing(open_library(folder / "data", chunking)) as parts:
        for article in list(articles)[::6]:
            passage = articles[article][-1]
            text = article.text[passage.start : passage.end]
            head = f"{article.title}\n{text}"
            (nearest,) = parts.vectors.search(parts.embedder.embed_queries([head])[0], 1)
            assert (nearest.passage_id, round(nearest.score, 4)) == (passage.id, 1.0)
            [made] = sketches([(article, passage)], parts.embedder)
            with closing(
                MultivectorStore(folder / "fresh")
            ) as fresh:  # packed and unpacked, as the other one
                fresh.put([passage.id], [made])
                expected = pack(fresh.get([passage.id])[passage.id])
            assert pack(parts.sketches.get([passage.id])[passage.id]) == expected


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def moments(seed: int, kills: int, steps: int) -> list[tuple[int, float | None]]:
    """When to kill: at different moments of a batch, every other one in the middle of its next step."""
    instants = random.Random(seed)
    at = instants.sample(range(1, 2 * steps + 1), kills)
    return [(n, instants.uniform(0, MOMENT) if i % 2 else None) for i, n in enumerate(at)]


def test_killed_while_reading_new_files_each_arrives_once(workshop: Workshop):
    write_files(workshop.folder / "articles", edition=0)
    stored = [0]
    for at, delay in moments(seed=1, kills=rounds(4, 8), steps=14):
        workshop.kill("ingest", SMALL, at, delay)
        stored.append(check_listed(workshop.folder))
    assert stored == sorted(stored)
    assert 0 < stored[-1] < FILES
    workshop.finish("ingest", SMALL)
    check_found(workshop.folder, check_complete(workshop.folder), SMALL)


def test_killed_while_files_change_no_old_word_remains(workshop: Workshop):
    """Each time the files have changed again: what the last process left half done is wanted no more."""
    write_files(workshop.folder / "articles", edition=0)
    workshop.finish("ingest", SMALL)
    for at, delay in moments(seed=2, kills=rounds(4, 8), steps=14):
        write_files(workshop.folder / "articles", edition=at)
        workshop.kill("ingest", SMALL, at, delay)
        assert check_listed(workshop.folder) == FILES
    workshop.finish("ingest", SMALL)
    check_found(workshop.folder, check_complete(workshop.folder), SMALL)


def test_killed_while_reindexing_nothing_is_lost(workshop: Workshop):
    write_files(workshop.folder / "articles", edition=0)
    workshop.finish("ingest", SMALL)
    for at, delay in moments(seed=3, kills=rounds(3, 6), steps=14):
        workshop.kill("reindex", OVERLAPPING, at, delay)
        assert check_listed(workshop.folder) == FILES
    workshop.finish("reindex", OVERLAPPING)
    check_found(workshop.folder, check_complete(workshop.folder), OVERLAPPING)


def test_killed_while_compacting_nothing_is_lost(workshop: Workshop):
    """Each folder is the old one or the new one, and there is no third one once it has run to its end."""
    write_files(workshop.folder / "articles", edition=0)
    workshop.finish("ingest", SMALL)
    write_files(workshop.folder / "articles", edition=1)
    workshop.finish("ingest", SMALL)
    for at, delay in moments(seed=4, kills=6, steps=3):
        workshop.kill("compact", SMALL, at, delay)
        check_found(workshop.folder, check_complete(workshop.folder), SMALL)
    workshop.finish("compact", SMALL)
    check_found(workshop.folder, check_complete(workshop.folder), SMALL)
    vectors = sorted(path.name for path in (workshop.folder / "data" / "vectors").iterdir())
    assert vectors == ["chroma", "lock", "rows", "stamp", "summary"]
