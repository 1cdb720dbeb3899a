"""`sourcier ingest` and `sync`: progress for people and events for programs, Ctrl-C, exit codes.

Whatever else brings articles in runs through `bring_in`. Knows words and terminals; how articles are read
and indexed is in `ingest`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.command.dry_run import dry_run
from ui.command.terminal import INTERRUPTED, json_text, printable, stopping
from ui.command.terminal.events import EventLines
from ui.command.terminal.line import ProgressLine
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from ingest.pipeline.chunking import Chunker
    from ingest.pipeline.sync import SyncResult
    from ingest.pipeline.table_columns import ColumnsOf
    from ingest.schema.events import Event, Summary
    from rag.engine.engine import Engine


Work = Callable[["Engine", "Chunker", Callable[["Event"], None], Callable[[], bool]], "Summary"]


def ingest(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier ingest PATH…`.

    Raises:
        UserError: Nothing is named, or examples beside something else, or workers that nobody is to start.
    """
    from ingest.pipeline.ingestion import ingest as ingest_paths

    _check_workers(options)
    if options.examples == bool(options.paths):
        raise user_error("examples_alone" if options.examples else "ingest_nothing")
    if options.examples:
        return bring_in(_examples, settings, options.json)

    columns = columns_of(options, settings)
    if options.dry_run:
        return dry_run(options, settings, columns, keeps_embargoed(options, settings))
    if options.ray:
        return bring_in(_in_bulk(options, settings, columns), settings, options.json)

    def work(engine: Engine, chunker: Chunker, on_event: Callable, stop: Callable[[], bool]) -> Summary:
        return ingest_paths(
            options.paths,
            engine.indexer,
            chunker,
            on_event,
            stop=stop,
            columns=columns,
            keep_embargoed=keeps_embargoed(options, settings),
        )

    return bring_in(work, settings, options.json)


def _check_workers(options: argparse.Namespace) -> None:
    """Raise UserError where `--ray` or `--workers` goes with nothing that it is for, or there is no Ray."""
    if options.workers is not None and (not options.ray or options.workers < 1):
        raise user_error("workers_without_ray")
    if not options.ray:
        return
    if options.dry_run or options.examples:
        raise user_error("ray_alone")
    from ingest.bulk.cluster import check

    check(options.ray)


def _in_bulk(options: argparse.Namespace, settings: Settings, columns: ColumnsOf) -> Work:
    """Return what brings in the paths by workers on Ray."""

    def work(engine: Engine, chunker: Chunker, on_event: Callable, stop: Callable[[], bool]) -> Summary:
        from ingest.bulk.ingestion import Workers, ingest_in_bulk

        return ingest_in_bulk(
            options.paths,
            engine,
            chunker,
            on_event,
            Workers(options.ray, options.workers),
            stop,
            columns,
            keeps_embargoed(options, settings),
        )

    return work


def _examples(engine: Engine, chunker: Chunker, on_event: Callable, stop: Callable[[], bool]) -> Summary:
    """Bring in the invented articles, but for those that somebody has taken out."""
    from ingest.fetch.fetcher import Fetcher
    from ingest.pipeline.sync import Synchronizer, in_all
    from ingest.sources.examples import EXAMPLES
    from rag.config import SourceSettings

    with closing(Fetcher()) as fetcher:
        syncing = Synchronizer(engine.indexer, chunker, fetcher, on_event, stop)
        brought = list(syncing.each([SourceSettings(path=str(EXAMPLES))]))
    return in_all(brought, stopped=stop())


def sync(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier sync`; return its exit code.

    1 if a source, or something in it, couldn't be read.

    Raises:
        UserError: No sources are followed.
    """
    from ingest.following.sources import sources_to_read

    sources = sources_to_read(settings)
    if not sources:
        raise user_error("no_sources")
    brought: list[SyncResult] = []

    def work(engine: Engine, chunker: Chunker, on_event: Callable, stop: Callable[[], bool]) -> Summary:
        from ingest.fetch.fetcher import Fetcher
        from ingest.pipeline.sync import Synchronizer, in_all

        with closing(Fetcher()) as fetcher:
            syncing = Synchronizer(
                engine.indexer,
                chunker,
                fetcher,
                on_event,
                stop,
                options.prune,
                keeps_embargoed(options, settings),
                notes=True,
            )
            brought.extend(syncing.all(sources))
        return in_all(brought, stopped=stop())

    from ui.notification.notifier import opened as notifying

    told_here = settings.notify.terminal or not options.notify
    with notifying(settings, options.notify) as notify:
        code = bring_in(work, settings, options.json, told_here)
        _tell_removed(brought, settings.ui.language, options.json)
        notify(lambda sentence: print(printable(sentence), file=sys.stderr))
    return code


def _tell_removed(brought: Sequence[SyncResult], language: str, as_json: bool) -> None:
    removed = [article_id for one in brought for article_id in one.removed]
    unsure = [one.place for one in brought if one.unsure]
    if as_json:
        print(json_text({"event": "removed", "articles": removed, "unsure": unsure}))
        return
    if removed:
        print(text("removed", language, count=len(removed)))
    for place in unsure:
        print(text("sync_unsure", language, place=printable(place)), file=sys.stderr)


def columns_of(options: argparse.Namespace, settings: Settings) -> ColumnsOf:
    """Return what says which columns hold what: as the command says, else as the configuration does.

    Raises:
        ConfigError: One of them names a field that records don't have.
        UserError: A `--column` isn't a field and a column, or two name one field.
    """
    from ingest.pipeline.table_columns import configured_columns
    from ingest.schema.columns import Columns

    named: dict[str, str] = {}
    for stated in options.column:
        field, _, name = stated.partition("=")
        if not field.strip() or not name.strip():
            raise user_error("column_unclear", stated=printable(stated))
        if field.strip() in named:
            raise user_error("column_twice", field=printable(field.strip()))
        named[field.strip()] = name.strip()
    if not named and options.day_first is None:
        return configured_columns(settings.sources)
    chosen = Columns.of(named, options.day_first)
    return lambda _: chosen


def keeps_embargoed(options: argparse.Namespace, settings: Settings) -> bool:
    """Return whether what isn't to be published yet is stored, in place of refused."""
    return options.store_embargoed or settings.ingest.embargoed == "store"


def bring_in(work: Work, settings: Settings, as_json: bool, tells_changes: bool = True) -> int:
    """Run `work` on the library, held for writing, and tell of it; returns the exit code.

    `tells_changes`: whether it is told here what changed in what is followed.
    """
    from ingest.pipeline.chunking import chunker_of
    from rag.engine.engine import open_engine
    from rag.entities.making import find_entities
    from rag.monitoring.asker import ask_again
    from rag.storage.write_lock import write_lock

    language = settings.ui.language
    with (
        write_lock(settings.place),
        closing(open_engine(settings)) as engine,
        EventLines() if as_json else ProgressLine(language) as told,
        stopping(lambda: told.say(text("ingest_stopping", language))) as stop,
    ):
        try:
            summary = work(engine, chunker_of(engine), told.take, stop)
            find_entities(engine.library, stop)
            asked = ask_again(engine, stop=stop)
        except KeyboardInterrupt:
            told.say(text("ingest_interrupted", language))
            raise
    told.sum_up(summary)
    if tells_changes:
        told.changed(asked)
    if summary.stopped:
        return INTERRUPTED
    if summary.needs_mapping:
        return 2
    return 1 if summary.failed else 0
