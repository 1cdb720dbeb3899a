"""The page as a Gradio Blocks: its header, its language, and one tab for each part of it.

What a part shows and does is in its own `*_tab` module; serving the page is `ui.server.server`.
"""

from __future__ import annotations

import asyncio
import os

# Gradio looks up two of its hosts when it is imported and launched, unless it was told before; and after
# every event it makes statistics, with pandas, for a monitoring page that is switched off here.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

import gradio as gr
from markupsafe import Markup

from ui.chat.tab import ChatTab
from ui.dossiers.desk import DossierDesk
from ui.dossiers.dialog import DossierDialog
from ui.editing.dialog import EditingDialog
from ui.entities.desk import EntityDesk
from ui.entities.dialog import EntityDialog
from ui.entities.section import EntitySection
from ui.export.panel import ExportPanel
from ui.formatting.i18n import LANGUAGES, text
from ui.html import frame
from ui.html.assets import script
from ui.library.tab import LibraryTab
from ui.library.welcome import Welcome
from ui.news.desk import NewsDesk
from ui.news.tab import Following, NewsTab
from ui.notes.desk import NotesDesk
from ui.notes.keeping import KeepingDialog
from ui.notes.panel import NotesPanel
from ui.overview.tab import OverviewTab
from ui.page.blocks import PageBlocks
from ui.page.context import AppContext
from ui.page.sessions import PageSessions
from ui.page.tab import IN_TURN, PRIVATE, Tab, html
from ui.reader.reader import ArticleReader
from ui.search.tab import SearchTab
from ui.session.registry import SessionRegistry
from ui.session.session import Session
from ui.shortcuts.part import Shortcuts
from ui.status.tab import StatusTab

# Events that may wait for their turn: questions have a line of their own, which is full long before.
MAX_WAITING = 1000
_BACK = "back "  # what `arrival.js` says before the conversation of a page that had lost its server
NO_MODEL = "none"  # the chain's name for answering with the articles' own sentences


def build_app(context: AppContext, language: str) -> PageBlocks:
    """Return the page over `context`, in `language` (`fr` or `en`) until the reader switches."""
    return _Page(context, language).blocks


