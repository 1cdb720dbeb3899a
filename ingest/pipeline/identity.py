"""Which article a document is: one that is known, one that changed, or a new one.

Knows the library and what waits to enter it; no files and no indexes. An article is what states its URL, or
what its source brought before; the same content from a second source is the same article.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import chain, count

from rag.library.library import Library
from rag.library.records import Entry, Source
from rag.schema.article import Article


def arrives(content_hash: str, holder: str | None, waiting: Sequence[Entry]) -> bool:
    """Return whether what waits has this content, or is about to replace its `holder`, an article."""
    return any(entry.article.id == holder or entry.article.content_hash == content_hash for entry in waiting)


def identity(
    article: Article, key: str, known: Source | None, library: Library, waiting: Sequence[Entry]
) -> str:
    """Return the id of the article that this source brought before, else the one that it asks for.

    An article that another source still brings is left as it is: pages that state a neighbour's URL as their
    own, or a copy that has changed, get an id of their own.

    Args:
        article: What was read.
        key: The key of the source.
        known: The source as the library knows it.
        library: The library.
        waiting: Entries that are not acknowledged yet.
    """
    wanted = [known.article_id, article.id] if known else [article.id]
    own = (_own_id(article, key, number) for number in count())
    return next(i for i in chain(wanted, own) if not _brought_by_others(i, key, library, waiting))


def _brought_by_others(article_id: str, key: str, library: Library, waiting: Sequence[Entry]) -> bool:
    """Return whether a source other than `key` brings this article, once what waits is in the library."""
    listed = {source.key: article_id for source in library.sources_of(article_id)}
    arriving = {entry.source.key: entry.article.id for entry in waiting if entry.source}
    return article_id in (listed | arriving | {key: None}).values()


def _own_id(article: Article, key: str, number: int) -> str:
    return hashlib.sha256(f"{article.id}:{key}:{number}".encode()).hexdigest()[:16]
