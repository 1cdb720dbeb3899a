"""The overview: the timeline of the library by outlet, who is named, and the map of what is written about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import gradio as gr
import numpy as np
from gradio.components import Component
from markupsafe import Markup

from rag.dossiers.store import Dossier
from rag.library.date_histogram import Bucket, cut
from rag.library.facets import Timeline
from rag.library.map import CorpusMap
from ui.dossiers.desk import DossierDesk
from ui.dossiers.html import choice_html
from ui.dossiers.said import words
from ui.entities.section import EntitySection
from ui.formatting.dates import bucket_text
from ui.formatting.i18n import text
from ui.html.element import element
from ui.html.palette import NAMED
from ui.overview.map import SPANS, card_html, cluster_name, clusters_html, legend_of, map_html
from ui.overview.timeline import BUCKETS, LISTED, listing, row_name, timeline_html
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import IN_TURN, PRIVATE, html, said_by
from ui.session.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """What a page shows: points and bars are told by their places in it."""

    state: tuple[object, ...]
    map: CorpusMap
    timeline: Timeline
    outlets: tuple[str, ...]
    among: tuple[str, ...] | None = None


class OverviewTab:
    """Drawn when somebody looks at it, which `static/map.js` tells; the map is made then, if it has to be."""

    name = "corpus"

    def __init__(self, context: AppContext, desk: DossierDesk, entities: EntitySection) -> None:
        self._entities = entities
        self._library = context.library
        self._desk = desk
        self._release_due = context.engine.release_due
        self._maker = context.maps
        self._drawn: WeakKeyDictionary[Session, _Drawn] = WeakKeyDictionary()
        self.spoken: list[Component] = []

    def lay_out(self, language: str) -> None:
        """Lay out the widgets, with words in `language`."""
        self.within = gr.State("")  # the dossier that alone is shown
        with gr.Column(elem_id="corpus"):
            self.choice = html(Markup(""), "corpus-dossier", "corpus-dossier.js")
            self.timeline = html(_waiting("timeline_title", language), "corpus-timeline", "timeline.js")
            self.bar = html(Markup(""), "corpus-bar")
            self._entities.lay_out(language)
            self.map = html(_waiting("map_title", language), "corpus-map", "map.js")
            self.card = html(Markup(""), "corpus-card")
            self.clusters = html(Markup(""), "corpus-clusters", "clusters.js")
            self.cluster = html(Markup(""), "corpus-cluster")
        self.drawing = [self.timeline, self.bar, self.map, self.card, self.clusters, self.cluster]
        self.spoken = [*self.drawing, self.choice]

    def connect(self, sessions: PageSessions) -> None:
        """Connect the widgets with what they do."""
        self._sessions = sessions
        often = {"trigger_mode": "multiple", **PRIVATE}
        self.timeline.click(self._bar, None, [self.bar], **often)
        self.map.click(self._look, [self.within], [*self.drawing, self.choice], **IN_TURN)
        self.choice.click(self._choose, None, [*self.drawing, self.choice, self.within], **IN_TURN)
        self.map.select(self._point, None, [self.card], **often)
        self.clusters.click(self._cluster, None, [self.cluster], **often)

    def speak(self, session: Session) -> tuple[object, ...]:
        """Return nothing that takes long: `static/map.js` asks for it when it sees that it is wanted."""
        self._drawn.pop(session, None)
        said, nothing = session.language, Markup("")
        timeline, subjects = (_waiting(title, said) for title in ("timeline_title", "map_title"))
        return timeline, nothing, subjects, nothing, nothing, nothing, nothing

    def _choose(self, pressed: gr.EventData, request: gr.Request) -> tuple[object, ...]:
        """Return all anew, of the dossier that was chosen."""
        session = self._sessions.of(request)
        said = said_by(pressed)
        within = words(said.get("dossier"))
        listed = {one.id for one in self._desk.names(session.user)}
        within = within if within in listed else ""
        self._drawn.pop(session, None)
        drawn = self._look(within, request)
        cleared = [Markup("") if place in (1, 3, 5) else one for place, one in enumerate(drawn)]
        return *cleared, within

    def _look(self, within: str, request: gr.Request) -> tuple[object, ...]:
        """Return all anew, if anything has changed since it was drawn for this page."""
        session = self._sessions.of(request)
        self._release_due()
        making = self._maker.ensure()
        listed = self._desk.names(session.user)
        within = within if within in {one.id for one in listed} else ""
        among = self._library.among(self._desk.filters(within, session.user))
        state = (self._library.version(), making, self._maker.has_failed(), session.language)
        state += (among, tuple((one.id, one.name) for one in listed))
        drawn = self._drawn.get(session)
        if drawn is not None and drawn.state == state:
            return (gr.skip(),) * (len(self.drawing) + 1)
        known = self._library.facets.facets(among=among)
        outlets = tuple(tally.name for tally in known.outlets[:NAMED])
        timeline = self._library.facets.timeline(NAMED, BUCKETS, among)
        drawn = _Drawn(state, _of(self._maker.map(), among), timeline, outlets, among)
        self._drawn[session] = drawn
        days = known.buckets
        spans = cut(days[0].first, days[-1].last, SPANS) if days else ()
        told = self._told(drawn.map, making, session.language)
        subjects = map_html(
            drawn.map,
            self._library.facets.described(),
            legend_of(outlets, spans),
            told,
            making,
            session.language,
        )
        clusters = clusters_html(drawn.map, session.language)
        bars = timeline_html(drawn.timeline, self._kinds(drawn), session.language)
        choice = _choice(listed, within, session.language)
        return bars, gr.skip(), subjects, gr.skip(), clusters, gr.skip(), choice

    def _kinds(self, drawn: _Drawn) -> list[int]:
        return [
            drawn.outlets.index(name) if name in drawn.outlets else NAMED for name in drawn.timeline.outlets
        ]

    def _told(self, made: CorpusMap, making: bool, language: str) -> str:
        if making:
            return text("map_updating" if made.ids else "map_making", language)
        if self._maker.has_failed():
            return text("map_failed", language)
        return (
            text("map_of", language, count=len(made.ids)) if made.ids else text("filters_nothing", language)
        )

    def _bar(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        drawn = self._drawn.get(session)
        row, column = (_number(pressed, name) for name in ("row", "column"))
        if drawn is None or row is None or column is None:
            return gr.skip()
        timeline = drawn.timeline
        if row >= len(timeline.rows) or column >= len(timeline.buckets):
            return gr.skip()
        bucket, outlet, language = timeline.buckets[column], timeline.outlets[row], session.language
        named = [name for name in timeline.outlets if name is not None]
        found = self._library.facets.published(bucket, outlet, named, LISTED, drawn.among)
        count = timeline.rows[row][column]
        return listing(_bar_name(bucket, outlet, count, language), found, count, language)

    def _point(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        drawn, point = self._drawn.get(session), _number(pressed, "point")
        if drawn is None or point is None or point >= len(drawn.map.ids):
            return gr.skip()
        found = self._library.facets.headlines([drawn.map.ids[point]])
        return card_html(found[0] if found else None, point, session.language)

    def _cluster(self, pressed: gr.EventData, request: gr.Request) -> Markup:
        session = self._sessions.of(request)
        drawn, cluster = self._drawn.get(session), _number(pressed, "cluster")
        if drawn is None or cluster is None or cluster >= len(drawn.map.words):
            return gr.skip()
        members = [i for i, c in zip(drawn.map.ids, drawn.map.clusters, strict=True) if c == cluster]
        found = sorted(
            self._library.facets.headlines(members[:LISTED]),
            key=lambda one: one.published_at or "",
            reverse=True,
        )
        name = cluster_name(drawn.map, cluster, session.language)
        return listing(name, found, len(members), session.language)


def _of(made: CorpusMap, among: Sequence[str] | None) -> CorpusMap:
    """Return a map with these articles alone, where they are in the whole."""
    if among is None:
        return made
    wanted = frozenset(among)
    kept = np.array([place for place, one in enumerate(made.ids) if one in wanted], dtype=np.int64)
    ids = tuple(made.ids[place] for place in kept)
    return replace(made, ids=ids, places=made.places[kept], clusters=made.clusters[kept])


def _choice(listed: Sequence[Dossier], within: str, language: str) -> Markup:
    """Return the list of dossiers of which one can be shown alone; nothing where there are none."""
    if not listed:
        return Markup("")
    options = choice_html(listed, within, language)
    select = element("select", *options, id="corpus-dossier-choice", class_="plain")
    label = element("label", text("dossier_label", language), for_="corpus-dossier-choice")
    return element("p", label, " ", select, class_="within", lang=language)


def _waiting(title: str, language: str) -> Markup:
    """Return a part that hasn't been drawn yet."""
    return element(
        "section",
        element("h2", text(title, language)),
        element("p", text("corpus_loading", language), class_="state", role="status"),
        class_="wanted",
        lang=language,
    )


def _number(pressed: gr.EventData, name: str) -> int | None:
    """Return a place that the page names; None for whatever is none."""
    value = pressed._data.get(name) if isinstance(pressed._data, dict) else None
    return value if type(value) is int and value >= 0 else None


def _bar_name(bucket: Bucket, outlet: str | None, count: int, language: str) -> str:
    days = f"{row_name(outlet, language)}, {bucket_text(bucket, language)}"
    return text("bucket_articles", language, days=days, count=count)
