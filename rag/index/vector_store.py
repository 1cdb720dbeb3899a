"""Vectors of passages, in a folder of Chroma's.

Knows passage ids, vectors and what a passage can be filtered by; no text is stored. Chroma is given
our own vectors only: an embedding function stored in a database would be executed (CVE-2026-45829).
Chroma keeps the vectors, for whatever reads Chroma. They are searched in rows beside it: of many near
copies Chroma's graph finds few, and its filters cost seconds in a million passages (benchmarks/LOG.md).
A search doesn't need Chroma, which takes most of a second to import: what the rows are held against, its
embedding model and number of vectors, is written down beside it.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from rag.errors import LibraryError, NativePanicError, panics_as_errors
from rag.index.flat_index import DamagedRowsError, FlatIndex
from rag.index.graph_files import clear_unused
from rag.index.stores import NOTHING_EXPECTED, Expected, refuse_foreign, vectors_like
from rag.schema.article import Article
from rag.schema.hit import Scored
from rag.schema.question import NO_FILTERS, Filters
from rag.storage import atomic_folder
from rag.storage.errors import storage_error
from rag.storage.permissions import make_folder

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

log = logging.getLogger(__name__)

COLLECTION = "passages"
# Chroma refuses longer id lists.
_MAX_IDS = 5_000
# Sourcier doesn't search Chroma's graph: it is built with little effort, and still serves others.
_HNSW = {"space": "cosine", "ef_construction": 16}


@dataclass(frozen=True, slots=True)
class _Summary:
    """What Chroma's collection holds for as long as the stamp is this one: `count` vectors of a model."""

    stamp: str
    embedding: str
    count: int

    @property
    def checksum(self) -> int:
        """What is written beside it."""
        return zlib.crc32(repr((self.stamp, self.embedding, self.count)).encode())


class UnreadableVectorsError(LibraryError):
    """Chroma can't read its folder: it is made anew from the articles."""


