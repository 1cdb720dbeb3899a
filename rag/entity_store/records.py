"""What the tables of entities are asked for and answer: dataclasses alone."""

from __future__ import annotations

from dataclasses import dataclass

from rag.schema.article import Span
from rag.schema.entity import ArticleEntity, Form, Kind


@dataclass(frozen=True, slots=True)
class KeyedEntity:
    """An article's entity with what identifies it across articles.

    `key` is the same wherever it is the same one; `folded` are its forms as names are looked up; `surname` is
    a person's folded last name, or empty.
    """

    entity: ArticleEntity
    key: str
    folded: tuple[str, ...]
    surname: str


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity of the library. `is_bare`: a person of whom the articles have the surname alone."""

    id: int
    kind: Kind
    name: str
    articles: int
    mentions: int
    is_bare: bool


@dataclass(frozen=True, slots=True)
class Appearance:
    """An article that names an entity: how often, and from when and where it is."""

    article_id: str
    title: str
    outlet: str | None
    published_at: str | None
    mentions: int


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement in its article: pointers, with what the article states of itself."""

    article_id: str
    outlet: str | None
    published_at: str | None
    form: Form
    words: Span
    context: Span
    verb: Span
    is_alleged: bool


@dataclass(frozen=True, slots=True)
class Companion:
    """Another entity, in how many sentences it is named beside this one, and in how many articles."""

    id: int
    kind: Kind
    name: str
    sentences: int
    articles: int


@dataclass(frozen=True, slots=True)
class StatementFilters:
    """Which statements are wanted: days as `YYYY-MM-DD`, both included; none of an undated article then.

    With `article_ids`, those of these articles alone.
    """

    after: str | None = None
    before: str | None = None
    outlets: tuple[str, ...] = ()
    form: Form | None = None
    article_ids: tuple[str, ...] | None = None
