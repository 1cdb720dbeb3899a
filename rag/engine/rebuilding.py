"""Another encoder's index, built beside the one in use while that is searched and written to.

Passages stay as they are cut: only their vectors and sketches are made anew. What was done is remembered by
article, with what was read of it, so that a run that was killed goes on where it was, and what changed
meanwhile is read again. The last look and the exchange are made while nobody else writes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from rag.encoders.store import UsedEncoder
from rag.engine.current import MARK, PARTS, PROGRESS, TARGET, beside, settle
from rag.engine.likeness import TEXTS
from rag.errors import LibraryBusyError
from rag.index.encoding import mean_vector, sketches
from rag.index.multivector_store import MultivectorStore
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.schema.article import Article, Passage
from rag.storage.durability import flush_all
from rag.storage.permissions import make_folder
from rag.storage.sqlite import SqliteFile

_DONE = "CREATE TABLE IF NOT EXISTS done (article_id TEXT PRIMARY KEY, read TEXT NOT NULL) STRICT"
_ARTICLES, _PASSAGES, _IDS = 50, 64, 5_000  # at once


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article that is to be read: as it is filed, as the encoder reads it, its passages, and their sum."""

    filed: Article
    read: Article
    passages: tuple[Passage, ...]
    signature: str


class IndexBuild:
    """An index of `library` by another encoder; whoever makes one holds the `build_lock`."""

    def __init__(self, library: Library, data_dir: Path, embedder: Embedder) -> None:
        """Go on with what is there for this encoder, or begin."""
        self._library = library
        self._data_dir = data_dir
        self._embedder = embedder
        self._generation = library.encoders.generation() + 1
        settle(data_dir, self._generation - 1)
        self._begin()
        self._is_closed = False
        self._vectors = VectorStore(beside(data_dir, "vectors"), embedder.name)
        self._sketches = MultivectorStore(beside(data_dir, "sketches"))
        self._progress = SqliteFile(beside(data_dir, "vectors") / PROGRESS)
        with self._progress.transaction() as db:
            db.execute(_DONE)

    def _begin(self) -> None:
        """Clear what was begun for another encoder, or after another index."""
        wanted = {"name": self._embedder.name, "generation": self._generation}
        file = beside(self._data_dir, "vectors") / TARGET
        try:
            found = json.loads(file.read_text())
        except (OSError, ValueError):
            found = None
        if found != wanted:
            discard(self._data_dir)
        for part in PARTS:
            make_folder(beside(self._data_dir, part))
            (beside(self._data_dir, part) / MARK).unlink(missing_ok=True)
        file.write_text(json.dumps(wanted))

    @property
    def name(self) -> str:
        """The encoder's."""
        return self._embedder.name

    def close(self) -> None:
        """Close the files. Once: closing would make the folders anew that have been put in their place."""
        if self._is_closed:
            return
        self._is_closed = True
        self._vectors.close()
        self._sketches.close()
        self._progress.close()

    def fill(self, on_progress: Callable[[int, int], None], stop: Callable[[], bool]) -> int:
        """Read every article that isn't in yet, or changed since; return how many were.

        Args:
            on_progress: Is told how many articles of how many are in.
            stop: Says whether to stop.
        """
        total, seen, made = self._library.counts().articles, 0, 0
        articles = self._library.each_stored()
        waiting: list[_Waiting] = []
        while not stop() and (batch := list(islice(articles, _ARTICLES))):
            seen += len(batch)
            for one in self._unread(batch):
                waiting.append(one)
                if sum(len(one.passages) for one in waiting) >= _PASSAGES:
                    made += self._read(waiting)
                    waiting = []
                    on_progress(max(0, seen - len(batch)), total)
                    if stop():
                        return made
            on_progress(min(seen, total), total)
        return made + self._read(waiting)

    def _unread(self, batch: Sequence[Article]) -> Iterator[_Waiting]:
        metadata = self._library.metadata
        read = metadata.corrected([metadata.stated(article) for article in batch])
        known = self._known([article.id for article in batch])
        for filed, one in zip(batch, read, strict=True):
            passages = tuple(self._library.passages_of(filed.id))
            signature = _signature(filed, one, passages)
            if passages and known.get(filed.id) != signature:
                yield _Waiting(filed, one, passages, signature)

    def _known(self, ids: Sequence[str]) -> dict[str, str]:
        query = "SELECT article_id, read FROM done WHERE article_id IN (SELECT value FROM json_each(?))"
        with self._progress.connection() as db:
            return dict(db.execute(query, [json.dumps(list(ids))]).fetchall())

    def _read(self, waiting: Sequence[_Waiting]) -> int:
        """Have the encoder read these articles, store what it made, and remember that last."""
        if not waiting:
            return 0
        pairs = [(one.read, passage) for one in waiting for passage in one.passages]
        ids = [passage.id for _, passage in pairs]
        made = sketches(pairs, self._embedder)
        self._sketches.put(ids, made)
        filed = [one.filed for one in waiting for _ in one.passages]
        self._vectors.upsert(ids, np.stack([mean_vector(sketch) for sketch in made]), filed)
        with self._progress.transaction() as db:
            rows = [(one.filed.id, one.signature) for one in waiting]
            db.executemany("INSERT OR REPLACE INTO done VALUES (?, ?)", rows)
        return len(waiting)

    def exchange(self, encoder: Mapping[str, Any], replaced: Mapping[str, Any], cut: str) -> int:
        """Put the index in the place of the one in use, in one step; return how many articles were read last.

        The caller holds the write lock. Stopped anywhere, one of the two indexes is in use, whole.

        Args:
            encoder: The settings that load the encoder, without keys.
            replaced: What the configuration says until now.
            cut: How articles are cut: the end of their recipes.
        """
        last = self.fill(lambda *_: None, lambda: False)
        self._drop_unlisted()
        likeness = self._embedder.embed_passages(TEXTS)
        self.close()
        for part in PARTS:
            (beside(self._data_dir, part) / MARK).write_text(str(self._generation))
            flush_all(beside(self._data_dir, part))
        used = UsedEncoder(self._generation, self._embedder.name, encoder, replaced)
        self._library.encoders.put_in_use(used, cut, f"{self._embedder.name} {cut}", likeness)
        settle(self._data_dir, self._generation)
        return last

    def _drop_unlisted(self) -> None:
        """Take out what was put in, and isn't in the library any more."""
        ids = iter({*self._vectors.ids(), *self._sketches.ids()})
        while batch := list(islice(ids, _IDS)):
            if gone := sorted(set(batch) - self._library.passages_listed(batch)):
                self._vectors.delete(gone)
                self._sketches.delete(gone)


@contextmanager
def build_lock(data_dir: Path) -> Iterator[None]:
    """Hold what is built beside the index in use.

    Raises:
        LibraryBusyError: Another process does.
    """
    make_folder(data_dir)
    lock = FileLock(data_dir / "sketches.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise LibraryBusyError(
            f"{data_dir}: another `sourcier reindex` is at work on this library; wait until it has finished.",
            f"{data_dir} : un autre `sourcier reindex` travaille sur cette bibliothèque ; attendez qu'il ait"
            " fini.",
        ) from None
    try:
        yield
    finally:
        lock.release()


def discard_unused(data_dir: Path) -> None:
    """Forget an index that was begun, unless somebody is building it."""
    with suppress(LibraryBusyError), build_lock(data_dir):
        discard(data_dir)


def discard(data_dir: Path) -> None:
    """Forget an index that was begun and isn't used; whoever asks holds the `build_lock`."""
    for part in PARTS:
        shutil.rmtree(beside(data_dir, part), ignore_errors=True)


def _signature(filed: Article, read: Article, passages: Sequence[Passage]) -> str:
    said = json.dumps([asdict(filed), asdict(read), [asdict(one) for one in passages]], default=str)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
