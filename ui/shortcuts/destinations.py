"""Where a reader may want to go from what is typed: articles, entities, conversations. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.conversation.store import Conversation
from rag.entity_store.records import EntityRow
from rag.library.library import Library
from rag.library.listing import ListedArticle, ListingQuery
from rag.text.normalization import fold
from ui.formatting.entities import kind_text
from ui.formatting.i18n import date_text, text

Kind = Literal["article", "entity", "conversation"]
MOST = 7  # of each kind


@dataclass(frozen=True, slots=True)
class Destination:
    """What the page can go to: its kind, the id that the page opens it by, its name, what tells it apart."""

    kind: Kind
    id: str
    name: str
    detail: str


# Words, language of what is said of it → what has all these words, what fits best first.
Finder = Callable[[str, str], Sequence[Destination]]


def find_articles(library: Library, words: str, language: str) -> list[Destination]:
    """Return the articles with all these words in title, outlet or address: those of the title come first.

    Of equals the newest comes first; without words the newest of all.
    """
    rows = library.listing.page(ListingQuery(words)).rows
    wanted = fold(words).split()
    rows = sorted(rows, key=lambda row: not all(word in fold(row.title) for word in wanted))
    return [Destination("article", row.article_id, row.title, _about(row, language)) for row in rows[:MOST]]


def of_entities(found: Iterable[EntityRow], language: str) -> list[Destination]:
    """Return the first of some entities as destinations: what they are, and in how many articles."""
    made = [
        Destination(
            "entity",
            str(one.id),
            one.name,
            f"{kind_text(one, language)} · {text('entity_in_articles', language, count=one.articles)}",
        )
        for one in found
    ]
    return made[:MOST]


def of_conversations(found: Iterable[Conversation], language: str) -> list[Destination]:
    """Return the first of some conversations as destinations."""
    made = [
        Destination("conversation", one.id, one.title, date_text(one.changed_at, language)) for one in found
    ]
    return made[:MOST]


def _about(row: ListedArticle, language: str) -> str:
    said = (row.outlet, row.published_at and date_text(row.published_at, language))
    return " · ".join(filter(None, said))
