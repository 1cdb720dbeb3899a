"""Finds the entities of the articles that have none yet, article by article, in the foreground or behind.

Every article is stored in a transaction of its own: whoever is stopped or killed goes on where it was. Two
may do it at once, in one process or several; the second finds nothing left.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from rag.entities.analysis import VERSION, analyse
from rag.entities.identity import keyed
from rag.library.library import Library
from rag.library.records import ArticleSentences

log = logging.getLogger(__name__)

_AT_ONCE = 20  # articles that are read together
# How often the library is asked whether anything is new, and what is left to others after each article.
_SECONDS_BETWEEN, _SECONDS_OF_REST, _SECONDS_AFTER_A_FAILURE = 5.0, 0.05, 300.0


def _never() -> bool:
    return False


def is_complete(library: Library) -> bool:
    """Return whether the entities of every article are found."""
    return not library.entities.waiting(VERSION, "", 1)


def find_entities(
    library: Library,
    stop: Callable[[], bool] = _never,
    on_article: Callable[[int], None] = lambda _: None,
) -> int:
    """Find the entities of all articles that have none, or another version's; return of how many.

    Args:
        library: The library; damaged articles are left out.
        stop: Asked after each article.
        on_article: Told how many articles are done.
    """
    done, last = 0, ""
    while ids := library.entities.waiting(VERSION, last, _AT_ONCE):
        last = ids[-1]
        for article_id, whole in library.whole(ids).items():
            _analyse(library, article_id, whole)
            done += 1
            on_article(done)
            if stop():
                return done
    return done


def find_entities_of(library: Library, ids: Sequence[str]) -> None:
    """Find the entities of these articles, of those that have none yet; damaged ones are left out."""
    for start in range(0, len(ids), _AT_ONCE):
        for article_id, whole in library.whole(ids[start : start + _AT_ONCE]).items():
            if not library.entities.is_analysed(article_id, VERSION):
                _analyse(library, article_id, whole)


def _analyse(library: Library, article_id: str, whole: ArticleSentences) -> None:
    found = analyse(whole)
    entities = [keyed(one) for one in found.entities]
    library.entities.put(article_id, whole.article.text, VERSION, entities, found)


class EntityWorker:
    """Finds entities in a thread of its own, of what the library holds and of what comes in meanwhile."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; a second time does nothing."""
        if self._thread is None and not self._stopped.is_set():
            self._thread = threading.Thread(target=self._work, name="entities", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End after the article that is being read."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        seen: int | None = None
        wait = _SECONDS_BETWEEN
        while not self._stopped.is_set():
            try:
                version = self._library.version()
                if version != seen:
                    find_entities(self._library, lambda: self._stopped.wait(_SECONDS_OF_REST))
                    seen = version
                wait = _SECONDS_BETWEEN
            except Exception:  # a full disk, a file that is damaged: tried again, and told each time
                log.exception("entities can't be found now")
                wait = _SECONDS_AFTER_A_FAILURE
            self._stopped.wait(wait)
