"""Bringing the library in line with listed sources: what is new, what changed, and what is surely gone.

Knows how one can tell that something is gone: a source that fails, a folder that can't be read or is
suddenly empty, and a list that couldn't be read to its end say nothing about what they don't name. Feeds
and sitemaps only name what is recent: a page is gone when its own server says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.containers.expand import expand
from ingest.fetch.fetcher import Fetcher
from ingest.fetch.prefetch import Prefetcher
from ingest.fetch.urls import is_url
from ingest.following.sources import place_of
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest_found
from ingest.pipeline.table_columns import WithColumns, columns_of_source
from ingest.schema.addresses import host_of
from ingest.schema.document import Failure, Notice, SourceDocument
from ingest.schema.events import Event, Summary
from ingest.sources.discovery import find, in_folder, origin_of
from ingest.sources.web import Web, fetching_ahead
from rag.config import SourceSettings
from rag.errors import UserError
from rag.followed.readings import MOST_FAILURES, Reading, ReadingFailure
from rag.followed.readings import Outcome as ReadingOutcome
from rag.index.indexer import Indexer
from rag.library.library import Library
from rag.library.sources import Visits
from rag.observability.redaction import without_userinfo

LAST_SYNC = "last_sync"  # the fact that says when all sources were last brought in

_MOST_BETWEEN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one source brought. `removed` are ids of the articles that went with what it no longer has.

    `unsure`: some of what it brought before wasn't found, and it can't be told that it is gone. `unmodified`:
    its server says that it is as it was. `moved_to` is where its server says that it is for good, or ''.
    """

    place: str
    summary: Summary
    removed: tuple[str, ...] = ()
    unsure: bool = False
    unmodified: bool = False
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Synchronizer:
    """What bringing sources in takes. The caller holds the library for writing.

    With `notes`, what each reading of a source brought is noted in the library.
    """

    indexer: Indexer
    chunker: Chunker
    fetcher: Fetcher
    on_event: Callable[[Event], None]
    stop: Callable[[], bool] = lambda: False
    prune: bool = False
    keep_embargoed: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    notes: bool = False

    def all(self, sources: Iterable[SourceSettings]) -> list[SyncResult]:
        """Bring in all sources there are, as `each` does, and note when."""
        brought = list(self.each(sources))
        if not self.stop():
            self.indexer.library.facts.put(LAST_SYNC, self.now().isoformat(timespec="seconds"))
        return brought

    def each(self, sources: Iterable[SourceSettings]) -> Iterator[SyncResult]:
        """Bring in each source, whole. One that fails is reported in its summary and stops no other.

        They come in this order, but while one is read, what others have on their hosts is fetched.
        """
        with closing(fetching_ahead(self.stop)) as prefetcher:
            for opened in [self._open(source, prefetcher) for source in sources]:
                if self.stop():
                    return
                with self._noted(opened.source) as note:
                    brought = self._bring(opened)
                    note(brought)
                yield brought

    def _open(self, source: SourceSettings, prefetcher: Prefetcher) -> _OpenedSource:
        web = Web(
            self.fetcher, self.indexer.library, skip_unchanged=True, now=self.now, prefetcher=prefetcher
        )
        return _OpenedSource(source, web, _found(source, web))

    @contextmanager
    def _noted(self, source: SourceSettings) -> Iterator[Callable[[SyncResult], None]]:
        """Note that a source is being read, and what came of it; an error leaves the reading without end."""
        if not self.notes:
            yield lambda _: None
            return
        place, readings = place_of(source), self.indexer.library.readings
        begun_at = self._moment()
        number = readings.begin(place, begun_at)
        yield lambda brought: readings.end(number, reading_of(brought, place, begun_at, self._moment()))

    def _moment(self) -> str:
        return self.now().astimezone(UTC).isoformat(timespec="seconds")

    def _bring(self, opened: _OpenedSource) -> SyncResult:
        """Bring in a source, and say what its server says of itself."""
        brought = self._brought(opened)
        try:
            key = origin_of(opened.source.place)
        except UserError:
            return brought
        web = opened.web
        return replace(brought, unmodified=key in web.unmodified, moved_to=web.moved.get(key, ""))

    def _brought(self, opened: _OpenedSource) -> SyncResult:
        source, web = opened.source, opened.web
        listing = _Listing(self.indexer.library)
        summary = self._ingest(listing.recording(opened.found))
        if summary.stopped:
            return SyncResult(source.place, summary)
        if not summary.failed:
            web.remember_lists()
        if not self.prune:
            return SyncResult(source.place, summary)
        try:
            origin = origin_of(source.place)
        except UserError:  # no usable address: it is among what failed
            return SyncResult(source.place, summary)
        library = self.indexer.library
        missing = library.origins.keys(origin) | library.embargoes.keys(origin)
        missing -= listing.keys
        if is_url(source.place):
            gone = self._gone_pages(missing, origin, listing, web)
            return SyncResult(source.place, summary, self._removed(origin, gone))
        gone = {key for key in missing if listing.is_whole and is_surely_gone(key)}
        return SyncResult(source.place, summary, self._removed(origin, gone), unsure=gone != missing)

    def changed(self, source: SourceSettings, paths: Iterable[str]) -> SyncResult:
        """Bring in what changed in a watched folder: files that are new, changed or gone."""
        with self._noted(source) as note:
            brought = self._changed(source, sorted(paths))
            note(brought)
        return brought

    def _changed(self, source: SourceSettings, paths: Sequence[str]) -> SyncResult:
        listing = _Listing(self.indexer.library)
        columns = columns_of_source(source)
        found = WithColumns(in_folder(source.place, paths), lambda _: columns)
        summary = self._ingest(listing.recording(found))
        if summary.stopped or not self.prune or listing.failed:
            return SyncResult(source.place, summary)
        origin = origin_of(source.place)
        places = tuple(os.fsencode(path).decode("utf-8", "backslashreplace") for path in paths)
        library = self.indexer.library
        listed = library.origins.keys(origin) | library.embargoes.keys(origin)
        known = (key for key in listed if _is_in(key, places))
        gone = {key for key in known if key not in listing.keys and is_surely_gone(key)}
        return SyncResult(source.place, summary, self._removed(origin, gone))

    def _ingest(self, found: Iterator[SourceDocument | Failure | Notice]) -> Summary:
        return ingest_found(
            found, self.indexer, self.chunker, self.on_event, self.now, self.stop, self.keep_embargoed
        )

    def _gone_pages(self, missing: frozenset[str], origin: str, listing: _Listing, web: Web) -> set[str]:
        """Return those pages that their servers say are no more.

        While a list itself fails, none of its pages is.
        """
        if origin in listing.failed and origin not in missing & web.gone:
            return set()
        gone, silent = set(missing & web.gone), set()
        # A record of a table isn't a page of its own.
        visits = self.indexer.library.origins.visits(origin)
        pages = {key for key in missing - gone - {origin} if "#" not in key and key in visits}
        for key in sorted(pages, key=lambda key: (visits[key].asked_at or "", key)):
            host, now = host_of(key), self.now()
            if host in silent or not is_due(visits[key], now):
                continue
            if self.stop():
                break
            is_gone = web.fetcher.is_gone(key)
            if is_gone:
                gone.add(key)
            else:
                self.indexer.library.origins.put_asked(key, now.isoformat(timespec="seconds"))
            if is_gone is None:  # its other pages can wait: in the next run they come before this one
                silent.add(host)
        return gone

    def _removed(self, origin: str, gone: set[str]) -> tuple[str, ...]:
        removed = self.indexer.library.leave_origin(origin, gone) if gone else []
        if removed:
            self.indexer.clear_unlisted()
        return tuple(removed)


