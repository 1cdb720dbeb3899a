"""Another encoder's index, built beside the one in use while that is searched and written to.

Passages stay as they are cut: only their vectors and sketches are made anew. The catalogue remembers what
was done, by article, with what was read of it, so that a run that was killed goes on where it was, and what
changed meanwhile is read again. The last look and the exchange are made while nobody else writes.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from rag.config import Settings
from rag.encoders.store import BegunIndex, UsedEncoder
from rag.engine.beside import Site
from rag.engine.current import settle
from rag.engine.indexes import Which, identity_of, parts_in_folders
from rag.engine.likeness import TEXTS
from rag.errors import LibraryBusyError, LibraryError
from rag.index.encoding import mean_vector, sketches
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.schema.article import Article, Passage
from rag.storage.permissions import make_folder

_LEASE = "another index"  # of whoever builds one, in a library that several processes write to at once
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

    def __init__(self, library: Library, settings: Settings, embedder: Embedder) -> None:
        """Go on with what is there for this encoder, or begin."""
        self._library = library
        self._settings = settings
        self._embedder = embedder
        self._generation = library.encoders.generation() + 1
        settle(settings.data_dir, self._generation - 1, parts_in_folders(settings))
        which = Which(embedder.name, identity_of(settings, library), self._generation)
        self._site = Site(settings, which)
        self._is_closed = False
        self._seen = 0  # passages that the library was last found to have
        try:
            self._begun = self._begin()
            self._vectors, self._sketches = self._site.open()
        except BaseException:
            self._site.close()
            raise

    def _begin(self) -> BegunIndex:
        """Return what is gone on with; what was begun for another encoder, or before, is cleared."""
        table = self._library.encoders
        found = table.begun()
        wanted = self._generation, self._embedder.name
        if found and (found.generation, found.name) == wanted and self._site.is_begun(found.mark):
            return found
        begun = BegunIndex(secrets.token_hex(8), self._generation, self._embedder.name)
        table.begin(begun)
        self._site.discard_but(self._generation - 1, self._generation)
        self._site.begin(begun.mark)
        return begun

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

    def fill(self, on_progress: Callable[[int, int], None], stop: Callable[[], bool]) -> int:
        """Read every article that isn't in yet, or changed since; return how many were.

        Args:
            on_progress: Is told how many articles of how many are in.
            stop: Says whether to stop.
        """
        total, seen, made = self._library.counts().articles, 0, 0
        self._seen = 0
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
        known = self._library.encoders.done([article.id for article in batch])
        for filed, one in zip(batch, read, strict=True):
            passages = tuple(self._library.passages_of(filed.id))
            signature = _signature(filed, one, passages)
            self._seen += len(passages)
            if passages and known.get(filed.id) != signature:
                yield _Waiting(filed, one, passages, signature)

    def _read(self, waiting: Sequence[_Waiting]) -> int:
        """Have the encoder read these articles, store what it made, and remember that last."""
        if not waiting:
            return 0
        pairs = [(one.read, passage) for one in waiting for passage in one.passages]
        ids = [passage.id for _, passage in pairs]
        made = sketches(pairs, self._embedder)
        if self._library.encoders.begun() != self._begun:
            raise self._overtaken()
        self._sketches.put(ids, made)
        filed = [one.filed for one in waiting for _ in one.passages]
        self._vectors.upsert(ids, np.stack([mean_vector(sketch) for sketch in made]), filed)
        done = [(one.filed.id, one.signature) for one in waiting]
        if not self._library.encoders.note_done(self._begun, done):
            raise self._overtaken()
        return len(waiting)

    def exchange(self, encoder: Mapping[str, Any], replaced: Mapping[str, Any], cut: str) -> int:
        """Put the index in the place of the one in use, in one step; return how many articles were read last.

        The caller alone holds the write lock. Stopped anywhere, one of the two indexes is in use, whole.

        Args:
            encoder: The settings that load the encoder, without keys.
            replaced: What the configuration says until now.
            cut: How articles are cut: the end of their recipes.

        Raises:
            LibraryError: A part of what was built is gone: the next run begins again.
            LibraryBusyError: Another index was begun meanwhile, or put in use.
        """
        self._refuse_lost()
        last = self.fill(lambda *_: None, lambda: False)
        self._drop_unlisted()
        likeness = self._embedder.embed_passages(TEXTS)
        self._refuse_lost(self._seen)  # a server that lost its folder makes what it is asked to write to
        self.close()
        self._site.complete()
        used = UsedEncoder(self._generation, self._embedder.name, encoder, replaced)
        recipe = f"{self._embedder.name} {cut}"
        if not self._library.encoders.put_in_use(self._begun, used, cut, recipe, likeness):
            raise self._overtaken()
        settle(self._settings.data_dir, self._generation, parts_in_folders(self._settings))
        return last

    def _refuse_lost(self, passages: int = 0) -> None:
        """Refuse what isn't there any more, or was put back from a copy without some of these passages."""
        is_there = self._site.is_begun(self._begun.mark)
        if not is_there or min(self._vectors.count(), self._sketches.count()) < passages:
            self._library.encoders.begin(None)
            raise LibraryError(
                "What was built of the new index is gone, on a disk or a server; run the same command again.",
                "Ce qui était construit du nouvel index a disparu, d'un disque ou d'un serveur ; relancez la"
                " même commande.",
            )

    def _overtaken(self) -> LibraryBusyError:
        name = self._library.name
        return LibraryBusyError(
            f"{name}: another `sourcier reindex` has begun an index meanwhile, or put one in use; what is in"
            " use is whole.",
            f"{name} : un autre `sourcier reindex` a entre-temps commencé un index, ou en a mis un en"
            " service ; celui qui sert est entier.",
        )

    def _drop_unlisted(self) -> None:
        """Take out what was put in, and isn't in the library any more."""
        ids = iter({*self._vectors.ids(), *self._sketches.ids()})
        while batch := list(islice(ids, _IDS)):
            if gone := sorted(set(batch) - self._library.passages_listed(batch)):
                self._vectors.delete(gone)
                self._sketches.delete(gone)


@contextmanager
def build_lock(settings: Settings, library: Library) -> Iterator[None]:
    """Hold what is built beside the index in use.

    Raises:
        LibraryBusyError: Another process does.
    """
    if library.leases.are_shared:
        with library.leases.free([_LEASE]) as free:
            if not free:
                raise _busy(library.name)
            yield
        return
    make_folder(settings.data_dir)
    lock = FileLock(settings.data_dir / "sketches.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise _busy(str(settings.data_dir)) from None
    try:
        yield
    finally:
        lock.release()


def _busy(place: str) -> LibraryBusyError:
    return LibraryBusyError(
        f"{place}: another `sourcier reindex` is at work on this library; wait until it has finished.",
        f"{place} : un autre `sourcier reindex` travaille sur cette bibliothèque ; attendez qu'il ait fini.",
    )


def discard_unused(settings: Settings, library: Library) -> None:
    """Forget an index that was begun, and on servers those of before, unless somebody is building one."""
    with suppress(LibraryBusyError), build_lock(settings, library):
        generation = library.encoders.generation()
        with closing(Site(settings, Which("", identity_of(settings, library), generation))) as site:
            library.encoders.begin(None)
            site.discard_folders()
            site.discard_but(generation)


def _signature(filed: Article, read: Article, passages: Sequence[Passage]) -> str:
    said = json.dumps([asdict(filed), asdict(read), [asdict(one) for one in passages]], default=str)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
