"""Which session each open page has.

The framework's own state forgets the pages that were longest unused, and then knows no difference between a
page that was forgotten and one that never was. Here a page's session is found by the page and its user
together, and one that had to be let go leaves a trace to open it again by. Knows no widget. Usable from
several threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from rag.schema.question import NO_FILTERS, Filters
from ui.session.session import Session

MOST_OPEN = 100  # sessions that are kept whole, with what their conversations rest on
MOST_TRACED = 10_000


@dataclass(frozen=True, slots=True)
class _Trace:
    """What is left of a session that was let go."""

    language: str
    filters: Filters = NO_FILTERS
    conversation: str = ""
    editing: int | None = None


class SessionRegistry:
    """The sessions of a server's pages. `language` is that of a page that hasn't chosen one yet."""

    def __init__(self, language: str, most_open: int = MOST_OPEN, most_traced: int = MOST_TRACED) -> None:
        self._language = language
        self._most_open = most_open
        self._most_traced = most_traced
        self._lock = threading.Lock()
        # The longest unused first. A page is its user's: another user's of the same name is another page.
        self._open: OrderedDict[tuple[str, str], Session] = OrderedDict()
        self._traces: OrderedDict[tuple[str, str], _Trace] = OrderedDict()

    def of(self, page: str, user: str) -> Session:
        """Return the session of this user's page; a new one of theirs if it has none (any more).

        One that was let go comes back without its conversation: `to_reopen` says which that was.
        """
        with self._lock:
            key = (user, page)
            if key not in self._open:
                trace = self._traces.get(key, _Trace(self._language))
                session = Session(trace.language, user)
                session.filters, session.editing = trace.filters, trace.editing
                self._open[key] = session
            self._open.move_to_end(key)
            self._let_go()
            return self._open[key]

    def to_reopen(self, page: str, user: str) -> str:
        """Return the conversation that the page shows and its session lacks; empty if there is none."""
        with self._lock:
            trace = self._traces.get((user, page))
            return trace.conversation if trace else ""

    def show(self, page: str, session: Session) -> None:
        """Note that the page, of the session's user, shows this session from now on."""
        with self._lock:
            key = (session.user, page)
            self._traces.pop(key, None)
            self._open[key] = session
            self._open.move_to_end(key)
            self._let_go()

    def _let_go(self) -> None:
        """Let those go that were longest unused; one that is being answered, and the latest, stay."""
        surplus = len(self._open) - self._most_open
        if surplus <= 0:
            return
        idle = [key for key in list(self._open)[:-1] if not _is_busy(self._open[key])]
        for key in idle[:surplus]:
            self._leave_trace(key, self._open.pop(key))
        while len(self._traces) > self._most_traced:
            self._traces.popitem(last=False)

    def _leave_trace(self, key: tuple[str, str], session: Session) -> None:
        before = self._traces.pop(key, None)
        # One that was never opened again since the last time still has to be.
        conversation = session.conversation or (before.conversation if before else "")
        self._traces[key] = _Trace(session.language, session.filters, conversation, session.editing)


def _is_busy(session: Session) -> bool:
    return session.last is not None and session.last.unfinished
