"""The invented articles that come with Sourcier, for trying it: which of them are in a library."""

from __future__ import annotations

from pathlib import Path

from ingest.sources.discovery import origin_of
from rag.library.library import Library

EXAMPLES = Path(__file__).parents[2] / "examples" / "articles"


def examples_in(library: Library) -> tuple[str, ...]:
    """Return the ids of the articles that the folder of examples alone has brought."""
    return library.origins.only_from(origin_of(str(EXAMPLES)))
