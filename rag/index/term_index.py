"""The term index of passages: BM25 over stems, in tantivy. Derived from the library at any time.

Knows passage ids, stems and what a passage can be filtered by. Queries are built from terms, never
parsed: a question is data.
"""

from __future__ import annotations

import logging
import math
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import tantivy

from rag.errors import LibraryError, NativePanicError, panics_as_errors
from rag.index.term_files import IndexFiles
from rag.schema.article import Article, Passage, day_number
from rag.schema.hit import Scored
from rag.schema.question import Filters
from rag.storage.errors import storage_error
from rag.storage.permissions import make_folder
from rag.text.analyzer import terms

log = logging.getLogger(__name__)

# Part of the folder's name: an index in another format is left alone and a new one built.
FORMAT = 3
_HEAP = 64_000_000
# Bytes of an index that are looked at when it is opened: a few hundredths of a second.
_LOOKED_AT_WHOLE = 64_000_000
_PRIOR_PASSAGES = 1_000
_BODY = "terms"


@dataclass(frozen=True, slots=True)
class Posting:
    """What the index holds of a passage."""

    passage_id: str
    article: Article
    terms: tuple[str, ...]


def posting(article: Article, passage: Passage) -> Posting:
    """Return a passage's terms with its title's in front: readers ask in the title's words."""
    text = f"{article.title}\n{article.text[passage.start : passage.end]}"
    return Posting(passage.id, article, tuple(terms(text, article.language)))


_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


def _told_in_a_sentence(
    method: Callable[Concatenate[TermIndex, _Given], _Found],
) -> Callable[Concatenate[TermIndex, _Given], _Found]:
    """Have a method that reads tell what tantivy finds wrong in one sentence."""

    @wraps(method)
    def telling(self: TermIndex, *args: _Given.args, **kwargs: _Given.kwargs) -> _Found:
        with self._told(ValueError, OSError):
            return method(self, *args, **kwargs)

    return telling


