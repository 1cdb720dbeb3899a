"""What a part of the page is to the page: it lays itself out, connects itself, and speaks two languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ui.formatting.i18n import text
from ui.html.assets import script as script_of
from ui.html.element import element
from ui.page.sessions import PageSessions
from ui.rendering.updates import Update
from ui.server.identity import page_of, user_of
from ui.session.session import Session

# Of every event: nobody calls it but the page, and nothing spins over what it changes.
PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
# Of events that draw the same parts anew: one after another, or what was drawn first could arrive last. One
# after another for all pages together (Gradio knows no limit for each): they draw what is known, and none of
# them waits for the model, whose own line is `ui.chat.queue`.
IN_TURN = {"concurrency_limit": 1, "concurrency_id": "page", **PRIVATE}


@dataclass(frozen=True, slots=True)
class Redraw:
    """How another part draws the chat anew after it changed the session.

    Outputs and their updates, as a whole or after one step.
    """

    outputs: list[Component]
    updates: Callable[[Session], tuple[object, ...]]
    step: Callable[[Update], tuple[object, ...]]


class Tab(Protocol):
    """A part of the page. Its label is the word `tab_<name>`.

    `spoken` are the components whose words change with the language (or with whatever a reload may find
    changed), `speak` gives their updates in that order.
    """

    name: str
    spoken: list[Component]

    def lay_out(self, language: str) -> None:
        """Make the components, within the page's Blocks."""
        ...

    def connect(self, sessions: PageSessions) -> None:
        """Say what happens on their events."""
        ...

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return one update for each of `spoken`, in the session's language."""
        ...


def said_by(event: gr.EventData) -> dict[str, Any]:
    """Return what a script sent with an event: anything, for all we know; empty if it is no object."""
    return event._data if isinstance(event._data, dict) else {}


def numbered(shown: Markup, said: dict[str, Any]) -> Markup:
    """Return markup with the number `n` of the request that it answers.

    The same markup again would be no news to the page; and its script tells by it what it was waiting for.
    """
    number = said.get("n")
    return shown + Markup('<i hidden data-n="{}"></i>').format(number if type(number) is int else 0)


def loading_html(language: str) -> Markup:
    """Return what stands in place of a part until the script, which asks when it sees this, fetches it."""
    return element("p", text("library_loading", language), class_="loading", lang=language, role="status")


def html(
    value: Markup,
    name: str,
    script: str | None = None,
    functions: Sequence[Callable[[Any, str, str], Any]] = (),
) -> gr.HTML:
    """Return our own markup in our own style.

    Args:
        value: The markup; Gradio puts it in as it is, so it must come from `ui.html.element`.
        name: The element's id.
        script: The file in `static/` that runs when the element is made.
        functions: What the script may call as methods of `server`: plain functions of what it sends, who
            sends it and from which page.
    """
    run = script_of(script) if script else None
    return gr.HTML(
        value,
        elem_id=name,
        js_on_load=run,
        apply_default_css=False,
        server_functions=[_of_user(function) for function in functions],
    )


def _of_user(function: Callable[[Any, str, str], Any]) -> Callable:
    def called(said: Any, request: gr.Request) -> Any:
        return function(said, user_of(request), page_of(request))

    called.__name__ = function.__name__  # by which the script calls it
    return called
