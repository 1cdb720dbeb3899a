"""Keeps the library and its indexes in step: what is added, replaced, removed, and in which order.

Knows no files and no questions. The order makes every crash harmless: announce, fill the indexes,
acknowledge in one transaction, then clear what is no longer listed. Searches ignore passages that the
library doesn't list, so a half-done step is never seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

import numpy as np

from rag.embargo.store import EmbargoedArticle
from rag.errors import LibraryError
from rag.index.encoding import mean_vector, sketches
from rag.index.multivector import PassageVectors
from rag.index.stores import ArticleSearch, Expected, Posting, SketchStore, TermSearch, VectorIndex, posting
from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.metadata.store import MetadataTable
from rag.models.embedder import Embedder
from rag.schema.article import Article, Passage

_AT_ONCE = 5_000  # passages
_ARTICLES = 100  # whose passages are looked up together
_SOME = 100  # passages that are looked up to tell whether indexes are this library's


class Indexer:
    """Writes articles to the library and its indexes. `recipe` names how passages and sketches are made."""

    def __init__(
        self,
        library: Library,
        vectors: VectorIndex,
        terms: TermSearch,
        full_text: ArticleSearch,
        sketch_store: SketchStore,
        embedder: Embedder,
        recipe: str,
    ) -> None:
        self.library = library
        self.recipe = recipe
        self._vectors = vectors
        self._terms = terms
        self._full_text = full_text
        self._sketches = sketch_store
        self._embedder = embedder

    def add(self, entries: Sequence[Entry]) -> None:
        """Index and list these articles, replacing earlier versions: all of them or, on a crash, none."""
        self.store(entries, self.read(entries))

    def read(self, entries: Sequence[Entry]) -> list[PassageVectors]:
        """Return the sketches of these articles' passages, in order, as the articles were corrected.

        They come as they are stated. Touches no index: may be done ahead of `store`.
        """
        return sketches(self._corrected(entries), self._embedder)

    def _corrected(self, entries: Sequence[Entry]) -> list[tuple[Article, Passage]]:
        return _pairs(_with(entries, self.library.metadata.corrected([entry.article for entry in entries])))

    def release(self, now: datetime) -> int:
        """List the articles whose embargo has ended; return how many. The caller holds the write lock.

        Each is listed as it was cut when it was stored; one that was cut in another way waits for `reindex`.
        """
        if self._vectors.is_foreign():
            return 0
        due = self.library.embargoes.due(now)
        return sum(self._release(waiting) for waiting in due)

    def _release(self, waiting: EmbargoedArticle) -> bool:
        """List an article whose time has come; False if another process did meanwhile."""
        article = waiting.article
        with self.library.leases.held([lease_of(article.id)]):
            if self.library.leases.are_shared and self.library.embargoes.get(article.id) != waiting:
                return False
            source = Source(waiting.key, waiting.source, waiting.digest, article.id)
            entry = Entry(article, waiting.passages, source)
            self.store([entry], self.read([entry]), waiting.recipe)
            self.library.origins.put(waiting.key, waiting.origin)
        return True

    def store(self, entries: Sequence[Entry], made: Sequence[PassageVectors], recipe: str = "") -> None:
        """Index and list articles, cut by `recipe` (default: the indexer's).

        They come as they are stated; found and listed they are by what was corrected of them. `made` are
        the sketches of their passages, in order, whoever made them.
        """
        with self.library.leases.held(lease_of(entry.article.id) for entry in entries):
            self._store(entries, made, recipe or self.recipe)

    def _store(self, entries: Sequence[Entry], made: Sequence[PassageVectors], recipe: str) -> None:
        effective = self.library.metadata.effective([entry.article for entry in entries])
        filed = _with(entries, effective)
        pairs = _pairs(filed)
        ids = [passage.id for _, passage in pairs]
        self.library.announce([*ids, *(words_of(entry.article.id) for entry in entries if entry.passages)])
        if pairs:
            self._sketches.put(ids, made)
            vectors = np.stack([mean_vector(sketch) for sketch in made])
            self._vectors.upsert(ids, vectors, [article for article, _ in pairs])
            self._terms.update([posting(*pair) for pair in pairs])
            self._full_text.update([entry.article for entry in filed if entry.passages])
        self.library.leases.confirm()
        self.library.acknowledge(entries, recipe, [words_of(entry.article.id) for entry in entries])
        if self.library.leases.are_shared:
            self._file_what_was_corrected(filed)
        self.clear_unlisted()

    def _file_what_was_corrected(self, filed: Sequence[Entry]) -> None:
        """Have indexes follow what another process corrected while these articles were put into them."""
        stored = self.library.each_stored([entry.article.id for entry in filed])
        now = {article.id: article for article in stored}
        later = [entry.article.id for entry in filed if now.get(entry.article.id) != entry.article]
        self.library.announce(map(words_of, later))

    def file_anew(
        self,
        begin: Callable[[MetadataTable], Iterable[str]],
        change: Callable[[Article], None] = lambda _: None,
    ) -> list[str]:
        """Change what articles are filed under, and have every index find them by that; return which changed.

        What the encoder reads of an article may have changed with it: `MetadataTable.unread` names those that
        are to be read again. The caller holds the write lock.

        Args:
            begin: Gives the ids of the articles that may be concerned, and may write to the table before.
            change: Corrects each of them, as it was stated, in the table.

        Raises:
            LibraryError: For vectors of another model, before anything is changed.
        """
        self._vectors.row_count()
        with self.library.transaction():
            filed = self.library.file_anew(begin(self.library.metadata), change)
            self.library.announce(map(words_of, filed))
        self.clear_unlisted()
        return filed

    def remove(self, article_id: str) -> bool:
        """Take an article out of the library and every index; False if it isn't there."""
        with self.library.leases.held([lease_of(article_id)]):
            removed = self.library.remove(article_id)
            self.clear_unlisted()
        return removed

    def clear_unlisted(self) -> None:
        """Take out of the indexes what the library doesn't list: replaced, removed, or left by a crash."""
        waiting = self.library.unlisted()
        for start in range(0, len(waiting), _AT_ONCE):
            some = waiting[start : start + _AT_ONCE]
            # What another process has is left to it: it may be about to list what isn't listed yet.
            with self.library.leases.free(lease_of(article_of(one)) for one in some) as free:
                self._clear([one for one in some if lease_of(article_of(one)) in free])

    def _clear(self, passage_ids: Sequence[str]) -> None:
        """Take those of these passages out of the indexes that the library doesn't list, as it is now."""
        unlisted = self.library.unlisted(passage_ids) if self.library.leases.are_shared else passage_ids
        if unlisted:
            refiled = [one for one in unlisted if one == words_of(article_of(one))]
            if gone := sorted(set(unlisted) - set(refiled)):
                self._vectors.delete(gone)
                self._sketches.delete(gone)
                self._terms.update([], delete=gone)
            self._restore_filed(refiled)
            self._restore_full_text(unlisted)
            self.library.cleared(unlisted)

    def _restore_filed(self, unlisted: Sequence[str]) -> None:
        """Have the passages of articles found by what these are filed under now; nothing is read again."""
        articles = self._with_passages(self.library.each_stored([article_of(one) for one in unlisted]))
        for ids, filed, like in self._batches(articles):
            self._vectors.restore_rows(ids, filed, like)
            passages = self.library.passages(ids)
            postings = zip(filed, map(passages.get, ids), strict=True)
            self._terms.update([posting(article, passage) for article, passage in postings if passage])

    def _restore_full_text(self, unlisted: Sequence[str]) -> None:
        """Hold the articles that passages were of as the library has them now, or not at all."""
        ids = {article_of(passage_id) for passage_id in unlisted}
        articles = [*self._with_passages(self.library.each_stored(sorted(ids)))]
        self._full_text.update(articles, delete=ids - {article.id for article in articles})

    def _with_passages(self, articles: Iterable[Article]) -> Iterator[Article]:
        """Yield those that have passages: an article without any has no words, and goes without a trace."""
        articles = iter(articles)
        while batch := list(islice(articles, _ARTICLES)):
            having = self.library.having_passages([article.id for article in batch])
            yield from (article for article in batch if article.id in having)

    def recover(self) -> None:
        """Put right what a crash, a deleted folder or an earlier version left.

        Clears leftovers, compares and lists articles that never were, rebuilds what words are found by.
        """
        self.recover_passages()
        self.recover_full_text()

    def recover_passages(self) -> None:
        """Put right what a question needs: the full-text index, which can take minutes, stays as it is."""
        with self.library.leases.alone() as alone:
            if alone:
                self._vectors.discard_unfinished()
            self.clear_unlisted()
            self.library.reprints.link_waiting()
            self.library.listing.list_waiting()
            if not alone:  # whoever writes has put indexes right, and they are ahead of what is listed
                return
            self._restore_rows()
            if self._terms.is_damaged or self._terms.count() != self.library.counts().passages:
                self.rebuild_terms()

    @property
    def lacks_full_text(self) -> bool:
        """Whether the full-text index is another version's, or not that of the library."""
        return self._full_text.is_damaged or self._full_text.count() != self.library.listing.with_passages()

    def recover_full_text(self) -> None:
        """Make the full-text index anew, unless it is that of the library."""
        with self.library.leases.alone() as alone:
            if alone and self.lacks_full_text:
                self.rebuild_full_text()

    def check_complete(self) -> None:
        """Refuse to search indexes that lack passages: a file of theirs is missing, damaged or another's.

        Counts tell, and whether some passages are there. Vectors of another model are refused when used.

        Raises:
            LibraryError: They do.
        """
        if self._vectors.is_foreign():
            return
        held = min(self._vectors.row_count(), self._sketches.count())
        some = self.library.some_indexed(_SOME)
        there = self._vectors.rows_present(some) & self._sketches.present(some)
        is_short = held < self.library.counts().passages and held < self.library.passages_indexed()
        if is_short or there != set(some):
            raise incomplete()
        if self._terms.present(some) != set(some):
            self.rebuild_terms()

    def rebuild_terms(self) -> None:
        """Make the term index anew, of the passages that the library lists."""
        self._terms.rebuild(self._postings())

    def rebuild_full_text(self) -> None:
        """Make the full-text index anew, of the articles that the library lists."""
        self._full_text.rebuild(self._with_passages(self.library.each_stored()))

    def _postings(self) -> Iterator[Posting]:
        return (posting(*pair) for pair in self._stored_passages(self.library.each_stored()))

    def _passages(self) -> Iterator[tuple[list[str], list[Article], Expected]]:
        """Ids of all passages, beside them their articles, and nearly their vectors, some at a time."""
        return self._batches(self.library.each_stored())

    def _batches(self, articles: Iterable[Article]) -> Iterator[tuple[list[str], list[Article], Expected]]:
        pairs = self._stored_passages(articles)
        while batch := list(islice(pairs, _AT_ONCE)):
            ids = [passage.id for _, passage in batch]
            yield ids, [article for article, _ in batch], nearly(ids, self._sketches)

    def _stored_passages(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Passage]]:
        """Yield the passages of these articles, each with its article."""
        articles = iter(articles)
        while batch := list(islice(articles, _ARTICLES)):
            of = self.library.passages_of_each([article.id for article in batch])
            yield from ((article, passage) for article in batch for passage in of[article.id])

    def _restore_rows(self) -> None:
        """Vectors of another model stay as they are: what to do about them is said when they are used."""
        if self._vectors.is_foreign():
            return
        if self._vectors.rows_missing():
            self._vectors.drop_rows()
            for ids, articles, like in self._passages():
                self._vectors.restore_rows(ids, articles, like)
        self._vectors.code_rows()
        self._vectors.sum_rows()

    def compact(self) -> None:
        """Leave no byte on disk of what was replaced or removed. Stopped anywhere, nothing is lost.

        Raises:
            LibraryError: For vectors of another model: `reindex` first.
        """
        self.recover()
        self._vectors.rebuild(self._passages())
        self.rebuild_terms()
        self.rebuild_full_text()
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
        self.library.encoders.forget()
        # First: vectors of another model are refused, sketches of another model would be misread.
        self._sketches.clear()
        self._vectors.reset()


