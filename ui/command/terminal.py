"""Printing for people and for programs: lines, JSON, and failures as both; and being stopped by them."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from ui.formatting.i18n import text

if TYPE_CHECKING:
    from ingest.schema.document import Failure
    from ingest.schema.failure_groups import FailureGroup

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What a terminal may obey or that turns lines around, and JSON lets stand; all of it is within strings.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(line: str) -> str:
    """Return a line of an article without what a terminal would obey: control and escape characters."""
    return "".join(character if character.isprintable() or character == "\t" else " " for character in line)


def json_text(value: object, indent: int | None = None) -> str:
    """Return a value as JSON with letters as they are; on one line, if `indent` is None."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def print_json(value: object) -> None:
    """Print a value as JSON, with letters as they are."""
    print(json_text(value, indent=2))


def failure_values(failure: Failure) -> dict:
    """Return a failure as JSON has it: of a table that needs a mapping, with its columns and the command."""
    values = {"source": failure.source, "reason": failure.reason, "reason_fr": failure.reason_fr}
    if not failure.columns:
        return values
    columns = [{"name": one.name, "values": list(one.values)} for one in failure.columns]
    return values | {"columns": columns, "command": failure.command}


def group_values(group: FailureGroup) -> dict:
    """Return the failures of a table's rows that have one reason, as JSON has them."""
    from ingest.schema.failure_groups import bare_reason

    first = group.first
    reasons = {"reason": bare_reason(first, "en"), "reason_fr": bare_reason(first, "fr")}
    return {"source": group.source, "count": group.count, "rows": list(group.rows)} | reasons


def columns_lines(failure: Failure | FailureGroup, language: str) -> list[str]:
    """Return a line for each column of a table that needs a mapping: its name and some of its values."""
    return [
        "    " + text("column_values", language, name=one.name, values=" · ".join(one.values) or "–")
        for one in getattr(failure, "columns", ())
    ]


@contextmanager
def stopping(on_wish: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Take Ctrl-C and SIGTERM as a wish: work ends at its next good moment; a second one ends it at once.

    Yields what tells whether a stop is wished; `on_wish` is called when it is. In the main
    thread only.
    """
    wished = False

    def wish(_number: int, _frame: FrameType | None) -> None:
        nonlocal wished
        if wished:
            raise KeyboardInterrupt
        wished = True
        on_wish()

    before = {number: signal.signal(number, wish) for number in _SIGNALS}
    try:
        yield lambda: wished
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
