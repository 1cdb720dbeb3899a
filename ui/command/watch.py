"""`sourcier watch`: what changes is brought in as it changes, one line for each, until it is told to stop.

Knows words, signals and exit codes. The library is only held for writing while something is brought in, so
that other commands can write in between. Ctrl-C and SIGTERM are the way to end it: the exit code is 0.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

from rag.config import Settings, SourceSettings
from rag.errors import LibraryBusyError, LibraryError
from ui.command.standing.manage import standing_events, told_of
from ui.command.terminal import columns_lines, failure_values, group_values, json_text, printable, stopping
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from ingest.fetch.fetcher import Fetcher
    from ingest.pipeline.sync import SyncResult
    from ingest.schema.events import Event
    from ingest.sources.watcher import DueSource
    from rag.models.embedder import Embedder
    from rag.monitoring.asker import AskedAgain


def watch(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier watch [PATH…]`."""
    from ingest.fetch.fetcher import Fetcher
    from ingest.sources.watcher import SourceWatcher
    from rag.models.embedder_factory import load_embedder
    from ui.notification.notifier import opened as notifying

    language = settings.ui.language
    told = ChangeReport(language, options.json)
    sources = _sources(options.paths, settings)
    told.tells_changes = settings.notify.terminal or not options.notify
    with (
        stopping(lambda: told.say("watch_stopping")) as stop,
        closing(Fetcher()) as fetcher,
        notifying(settings, options.notify) as notify,
    ):
        # What is named is followed as it is; the library's sources may come, pause and go meanwhile.
        current = None if options.paths else _Current(settings, sources, told)
        watching = SourceWatcher(sources, stop, current=current)
        embedder = load_embedder(settings.embedding)
        work = _DueWork(settings, embedder, fetcher, told, stop, options.prune, notes=not options.paths)
        told.say("watch_started", count=len(sources))
        begun = False
        for due in watching.due():
            try:
                for found in work.bring(due):
                    told.brought(found)
                    begun = True
                work.ask_again()
                notify(told.trouble)
            except LibraryBusyError as error:
                told.trouble(error.text(language))
                watching.again(due)
            except LibraryError as error:
                if not begun:  # a library that can't be used at all; later it may be a disk that is full
                    raise
                told.trouble(error.text(language))
                watching.again(due)
    return 0


def _sources(paths: Sequence[str], settings: Settings) -> Sequence[SourceSettings]:
    """Return what to watch: the paths and URLs named, else all sources that are followed."""
    from ingest.fetch.urls import is_url
    from ingest.following.sources import sources_to_read
    from ingest.sources.discovery import check

    for path in paths:
        check(path)
    named = [SourceSettings(**{"url" if is_url(path) else "path": path}) for path in paths]
    found = named or sources_to_read(settings)
    if not found:
        raise user_error("no_sources")
    return found


class _Current:
    """Gives the sources that are followed by now; tells if they have changed."""

    def __init__(self, settings: Settings, sources: Sequence[SourceSettings], told: ChangeReport) -> None:
        self._settings = settings
        self._sources = sources
        self._told = told

    def __call__(self) -> Sequence[SourceSettings]:
        from ingest.following.sources import sources_to_read

        try:
            found = sources_to_read(self._settings)
        except LibraryError:  # bringing something in says it
            return self._sources
        if found != list(self._sources):
            self._told.say("watch_sources", count=len(found))
        self._sources = found
        return found


