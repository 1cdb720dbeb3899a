"""The invented articles that come with Sourcier, for trying it: which of them are in a library."""

from __future__ import annotations

from pathlib import Path

from ingest.sources.discovery import origin_of
from rag.library.library import Library

# An installed package has them beside it (setup.py), a checkout in its folder of examples.
_INSTALLED = Path(__file__).with_name("articles")
EXAMPLES = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "examples" / "articles"


def examples_in(library: Library) -> tuple[str, ...]:
    """Return the ids of the articles that the folder of examples alone has brought."""
    return library.origins.only_from(origin_of(str(EXAMPLES)))
