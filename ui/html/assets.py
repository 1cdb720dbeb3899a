"""The page's own styles and scripts, which are put into the page, never fetched."""

from __future__ import annotations

from importlib.resources import files

# In this order: the page's frame first, then each part of it.
_STYLES = (
    "page.css",
    "quotation.css",
    "chat.css",
    "filters.css",
    "conversations.css",
    "library.css",
    "sources.css",
    "search.css",
    "dossiers.css",
    "shortcuts.css",
    "corpus.css",
    "entities.css",
    "exporting.css",
    "notes.css",
    "news.css",
)


def styles() -> str:
    """Return all styles of the page."""
    return "\n".join(_read(name) for name in _STYLES)


def script(name: str) -> str:
    """Return what runs when the HTML that it belongs to is made.

    Gradio gives it `element`, `trigger`, `watch`.
    """
    return _read(name)


def style(name: str) -> str:
    """Return one style sheet."""
    return _read(name)


def _read(name: str) -> str:
    return files("ui.html").joinpath("static", name).read_text(encoding="utf-8")
