"""What an empty library, or one with invented articles, tells its reader; and what is dropped.

A part of the page: `static/welcome.js` hands files and addresses that are dropped anywhere to the library.
"""

from __future__ import annotations

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from ingest.schema.formats import known_extensions
from ingest.sources.examples import examples_in
from rag.errors import SourcierError
from ui.formatting.i18n import text
from ui.html.element import element
from ui.library.tab import LibraryTab
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import PRIVATE, html, said_by
from ui.session.session import Session


class Welcome:
    """The way in for who has just begun."""

    name = "welcome"

    def __init__(self, context: AppContext, library: LibraryTab) -> None:
        self._library, self._tab = context.library, library
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.body = html(self._drawn(language), "welcome", "welcome.js")
        self.spoken = [self.body]

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        self.body.click(self._act, None, [self.body], trigger_mode="multiple", **PRIVATE)

    def examples(self) -> tuple[str, ...]:
        """Return the ids of the invented articles that the library has."""
        return examples_in(self._library)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        return (self._drawn(session.language),)

    def _act(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        language = self._sessions.of(request).language
        said = said_by(pressed)
        if said.get("act") != "remove-examples":
            return self._drawn(language)
        try:
            count = self._tab.remove(examples_in(self._library))
        except SourcierError as error:
            return self._drawn(language, error.text(language))
        return self._drawn(language, removed=count)

    def _drawn(self, language: str, error: str = "", removed: int = 0) -> Markup:
        is_empty = self._library.is_empty()
        return welcome_html(is_empty, len(examples_in(self._library)), language, error, removed)


def welcome_html(is_empty: bool, examples: int, language: str, error: str = "", removed: int = 0) -> Markup:
    """Return what a library that has nothing, or invented articles, tells its reader.

    Args:
        is_empty: Whether there is no article.
        examples: How many of the invented ones there are.
        language: That of the words.
        error: Why they could not be taken out.
        removed: How many have just been taken out.
    """
    said = []
    if removed:
        said.append(element("p", text("examples_removed", language, count=removed), role="status"))
    if is_empty:
        said.append(_ways(language))
    if examples:
        button = element(
            "button",
            text("examples_remove", language),
            type="button",
            class_="plain",
            data_act="remove-examples",
        )
        said.append(
            element("p", text("examples_invented", language, count=examples), " ", button, class_="examples")
        )
    if error:
        said.append(element("p", error, class_="error", role="alert"))
    return element(
        "div",
        *said,
        class_="welcome",
        lang=language,
        data_drop=text("drop_anywhere", language),
        data_removed=str(removed) if removed else None,
    )


def _ways(language: str) -> Markup:
    files = element("input", type="file", multiple=True, id="welcome-files", class_="unseen")
    folder = element("input", type="file", webkitdirectory=True, id="welcome-folder", class_="unseen")
    address = element(
        "form",
        element("label", text("intake_url", language), for_="welcome-url"),
        element("input", type="text", inputmode="url", id="welcome-url", class_="plain", maxlength="4000",
                autocomplete="off", placeholder="https://", aria_required="true"),
        element("button", text("intake_add", language), type="submit", class_="plain"),
    )  # fmt: skip
    return element(
        "section",
        element("h2", text("welcome_title", language), id="welcome-title"),
        element("p", text("welcome_how", language)),
        element(
            "div",
            files,
            element("label", text("intake_choose", language), for_="welcome-files", class_="choose"),
            folder,
            element("label", text("intake_choose_folder", language), for_="welcome-folder", class_="choose"),
            class_="ways",
        ),
        address,
        element("p", text("welcome_formats", language, formats=known_extensions()), class_="formats"),
        aria_labelledby="welcome-title",
    )
