"""Looking the library over from the page: `sourcier doctor`'s checks, in the background, repairing nothing.

Knows a thread and the writing lock; no widget and no words.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from rag.engine.integrity import Finding, inspect
from rag.errors import SourcierError, panics_as_errors
from rag.observability import request_id
from rag.storage.write_lock import write_lock
from ui.formatting.i18n import user_error
from ui.page.context import AppContext

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a check is running, and what the last one found; `error` says why there was none."""

    running: bool = False
    done: bool = False
    articles: int = 0
    passages: int = 0
    findings: tuple[Finding, ...] = ()
    error: SourcierError | None = None


class Check:
    """The check of the library; one runs at a time."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._checked = Checked()

    @property
    def checked(self) -> Checked:
        """Return what the last check found."""
        return self._checked

    def start(self) -> None:
        """Begin, unless one is running."""
        with self._lock:
            if self._checked.running:
                return
            self._checked = Checked(running=True)
        with request_id.bound(request_id.current() or request_id.new()):
            work = request_id.in_context(self._work)
        threading.Thread(target=work, name="check", daemon=True).start()

    def _work(self) -> None:
        self._checked = self._looked()

    def _looked(self) -> Checked:
        try:
            # Held for writing: what is half written would look like damage.
            with panics_as_errors(), write_lock(self._context.settings.place, alone=True):
                seen = inspect(self._context.engine)
        except SourcierError as error:
            return Checked(error=error)
        except Exception:
            log.exception("the library could not be checked")
            return Checked(error=user_error("check_broke", reference=request_id.current()))
        return Checked(done=True, articles=seen.articles, passages=seen.passages, findings=seen.findings)
