"""A tantivy index in a folder: opened, checked, written to, made anew; what is wrong is told in one sentence.

Derived from the library at any time. Knows documents by their ids, and not what they are made of.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Concatenate, Generic, ParamSpec, TypeVar

import tantivy

from rag.errors import LibraryError, NativePanicError, panics_as_errors
from rag.index.tantivy_files import IndexFiles
from rag.storage.errors import storage_error
from rag.storage.permissions import make_folder

log = logging.getLogger(__name__)

_HEAP = 64_000_000
# What is said once what writes in the background has failed, whichever call comes then.
_WRITING_FAILED = "An error occurred in a thread"
# Bytes of an index that are looked at when it is opened: a few hundredths of a second.
_LOOKED_AT_WHOLE = 64_000_000

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_Item = TypeVar("_Item")


def told_in_a_sentence(
    method: Callable[Concatenate[TantivyFolder, _Given], _Found],
) -> Callable[Concatenate[TantivyFolder, _Given], _Found]:
    """Have a method that reads tell what tantivy finds wrong in one sentence."""

    @wraps(method)
    def telling(self: TantivyFolder, *args: _Given.args, **kwargs: _Given.kwargs) -> _Found:
        with self._told(ValueError, OSError):
            return method(self, *args, **kwargs)

    return telling


@dataclass(frozen=True, slots=True)
class Kind:
    """What an index is: its documents' fields, the one that has their ids, and its name in two languages.

    `version` is part of the folder's name: an index in another format is left alone and a new one built.
    """

    schema: tantivy.Schema
    id_field: str
    version: int
    name: str
    name_fr: str


class TantivyFolder(Generic[_Item]):
    """An index of one kind. One process writes at a time; readers see what was committed.

    `document` makes of an item what the index holds of it, its id in the kind's field.
    """

    def __init__(self, folder: Path, kind: Kind, document: Callable[[_Item], tantivy.Document]) -> None:
        self._kind = kind
        self._document = document
        self._folder = folder / f"v{kind.version}"
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
            self._index = tantivy.Index(self._kind.schema)

    def _opened(self) -> tantivy.Index:
        index = tantivy.Index(self._kind.schema, path=str(self._folder))
        # What is given to it is cut and stemmed already, with spaces between.
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
            f"{self._folder}: {self._kind.name} can't be read ({said}); run `sourcier doctor`, which"
            " rebuilds it.",
            f"{self._folder} : {self._kind.name_fr} est illisible ({said}) ; lancez `sourcier doctor`, qui le"
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
                try:
                    yield writer
                    writer.commit()
                finally:
                    # The index's own lock is freed here, not when a traceback happens to be forgotten.
                    writer.wait_merging_threads()
            except ValueError as error:
                if not str(error).startswith(_WRITING_FAILED):
                    raise
                said = " ".join(str(error).split())
                raise storage_error(self._folder, error) or self._unreadable(said) from error
            self._files.note()

    def rebuild(self, items: Iterable[_Item]) -> None:
        """Hold these items and no others, in files of their own: nothing stays of the old ones.

        Whoever searches meanwhile, or after this was stopped halfway, has the old ones, if they are sound.
        """
        if self._damage:
            self._files.clear()
            make_folder(self._folder)
            self._open()
        with self._writer() as writer:
            # Not `delete_all_documents`: that one forgets at once which files the last commit rests on.
            writer.delete_documents_by_query(tantivy.Query.all_query())
            for item in items:
                writer.add_document(self._document(item))
        for folder in self._folder.parent.glob("v*"):
            if folder.is_dir() and folder != self._folder:
                shutil.rmtree(folder)
        with self._writer() as writer:
            writer.garbage_collect_files()

    def update(self, items: Iterable[_Item], delete: Iterable[str] = ()) -> None:
        """Put items in, replacing those with the same id, and take others out by theirs; then commit."""
        self._refuse_damaged()
        with self._writer() as writer:
            for name in delete:
                writer.delete_documents_by_term(self._kind.id_field, name)
            for document in map(self._document, items):
                writer.delete_documents_by_term(self._kind.id_field, document.get_first(self._kind.id_field))
                writer.add_document(document)

    @told_in_a_sentence
    def present(self, ids: Sequence[str]) -> set[str]:
        """Return those of these ids that are in."""
        if self._damage:
            return set()
        query = tantivy.Query.term_set_query(self._index.schema, self._kind.id_field, list(ids))
        searcher = self._searcher()
        hits = searcher.search(query, limit=max(1, searcher.num_docs)).hits if ids else []
        return {searcher.doc(address)[self._kind.id_field][0] for _, address in hits}

    @told_in_a_sentence
    def count(self) -> int:
        """Count the documents in the index."""
        return 0 if self._damage else self._searcher().num_docs

    def _searcher(self) -> tantivy.Searcher:
        self._refuse_damaged()
        self._index.reload()
        return self._index.searcher()
