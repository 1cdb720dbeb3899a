"""The list of conversations beside the chat: open, rename, search, delete, export."""

from __future__ import annotations

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ui.newsroom import Newsroom
from ui.session import Session
from ui.tab import Redraw, html


class ConversationsList:
    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        self.body = html(Markup(""), "conversations-list")

    def connect(self, session: gr.State, redraw: Redraw) -> None:
        return

    def speak(self, session: Session) -> tuple[object, ...]:
        return ()
