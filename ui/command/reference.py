"""Writes the commands' help into the documentation: `python -m ui.command.reference`.

Knows where the two pages are; the help itself is `ui.command.arguments`.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from ui.command.arguments import command_reference

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": ("commands.md", "# Commands"), "fr": ("commandes.md", "# Commandes")}
_WIDTH = "100"


def page(language: str) -> str:
    """Return the page of this language, the same whatever terminal it is made in."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _WIDTH  # argparse wraps at the terminal's width
    try:
        return f"{PAGES[language][1]}\n\n{command_reference(language, version('sourcier'))}"
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def main() -> None:
    """Write the two pages of commands."""
    for language, (name, _) in PAGES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
