"""`sourcier sources`: shows which are followed and what came of their readings; adds, pauses, removes some.

Knows arguments and words. No model is loaded, and nothing is read: `sourcier sync` and `watch` do that.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import reason_of
from ui.following.wording import ago_text, every_text, reading_text, source_name
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from ingest.following.sources import ListedSource
    from rag.library.library import Library


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a command: as JSON has it, in lines, or as a file."""

    values: object = None
    lines: list[str] = field(default_factory=list)
    file: bytes | None = None


_Action = Callable[[argparse.Namespace, Settings, "Library"], Told]


def sources(options: argparse.Namespace, settings: Settings) -> Told:
    """Run `sourcier sources list|add|pause|resume|remove|move|export|import`; return what to say.

    Raises:
        UserError: The source isn't followed, can't be, or is the configuration's; a list can't be read.
    """
    from rag.library.library import Library

    actions: dict[str, _Action] = {
        "list": _list,
        "add": _add,
        "pause": _pause,
        "resume": _resume,
        "remove": _remove,
        "move": _move,
        "export": lambda _, settings, library: _export(settings, library),
        "import": _import,
    }
    with closing(Library(settings.place)) as library:
        return actions[options.action](options, settings, library)


def _list(options: argparse.Namespace, settings: Settings, library: Library) -> Told:
    from ingest.following.sources import listed_sources

    found, language = listed_sources(settings, library), settings.ui.language
    values = [_values(one) for one in found]
    lines = [] if found else [text("sources_none", language)]
    for one, value in zip(found, values, strict=True):
        lines += _lines(one, language)
        if options.readings:
            readings = library.readings.of(one.place)
            value["readings"] = [asdict(reading) for reading in readings]
            lines += [
                f"      {reading.at}  {reading_text(reading, datetime.now(UTC), language)}"
                for reading in readings
            ]
    return Told(values, lines)


def _values(source: ListedSource) -> dict:
    return {
        "place": source.place,
        "name": source.name,
        "category": source.category,
        "every": source.settings.every,
        "in_config": source.in_config,
        "paused_at": source.paused_at,
        "next_at": _next_at(source),
        "last_reading": asdict(source.reading) if source.reading else None,
    }


def _next_at(source: ListedSource) -> str | None:
    at = source.next_at
    return at.isoformat(timespec="seconds") if at is not None and source.reading is not None else None


def _lines(source: ListedSource, language: str) -> list[str]:
    name = source_name(source)
    marks = [every_text(source.settings, language)]
    if source.in_config:
        marks.append(text("sources_in_config", language))
    if source.paused_at is not None:
        ago = ago_text(source.paused_at, datetime.now(UTC), language)
        marks.append(text("sources_is_paused", language, ago=ago))
    shown = source.place if name in source.place else f"{name}  —  {source.place}"
    lines = [
        f"{shown}  ({' · '.join(marks)})",
        f"    {reading_text(source.reading, datetime.now(UTC), language)}",
    ]
    if source.reading and source.reading.moved_to:
        lines.append("    " + text("sources_moved_to", language, address=source.reading.moved_to))
    return lines


def _add(options: argparse.Namespace, settings: Settings, library: Library) -> Told:
    from ingest.following.sources import new_source

    source = new_source(options.place, settings, True, options.name, options.every)
    kept = library.followed.add(source)
    return Told(asdict(kept), [text("source_added", settings.ui.language, place=kept.place)])


def _pause(options: argparse.Namespace, settings: Settings, library: Library) -> Told:
    place = _found(options.place, settings, library).place
    library.followed.pause(place)
    return _done("source_paused", place, settings, library)


def _resume(options: argparse.Namespace, settings: Settings, library: Library) -> Told:
    place = _found(options.place, settings, library).place
    library.followed.resume(place)
    return _done("source_resumed", place, settings, library)


def _done(key: str, place: str, settings: Settings, library: Library) -> Told:
    kept = library.followed.get(place)
    return Told(asdict(kept) if kept else None, [text(key, settings.ui.language, place=place)])


def _remove(options: argparse.Namespace, settings: Settings, library: Library) -> Told:
    place = _found(options.place, settings, library).place
    library.followed.remove(place)
    return Told({"removed": place}, [text("source_removed", settings.ui.language, place=place)])


def _move(options: argparse.Namespace, settings: Settings, library: Library) -> Told:
    from ingest.following.sources import follow_moved

    source = _found(options.place, settings, library)
    place, moved_to = source.place, source.reading.moved_to if source.reading else ""
    if not moved_to:
        raise user_error("source_not_moved", place=place)
    follow_moved(library, place, moved_to)
    said = text("sources_moved", settings.ui.language, place=place, address=moved_to)
    return Told({"place": moved_to, "moved_from": place}, [said])


def _found(written: str, settings: Settings, library: Library) -> ListedSource:
    """Return the source that is meant by its place as it is listed, as it was typed, or by its name.

    Raises:
        UserError: There is none, several have the name, or it is the configuration's.
    """
    from ingest.following.sources import listed_sources, place_as_listed

    listed = listed_sources(settings, library)
    place = place_as_listed(written)
    meant = [one for one in listed if one.place == place] or [one for one in listed if one.name == written]
    if not meant:
        from rag.followed.store import not_followed

        raise not_followed(written)
    if len(meant) > 1:
        places = ", ".join(one.place for one in meant)
        raise user_error("source_ambiguous", name=written, places=places)
    if meant[0].in_config:
        raise user_error("source_in_config", place=meant[0].place)
    return meant[0]


def _export(settings: Settings, library: Library) -> Told:
    from ingest.following.sources import export_opml, listed_sources

    title = text("sources_export_title", settings.ui.language)
    return Told(file=export_opml(listed_sources(settings, library), title))


def _import(options: argparse.Namespace, settings: Settings, library: Library) -> Told:
    from ingest.following.sources import import_opml

    language = settings.ui.language
    imported = import_opml(_opml(options.file), settings, library)
    lines = [text("sources_imported", language, count=len(imported.added))]
    if imported.refused:
        lines.append(text("sources_refused", language, count=len(imported.refused)))
        lines += [f"  {one.text(language)}" for one in imported.refused]
    return Told(asdict(imported), lines)


def _opml(name: str) -> bytes:
    """Return the bytes of a list, a little more than it may have at most.

    Raises:
        UserError: The file can't be read.
    """
    from ingest.following.opml import MAX_BYTES

    try:
        if name == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise user_error("opml_unreadable", file=name, reason=reason_of(error)) from None
