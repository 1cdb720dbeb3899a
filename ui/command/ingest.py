"""`sourcier ingest`, `sync` and `reindex`: progress for people and events for programs, Ctrl-C, exit codes.

Whatever else brings articles in runs through `bring_in`. Knows words and terminals; how articles are read
and indexed is in `ingest`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.command.dry_run import dry_run
from ui.command.standing.manage import standing_events, told_of
from ui.command.terminal import (
    columns_lines,
    failure_values,
    group_values,
    json_text,
    print_json,
    printable,
    stopping,
)
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from ingest.pipeline.chunking import Chunker
    from ingest.pipeline.sync import SyncResult
    from ingest.pipeline.table_columns import ColumnsOf
    from ingest.schema.events import Event, Progress, Summary
    from rag.engine.engine import Engine
    from rag.monitoring.asker import AskedAgain

_TOLD_EVERY = 0.5  # seconds between two events that tell of progress
INTERRUPTED = 130

Work = Callable[["Engine", "Chunker", Callable[["Event"], None], Callable[[], bool]], "Summary"]


def ingest(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier ingest PATH…`.

    Raises:
        UserError: Nothing is named, or examples beside something else.
    """
    from ingest.pipeline.pipeline import ingest as ingest_paths

    if options.examples == bool(options.paths):
        raise user_error("examples_alone" if options.examples else "ingest_nothing")
    if options.examples:
        return bring_in(_examples, settings, options.json)

    columns = columns_of(options, settings)
    if options.dry_run:
        return dry_run(options, settings, columns, keeps_embargoed(options, settings))

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
        UserError: No sources are configured.
    """
    if not settings.sources:
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
            )
            brought.extend(syncing.all(settings.sources))
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
        write_lock(settings.data_dir),
        closing(open_engine(settings)) as engine,
        _Events() if as_json else Bar(language) as told,
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


def reindex(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier reindex`."""
    from ingest.pipeline.chunking import chunker_of
    from ingest.pipeline.pipeline import reindex as index_all
    from rag.engine.engine import open_engine
    from rag.entities.making import find_entities
    from rag.storage.write_lock import write_lock

    language = settings.ui.language
    with (
        write_lock(settings.data_dir),
        closing(open_engine(settings)) as engine,
        Bar(language) as bar,
        stopping(lambda: bar.say(text("ingest_stopping", language))) as stop,
    ):
        engine.library.entities.forget()
        count = index_all(engine.indexer, chunker_of(engine), bar.take, stop)
        find_entities(engine.library, stop)
        left = len(engine.library.not_indexed(engine.indexer.recipe))
    print_json({"reindexed": count}) if options.json else print(text("reindexed", language, count=count))
    if left:
        print(text("ingest_stopped", language), file=sys.stderr)
    return INTERRUPTED if left else 0


class Bar:
    """For people: a bar on standard error with rate, time left and the present file, and each failure."""

    def __init__(self, language: str) -> None:
        from tqdm import tqdm

        self._language = language
        self._bar = tqdm(desc=text("reading_passages", language), unit=" art.", file=sys.stderr)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def say(self, sentence: str) -> None:
        """Print a sentence above the bar."""
        self._bar.write(sentence, file=sys.stderr)

    def take(self, event: Event) -> None:
        """Show what happened."""
        from ingest.schema.document import Failure, Notice
        from ingest.schema.events import Progress
        from ingest.schema.failure_groups import FailureGroup, table_of

        if isinstance(event, FailureGroup) or (isinstance(event, Failure) and table_of(event.source) is None):
            reason = printable(event.text(self._language))
            self.say(text("ingest_failure", self._language, reason=reason))
            for line in columns_lines(event, self._language):
                self.say(printable(line))
        elif isinstance(event, Notice):
            said = printable(event.text(self._language))
            self.say(text("ingest_notice", self._language, said=said))
        elif isinstance(event, Progress):
            self._show(event)

    def _show(self, progress: Progress) -> None:
        self._bar.total = progress.total
        self._bar.set_postfix_str(printable(progress.source)[-40:], refresh=False)
        self._bar.update(progress.done - self._bar.n)

    def sum_up(self, summary: Summary) -> None:
        """Print what came of it all."""
        counts = summary.to_dict() | {"failed": len(summary.failed)}
        print(text("ingest_summary", self._language, **counts))
        if summary.reread:
            print(text("ingest_reread", self._language, count=summary.reread))
        if summary.embargoed:
            print(text("ingest_embargoed", self._language, count=summary.embargoed))
        if summary.unreadable:
            damaged = text("ingest_damaged", self._language, count=summary.damaged)
            print(text("ingest_unreadable", self._language, count=summary.unreadable, articles=damaged))
        if summary.stopped:
            print(text("ingest_stopped", self._language), file=sys.stderr)

    def changed(self, asked: AskedAgain) -> None:
        """Print what changed in what is followed."""
        for line in told_of(asked, self._language)[1]:
            print(printable(line))


class _Events:
    """For programs: one JSON object a line on standard output, the last of them the summary."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._told = 0.0

    def __enter__(self) -> _Events:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def say(self, sentence: str) -> None:
        print(sentence, file=sys.stderr)

    def take(self, event: Event) -> None:
        from ingest.schema.document import Notice
        from ingest.schema.events import Acknowledged, Progress, Started
        from ingest.schema.failure_groups import FailureGroup

        match event:
            case Started(total):
                _emit("start", total=total)
            case Acknowledged(article_id, source, title, outcome, passages, unreadable):
                _emit(
                    "article",
                    id=article_id,
                    source=source,
                    title=title,
                    outcome=outcome,
                    passages=passages,
                    unreadable=unreadable,
                )
            case Progress():
                self._tell(event)
            case Notice():
                _emit("notice", source=event.source, said=event.said, said_fr=event.said_fr)
            case FailureGroup():
                _emit("failures", **group_values(event))
            case failure:
                _emit("failure", **failure_values(failure))

    def _tell(self, progress: Progress) -> None:
        seconds = time.monotonic() - self._begun
        if progress.done != progress.total and seconds - self._told < _TOLD_EVERY:
            return
        self._told = seconds
        remaining = progress.remaining(seconds)
        _emit(
            "progress",
            done=progress.done,
            total=progress.total,
            source=progress.source,
            articles=progress.articles,
            passages=progress.passages,
            seconds=round(seconds, 2),
            passages_per_second=round(progress.passages / seconds, 1) if seconds else 0.0,
            remaining_seconds=None if remaining is None else round(remaining, 1),
        )

    def sum_up(self, summary: Summary) -> None:
        """Print what came of it all."""
        counts = summary.to_dict() | {"failed": len(summary.failed)}
        _emit("summary", **counts)

    def changed(self, asked: AskedAgain) -> None:
        """Print what changed in what is followed: an event each."""
        for event, values in standing_events(asked):
            _emit(event, **values)


def _emit(event: str, **values: object) -> None:
    print(json_text({"event": event} | values), flush=True)
