"""Answers given before, for the same question over the same library. In memory: an erased article's words
must not outlive it on disk. Knows keys and answers; neither questions' meaning nor models."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace

from rag.schema.answer import Answer

ANSWERS = 256


class AnswerCache:
    """The last answers. A key holds everything that an answer depends on and that changes meanwhile."""

    def __init__(self, size: int = ANSWERS) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        """The answer that was put under `key`, marked as given before; None if there is none any more."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return replace(self._kept[key], cached=True, timings={})

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer; the one that was asked for longest ago goes."""
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
