"""The filters beside the chat and the chips above the question; whatever the page sends is checked here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.schema.question import NO_FILTERS, Filters
from ui.chat.filters_html import BARS, panel
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import IN_TURN, html
from ui.rendering.filter_chips import in_force
from ui.session.session import Session

_SECONDS = 10  # between two looks whether articles have come or gone


class FiltersPanel:
    """They set `session.filters`, which the next question is asked with."""

    def __init__(self, context: AppContext) -> None:
        self._library = context.library
        self._drawn: WeakKeyDictionary[Session, int] = WeakKeyDictionary()
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        drawn = panel(self._library.facets.facets(NO_FILTERS, BARS), NO_FILTERS, language)
        self.body = html(drawn, "filters-panel", "filters.js")
        self.clock = gr.Timer(_SECONDS)
        self.spoken.append(self.body)

    def lay_out_chips(self, language: str) -> None:
        """Lay out where the filters in force are named."""
        self.chips = html(in_force(NO_FILTERS, language), "filter-chips", "chips.js")
        self.spoken.append(self.chips)

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        for part in (self.body, self.chips):
            part.click(self._change, None, self.spoken, trigger_mode="multiple", **IN_TURN)
        self.clock.tick(self._look, None, self.spoken, **IN_TURN)

    def _change(self, pressed: gr.EventData, request: gr.Request) -> tuple[object, ...]:
        session = self._sessions.of(request)
        known = self._library.facets.facets(NO_FILTERS, BARS)
        outlets = {tally.name for tally in known.outlets}
        languages = {tally.name for tally in known.languages}
        session.filters = changed(session.filters, pressed._data, outlets, languages)
        return self.speak(session)

    def _look(self, request: gr.Request) -> tuple[object, ...]:
        """Return the counts anew, if the library has changed since they were drawn."""
        session = self._sessions.of(request)
        if self._drawn.get(session) == self._library.version():
            return (gr.skip(),) * len(self.spoken)
        return self.speak(session)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        outlets = self._library.metadata.canonical(session.filters.outlets)
        if outlets != session.filters.outlets:  # they were merged since
            session.filters = replace(session.filters, outlets=outlets)
        self._drawn[session] = self._library.version()
        return self._body(session), in_force(session.filters, session.language)

    def _body(self, session: Session) -> Markup:
        facets = self._library.facets.facets(session.filters, BARS)
        return panel(facets, session.filters, session.language)


# --- what the page sends ---


def changed(filters: Filters, said: object, outlets: Collection[str], languages: Collection[str]) -> Filters:
    """Return the filters after what the reader did; the same after anything that the page never says.

    Args:
        filters: The filters before.
        said: What the page says.
        outlets: The outlets that the library knows: no other can be chosen.
        languages: The languages that it knows.
    """
    match said:
        case {"kind": "all"}:
            return NO_FILTERS
        case {"kind": "dates", "from": str(first), "to": str(last)}:
            return _dated(filters, first, last)
        case {"kind": "dates"}:
            return _dated(filters, "", "")
        case {"kind": "undated", "on": bool(on)}:
            return replace(filters, undated=on and bool(filters.date_from or filters.date_to))
        case {"kind": "outlet", "value": str(name)}:
            wanted = said.get("on") is True and name in outlets
            return replace(filters, outlets=_with(filters.outlets, name, wanted))
        case {"kind": "language", "value": str(code)}:
            wanted = said.get("on") is True and code in languages
            return replace(filters, languages=_with(filters.languages, code, wanted))
    return filters


def _dated(filters: Filters, first: str, last: str) -> Filters:
    """With these days, put in order; an empty one leaves its side open, what is no day changes nothing."""
    try:
        days = [date.fromisoformat(day) if day else None for day in (first, last)]
    except ValueError:
        return filters
    if None not in days:
        days.sort()
    return replace(filters, date_from=days[0], date_to=days[1], undated=filters.undated and any(days))


def _with(names: tuple[str, ...], name: str, wanted: bool) -> tuple[str, ...]:
    others = tuple(one for one in names if one != name)
    return (*others, name) if wanted else others
