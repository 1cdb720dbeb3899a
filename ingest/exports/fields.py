"""Values of JSON as services write them → the strings that articles state.

Pure. What isn't of the expected type is '', whatever a file has in its place.
"""

from __future__ import annotations

from collections.abc import Mapping

from ingest.schema.columns import USUAL

Row = Mapping[str, object]

_MOST_PEOPLE = 20


def text(row: Row, *names: str) -> str:
    """Return the first of these fields that is a string with a word in it."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e15:
            return str(value)
    return ""


def inner(row: Row, name: str) -> Row:
    """Return the object in a field; an empty one if there is none."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def rows(row: Row, name: str) -> list[Row]:
    """Return the objects of the list in a field."""
    value = row.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def people(listed: list[Row], given: str, family: str, *whole: str) -> str:
    """Return the names of people, whose parts are in fields of these names, or in one of `whole`."""
    found = []
    for one in listed[:_MOST_PEOPLE]:
        parts = f"{text(one, given)} {text(one, family)}"
        found.append(" ".join((parts.strip() or text(one, *whole)).split()))
    return ", ".join(filter(None, found))


def names(value: object) -> str:
    """Return a name, or the names of a list, on one line."""
    if isinstance(value, str):
        return value
    listed = value if isinstance(value, list) else []
    return ", ".join(one.strip() for one in listed[:_MOST_PEOPLE] if isinstance(one, str) and one.strip())


def has(row: Row, *needed: str) -> bool:
    """Return whether an object has all of these fields."""
    return all(name in row for name in needed)


def has_text(row: Row) -> bool:
    """Return whether an object has a text under one of the usual names: what was added to a known form."""
    return any(text(row, name).strip() for name in (*USUAL.text, *USUAL.html))
