"""A connection that nothing comes of is ended: half a request's head, or an answer that nobody reads.

Knows the web server's protocol; nothing of what is asked. The body of a request is `ui.server.limits`'.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if (
    TYPE_CHECKING
):  # which of the two it is is known when the server is started: they differ in no name used here
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Protocol
else:
    _Protocol = AutoHTTPProtocol

HEAD_SECONDS = 30.0  # in which the head of a request has come, from its first byte or the connection's start
UNREAD_SECONDS = 60.0  # in which somebody who has not read what was sent reads some of it


class BoundedConnection(_Protocol):
    """The web server's own, which waits for ever for both."""

    _head_due: asyncio.TimerHandle | None = None
    _reading_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self._head_due = self.loop.call_later(HEAD_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take what comes; as long as no request is whole, one has to become so in time."""
        super().data_received(data)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None
        elif not is_answering and self._head_due is None:
            self._head_due = self.loop.call_later(HEAD_SECONDS, self._end_unless_asked)

    def _end_unless_asked(self) -> None:
        self._head_due = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()

    def pause_writing(self) -> None:
        """Wait for the reader: what is written for one who doesn't read is held for so long."""
        super().pause_writing()
        self._reading_due = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: what was sent has been read."""
        super().resume_writing()
        if self._reading_due is not None:
            self._reading_due.cancel()
            self._reading_due = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the timers, too."""
        for due in (self._head_due, self._reading_due):
            if due is not None:
                due.cancel()
        self._head_due = self._reading_due = None
        super().connection_lost(exc)
