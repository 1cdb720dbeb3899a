"""Printing for people and for programs: lines, JSON, and failures as both; and being stopped by them."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rag.errors import reason_of
from ui.documents.files import ENDINGS, File, Format
from ui.formatting.i18n import list_text, text, user_error

if TYPE_CHECKING:
    from ingest.schema.document import Failure
    from ingest.schema.failure_groups import FailureGroup

INTERRUPTED = 130  # the exit code of what was stopped, as shells have it
_ALSO_ENDINGS: dict[str, Format] = {"markdown": "markdown", "htm": "html"}
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


# --- files that are handed in ---


def wanted_format(options: argparse.Namespace) -> Format | None:
    """Return the format that `--format` or the ending of `--output` says; None if neither is there.

    Raises:
        UserError: Neither says one that is known, or `--json` wants something else printed.
    """
    if options.format is None and options.output is None:
        return None
    if options.json:
        raise user_error("format_or_json")
    if options.format is not None:
        return options.format
    endings = {ending: form for form, ending in ENDINGS.items() if form != "json"} | _ALSO_ENDINGS
    name = Path(options.output).name.lower()
    found = next((form for ending, form in endings.items() if name.endswith(f".{ending}")), None)
    if found is None:
        listed = list_text([f".{ending}" for ending in endings], "en")
        raise user_error("format_unknown", file=options.output, endings=listed)
    return found


def hand_out(file: File, output: str | None) -> None:
    """Write a file to where it is wanted, else to the standard output: whole, or not at all.

    Raises:
        UserError: It can't be written there, or would fill a terminal with what nobody can read.
    """
    if output is None:
        if file.name.endswith(f".{ENDINGS['docx']}") and sys.stdout.isatty():
            raise user_error("format_wants_file")
        sys.stdout.flush()
        sys.stdout.buffer.write(file.content)
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(file.content)  # a pipe, a device
            return
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            part.write_bytes(file.content)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise user_error("output_unusable", file=output, reason=reason_of(error)) from None


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

    Yields what tells whether a stop is wished; `on_wish` is called when it is, in another thread. In the main
    thread only.
    """
    wished = False
    reading, writing = os.pipe()

    def wish(_number: int, _frame: FrameType | None) -> None:
        nonlocal wished
        if wished:
            raise KeyboardInterrupt
        wished = True
        os.write(writing, b"\0")

    def tell() -> None:
        if os.read(reading, 1):  # nothing once the other end is closed
            on_wish()

    # In a thread of its own: what a signal interrupts may be in the middle of writing to the same stream.
    telling = threading.Thread(target=tell, name="stopping", daemon=True)
    telling.start()
    before = {number: signal.signal(number, wish) for number in _SIGNALS}
    try:
        yield lambda: wished
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(writing)
        telling.join()
        os.close(reading)