def lease_of(article_id: str) -> str:
    """Return the name that whoever changes an article, or what indexes hold of it, has a lease of."""
    return f"article {article_id}"


def words_of(article_id: str) -> str:
    """Return what stands for an article's words among passages: they may change while its passages don't."""
    return f"{article_id}:words:"


def article_of(passage_id: str) -> str:
    """Return a passage's article: a passage's id is that, a part of the content's hash, and a number."""
    return passage_id.rsplit(":", 2)[0]


def incomplete() -> LibraryError:
    """Return the sentence that says that indexes lack passages, and what to do."""
    return LibraryError(
        "This library was made by an earlier version, or a file of it is missing or damaged; run"
        " `sourcier doctor`.",
        "Cette bibliothèque vient d'une version antérieure, ou un de ses fichiers manque ou est abîmé ;"
        " lancez `sourcier doctor`.",
    )


def nearly(ids: Sequence[str], sketches: SketchStore) -> dict[str, np.ndarray]:
    """Passage id → its vector, as nearly as its sketch tells it; none for those without a whole sketch."""
    return {passage_id: mean_vector(sketch) for passage_id, sketch in sketches.get(ids).items()}


def _with(entries: Sequence[Entry], articles: Sequence[Article]) -> list[Entry]:
    return [replace(entry, article=article) for entry, article in zip(entries, articles, strict=True)]


def _pairs(entries: Sequence[Entry]) -> list[tuple[Article, Passage]]:
    return [(entry.article, passage) for entry in entries for passage in entry.passages]
