"""The reader: an article whole, in a dialog over the page, opened by any link `a.open-article`."""

from __future__ import annotations

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ui.newsroom import Newsroom
from ui.session import Session
from ui.tab import html


class Reader:
    name = "reader"

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        self.body = html(Markup(""), "reader")

    def connect(self, session: gr.State) -> None:
        return

    def speak(self, session: Session) -> tuple[object, ...]:
        return ()