def reading_of(brought: SyncResult, place: str, begun_at: str, ended_at: str) -> Reading:
    """Return what a source brought as it is noted."""
    summary = brought.summary
    return Reading(
        place,
        begun_at,
        ended_at,
        _outcome(brought),
        summary.new,
        summary.changed,
        summary.unchanged,
        len(brought.removed),
        len(summary.failed),
        tuple(
            ReadingFailure(*map(without_userinfo, (one.source, one.reason, one.reason_fr)))
            for one in summary.failed[:MOST_FAILURES]
        ),
        brought.moved_to,
    )


def _outcome(brought: SyncResult) -> ReadingOutcome:
    summary = brought.summary
    if summary.stopped:
        return "stopped"
    if summary.failed and not summary.read + summary.embargoed:
        return "failed"
    return "unmodified" if brought.unmodified and not summary.new + summary.changed else "read"


_COUNTS = ("read", "new", "changed", "unchanged", "unreadable", "damaged", "embargoed", "reread", "sources")


def in_all(brought: Iterable[SyncResult], stopped: bool) -> Summary:
    """Return what several sources brought, taken together."""
    summaries = [one.summary for one in brought]
    failed = tuple(failure for summary in summaries for failure in summary.failed)
    counts = {name: sum(getattr(summary, name) for summary in summaries) for name in _COUNTS}
    totals = [summary.total for summary in summaries]
    total = None if None in totals else sum(totals)
    return Summary(**counts, failed=failed, stopped=stopped, total=total)


