"""Who a request comes from: what `ui.server.sign_in` noted of it, in a place that no client can write to."""

from __future__ import annotations

import gradio as gr

SCOPE_KEY = "sourcier.user"


def user_of(request: gr.Request) -> str:
    """The name of who has signed in; empty when nobody has to."""
    return request.request.scope.get(SCOPE_KEY, "")
