"""What a worker makes of a block of documents, without Ray: the bundled encoder, in this process."""

from __future__ import annotations

import pyarrow as pa

from ingest.bulk.documents import Document, Prepared, Refused, Reply
from ingest.bulk.wire import documents_to_bytes, reply_from_bytes
from ingest.bulk.worker import Worker, program
from ingest.schema.metadata import NOTHING_STATED
from rag.config import ChunkingSettings, EmbeddingSettings
from rag.models.embedder import Embedder

TEXT = "Le pont de Corvenne a rouvert lundi. Il a coûté 890 000 euros."


def document(data: bytes, format_: str = "text") -> Document:
    return Document(data, "a.txt", "/k/a.txt", format_, NOTHING_STATED, NOTHING_STATED)


def replies(expected: str, *blocks: bytes) -> list[Reply]:
    worker = Worker(EmbeddingSettings(), ChunkingSettings(), expected)
    numbers = list(range(len(blocks)))
    made = worker(pa.table({"number": numbers, "documents": pa.array(blocks, pa.large_binary())}))
    assert made["number"].to_pylist() == numbers
    return [reply_from_bytes(reply.as_py()) for reply in made["reply"]]


def test_documents_come_back_in_order_read_or_refused(embedder: Embedder):
    block = documents_to_bytes([document(TEXT.encode()), document(b""), document(b"%PDF-1.4 rien", "pdf")])
    [reply] = replies(program(embedder), block)
    article, empty, broken = reply.made
    assert isinstance(article, Prepared)
    assert article.article.text == TEXT
    assert len(article.sketches) == len(article.passages) == 1
    assert empty == Refused("a.txt: there is no text in it.", "a.txt : il ne contient pas de texte.")
    assert isinstance(broken, Refused)


def test_a_block_that_is_done_is_nothing_to_do(embedder: Embedder):
    assert replies(program(embedder), b"", documents_to_bytes([document(TEXT.encode())]))[0] == Reply()


def test_another_program_takes_no_block_and_says_what_it_is(embedder: Embedder):
    [reply] = replies(
        "sourcier 0.0.1, readers 1, encoder another", documents_to_bytes([document(TEXT.encode())])
    )
    assert reply == Reply(other=program(embedder))
