"""Makes the map of the corpus in the background, when the library has changed, and keeps it in the library.

Knows the library, the vectors and the program `rag.topic_map.projection`; no page. What takes long runs
in a process
of its own at the lowest priority: a thread at low priority would keep others waiting for Python's lock.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.errors import panics_as_errors
from rag.index.stores import VectorIndex
from rag.library.library import Library
from rag.library.map import CorpusMap, TypicalWord
from rag.observability import request_id
from rag.schema.article import Article
from rag.topic_map.cluster_labels import VERSION, typical_words
from rag.topic_map.projection import Projection, packed, unpacked

log = logging.getLogger(__name__)

_WORDS = 6  # for each cluster
_READ_FOR_WORDS = 60  # articles of a cluster, those nearest to its middle
_FEW = 5  # articles
_HOME = Path(__file__).parents[2]


class _Closed(Exception):
    """What was being made isn't wanted any more."""


class MapMaker:
    """The map of one library. `recipe` names how its vectors are made: others make another map."""

    def __init__(self, library: Library, vectors: VectorIndex, recipe: str) -> None:
        self._library = library
        self._vectors = vectors
        self._recipe = recipe
        self._lock = threading.Lock()
        self._making: threading.Thread | None = None
        self._program: subprocess.Popen[bytes] | None = None
        self._known: tuple[tuple[int, str], CorpusMap, str] | None = None
        self._failed_for = ""
        self._closed = False
        atexit.register(self.close)

    def map(self) -> CorpusMap:
        """Return the map as it stands.

        Perhaps of an earlier state of the library, never with what was removed.
        """
        return self._state()[0]

    def is_current(self) -> bool:
        """Return whether every article is on the map, and where it belongs."""
        made, of = self._state()
        return made.of == of

    def is_making(self) -> bool:
        """Return whether a map is being made."""
        making = self._making
        return making is not None and making.is_alive()

    def has_failed(self) -> bool:
        """Return whether a map of the library as it is now could not be made; the log says why."""
        return self._failed_for == self._state()[1]

    def ensure(self) -> bool:
        """Begin to make the map if it isn't current; whether one is being made."""
        with self._lock:
            if self.is_making():
                return True
            if self._closed or self.is_current() or self.has_failed():
                return False
            self._making = threading.Thread(target=request_id.in_context(self._make), name="map", daemon=True)
            self._making.start()
            return True

    def wait(self) -> None:
        """Until what was begun has ended."""
        if self._making is not None:
            self._making.join()

    def close(self) -> None:
        """End what is being made; nothing of it is kept, and nothing is begun any more."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            if self._program is not None:
                self._program.kill()
        self.wait()

    def _state(self) -> tuple[CorpusMap, str]:
        """Return the map that is kept, and the library's fingerprint."""
        # Before reading: what changes meanwhile is read next time. A map changes no article.
        version = self._library.version(), self._library.map.of()
        known = self._known
        if known is None or known[0] != version:
            known = version, self._library.map.stored(), self._fingerprint(self._library.map.states())
            self._known = known
        return known[1], known[2]

    def _fingerprint(self, states: Mapping[str, str]) -> str:
        digest = hashlib.sha256(f"{self._recipe}\0{VERSION}".encode())
        for article_id, state in states.items():
            digest.update(f"{article_id}\0{state}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def _make(self) -> None:
        states = self._library.map.states()
        of = self._fingerprint(states)
        try:
            with panics_as_errors():
                self._library.map.put(self._made(tuple(states), of))
        except _Closed:
            log.debug("the map of the corpus is not wanted any more")
        except Exception:
            # Nobody is waiting for this thread: the page asks `has_failed`.
            log.exception("the map of the corpus could not be made")
            self._failed_for = of

    def _made(self, ids: tuple[str, ...], of: str) -> CorpusMap:
        vectors = _of_subjects(self._vectors.means(ids), self._languages(ids))
        projection = self._project(vectors)
        words = self._words(ids, vectors, projection.clusters)
        return CorpusMap(of, ids, projection.places, projection.clusters, words)

    def _languages(self, ids: Sequence[str]) -> list[str | None]:
        described = self._library.facets.described()
        return [described[i].language if i in described else None for i in ids]

    def _project(self, vectors: np.ndarray) -> Projection:
        with self._begun() as program:
            said, _ = program.communicate(packed(vectors))
        with self._lock:
            self._program = None
            self._check_open()
        if program.returncode:
            raise RuntimeError(f"rag.topic_map.projection ended with {program.returncode}")
        return unpacked(said)

    def _begun(self) -> subprocess.Popen[bytes]:
        alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with self._lock:
            self._check_open()
            self._program = subprocess.Popen(
                [sys.executable, "-m", "rag.topic_map.projection"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=_HOME,
                env={**os.environ, **alone},
                # Ctrl-C in a terminal goes to all of a group, and would have it print where it was.
                process_group=None if sys.platform == "win32" else 0,
            )
            return self._program

    def _check_open(self) -> None:
        if self._closed:
            raise _Closed

    def _words(
        self, ids: Sequence[str], vectors: np.ndarray, clusters: np.ndarray
    ) -> tuple[tuple[TypicalWord, ...], ...]:
        count = int(clusters.max(initial=-1)) + 1
        return typical_words([self._central(ids, vectors, clusters == c) for c in range(count)], _WORDS)

    def _central(self, ids: Sequence[str], vectors: np.ndarray, members: np.ndarray) -> list[Article]:
        """Return articles in the middle of a cluster, the most central first."""
        places = np.flatnonzero(members)
        nearness = vectors[places] @ vectors[places].mean(axis=0)
        order = places[np.argsort(-nearness, kind="stable")[:_READ_FOR_WORDS]]
        return self._library.articles([ids[place] for place in order])


def _of_subjects(vectors: np.ndarray, languages: Sequence[str | None]) -> np.ndarray:
    """Return the vectors without what articles of one language have in common.

    Else the map would be of languages.

    What a few articles have in common may well be their subject: of so few, less is taken away.
    """
    found = vectors.copy()
    known = np.linalg.norm(vectors, axis=1) > 0
    for language in set(languages):
        rows = np.array([one == language for one in languages]) & known
        if rows.any():
            found[rows] -= vectors[rows].sum(axis=0) / (np.count_nonzero(rows) + _FEW)
    return found