class _DueWork:
    """Brings in what is due, holding the library only meanwhile."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        fetcher: Fetcher,
        told: ChangeReport,
        stop: Callable[[], bool],
        prune: bool,
        notes: bool,
    ) -> None:
        self._settings = settings
        self._embedder = embedder
        self._fetcher = fetcher
        self._told = told
        self._stop = stop
        self._prune = prune
        self._notes = notes

    def bring(self, due: Sequence[DueSource]) -> Iterator[SyncResult]:
        """Yield what each brought. Raises LibraryBusyError if another process writes to the library."""
        from ingest.pipeline.chunking import chunker_of
        from ingest.pipeline.sync import Synchronizer
        from rag.engine.engine import open_engine
        from rag.storage.write_lock import write_lock

        place = self._settings.place
        with write_lock(place), closing(open_engine(self._settings, self._embedder)) as engine:
            syncing = Synchronizer(
                engine.indexer,
                chunker_of(engine),
                self._fetcher,
                self._told.take,
                self._stop,
                self._prune,
                self._settings.ingest.embargoed == "store",
                notes=self._notes,
            )
            for one in due:
                if one.paths is not None:
                    yield syncing.changed(one.source, one.paths)
            yield from syncing.each(one.source for one in due if one.paths is None)

    def ask_again(self) -> None:
        """Ask what is followed again, and tell what changed; nobody else is kept from writing meanwhile."""
        from rag.engine.engine import open_engine
        from rag.library.library import Library
        from rag.monitoring.asker import ask_again

        with closing(Library(self._settings.place, check=False)) as library:
            if not library.standing.turns():  # nothing need be opened for it, each round
                return
        with closing(open_engine(self._settings, self._embedder)) as engine:
            self._told.changed(ask_again(engine, stop=self._stop))


class ChangeReport:
    """What is told of each change: a line for people, or a JSON object for programs.

    `tells_changes`: whether it tells here what changed in what is followed.
    """

    def __init__(self, language: str, as_json: bool) -> None:
        self.tells_changes = True
        self._language = language
        self._as_json = as_json

    def say(self, key: str, **values: object) -> None:
        """Tell a sentence to whoever looks on."""
        print(text(key, self._language, **values), file=sys.stderr, flush=True)

    def trouble(self, sentence: str) -> None:
        """Tell what went wrong, and when."""
        print(f"{_moment()} {printable(sentence)}", file=sys.stderr, flush=True)

    def take(self, event: Event) -> None:
        """Tell of what an ingestion tells."""
        from ingest.schema.document import Failure, Notice
        from ingest.schema.events import Acknowledged
        from ingest.schema.failure_groups import FailureGroup, table_of

        if isinstance(event, Acknowledged):
            values = {"title": event.title, "source": event.source}
            self._tell(f"watch_{event.outcome}", values | {"id": event.article_id})
        elif isinstance(event, FailureGroup):
            if self._as_json:
                print(json_text({"event": "ingest_failures"} | group_values(event)), flush=True)
            else:
                self._tell("ingest_failure", {"reason": event.text(self._language)})
        elif isinstance(event, Failure):
            if self._as_json or table_of(event.source) is None:
                asked = failure_values(event) if event.columns else {}
                values = {"reason": event.text(self._language), "source": event.source}
                self._tell("ingest_failure", asked | values)
                for line in () if self._as_json else columns_lines(event, self._language):
                    print(printable(line), flush=True)
        elif isinstance(event, Notice):
            self._tell("ingest_notice", {"said": event.text(self._language), "source": event.source})

    def brought(self, found: SyncResult) -> None:
        """Tell what a source no longer has."""
        if found.removed:
            self._tell("removed", {"count": len(found.removed), "articles": list(found.removed)})
        if found.unsure:
            self._tell("sync_unsure", {"place": found.place})

    def changed(self, asked: AskedAgain) -> None:
        """Tell what changed in what is followed: a change in two lines, or an event each."""
        if not self.tells_changes:
            return
        for event, values in standing_events(asked) if self._as_json else ():
            print(json_text({"event": event} | values), flush=True)
        for line in () if self._as_json else told_of(asked, self._language)[1]:
            print(f"{_moment()} {printable(line)}", flush=True)

    def _tell(self, key: str, values: dict) -> None:
        if self._as_json:
            print(json_text({"event": key} | values), flush=True)
        else:
            print(f"{_moment()} {printable(text(key, self._language, **values))}", flush=True)


def _moment() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