class _Page:
    """The frame around the tabs."""

    def __init__(self, context: AppContext, language: str) -> None:
        self._context = context
        desk = DossierDesk(context)
        self._news = NewsDesk(context)
        self._following = Following(self._news, desk)
        self._sessions = PageSessions(SessionRegistry(language))
        self._dossiers = DossierDialog(context, desk)
        notes = NotesDesk(context.library, context.conversations)
        self._reader = ArticleReader(context, notes, context.conversations.citations_of)
        entities = EntityDesk(context, desk)
        self._entity = EntityDialog(entities)
        self._entities = EntitySection(entities)
        self._editing = EditingDialog(context)
        self._library = LibraryTab(context, desk, NotesPanel(context, notes, desk))
        self._welcome = Welcome(context, self._library)
        self._chat = ChatTab(context, self._welcome)
        self._keeping = KeepingDialog(notes, self._chat.session)
        context.standing.is_busy = lambda: self._chat.is_answering
        self._shortcuts = Shortcuts(context, self._chat.conversations_with)
        self._export = ExportPanel(context, self._chat, desk, notes)
        self._tabs: list[Tab] = [
            self._chat,
            SearchTab(context, desk, notes),
            NewsTab(self._news),
            self._library,
            OverviewTab(context, desk, self._entities),
            StatusTab(context),
        ]
        with PageBlocks(
            title="Sourcier", fill_height=True, fill_width=True, analytics_enabled=False
        ) as blocks:
            blocks.end_work = self._end_work
            blocks.questions, blocks.intake = self._chat.questions, self._library.intake_of_all
            blocks.language_of = lambda request: self._sessions.of(request).language
            self._lay_out(language)
            self._connect(blocks)
        self.blocks = blocks.queue(max_size=MAX_WAITING, api_open=False, default_concurrency_limit=None)

    @property
    def _parts(self) -> tuple[Tab, ...]:
        """The parts of the page: those in tabs, and those in front of them."""
        before = (
            self._reader, self._entity, self._editing, self._dossiers, self._keeping, self._export,
            self._following,
        )  # fmt: skip
        return (*self._tabs, self._entities, *before, self._shortcuts, self._welcome)

    def _lay_out(self, language: str) -> None:
        # The secret hides nothing: without one the choice would be forgotten when the server restarts.
        self.chosen = gr.BrowserState(language, storage_key="sourcier-language", secret="sourcier")
        with gr.Row(elem_id="top"):
            self.header = html(self._header(language), "title", "title.js")
            self._shortcuts.lay_out(language)
            choices = [(text("language_name", name), name) for name in LANGUAGES]
            self.language = gr.Radio(
                choices,
                value=language,
                container=False,
                elem_id="language",
                show_label=False,
                label=text("language_choice", language),
            )
            self.theme = html(frame.themes(language), "theme")
        self.labels: list[gr.Tab] = []
        with gr.Tabs(elem_id="tabs") as self.tabs:
            for tab in self._tabs:
                with gr.Tab(
                    text(f"tab_{tab.name}", language), id=tab.name, elem_id=f"{tab.name}-tab"
                ) as label:
                    tab.lay_out(language)
                self.labels.append(label)
        self._reader.lay_out(language)
        self._entity.lay_out(language)
        self._editing.lay_out(language)
        self._dossiers.lay_out(language)
        self._keeping.lay_out(language)
        self._export.lay_out(language)
        self._following.lay_out(language)

    def _connect(self, blocks: gr.Blocks) -> None:
        for part in self._parts:
            part.connect(self._sessions)
        spoken = [self.header, self.theme, self.language, self.chosen, *self.labels]
        spoken += [component for part in self._parts for component in part.spoken]
        self.language.input(self._choose, [self.language], spoken, **IN_TURN)
        news = {"trigger_mode": "always_last", **IN_TURN}
        gr.on([self.tabs.select, self.header.click], self._counted, None, [self.header], **news)
        arrival = [self.chosen, self._chat.remembered]
        # What the tab remembers is in the browser: the script puts it among what is sent.
        tab = script("arrival.js")
        arrived = blocks.load(self._arrive, arrival, spoken, js=tab, **IN_TURN)
        arrived.then(self._chat.follow, None, self._chat.followed, **PRIVATE)

    async def _arrive(self, language: str, remembered: object, request: gr.Request) -> tuple[object, ...]:
        fresh = self._sessions.of(request)
        if fresh.language_chosen:  # a reader may be faster, and have switched already
            language = fresh.language
        said = remembered if isinstance(remembered, str) else ""
        session = await self._chat.arrive(said.removeprefix(_BACK), request)
        if said.startswith(_BACK):
            shown = language if language in LANGUAGES else session.language
            gr.Info(text("connection_back", shown), title=text("connection_back_title", shown))
        return await asyncio.to_thread(self._speak, language, session)

    async def _end_work(self) -> None:
        """End what is under way, since the server stops."""
        await asyncio.gather(self._chat.end_answers(), self._library.end_intake())

    async def _choose(self, language: str, request: gr.Request) -> tuple[object, ...]:
        session = await self._chat.session(request)
        session.language_chosen = True
        return await asyncio.to_thread(self._speak, language, session)

    def _speak(self, language: str, session: Session) -> tuple[object, ...]:
        session.language = language if language in LANGUAGES else session.language
        said = session.language
        return (
            self._header(said, session.user),
            frame.themes(said),
            gr.update(value=said, label=text("language_choice", said)),
            said,
            *(gr.update(label=text(f"tab_{tab.name}", said)) for tab in self._tabs),
            *(update for part in self._parts for update in part.speak(session)),
        )

    def _counted(self, request: gr.Request) -> Markup:
        """Return the header when a tab is shown, or `title.js` knows that the library has changed.

        Others may have changed it, too.
        """
        session = self._sessions.of(request)
        return self._header(session.language, session.user)

    def _header(self, language: str, user: str | None = None) -> Markup:
        name = self._context.chain.model_name
        model = text("no_model", language) if name == NO_MODEL else name
        articles = text("articles_held", language, count=self._context.library.counts().articles)
        unseen = 0 if user is None else self._news.unseen(user)
        return frame.header(articles, model, language, unseen)
