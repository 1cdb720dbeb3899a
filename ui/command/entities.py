"""`sourcier who` and `sourcier said`: people, organisations, places, and what they say, as text or JSON.

Needs the catalogue alone: no model is loaded.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.entity_store.records import EntityRow, StatementFilters
from ui.command.ask import named_outlets
from ui.command.terminal import print_json, printable, stopping
from ui.formatting.entities import lookup_lines, page_lines, statements_lines
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from rag.entities.lookup import Lookup
    from rag.library.library import Library

_MOST = 1_000  # statements


def who(options: argparse.Namespace, settings: Settings) -> int:
    """Print an entity's page, or whom a name may mean."""
    from rag.entities.lookup import EntityIndex

    with _library(settings) as library:
        index = EntityIndex(library)
        found = index.find(_name(options))
        meant = found.meant
        page = None if meant is None else index.page(meant)
    if options.json:
        print_json(_values(found) | {"page": page and page.to_dict()})
        return 0
    language = settings.ui.language
    lines = lookup_lines(found, language) if page is None else page_lines(page, found.others, language)
    for line in lines:
        print(printable(line))
    return 0


def said(options: argparse.Namespace, settings: Settings) -> int:
    """Print what an entity says in the articles.

    Raises:
        UserError: For dates that aren't any, or in the wrong order, for an outlet that there isn't, and for
            a number out of bounds.
    """
    from rag.entities.lookup import EntityIndex

    filters = _filters(options)
    with _library(settings) as library:
        index = EntityIndex(library)
        filters = replace(filters, outlets=named_outlets(filters.outlets, library))
        found = index.find(_name(options))
        meant = found.meant
        statements = meant and index.statements(meant, options.about, filters, options.limit)
    if options.json:
        shown = statements.found if statements else ()
        counted = {"total": statements.total if statements else 0}
        print_json(_values(found) | counted | {"statements": [one.to_dict() for one in shown]})
        return 0
    language = settings.ui.language
    if meant is None or statements is None:
        lines = lookup_lines(found, language)
    else:
        narrowed = bool(options.about.strip()) or filters != StatementFilters()
        lines = statements_lines(meant, statements, narrowed, language)
    for line in lines:
        print(printable(line))
    return 0


@contextmanager
def _library(settings: Settings) -> Iterator[Library]:
    """Open the library; entities that are missing are found first."""
    from rag.entities.analysis import VERSION
    from rag.entities.making import find_entities
    from rag.library.library import Library

    language = settings.ui.language
    with closing(Library(settings.place)) as library:
        if waiting := library.entities.waiting_count(VERSION):
            print(text("entities_preparing", language, count=waiting), file=sys.stderr)
            with stopping(lambda: print(text("ingest_stopping", language), file=sys.stderr)) as stop:
                find_entities(library, stop)
                if stop():
                    raise KeyboardInterrupt
        yield library


def _name(options: argparse.Namespace) -> str:
    name = " ".join(options.name).strip()
    if not name:
        raise user_error("entity_unnamed")
    return name


def _filters(options: argparse.Namespace) -> StatementFilters:
    if not 1 <= options.limit <= _MOST:
        raise user_error("number_wanted", option="--limit", least=1, most=_MOST, value=options.limit)
    after, before = _day("--after", options.after), _day("--before", options.before)
    if after and before and after > before:
        raise user_error("dates_reversed", first=after, last=before)
    form = "direct" if options.quoted else None
    return StatementFilters(
        after and after.isoformat(), before and before.isoformat(), tuple(options.outlet), form
    )


def _day(option: str, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise user_error("bad_date", option=option, value=value) from None


def _values(found: Lookup) -> dict:
    entities: tuple[EntityRow, ...] = found.entities
    return {"name": found.name, "entities": [asdict(one) for one in entities], "near": list(found.near)}
