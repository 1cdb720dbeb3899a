"""What goes into the catalogue and comes out of it: dataclasses, and the rows that articles are read from.

No I/O. A row is held against its checksum when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.checksums import damaged
from rag.checksums.checksum import is_as_stored, row_checksum
from rag.library import text_properties
from rag.library.tables import ARTICLE_FIELDS
from rag.schema.article import Article, DamagedArticle, Passage, Span

# The columns of a row of an article, the last one its checksum.
ARTICLE = ", ".join(
    (
        *(f"articles.{name}" for name in ARTICLE_FIELDS),
        *text_properties.COLUMNS,
        "(SELECT sha256 FROM checksums WHERE article_id = articles.id)",
    )
)
# Those of a passage, and how many they are.
PASSAGE = (
    'passages.id, passages.article_id, passages.start, passages."end", passages.sentences,'
    " (SELECT crc32 FROM passage_checksums WHERE passage_id = passages.id)"
)
PASSAGE_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article was read: `key` identifies the place, `digest` the bytes last seen there."""

    key: str
    source: str
    digest: str
    article_id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is acknowledged at once: an article, its passages, the source that brought it (if new)."""

    article: Article
    passages: tuple[Passage, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class LocatedPassage:
    """A passage and the version of its article that its offsets belong to."""

    passage: Passage
    article: Article


@dataclass(frozen=True, slots=True)
class ArticleSentences:
    """An article and the spans of all its sentences, in order."""

    article: Article
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many articles, passages and sources there are."""

    articles: int
    passages: int
    sources: int


# --- rows ---


def sound_articles(rows: Iterable[tuple]) -> list[Article]:
    """Return the articles of these rows that are what was stored; it is told which aren't."""
    found = []
    for row in rows:
        article = article_of(row)
        if is_as_stored(article, row[-1]):
            found.append(article)
        else:
            damaged.note(name_of(row))
    return found


def article_of(row: tuple) -> Article:
    """Return the article of a row, as it stands."""
    fields, properties = row[: len(ARTICLE_FIELDS)], row[len(ARTICLE_FIELDS) : -1]
    return Article(**dict(zip(ARTICLE_FIELDS, fields, strict=True)), **text_properties.read(*properties))


def name_of(row: tuple) -> DamagedArticle:
    """Return what a row is named by, when it can't be shown."""
    named = dict(zip(ARTICLE_FIELDS, row, strict=False))
    return DamagedArticle(str(named["id"]), str(named["title"]), str(named["source"]))


def passage_of(row: tuple) -> Passage | None:
    """Return the passage of a row; None if it isn't what was stored. An earlier version's has no checksum."""
    if row[-1] is not None and row_checksum(row[:-1]) != row[-1]:
        return None
    try:
        sentences = tuple(Span(start, end) for start, end in json.loads(row[4]))
    except (ValueError, TypeError):
        return None
    return Passage(*row[:4], sentences)


def all_sentences(passages: Iterable[Passage]) -> tuple[Span, ...]:
    """Return the sentences of all passages, those of overlapping ones once."""
    return tuple(sorted({span for passage in passages for span in passage.sentences}))


def encoded(sentences: Sequence[Span]) -> str:
    """Return the sentences of a passage as a row has them."""
    return json.dumps([[span.start, span.end] for span in sentences], separators=(",", ":"))
