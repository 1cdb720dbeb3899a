"""The filters beside the chat and the chips above the question; whatever the page sends is checked here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from weakref import WeakKeyDictionary

import gradio as gr
from gradio.components import Component
from markupsafe import Markup

from rag.schema.question import NO_FILTERS, Filters, NamedDossier
from ui.chat.filters_html import BARS, panel
from ui.dossiers.said import ids
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
        counted = self._library.facets.facets(NO_FILTERS, BARS)
        known = Known(
            {tally.name for tally in counted.outlets},
            {tally.name for tally in counted.languages},
            {one.id: one.as_filter for one in self._library.dossiers.listed(session.user)},
            lambda ids: [row.article_id for row in self._library.listing.rows(ids)],
        )
        session.filters = changed(session.filters, pressed._data, known)
        return self.speak(session)

    def _look(self, request: gr.Request) -> tuple[object, ...]:
        """Return the counts anew, if the library has changed since they were drawn."""
        session = self._sessions.of(request)
        if self._drawn.get(session) == self._state(session):
            return (gr.skip(),) * len(self.spoken)
        return self.speak(session)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return the widgets' updates in the session's language."""
        outlets = self._library.metadata.canonical(session.filters.outlets)
        if outlets != session.filters.outlets:  # they were merged since
            session.filters = replace(session.filters, outlets=outlets)
        self._drawn[session] = self._state(session)
        self._follow(session)
        return self._body(session), in_force(session.filters, session.language)

    def _state(self, session: Session) -> tuple[object, ...]:
        """Return all that is drawn of the library."""
        dossiers = self._library.dossiers
        return self._library.version(), dossiers.version(), *dossiers.listed(session.user)

    def _follow(self, session: Session) -> None:
        """Call dossiers what they are called now, and leave those out that are gone."""
        if session.filters.dossiers:
            now = {one.id: one.as_filter for one in self._library.dossiers.listed(session.user)}
            kept = tuple(now[one.id] for one in session.filters.dossiers if one.id in now)
            session.filters = replace(session.filters, dossiers=kept)

    def _body(self, session: Session) -> Markup:
        among = self._library.among(session.filters)
        facets = self._library.facets.facets(session.filters, BARS, among)
        listed = self._library.dossiers.listed(session.user)
        dossiers = [(one, self._library.dossiers.count(one.id)) for one in listed]
        return panel(facets, session.filters, session.language, dossiers)


# --- what the page sends ---


@dataclass(frozen=True, slots=True)
class Known:
    """What the library has to choose from: nothing else can be chosen.

    `dossiers` are the user's, by id; `articles` gives those of some ids that there are.
    """

    outlets: Collection[str] = ()
    languages: Collection[str] = ()
    dossiers: Mapping[str, NamedDossier] = field(default_factory=dict)
    articles: Callable[[list[str]], list[str]] = lambda _: []


def changed(filters: Filters, said: object, known: Known) -> Filters:
    """Return the filters after what the reader did; the same after anything that the page never says."""
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
            wanted = said.get("on") is True and name in known.outlets
            return replace(filters, outlets=_with(filters.outlets, name, wanted))
        case {"kind": "language", "value": str(code)}:
            wanted = said.get("on") is True and code in known.languages
            return replace(filters, languages=_with(filters.languages, code, wanted))
        case {"kind": "dossier", "value": str(dossier_id)}:
            others = tuple(one for one in filters.dossiers if one.id != dossier_id)
            wanted = said.get("on") is True and dossier_id in known.dossiers
            return replace(filters, dossiers=(*others, known.dossiers[dossier_id]) if wanted else others)
        case {"kind": "only", "value": str(dossier_id)} if dossier_id in known.dossiers:
            return Filters(dossiers=(known.dossiers[dossier_id],))
        case {"kind": "articles", "ids": list(given)}:
            kept = tuple(known.articles(ids(given)))
            return Filters(article_ids=kept) if kept else filters
        case {"kind": "articles"}:
            return replace(filters, article_ids=())
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
