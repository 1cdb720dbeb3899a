"""`sourcier standing`: what is followed, and what has changed in it. Returns values and lines to print."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.schema.question import Filters
from rag.schema.standing import Change, StandingKind
from ui.formatting.i18n import text, user_error
from ui.formatting.standing.changes import change_lines, failure_text, query_text
from ui.server.users import Users

if TYPE_CHECKING:
    from rag.library.library import Library
    from rag.monitoring.asker import AskedAgain

_SHOWN = 50  # changes
Said = tuple[object, list[str]]


def add(options: argparse.Namespace, settings: Settings, filters: Filters) -> Said:
    """Keep a query, and ask it once: what it finds now is what changes are told of later.

    Raises:
        UserError: It is no query, or there are too many.
    """
    from rag.engine.engine import open_recovered
    from rag.library.library import Library
    from rag.monitoring.asker import ask_again

    language = settings.ui.language
    if options.user and not Users(settings).is_user(options.user):
        raise user_error("standing_user_unknown", name=options.user)
    kind: StandingKind = "search" if options.search else "entity" if options.entity else "question"
    with closing(Library(settings.place)) as library:  # before models are loaded: it may be refused
        kept = library.standing.add(options.user, kind, " ".join(options.words), language, filters)
    if kept.asked_at is None:
        with closing(open_recovered(settings)) as engine:
            ask_again(engine, [kept.id])
            kept = engine.library.standing.find(options.user, kept.id)
    failed = failure_text(kept, language)
    lines = [query_text(kept, language), text("standing_added", language, id=kept.id)]
    return kept.to_dict(), lines + ([failed] if failed else [])


def manage(options: argparse.Namespace, settings: Settings) -> Said:
    """Do what a command says on the queries that are kept.

    Raises:
        UserError: There is no such query.
    """
    from rag.library.library import Library

    if options.action == "ask":
        return _ask(options, settings)
    with closing(Library(settings.place)) as library:
        if options.action == "list":
            return _listed(library, options, settings.ui.language)
        if options.action == "news":
            return _news(library, options, settings.ui.language)
        query = library.standing.find(options.user, " ".join(options.words))
        if options.action == "show":
            changes = library.standing.changes(options.user, query_id=query.id, limit=_SHOWN)
            return _shown(query.to_dict(), query_text(query, settings.ui.language), changes, settings)
        done = {
            "remove": (library.standing.remove, "standing_removed"),
            "pause": (library.standing.pause, "standing_is_paused"),
            "resume": (library.standing.resume, "standing_is_resumed"),
        }
        do, said = done[options.action]
        do(options.user, query.id)
        if options.action != "remove":
            query = library.standing.find(options.user, query.id)
        return query.to_dict(), [query_text(query, settings.ui.language), text(said, settings.ui.language)]


def _listed(library: Library, options: argparse.Namespace, language: str) -> Said:
    queries = library.standing.all(options.user)
    values, lines = [], []
    for query in queries:
        unseen = library.standing.unseen(options.user, query.id)
        values.append(query.to_dict() | {"unseen": unseen})
        counted = f"  ({text('standing_unseen', language, count=unseen)})" if unseen else ""
        lines.append(f"{query.id}  {query_text(query, language)}{counted}")
        lines += [f"  {failed}"] if (failed := failure_text(query, language)) else []
    return values, lines or [text("standing_none", language)]


def _news(library: Library, options: argparse.Namespace, language: str) -> Said:
    """Tell what hasn't been told, or all; it has been told then."""
    table = library.standing
    changes = table.changes(options.user, unseen=not options.all, limit=1_000)
    if changes:
        table.mark_seen(options.user, changes[0].id)
    lines = [line for change in changes for line in change_lines(change, language)]
    return [change.to_dict() for change in changes], lines or [text("standing_nothing_new", language)]


def _shown(values: dict, first: str, changes: Sequence[Change], settings: Settings) -> Said:
    lines = [line for change in changes for line in change_lines(change, settings.ui.language)]
    return values | {"changes": [change.to_dict() for change in changes]}, [first, *lines]


def _ask(options: argparse.Namespace, settings: Settings) -> Said:
    from rag.engine.engine import open_recovered
    from rag.monitoring.asker import ask_again

    with closing(open_recovered(settings)) as engine:
        ids = [one.id for one in engine.library.standing.all(options.user)]
        asked = ask_again(engine, ids)
    values, lines = told_of(asked, settings.ui.language)
    return values, lines or [text("standing_nothing_new", settings.ui.language)]


def told_of(asked: AskedAgain, language: str) -> tuple[dict, list[str]]:
    """Return what asking again gave: as JSON has it, and in lines; no line if nothing changed."""
    changes = [(user, change) for user, found in asked.changes.items() for change in found]
    failed = [query for queries in asked.failed.values() for query in queries]
    values = {
        "changes": [change.to_dict() | {"user": user} for user, change in changes],
        "failed": [query.to_dict() for query in failed],
    }
    lines = [text("standing_changes", language, count=len(changes))] if changes else []
    lines += [line for _, change in changes for line in change_lines(change, language)]
    return values, lines + [failure_text(query, language) for query in failed]


def standing_events(asked: AskedAgain) -> list[tuple[str, dict]]:
    """Return the same as events: `change` for each change, `standing_failure` for what couldn't be asked."""
    values, _ = told_of(asked, "en")
    changes = [("change", change) for change in values["changes"]]
    return changes + [("standing_failure", query) for query in values["failed"]]
