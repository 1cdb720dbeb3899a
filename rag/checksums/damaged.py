"""Who is told that a damaged article was left out: each reading that wants to know, and the log once.

Readings run beside each other in threads: what one meets is none of another's, so it goes by context.
"""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rag.schema.article import DamagedArticle

log = logging.getLogger(__name__)

Met = dict[str, DamagedArticle]
_met: contextvars.ContextVar[Met | None] = contextvars.ContextVar("damaged articles", default=None)
_logged: set[str] = set()


def note(damaged: DamagedArticle) -> None:
    """Tell that an article isn't what was stored, and is left out."""
    met = _met.get()
    if met is not None:
        met.setdefault(damaged.article_id, damaged)
    if damaged.article_id not in _logged:
        _logged.add(damaged.article_id)
        log.warning("the article %s is damaged in the library and left out", damaged.article_id)


def context_noting(met: Met) -> contextvars.Context:
    """Return a copy of this context in which what is met is put into `met`."""
    context = contextvars.copy_context()
    context.run(_met.set, met)
    return context


@contextmanager
def noting() -> Iterator[Met]:
    """Collect what is met inside, in this thread."""
    met: Met = {}
    token = _met.set(met)
    try:
        yield met
    finally:
        _met.reset(token)
