"""Printing for people and for programs. Knows nothing of what is printed."""

from __future__ import annotations

import json


def printable(line: str) -> str:
    """A line of an article without what a terminal would obey: control and escape characters."""
    return "".join(character if character.isprintable() or character == "\t" else " " for character in line)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
