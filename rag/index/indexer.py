"""Keeps the library and the two indexes in step: what is added, replaced, removed, and in which order.

Knows no files and no questions. The order makes every crash harmless: announce, fill the indexes,
acknowledge in one transaction, then clear what is no longer listed. Searches ignore passages that the
library doesn't list, so a half-done step is never seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from rag.index.encoding import EncodedPassages, mean_vector, read_passages, sketched
from rag.index.multivector_store import MultivectorStore
from rag.index.term_index import Posting, TermIndex, posting
from rag.index.vector_store import VectorStore
from rag.library.library import Library
from rag.library.records import Entry
from rag.models.embedder import Embedder
from rag.schema.article import Article, Passage

_AT_ONCE = 5_000  # passages


class Indexer:
    """Writes articles to the library and its indexes. `recipe` names how passages and sketches are made."""

    def __init__(
        self,
        library: Library,
        vectors: VectorStore,
        terms: TermIndex,
        sketch_store: MultivectorStore,
        embedder: Embedder,
        recipe: str,
    ) -> None:
        self.library = library
        self.recipe = recipe
        self._vectors = vectors
        self._terms = terms
        self._sketches = sketch_store
        self._embedder = embedder

    def add(self, entries: Sequence[Entry]) -> None:
        """Index and list these articles, replacing earlier versions: all of them or, on a crash, none."""
        self.store(entries, self.read(entries))

    def read(self, entries: Sequence[Entry]) -> EncodedPassages:
        """Return what the encoder makes of these articles. Touches no index: may be done ahead of `store`."""
        return read_passages(_pairs(entries), self._embedder)

    def store(self, entries: Sequence[Entry], reading: EncodedPassages) -> None:
        """Index and list articles as they were read."""
        pairs = _pairs(entries)
        ids = [passage.id for _, passage in pairs]
        self.library.announce(ids)
        if pairs:
            made = sketched(pairs, reading)
            self._sketches.put(ids, made)
            vectors = np.stack([mean_vector(sketch) for sketch in made])
            self._vectors.upsert(ids, vectors, [article for article, _ in pairs])
            self._terms.update([posting(*pair) for pair in pairs])
        self.library.acknowledge(entries, self.recipe)
        self.clear_unlisted()

    def remove(self, article_id: str) -> bool:
        """Take an article out of the library and every index; False if it isn't there."""
        removed = self.library.remove(article_id)
        self.clear_unlisted()
        return removed

    def clear_unlisted(self) -> None:
        """Take out of the indexes what the library doesn't list: replaced, removed, or left by a crash."""
        unlisted = self.library.unlisted()
        if unlisted:
            self._vectors.delete(unlisted)
            self._sketches.delete(unlisted)
            self._terms.update([], delete=unlisted)
            self.library.cleared(unlisted)

    def recover(self) -> None:
        """Put right what a crash, a deleted folder or an earlier version left.

        Clears leftovers, compares and lists articles that never were, rebuilds the term index.
        """
        self._vectors.discard_unfinished()
        self.clear_unlisted()
        self.library.reprints.link_waiting()
        self.library.listing.list_waiting()
        self._restore_rows()
        if self._terms.count() != self.library.counts().passages:
            self.rebuild_terms()

    def rebuild_terms(self) -> None:
        """Make the term index anew, of the passages that the library lists."""
        self._terms.rebuild(self._postings())

    def _postings(self) -> Iterator[Posting]:
        for article in self.library.each():
            for passage in self.library.passages_of(article.id):
                yield posting(article, passage)

    def _passages(self) -> Iterator[tuple[list[str], list[Article]]]:
        """Ids of all passages, and beside them their articles, some at a time."""
        of = self.library.passages_of
        pairs = ((passage.id, article) for article in self.library.each() for passage in of(article.id))
        while batch := list(islice(pairs, _AT_ONCE)):
            yield [passage_id for passage_id, _ in batch], [article for _, article in batch]

    def _restore_rows(self) -> None:
        """Vectors of another model stay as they are: what to do about them is said when they are used."""
        if self._vectors.is_foreign():
            return
        if self._vectors.rows_missing():
            for ids, articles in self._passages():
                self._vectors.restore_rows(ids, articles)
        self._vectors.code_rows()

    def compact(self) -> None:
        """Leave no byte on disk of what was replaced or removed. Stopped anywhere, nothing is lost.

        Raises:
            LibraryError: For vectors of another model: `reindex` first.
        """
        self.recover()
        self._vectors.rebuild(self._passages())
        self.rebuild_terms()
        self._sketches.compact()
        self.library.compact()

    def prepare(self) -> None:
        """Get ready to index again: vectors of another model, or of a folder that is gone, start anew."""
        if self._vectors.is_foreign():
            self._start_anew()
        self.recover()
        if min(self._vectors.count(), self._sketches.count()) < self.library.passages_indexed():
            self._start_anew()

    def _start_anew(self) -> None:
        self.library.forget_indexing()
        # First: vectors of another model are refused, sketches of another model would be misread.
        self._sketches.clear()
        self._vectors.reset()


def _pairs(entries: Sequence[Entry]) -> list[tuple[Article, Passage]]:
    return [(entry.article, passage) for entry in entries for passage in entry.passages]
