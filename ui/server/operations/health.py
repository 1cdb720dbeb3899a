"""Whether the server can answer questions: for a load balancer, in a few words that tell nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from rag.errors import SourcierError, panics_as_errors

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Readiness:
    """`look` reads in the library; `is_loaded` says whether the chat model could begin at once.

    `is_warm` once the other models have been loaded, `is_stopping` once no more questions are taken.
    """

    look: Callable[[], object]
    is_loaded: Callable[[], bool]
    is_warm: bool = False
    has_failed: bool = False
    is_stopping: bool = False

    def reason(self) -> str:
        """Return why no question can be answered now; empty if it can. May read from the disk."""
        if self.is_stopping:
            return "the server is stopping"
        if self.has_failed:
            return "a model cannot be loaded"
        if not self.is_warm or not self.is_loaded():
            return "the models are being loaded"
        try:
            with panics_as_errors():
                self.look()
        except Exception as error:  # whatever it is, the log has it, and who asks is told no more
            told = str(error) if isinstance(error, SourcierError) else type(error).__name__
            log.warning("the library cannot be read: %s", told)
            return "the library cannot be read"
        return ""