class TermIndex:
    """BM25 search in `folder`. One process writes at a time; readers see what was committed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"v{FORMAT}"
        self._files = IndexFiles(self._folder)
        self._write_lock = threading.Lock()
        self._damage = ""
        make_folder(folder)
        make_folder(self._folder)
        self._open()

    @property
    def is_damaged(self) -> bool:
        """Whether its files aren't what was written: it has nothing then, until it is rebuilt."""
        return bool(self._damage)

    def _open(self) -> None:
        """Open the files, if they are what was written; a large index is looked at whole by `check` only."""
        self._damage = self._files.damage(_LOOKED_AT_WHOLE)
        if not self._damage:
            try:
                with panics_as_errors():
                    self._index = self._opened()
                    self._searcher()
            except (ValueError, OSError, NativePanicError) as error:
                if (sentence := storage_error(self._folder, error)) is not None:
                    raise sentence from error
                self._damage = " ".join(str(error).split())
        if self._damage:
            log.warning("%s is damaged (%s): it is rebuilt from the library", self._folder, self._damage)
            self._index = tantivy.Index(_schema())

    def _opened(self) -> tantivy.Index:
        index = tantivy.Index(_schema(), path=str(self._folder))
        stems = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        index.register_tokenizer("stems", stems)
        return index

    def check(self) -> None:
        """Look at every file, also of a large index: a damaged one has nothing until it is rebuilt."""
        self._damage = self._damage or self._files.damage()

    def _refuse_damaged(self) -> None:
        if self._damage:
            raise self._unreadable(self._damage)

    def _unreadable(self, said: str) -> LibraryError:
        return LibraryError(
            f"{self._folder}: the term index can't be read ({said}); run `sourcier doctor`, which"
            " rebuilds it.",
            f"{self._folder} : l'index des mots est illisible ({said}) ; lancez `sourcier doctor`, qui le"
            " refait.",
        )

    @contextmanager
    def _told(self, *errors: type[Exception]) -> Iterator[None]:
        """Tell what tantivy finds wrong in one sentence: that it panics, and these errors.

        Raises:
            LibraryError: It is so.
        """
        try:
            with panics_as_errors():
                yield
        except (*errors, NativePanicError) as error:
            said = " ".join(str(error).split())
            raise storage_error(self._folder, error) or self._unreadable(said) from error

    @contextmanager
    def _writer(self) -> Iterator[tantivy.IndexWriter]:
        """Commit what is written inside; after an error nothing of it stays. Either way it lets go."""
        with self._write_lock, self._told():
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            self._files.clear_deletions()
            try:
                yield writer
                writer.commit()
            finally:
                # The index's own lock is freed here, not when a traceback happens to be forgotten.
                writer.wait_merging_threads()
            self._files.note()

    def rebuild(self, postings: Iterable[Posting]) -> None:
        """Hold these passages and no others, in files of their own: nothing stays of the old ones.

        Whoever searches meanwhile, or after this was stopped halfway, has the old ones, if they are sound.
        """
        if self._damage:
            self._files.clear()
            make_folder(self._folder)
            self._open()
        with self._writer() as writer:
            # Not `delete_all_documents`: that one forgets at once which files the last commit rests on.
            writer.delete_documents_by_query(tantivy.Query.all_query())
            for item in postings:
                writer.add_document(_document(item))
        for folder in self._folder.parent.glob("v*"):
            if folder.is_dir() and folder != self._folder:
                shutil.rmtree(folder)
        with self._writer() as writer:
            writer.garbage_collect_files()

    @_told_in_a_sentence
    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these passages that are in."""
        if self._damage:
            return set()
        query = tantivy.Query.term_set_query(self._index.schema, "passage_id", list(ids))
        searcher = self._searcher()
        hits = searcher.search(query, limit=max(1, searcher.num_docs)).hits if ids else []
        return {searcher.doc(address)["passage_id"][0] for _, address in hits}

    @_told_in_a_sentence
    def count(self) -> int:
        """Count the passages in the index."""
        return 0 if self._damage else self._searcher().num_docs

    def _searcher(self) -> tantivy.Searcher:
        self._refuse_damaged()
        self._index.reload()
        return self._index.searcher()

    def update(self, postings: Iterable[Posting], delete: Iterable[str] = ()) -> None:
        """Put passages in, replacing those with the same id, and take others out; then commit."""
        self._refuse_damaged()
        with self._writer() as writer:
            for passage_id in delete:
                writer.delete_documents_by_term("passage_id", passage_id)
            for item in postings:
                writer.delete_documents_by_term("passage_id", item.passage_id)
                writer.add_document(_document(item))

    @_told_in_a_sentence
    def search(self, words: Sequence[str], limit: int, filters: Filters | None = None) -> list[Scored]:
        """Return the `limit` best passages for any of these terms, with BM25 scores; none without a match."""
        if not words:
            return []
        schema = self._index.schema
        searcher = self._searcher()
        any_word = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, _BODY, word))
                for word in sorted(set(words))
            ]
        )
        clauses = [(tantivy.Occur.Must, any_word)]
        clauses += [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(q, 0.0)) for q in _filter(schema, filters)
        ]
        found = searcher.search(tantivy.Query.boolean_query(clauses), limit=limit)
        return [Scored(searcher.doc(address)["passage_id"][0], score) for score, address in found.hits]

    @_told_in_a_sentence
    def in_a_row(self, words: Sequence[str], limit: int, gaps: int = 0) -> list[str]:
        """Return at most `limit` passages that have these terms one after the other, best first.

        `gaps` is how many other terms may stand between them.
        """
        if not words:
            return []
        schema = self._index.schema
        if len(words) == 1:
            query = tantivy.Query.term_query(schema, _BODY, words[0])
        else:
            query = tantivy.Query.phrase_query(schema, _BODY, list(words), slop=gaps)
        return self._ids(query, limit)

    @_told_in_a_sentence
    def everywhere(self, rows: Iterable[Sequence[str]], filters: Filters | None = None) -> list[str]:
        """Return every passage that has one of these rows of terms, one after the other, in no order."""
        schema = self._index.schema
        any_row = [
            (
                tantivy.Occur.Should,
                tantivy.Query.term_query(schema, _BODY, row[0])
                if len(row) == 1
                else tantivy.Query.phrase_query(schema, _BODY, list(row)),
            )
            for row in rows
            if row
        ]
        if not any_row:
            return []
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(any_row))]
        clauses += [(tantivy.Occur.Must, query) for query in _filter(schema, filters)]
        return self._ids(tantivy.Query.boolean_query(clauses), max(1, self.count()))

    @_told_in_a_sentence
    def spelled_alike(self, word: str, edits: int, limit: int) -> list[str]:
        """Return at most `limit` passages that have a term at most `edits` (1 or 2) letters from this one."""
        return self._ids(tantivy.Query.fuzzy_term_query(self._index.schema, _BODY, word, edits), limit)

    def _ids(self, query: tantivy.Query, limit: int) -> list[str]:
        searcher = self._searcher()
        return [
            searcher.doc(address)["passage_id"][0] for _, address in searcher.search(query, limit=limit).hits
        ]

    @_told_in_a_sentence
    def idf(self, words: Iterable[str]) -> dict[str, float]:
        """Term → inverse document frequency, highest for terms that no passage has.

        As BM25 has it, but as if a thousand more passages without these terms were there: in a library
        of a few articles, a word that they all have is still worth something.
        """
        searcher = self._searcher()
        passages = searcher.num_docs
        # tantivy counts a term's deleted passages too, until it merges them away.
        frequencies = {word: min(searcher.doc_freq(_BODY, word), passages) for word in set(words)}
        count = passages + _PRIOR_PASSAGES
        return {w: math.log(1 + (count - n + 0.5) / (n + 0.5)) for w, n in frequencies.items()}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_BODY, tokenizer_name="stems", index_option="position")
    for name in ("article_id", "outlet", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_boolean_field("dated", indexed=True)
    return builder.build()


def _document(item: Posting) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("passage_id", item.passage_id)
    document.add_text(_BODY, " ".join(item.terms))
    document.add_text("article_id", item.article.id)
    for name in ("outlet", "language"):
        if getattr(item.article, name) is not None:
            document.add_text(name, getattr(item.article, name))
    day = day_number(item.article.published_at)
    if day is not None:
        document.add_integer("day", day)
    document.add_boolean("dated", day is not None)
    return document


def _filter(schema: tantivy.Schema, filters: Filters | None) -> list[tantivy.Query]:
    if filters is None:
        return []
    queries = [
        tantivy.Query.term_set_query(schema, name, list(values)) for name, values in filters.names.items()
    ]
    if filters.day_numbers:
        days = tantivy.Query.range_query(schema, "day", tantivy.FieldType.Integer, *filters.day_numbers)
        undated = tantivy.Query.term_query(schema, "dated", False)
        either = [(tantivy.Occur.Should, days), (tantivy.Occur.Should, undated)]
        queries.append(tantivy.Query.boolean_query(either) if filters.undated else days)
    return queries
