"""What parsers raise on hostile input, as a mistake that can be told: one document must not stop the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.errors import UserError, panics_as_errors

_log = logging.getLogger(__name__)


@contextmanager
def translate_parser_errors(
    told: Callable[[str], UserError], passing: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Raise `told(kind)` in place of any error of another kind than UserError and `passing` that is raised.

    Parsers of hostile input fail in ways that can't be listed. `kind` is the name of the error's class; the
    error itself is logged, and is the cause of what is raised.
    """
    try:
        with panics_as_errors():
            yield
    except (UserError, *passing):
        raise
    except Exception as error:
        _log.info("parser failed", exc_info=True)
        raise told(type(error).__name__) from error


def unreadable(kind: str) -> UserError:
    """Return the sentence for a file whose reader fails on it as none of its own errors says."""
    return UserError(f"it can't be read ({kind}).", f"il ne peut pas être lu ({kind}).")
