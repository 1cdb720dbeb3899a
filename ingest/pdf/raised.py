"""Raised characters: ordinals stay as they are, powers are written raised, calls of notes are left out.

A call of a note isn't part of what a sentence says, and `300` with a raised 1 isn't 3001. What may be a power
is written in superscript characters, which are no digits of the number before them. Pure.
"""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_NUMBERS = re.compile(r"\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*")
_POWER = re.compile(r"[+\-−–]?\d{1,2}")
_BRACKETED = re.compile(r"[\[(]\s?(?:\d{1,3}|[a-z]|\*+)(?:\s?[,;–-]\s?\d{1,3})*\s?[\])]|[*†‡§]{1,3}")
_UNIT = re.compile(r"(?:^|[\s\d.,/(·×])(?:[kchdmµμn]?m|ha|s|in|ft|yd|mi)$")
_BASE = re.compile(r"(?:^|[^\d.,])10$")
_SYMBOL = re.compile(r"(?:^|[^\w])(?:[A-Z][a-z]?\d*|[a-z]|CO|NO|SO|CH|NH)$")


def settled(before: str, raised: str, after: str) -> str:
    """Return what stands in a line for raised characters: themselves, in superscript characters, or nothing.

    Args:
        before: The text of the line before them.
        raised: The characters.
        after: The text of the line after them.
    """
    value = raised.strip()
    if _BRACKETED.fullmatch(value):
        return "" if before.strip() else value
    if not _NUMBERS.fullmatch(value) and not _POWER.fullmatch(value):
        return value
    if not before.strip():
        return value.translate(_RAISED)  # the note itself, under its number
    return value.translate(_RAISED) if _POWER.fullmatch(value) and _may_raise(before, value, after) else ""


def _may_raise(before: str, value: str, after: str) -> bool:
    """Return whether the number may be a power of what is before it, or part of a price."""
    if not value.isdigit() or (value != "0" and value.startswith("0")):
        return True
    if before[-1:].isspace():
        return False
    if before[-1:].isdigit():
        return _BASE.search(before) is not None or after[:1].isdigit() or after.lstrip()[:1] in set("€$£¥%")
    return bool((_UNIT.search(before) and value in "234") or _SYMBOL.search(before) or before[-1:] in ")]€$£")