@dataclass(frozen=True, slots=True)
class _OpenedSource:
    """A source, and what is found in it as it is asked for."""

    source: SourceSettings
    web: Web
    found: Iterator[SourceDocument | Failure | Notice]


@dataclass
class _Listing:
    """What a source was found to have. `is_whole` once it was listed to its end and without a failure.

    What the user took out of the library by hand isn't brought back.
    """

    library: Library
    keys: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    is_whole: bool = False

    def recording(
        self, found: Iterable[SourceDocument | Failure | Notice]
    ) -> Iterator[SourceDocument | Failure | Notice]:
        """Yield what was found, with what is in it; how it ends is recorded."""
        for outer in found:
            for item in expand(outer):
                if isinstance(item, Failure):
                    self.failed.add(item.source)
                elif isinstance(item, SourceDocument):
                    self.keys.add(item.key)
                    if self.library.origins.is_dismissed(item.key):
                        continue
                yield item
        self.is_whole = bool(self.keys) and not self.failed


def _found(source: SourceSettings, web: Web) -> Iterator[SourceDocument | Failure | Notice]:
    try:
        columns = columns_of_source(source)
        return WithColumns(find([source.place], web), lambda _: columns)
    except UserError as error:
        return iter([Failure.of(source.place, error)])


def is_due(visits: Visits, now: datetime) -> bool:
    """Return whether to ask again if a page is still there that wasn't read with its feed.

    As long after it was last asked for as that was after it was read, and after a month at the latest: what
    is withdrawn mostly is so soon, and of a feed followed for years a few pages are asked for at a time.
    """
    if visits.read_at is None:
        return True
    read = datetime.fromisoformat(visits.read_at)
    asked = max(read, datetime.fromisoformat(visits.asked_at or visits.read_at))
    return now - asked >= min(asked - read, _MOST_BETWEEN)


def is_surely_gone(key: str) -> bool:
    """Return whether the file that a key names is gone, rather than out of reach.

    The nearest folder above it that is still there must be readable and hold something: what was mounted
    there, or is being copied there, may come back.
    """
    path = Path(key)
    try:
        if _exists(path):
            return False
        folder = next(above for above in path.parents if _exists(above))
        return any(folder.iterdir())
    except OSError:
        return False


def _exists(path: Path) -> bool:
    """Return whether the path exists.

    Raises:
        OSError: It can't be told.

    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _is_in(key: str, places: tuple[str, ...]) -> bool:
    """Return whether a key is one of these files, a record in one, or in a folder of this name."""
    return any(key == place or key.startswith((f"{place}/", f"{place}#")) for place in places)