class VectorStore:
    """One collection in `folder`, for vectors of one embedding model.

    Two processes must never be in a Chroma folder at once (writes get lost), and an open client doesn't
    see another's writes. So every touch holds a file lock, and rows and client are reopened when the stamp
    that each write renews has changed. Chroma is opened by the first touch that needs it.
    """

    def __init__(self, folder: Path, embedding: str) -> None:
        self._folder = folder
        self._embedding = embedding
        self._client: ClientAPI | None = None
        self._collection: Collection | None = None
        self._rows: FlatIndex | None = None
        self._seen = ""
        # None while nothing is known: what was written since may have changed it.
        self._summary: _Summary | None = None
        make_folder(folder)
        self._stamp, self._summary_file = folder / "stamp", folder / "summary"
        self._chroma_folder, self._rows_folder = folder / "chroma", folder / "rows"
        self._file_lock = FileLock(folder / "lock", thread_local=False)
        self._thread_lock = threading.Lock()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let in one thread of one process: the file lock alone lets in every thread of its process."""
        with self._thread_lock, self._file_lock:
            yield

    @contextmanager
    def _opened(self) -> Iterator[FlatIndex]:
        """Return the rows, for reading: without Chroma, where its summary is known."""
        with self._locked():
            yield self._current_rows()

    @contextmanager
    def _open(self, writing: bool = False) -> Iterator[Collection]:
        """Chroma's collection, and the rows beside it."""
        with self._locked(), self._told():
            self._current_rows()
            if self._collection is None:
                self._connect_collection()
            if writing:
                # Before the write: a crash in the middle of it must also send readers to reopen.
                self._renew_stamp()
            yield self._collection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell what Chroma finds wrong in one sentence, but for what the disk says, which others tell.

        Raises:
            LibraryError: It fails or panics.
        """
        try:
            with panics_as_errors():
                yield
        except Exception as error:
            is_theirs = isinstance(error, NativePanicError) or type(error).__module__.startswith("chromadb")
            if not is_theirs or storage_error(self._folder, error) is not None:
                raise
            raise self._unreadable(self._chroma_folder, error) from error

    def _unreadable(self, path: Path, error: Exception) -> UnreadableVectorsError:
        said = " ".join(str(error).split())
        return UnreadableVectorsError(
            f"{path}: the vectors can't be read ({said}); run `sourcier doctor`, which makes them anew.",
            f"{path} : les vecteurs sont illisibles ({said}) ; lancez `sourcier doctor`, qui les refait.",
        )

    def _current_rows(self) -> FlatIndex:
        """Return the rows as whoever wrote last has left them. LibraryError when they are another model's."""
        stamp = self._read_stamp()
        if self._rows is None or stamp != self._seen:
            self._disconnect()
            self._settle()
            self._seen, self._summary = stamp, self._read_summary(stamp)
            if self._summary is None:
                self._connect_collection()
            self._refuse_foreign(self._summary.embedding)
            self._rows = FlatIndex(self._rows_folder)
        return self._rows

    def _read_stamp(self) -> str:
        return self._stamp.read_text(errors="replace") if self._stamp.exists() else ""

    def _renew_stamp(self) -> None:
        self._seen, self._summary = secrets.token_hex(8), None
        self._stamp.write_text(self._seen)

    def _read_summary(self, stamp: str) -> _Summary | None:
        """Return what is written down, if nobody wrote to Chroma since, nor took it away."""
        if not self._chroma_folder.exists():
            return None
        try:
            said = json.loads(self._summary_file.read_text())
            checksum = said.pop("checksum")
            summary = _Summary(**said)
        # Not there, half written, damaged, or another version's.
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
        return summary if (summary.stamp, summary.checksum) == (stamp, checksum) else None

    def _note_summary(self) -> None:
        """Write down what Chroma's collection holds now, for whoever reads next."""
        self._summary = _Summary(self._seen, self._embedding, self._collection.count())
        if not self._seen:  # nobody has written yet: no later write would show
            return
        try:
            told = asdict(self._summary) | {"checksum": self._summary.checksum}
            self._summary_file.write_text(json.dumps(told))
        except OSError as error:  # a full disk is no reason not to answer: whoever is next asks Chroma
            log.debug("%s wasn't written: %s", self._summary_file, error)

    def _note_last_summary(self) -> None:
        from chromadb.errors import ChromaError

        try:
            self._note_summary()
        except ChromaError as error:  # closing is no place to say so: whoever is next asks Chroma
            log.debug("%s wasn't written: %s", self._summary_file, error)

    def _connect(self) -> ClientAPI:
        """Return a client of the folder, once it has what a rebuilding has completed."""
        self._settle()
        return self._client_of(self._chroma_folder)

    def _settle(self) -> None:
        for folder in (self._chroma_folder, self._rows_folder):
            atomic_folder.settle(folder)

    def _client_of(self, path: Path) -> ClientAPI:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings as ChromaSettings
        from chromadb.errors import ChromaError

        settings = ChromaSettings(anonymized_telemetry=False)
        try:
            with panics_as_errors():
                return chromadb.PersistentClient(path=str(path), settings=settings)
        except (ChromaError, NativePanicError) as error:
            # Chroma keeps what failed to start, and would give it to whoever opens this folder next.
            SharedSystemClient._identifier_to_system.pop(str(path), None)
            raise storage_error(path, error) or self._unreadable(path, error) from error

    def _connect_collection(self) -> None:
        self._client = self._connect()
        self._collection = self._collection_of(self._client)
        clear_unused(self._chroma_folder)  # whoever made it may have been stopped before
        self._refuse_foreign((self._collection.metadata or {}).get("embedding"))
        self._note_summary()

    def _refuse_foreign(self, found: str | None) -> None:
        if found != self._embedding:
            self._disconnect()
            refuse_foreign(found, self._embedding, str(self._folder))

    def _collection_of(self, client: ClientAPI) -> Collection:
        return client.get_or_create_collection(
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": _HNSW},
            metadata={"embedding": self._embedding},
        )

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._collection = self._rows = None

    def close(self) -> None:
        """Release the folder. A later call opens it again."""
        with self._locked():
            if self._collection is not None and self._summary is None and self._seen == self._read_stamp():
                self._note_last_summary()
            self._disconnect()

    def count(self) -> int:
        """Count the vectors in Chroma's collection."""
        with self._open() as collection:
            return collection.count()

    def is_foreign(self) -> bool:
        """Return whether the vectors here were made by another embedding model."""
        with self._locked():
            self._settle()
            if (summary := self._read_summary(self._read_stamp())) is not None:
                return summary.embedding != self._embedding
            with closing(self._client_of(self._chroma_folder)) as client:
                made_by = [c.metadata for c in client.list_collections() if c.name == COLLECTION]
        return any((metadata or {}).get("embedding") != self._embedding for metadata in made_by)

    def reset(self) -> None:
        """Drop every vector, and take vectors of this store's embedding model from now on."""
        with self._locked():
            self._disconnect()
            self._renew_stamp()
            with closing(self._connect()) as client:
                if any(collection.name == COLLECTION for collection in client.list_collections()):
                    client.delete_collection(COLLECTION)
            FlatIndex(self._rows_folder).clear()

    def upsert(self, ids: Sequence[str], vectors: np.ndarray, articles: Sequence[Article]) -> None:
        """Put passages in, `vectors[i]` (float32, unit length) and `articles[i]` belonging to `ids[i]`."""
        with self._open(writing=True):
            size = self._client.get_max_batch_size()
            for i in range(0, len(ids), size):
                part = slice(i, i + size)
                self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])
            clear_unused(self._chroma_folder)
            self._rows.put(ids, vectors, articles)

    def delete(self, ids: Sequence[str]) -> None:
        """Take passages out; ids that aren't in are ignored."""
        with self._open(writing=True) as collection:
            self._rows.drop(ids)
            for i in range(0, len(ids), _MAX_IDS):
                collection.delete(ids=list(ids[i : i + _MAX_IDS]))

    def rows_missing(self) -> bool:
        """Return whether searches would miss passages.

        A library of an earlier version, or rows were deleted.
        """
        with self._opened() as rows:
            if self._summary is None:
                self._note_summary()
            return rows.count != self._summary.count

    def restore_rows(
        self, ids: Sequence[str], articles: Sequence[Article], like: Expected = NOTHING_EXPECTED
    ) -> None:
        """Make the rows of passages that are in Chroma anew; ids that aren't in are ignored.

        So are those whose vectors aren't nearly what they are expected to be `like`.
        """
        of = dict(zip(ids, articles, strict=True))
        with self._open(writing=True) as collection:
            for found, vectors in _vectors(collection, ids, like):
                self._rows.put(found, vectors, [of[passage_id] for passage_id in found])

    def code_rows(self) -> None:
        """Code the rows that an earlier version left without codes."""
        with self._opened() as rows:
            if not rows.lacks_codes:
                return
        with self._open(writing=True):
            self._rows.code()

    def sum_rows(self) -> None:
        """Store checksums of the rows that an earlier version left without them."""
        with self._opened() as rows:
            if not rows.lacks_sums:
                return
        with self._open(writing=True):
            self._rows.put_missing_sums()

    def start_anew(self) -> None:
        """Put an empty folder in place of one that Chroma can't read; nobody else may have it open."""
        with self._locked():
            self._disconnect()
            self._renew_stamp()
            shutil.rmtree(self._chroma_folder, ignore_errors=True)
            FlatIndex(self._rows_folder).clear()

    def drop_rows(self) -> None:
        """Take out every row, and no vector: `restore_rows` makes them anew."""
        with self._open(writing=True):
            self._rows.clear()

    def rebuild(self, passages: Iterable[tuple[Sequence[str], Sequence[Article], Expected]]) -> None:
        """Copy the vectors of these passages (ids and, beside them, their articles) into fresh folders.

        Left out are those that aren't nearly what they are expected to be.

        These then take the place of the old ones, of which nothing stays on disk. Searches go on meanwhile;
        nobody else may write. Stopped anywhere, either the old folder or the new one is there.
        """
        chroma, rows_folder = map(atomic_folder.fresh, (self._chroma_folder, self._rows_folder))
        rows = FlatIndex(rows_folder)
        with self._told(), closing(self._client_of(chroma)) as client:
            copy = self._collection_of(client)
            for ids, articles, like in passages:
                of = dict(zip(ids, articles, strict=True))
                with self._open() as collection:
                    copied = list(_vectors(collection, ids, like))
                for found, vectors in copied:
                    copy.upsert(ids=found, embeddings=vectors)
                    rows.put(found, vectors, [of[passage_id] for passage_id in found])
        clear_unused(chroma)
        with self._locked():
            self._disconnect()
            # Readers reopen, also if this process is stopped before it has put the folders in their places.
            self._renew_stamp()
            for folder in (self._chroma_folder, self._rows_folder):
                atomic_folder.complete(folder)
            for folder in (self._chroma_folder, self._rows_folder):
                atomic_folder.settle(folder)

    def discard_unfinished(self) -> None:
        """Forget what a rebuilding that was stopped has copied."""
        for folder in (self._chroma_folder, self._rows_folder):
            atomic_folder.discard(folder)

    # --- checking ---

    def present(self, ids: Sequence[str], like: Expected | None = None) -> set[str]:
        """Return those of these passages that have a vector, nearly what it is expected to be."""
        with self._open() as collection:
            if like is not None:
                return {passage_id for found, _ in _vectors(collection, ids, like) for passage_id in found}
            parts = [list(ids[start : start + _MAX_IDS]) for start in range(0, len(ids), _MAX_IDS)]
            return {found for part in parts for found in collection.get(ids=part, include=[])["ids"]}

    def ids(self) -> Iterator[str]:
        """Yield every passage that has a vector. Nothing may be put in or taken out meanwhile."""
        for offset in range(0, self.count(), _MAX_IDS):
            with self._open() as collection:
                found = collection.get(limit=_MAX_IDS, offset=offset, include=[])["ids"]
            yield from found

    def rows_present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that have a row, as it was written."""
        with self._opened() as kept:
            rows = kept.rows_of(ids)
            damaged = set(kept.damaged(rows[rows >= 0].tolist()).tolist())
        found = zip(ids, rows.tolist(), strict=True)
        return {passage_id for passage_id, row in found if row >= 0 and row not in damaged}

    def row_count(self, whole: bool = False) -> int:
        """Count the rows; of a large index those that are damaged too, unless all of it is looked at."""
        with self._opened() as rows:
            return rows.count - (len(rows.damaged(rows.used())) if whole else 0)

    def means(self, articles: Sequence[str]) -> np.ndarray:
        """Return the unit mean of each article's vectors, by id: (n, dimension) float32; zeros for none."""
        parts = []
        # A part at a time: searches wait meanwhile.
        for start in range(0, len(articles), _MAX_IDS):
            with self._opened() as rows:
                parts.append(rows.means(articles[start : start + _MAX_IDS]))
        return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)

    def search(self, vector: np.ndarray, limit: int, filters: Filters | None = None) -> list[Scored]:
        """Return the `limit` passages nearest to `vector` (shape `(dimension,)`), with cosine similarity."""
        try:
            with self._opened() as rows:
                return rows.nearest(vector, rows.kept(filters or NO_FILTERS), limit)
        except DamagedRowsError as error:
            raise LibraryError(
                f"{self._rows_folder}: the vectors are damaged; run `sourcier doctor`, which repairs them.",
                f"{self._rows_folder} : les vecteurs sont abîmés ; lancez `sourcier doctor`, qui les répare.",
            ) from error


def _vectors(
    collection: Collection, ids: Sequence[str], like: Expected
) -> Iterator[tuple[list[str], np.ndarray]]:
    """Ids and vectors, some at a time, of those of these passages that are in, and nearly as expected."""
    for i in range(0, len(ids), _MAX_IDS):
        found = collection.get(ids=list(ids[i : i + _MAX_IDS]), include=["embeddings"])
        if not found["ids"]:
            continue
        kept, vectors = vectors_like(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), like)
        if kept:
            yield kept, vectors
