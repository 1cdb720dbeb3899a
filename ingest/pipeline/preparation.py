"""What is made of a document before it enters the library: its article, its passages, their sketches.

All that takes time in an ingestion, and needs nothing of the library but what was corrected there. Here it is
done in this process; `ingest.bulk` has others do it. What is made decides nothing: what an article is to the
library is the pipeline's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.containers.expand import expand
from ingest.converters.registry import read_article
from ingest.pipeline.chunking import Chunker
from ingest.schema.document import Failure, Notice, SourceDocument
from rag.index.indexer import Indexer
from rag.index.multivector import PassageVectors
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.schema.article import Article, Passage

Opened = Iterator[SourceDocument | Failure | Notice]


class Preparation(Protocol):
    """What makes of documents what is stored of them.

    `sketches` may be called in another thread than the rest, and ahead of what is stored.
    """

    def opened(self, source: SourceDocument | Failure | Notice) -> Opened:
        """Yield what a source holds: itself, or its articles one at a time."""
        ...

    def article(self, item: SourceDocument, data: bytes) -> Article:
        """Read the article in a document's bytes.

        Raises:
            UserError: There is none.
        """
        ...

    def passages(self, article: Article) -> tuple[Passage, ...]:
        """Cut an article."""
        ...

    def sketches(self, entries: Sequence[Entry]) -> list[PassageVectors]:
        """Return the sketches of the passages of these articles, in order, as they were corrected."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """Prepares documents in this process."""

    indexer: Indexer
    chunker: Chunker | Callable[[Article], list[Passage]]

    def opened(self, source: SourceDocument | Failure | Notice) -> Opened:
        """Yield what a source holds: itself, or its articles one at a time."""
        return expand(source)

    def article(self, item: SourceDocument, data: bytes) -> Article:
        """Read the article in a document's bytes.

        Raises:
            UserError: There is none.
        """
        return read_article(data, item.source, item.key, item.format, item.stated, item.known)

    def passages(self, article: Article) -> tuple[Passage, ...]:
        """Cut an article."""
        return tuple(self.chunker(article))

    def sketches(self, entries: Sequence[Entry]) -> list[PassageVectors]:
        """Return the sketches of the passages of these articles, in order, as they were corrected."""
        return self.indexer.read(entries)


def entry_of(
    article: Article,
    chunker: Callable[[Article], Sequence[Passage]],
    library: Library,
    source: Source | None = None,
) -> Entry:
    """Return an article as it is stated, cut in the language that it was corrected to."""
    (corrected,) = library.metadata.corrected([article])
    return Entry(article, tuple(chunker(corrected)), source)
