"""People, organisations and places that articles name, and what they say: shapes, no rules.

A mention and a statement are pointers into the text of their article, as it was when they were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.schema.article import Span

Kind = Literal["person", "organisation", "place"]
Gender = Literal["f", "m", ""]
# Quoted in the speaker's words, or told in the article's.
Form = Literal["direct", "reported"]


@dataclass(frozen=True, slots=True)
class ArticleEntity:
    """Whom or what one article names, joined from its mentions.

    `name` is the fullest form there, `forms` are all of them. `roles` are the folded words by which the
    article calls a person (`maire`). `is_bare` says that a person has a surname alone there.
    """

    name: str
    kind: Kind
    forms: tuple[str, ...]
    gender: Gender = ""
    roles: frozenset[str] = frozenset()
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """Where an article names an entity: `entities` are places in its list of them.

    One of them, or several where the words fit each of them as well: then it is nobody's.
    """

    span: Span
    sentence: int
    entities: tuple[int, ...]

    @property
    def entity(self) -> int | None:
        """The one that is meant; None where several may be."""
        return self.entities[0] if len(self.entities) == 1 else None


@dataclass(frozen=True, slots=True)
class Statement:
    """What an entity says in an article.

    `words` are those quoted, or of a reported statement the part of the sentence that tells it; `context` is
    whole sentences with who says it, `verb` the word that says that it is said. `is_alleged`: it is only told
    that they say it (`aurait déclaré`).
    """

    entity: int
    form: Form
    words: Span
    context: Span
    verb: Span
    is_alleged: bool = False


@dataclass(frozen=True, slots=True)
class ArticleEntities:
    """All that one article names, where, and what these say in it."""

    entities: tuple[ArticleEntity, ...] = ()
    mentions: tuple[Mention, ...] = ()
    statements: tuple[Statement, ...] = ()
