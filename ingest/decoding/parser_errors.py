"""What parsers raise on hostile input, as a mistake that can be told: one document must not stop the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import UserError

_log = logging.getLogger(__name__)


@contextmanager
def translate_parser_errors(told: Callable[[str], UserError]) -> Iterator[None]:
    """Raise `told(kind)` in place of any error of another kind than UserError that is raised inside.

    Parsers of hostile input fail in ways that can't be listed. `kind` is the name of the error's class; the
    error itself is logged, and is the cause of what is raised.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        _log.info("parser failed", exc_info=True)
        raise told(type(error).__name__) from error
