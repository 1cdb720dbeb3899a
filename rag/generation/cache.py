"""Answers given before, for the same question over the same library.

In memory: an erased article's words must not outlive it on disk. Knows keys and answers; neither questions'
meaning nor models.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import replace

from cachetools import LRUCache

from rag.schema.answer import Answer

ANSWERS = 256


class AnswerCache:
    """The last answers. A key holds everything that an answer depends on and that changes meanwhile."""

    def __init__(self, size: int = ANSWERS) -> None:
        self._kept: LRUCache[Hashable, Answer] = LRUCache(size)
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        """Return the answer that was put under `key`, marked as given before; None if it is gone."""
        with self._lock:
            answer = self._kept.get(key)
        return answer and replace(answer, cached=True, timings={})

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer; the one that was asked for longest ago goes."""
        with self._lock:
            self._kept[key] = answer
