"""Vectors of passages, in Chroma: the only module that imports chromadb.

Knows passage ids, vectors and what a passage can be filtered by; no text is stored. Chroma is given
our own vectors only: an embedding function stored in a database would be executed (CVE-2026-45829).
Chroma searches all passages; its own filters cost seconds in a million of them, so rows of the same
vectors lie beside it, for exact search over what a filter keeps.
"""

from __future__ import annotations

import math
import secrets
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError
from filelock import FileLock

from rag.errors import LibraryError
from rag.rows import Rows
from rag.schema import Article, Filters, Scored
from rag.selection import narrows

COLLECTION = "passages"
# Chroma refuses longer id lists.
_MAX_IDS = 5_000
# How many candidates a search of Chroma's graph keeps: with its own 100, a seventh of the ten best is missed.
_EF_SEARCH = 400
# Reading a row costs a sixteenth of one more candidate.
_ROWS_PER_RESULT = 16
# How many times the results needed are asked of Chroma when a filter keeps many: it returns the farther
# ones less surely.
_MARGIN = 3


class VectorStore:
    """One collection in `folder`, for vectors of one embedding model.

    Two processes must never be in a Chroma folder at once (writes get lost), and an open client doesn't
    see another's writes. So every touch holds a file lock, and a client is reopened when the stamp that
    each write renews has changed.
    """

    def __init__(self, folder: Path, embedding: str) -> None:
        self._folder = folder
        self._embedding = embedding
        self._client: ClientAPI | None = None
        self._collection: Collection | None = None
        self._rows: Rows | None = None
        self._seen = ""
        folder.mkdir(parents=True, exist_ok=True)
        self._stamp = folder / "stamp"
        self._file_lock = FileLock(folder / "lock", thread_local=False)
        self._thread_lock = threading.Lock()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One thread of one process: the file lock alone lets every thread of its process in."""
        with self._thread_lock, self._file_lock:
            yield

    @contextmanager
    def _open(self, writing: bool = False) -> Iterator[Collection]:
        with self._locked():
            stamp = self._stamp.read_text() if self._stamp.exists() else ""
            if self._collection is None or stamp != self._seen:
                self._reopen()
                self._seen = stamp
            if writing:
                # Before the write: a crash in the middle of it must also send readers to reopen.
                self._seen = secrets.token_hex(8)
                self._stamp.write_text(self._seen)
            yield self._collection

    def _connect(self) -> ClientAPI:
        settings = ChromaSettings(anonymized_telemetry=False)
        path = self._folder / "chroma"
        try:
            return chromadb.PersistentClient(path=str(path), settings=settings)
        except ChromaError as error:
            raise LibraryError(
                f"{path}: the vectors can't be read ({error}); delete this folder, then run"
                " `sourcier reindex`.",
                f"{path} : les vecteurs sont illisibles ({error}) ; supprimez ce dossier, puis lancez"
                " `sourcier reindex`.",
            ) from error

    def _reopen(self) -> None:
        self._disconnect()
        self._client = self._connect()
        self._collection = self._client.get_or_create_collection(
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
            metadata={"embedding": self._embedding},
        )
        self._rows = Rows(self._folder / "rows")
        found = (self._collection.metadata or {}).get("embedding")
        if found != self._embedding:
            self._disconnect()
            raise LibraryError(
                f"{self._folder}: these vectors were made by {found}, not {self._embedding};"
                " set embedding.model back, or run `sourcier reindex`.",
                f"{self._folder} : ces vecteurs ont été faits par {found}, pas par {self._embedding} ;"
                " remettez l'ancien embedding.model, ou lancez `sourcier reindex`.",
            )

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._collection = self._rows = None

    def close(self) -> None:
        """Release the folder. A later call opens it again."""
        with self._locked():
            self._disconnect()

    def count(self) -> int:
        with self._open() as collection:
            return collection.count()

    def is_foreign(self) -> bool:
        """Whether the vectors here were made by another embedding model."""
        with self._locked(), closing(self._connect()) as client:
            made_by = [c.metadata for c in client.list_collections() if c.name == COLLECTION]
        return any((metadata or {}).get("embedding") != self._embedding for metadata in made_by)

    def reset(self) -> None:
        """Drop every vector, and take vectors of this store's embedding model from now on."""
        with self._locked():
            self._disconnect()
            with closing(self._connect()) as client:
                if any(collection.name == COLLECTION for collection in client.list_collections()):
                    client.delete_collection(COLLECTION)
            Rows(self._folder / "rows").clear()
            self._stamp.write_text(secrets.token_hex(8))

    def upsert(self, ids: Sequence[str], vectors: np.ndarray, articles: Sequence[Article]) -> None:
        """Put passages in, `vectors[i]` (float32, unit length) and `articles[i]` belonging to `ids[i]`."""
        with self._open(writing=True):
            self._configure()
            size = self._client.get_max_batch_size()
            for i in range(0, len(ids), size):
                part = slice(i, i + size)
                self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])
            self._rows.put(ids, vectors, articles)

    def _configure(self) -> None:
        """A collection made by an earlier version is searched as thoroughly as a new one."""
        if self._collection.configuration_json["hnsw"]["ef_search"] == _EF_SEARCH:
            return
        with warnings.catch_warnings():
            # Chroma calls a collection without an embedding function a legacy.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._collection.modify(configuration={"hnsw": {"ef_search": _EF_SEARCH}})
        self._reopen()  # it takes effect only then

    def delete(self, ids: Sequence[str]) -> None:
        """Take passages out; ids that aren't in are ignored."""
        with self._open(writing=True) as collection:
            self._rows.drop(ids)
            for i in range(0, len(ids), _MAX_IDS):
                collection.delete(ids=list(ids[i : i + _MAX_IDS]))

    def rows_missing(self) -> bool:
        """Whether filters would miss passages: a library of an earlier version, or rows that were deleted."""
        with self._open() as collection:
            return self._rows.count != collection.count()

    def restore_rows(self, ids: Sequence[str], articles: Sequence[Article]) -> None:
        """Make the rows of passages that are in Chroma anew; ids that aren't in are ignored."""
        of = dict(zip(ids, articles, strict=True))
        with self._open(writing=True) as collection:
            for i in range(0, len(ids), _MAX_IDS):
                found = collection.get(ids=list(ids[i : i + _MAX_IDS]), include=["embeddings"])
                vectors = np.asarray(found["embeddings"], dtype=np.float32)
                if len(vectors):
                    self._rows.put(found["ids"], vectors, [of[passage_id] for passage_id in found["ids"]])

    def search(self, vector: np.ndarray, limit: int, filters: Filters | None = None) -> list[Scored]:
        """The `limit` passages nearest to `vector` (shape `(dimension,)`), with cosine similarity."""
        with self._open():
            if filters is None or not narrows(filters):
                return self._nearest(vector, limit)
            kept = self._rows.kept(filters)
            return self._nearest_kept(vector, limit, kept) if len(kept) else []

    def _nearest(self, vector: np.ndarray, limit: int) -> list[Scored]:
        """Of all passages, by Chroma: approximate."""
        if limit > self._rows.count:  # else Chroma, which takes its time to count, needn't be asked
            limit = min(limit, self._collection.count())
        if limit == 0:
            return []
        found = self._collection.query(
            query_embeddings=vector[np.newaxis, :], n_results=limit, include=["distances"]
        )
        return [
            Scored(passage_id, 1.0 - distance)
            for passage_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def _nearest_kept(self, vector: np.ndarray, limit: int, kept: np.ndarray) -> list[Scored]:
        """Of these rows: read them all, or ask Chroma for more and leave out the others if that is less work.

        What a filter keeps may lie far from the question; then Chroma is asked for more again, until reading
        all rows is less work.
        """
        share = len(kept) / self._rows.count
        # Fewer than its candidates are no less work for Chroma.
        while len(kept) > _ROWS_PER_RESULT * max(wanted := math.ceil(_MARGIN * limit / share), _EF_SEARCH):
            nearest = self._nearest(vector, wanted)
            rows = self._rows.rows_of([scored.passage_id for scored in nearest])
            found = [s for s, keep in zip(nearest, np.isin(rows, kept), strict=True) if keep]
            if len(found) >= limit:
                return found[:limit]
            share = min(share / 2, max(len(found), 1) / wanted)
        return self._rows.nearest(vector, kept, limit)
