"""The sessions of open pages, as the handlers of the page's events find theirs."""

from __future__ import annotations

import gradio as gr

from ui.server.identity import user_of
from ui.session.registry import SessionRegistry
from ui.session.session import Session


class PageSessions:
    """Finds the session of the page that a request comes from: it is who has signed in that says whose."""

    def __init__(self, registry: SessionRegistry) -> None:
        self._registry = registry

    def of(self, request: gr.Request) -> Session:
        """Return the page's session."""
        return self._registry.of(_page(request), user_of(request))

    def to_reopen(self, request: gr.Request) -> str:
        """Return the conversation that the page shows and its session lacks; empty if there is none."""
        return self._registry.to_reopen(_page(request), user_of(request))

    def show(self, request: gr.Request, session: Session) -> None:
        """Note that the page shows this session from now on."""
        self._registry.show(_page(request), session)


def _page(request: gr.Request) -> str:
    return request.session_hash or ""
