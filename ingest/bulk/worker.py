"""What a worker does with a block of documents: reads, cuts and encodes them. It sees no library and no file.

An actor of Ray's: made once in a process of its own, which loads the encoder once. Readers have the limits
that they have everywhere (`ingest.decoding.sandbox`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import TYPE_CHECKING

from ingest.bulk.documents import Document, Made, Prepared, Refused, Reply
from ingest.bulk.wire import documents_from_bytes, reply_to_bytes
from ingest.converters.registry import read_article
from ingest.pipeline.chunking import Chunker
from ingest.schema.document import READER_VERSION
from rag.config import ChunkingSettings, EmbeddingSettings
from rag.errors import UserError
from rag.index.encoding import sketches
from rag.models.embedder import Embedder
from rag.models.embedder_factory import load_embedder

if TYPE_CHECKING:
    import pyarrow as pa

_log = logging.getLogger(__name__)


def program(embedder: Embedder) -> str:
    """Return what decides what is made of a document: the version, its readers, the encoder."""
    try:
        installed = version("sourcier")
    except PackageNotFoundError:  # a checkout
        installed = "?"
    return f"sourcier {installed}, readers {READER_VERSION}, encoder {embedder.name}"


class Worker:
    """Makes of each block of documents (`number`, `documents`) what was made of it (`number`, `reply`)."""

    def __init__(self, embedding: EmbeddingSettings, chunking: ChunkingSettings, expected: str) -> None:
        """Load the encoder; `expected` is the `program` whose blocks it is to take."""
        self._embedder = load_embedder(embedding)
        self._chunker = Chunker(self._embedder, chunking)
        self._own = program(self._embedder)
        self._expected = expected

    def __call__(self, block: pa.Table) -> pa.Table:
        """Return one reply for each row, in order."""
        import pyarrow as pa

        replies = [reply_to_bytes(self._reply(row.as_py())) for row in block["documents"]]
        return pa.table({"number": block["number"], "reply": pa.array(replies, pa.large_binary())})

    def _reply(self, packed: bytes) -> Reply:
        if self._own != self._expected:
            return Reply(other=self._own)
        # Nothing is left of a block that is computed again after it was done: nobody waits for it.
        return Reply(prepared(documents_from_bytes(packed), self._chunker)) if packed else Reply()


def prepared(documents: Sequence[Document], chunker: Chunker) -> tuple[Made, ...]:
    """Return what is made of each document; their passages are encoded together."""
    read = [_read(document, chunker) for document in documents]
    pairs = [(one.article, passage) for one in read if isinstance(one, Prepared) for passage in one.passages]
    made = iter(sketches(pairs, chunker.embedder))
    return tuple(
        Prepared(one.article, one.passages, tuple(islice(made, len(one.passages))))
        if isinstance(one, Prepared)
        else one
        for one in read
    )


def _read(document: Document, chunker: Chunker) -> Made:
    """Return a document's article, cut; its sketches are yet to be made."""
    try:
        article = read_article(
            document.data, document.source, document.key, document.format, document.stated, document.known
        )
        return Prepared(article, tuple(chunker(article)), ())
    except UserError as error:
        return Refused(error.text("en"), error.text("fr"))
    except Exception:
        _log.info("reading failed", exc_info=True)
        return None
