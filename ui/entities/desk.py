"""What the page has of entities, for one user: the most named, one of them, a name. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from rag.entities.analysis import VERSION
from rag.entities.lookup import Lookup
from rag.entities.page import EntityPage, Remark
from rag.entity_store.records import EntityRow, StatementFilters
from rag.schema.article import Article
from rag.schema.entity import Kind
from ui.dossiers.desk import DossierDesk
from ui.page.context import AppContext

MOST_NAMED = 10  # of a kind
SHOWN = 50  # statements


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the finding of entities is: articles that are still to be read, and all of them."""

    waiting: int
    total: int


@dataclass(frozen=True, slots=True)
class NamedMost:
    """The entities that most articles name, by kind; `state` changes with what is in it."""

    state: str
    entities: dict[Kind, tuple[EntityRow, ...]]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which statements of an entity are wanted: on a subject, quoted ones alone."""

    about: str = ""
    quoted: bool = False

    def __bool__(self) -> bool:
        return bool(self.about.strip()) or self.quoted


@dataclass(frozen=True, slots=True)
class OpenedEntity:
    """An entity's page as it is looked at.

    `statements` are those that are wanted, `total` how many these are; `articles` those that are quoted, by
    id. `others` may be the same one: people of the same surname. `dossier` is the name of the one that alone
    counts.
    """

    page: EntityPage
    statements: tuple[Remark, ...]
    total: int
    articles: dict[str, Article]
    others: tuple[EntityRow, ...]
    progress: Progress
    narrowed: Narrowed = Narrowed()
    dossier: str = ""


class EntityDesk:
    """The entities of a library, as its page has them."""

    def __init__(self, context: AppContext, dossiers: DossierDesk) -> None:
        self._context = context
        self._dossiers = dossiers
        self._table = context.library.entities

    def progress(self) -> Progress:
        """Return how far the finding of entities is."""
        return Progress(self._table.waiting_count(VERSION), self._context.library.counts().articles)

    def most_named(self, dossier: str, user: str, known: str = "") -> NamedMost | None:
        """Return the entities that most articles name, of a dossier or at all; None if `known` is that."""
        self._context.engine.release_due()
        dossier, _, among = self._within(dossier, user)
        progress = self.progress()
        state = f"{self._context.library.version()} {progress.waiting} {dossier} {hash(among)}"
        if state == known:
            return None
        kinds: tuple[Kind, ...] = get_args(Kind)
        return NamedMost(
            state,
            {kind: tuple(self._table.most_named(kind, MOST_NAMED, among)) for kind in kinds},
            progress,
        )

    def find(self, name: str, dossier: str, user: str) -> Lookup:
        """Return whose name it is, in a dossier or at all; near names are the library's."""
        _, _, among = self._within(dossier, user)
        index = self._context.engine.entities
        found = index.named(name, among)
        return found if found.entities else index.find(name)

    def open(self, entity_id: int, dossier: str, user: str, narrowed: Narrowed) -> OpenedEntity | None:
        """Return an entity's page; None if no article has the entity (any more)."""
        self._context.engine.release_due()
        _, within, among = self._within(dossier, user)
        entity = self._table.entity(entity_id, among)
        if entity is None and among is not None:  # it is in the library alone: better that than nothing
            within, among = "", None
            entity = self._table.entity(entity_id)
        if entity is None:
            return None
        index = self._context.engine.entities
        page = index.page(entity, among)
        statements, total = page.statements, page.statement_count
        if narrowed:
            filters = StatementFilters(form="direct" if narrowed.quoted else None, article_ids=among)
            kept = index.statements(entity, narrowed.about, filters, SHOWN)
            statements, total = kept.found, kept.total
        quoted = self._context.library.articles(list(dict.fromkeys(one.article_id for one in statements)))
        alike = index.named(entity.name).entities if entity.kind == "person" else ()
        return OpenedEntity(
            page,
            statements,
            total,
            {one.id: one for one in quoted},
            tuple(one for one in alike if one.id != entity.id and one.kind == "person"),
            self.progress(),
            narrowed,
            within,
        )

    def _within(self, dossier: str, user: str) -> tuple[str, str, tuple[str, ...] | None]:
        """Return a dossier's id, its name and its articles; nothing for one that isn't the user's."""
        name = next((one.name for one in self._dossiers.names(user) if one.id == dossier), None)
        if name is None:
            return "", "", None
        return dossier, name, self._context.library.among(self._dossiers.filters(dossier, user))
