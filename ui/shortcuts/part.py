"""The page's keys as a part of the page: the button, the dialog that goes somewhere, the sheet of keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from gradio.components import Component

from rag.conversation.store import Conversation
from rag.errors import SourcierError
from rag.text.normalization import fold
from ui.formatting.i18n import LANGUAGES
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import html
from ui.session.session import Session
from ui.shortcuts.destinations import MOST, find_articles, of_conversations, of_entities
from ui.shortcuts.html import shortcuts_html

_LONGEST = 200  # characters that are looked for


class Shortcuts:
    """Keys, and where they lead. `conversations` gives those of a user that have some words."""

    def __init__(
        self, context: AppContext, conversations: Callable[[str, str], Sequence[Conversation]]
    ) -> None:
        self._context, self._conversations = context, conversations
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.body = html(shortcuts_html(language), "shortcuts", "shortcuts.js", [self.destinations])
        self.spoken = [self.body]

    def connect(self, sessions: PageSessions) -> None:
        """Connect nothing: `shortcuts.js` asks for destinations, and tells the parts what to open."""

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        return (shortcuts_html(session.language),)

    def destinations(self, said: Any, user: str, _page: str) -> list[dict[str, str]] | None:
        """Return where the words of `said` may lead, best first; None if that can't be looked up now."""
        told = said if isinstance(said, dict) else {}
        words, language = told.get("words"), told.get("language")
        words = words[:_LONGEST].encode("utf-8", "ignore").decode() if isinstance(words, str) else ""
        language = language if language in LANGUAGES else LANGUAGES[0]
        try:
            self._context.engine.release_due()
            found = find_articles(self._context.library, words, language)
            named = of_entities(self._context.engine.entities.beginning(words, MOST), language)
            kept = of_conversations(self._conversations(user, words), language)
        except SourcierError:  # a disk that can't be read, say: the tab that is gone to tells why
            return None
        # Whoever is called just so comes before the articles that have these words.
        exact = [one for one in named if fold(one.name).split() == fold(words).split()]
        others = [one for one in named if one not in exact]
        ordered = (*exact, *(found if words.strip() else []), *others, *kept)
        return [asdict(one) for one in ordered]
