"""Checksums of what the catalogue stores, from which no index can be told to have changed. Pure."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import astuple

from rag.schema.article import Article

# All that is stored of an article in its row, in the order in which it is summed.
_SUMMED = (
    "id", "text", "title", "source", "content_hash", "outlet", "author", "language", "published_at",
    "updated_at", "ingested_at",
)  # fmt: skip


def article_checksum(article: Article) -> str:
    """Return the SHA-256 of all that is stored of an article."""
    values = [getattr(article, name) for name in _SUMMED]
    # Articles without pages keep the checksum that they had before pages were kept; so do whole ones.
    values += [article.page_starts] if article.page_starts else []
    values += ["excerpt"] if article.excerpt else []
    values += [astuple(article.imprint)] if article.imprint else []
    values += [{"canonical_url": article.canonical_url}] if article.canonical_url else []
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def is_as_stored(article: Article, stored: str | None) -> bool:
    """Return whether an article has the checksum that was stored with it; None: an earlier format's had none.

    What a check has found damaged has no content hash any more.
    """
    if not article.content_hash:
        return False
    try:
        return stored is None or article_checksum(article) == stored
    except (TypeError, ValueError):  # bytes where words were
        return False


def row_checksum(values: Sequence[str | int | None]) -> int:
    """Return the CRC-32 of a row's values: enough for what a disk does, and a microsecond."""
    return zlib.crc32("\x1f".join(map(str, values)).encode("utf-8", "surrogatepass"))
