"""Printing for people and for programs. Knows nothing of what is printed."""

from __future__ import annotations

import json


def printable(line: str) -> str:
    """Return a line of an article without what a terminal would obey: control and escape characters."""
    return "".join(character if character.isprintable() or character == "\t" else " " for character in line)


def print_json(value: object) -> None:
    """Print a value as JSON, with letters as they are."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
