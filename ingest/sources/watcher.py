"""What is due to be brought in, for ever: changed files of watched folders, and URLs whose time has come.

Knows time, folders and watchfiles; nothing is read here, and no library is known. A file is due once it has
stopped growing: what is still being written waits.
"""

from __future__ import annotations

import glob
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import watchfiles

from ingest.fetch.urls import is_url
from rag.config import SourceSettings

# Seconds that a file must stay as it is before it is read.
SETTLE = 2.0
# Seconds after which a source that couldn't be brought in is tried again.
AGAIN = 60.0
_STEP = 0.5
_LOOK = 5.0  # seconds between two looks at which sources are followed
# So many changes at once are one change of the whole folder.
_MANY = 1_000

Signature = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source to bring in: whole, or only these paths of a folder."""

    source: SourceSettings
    paths: frozenset[str] | None = None


@dataclass
class _State:
    """What is known of one source: when it is due as a whole, and the files that wait to settle."""

    source: SourceSettings
    due_at: float
    waiting: dict[str, tuple[Signature, float]] = field(default_factory=dict)

    @property
    def base(self) -> Path | None:
        """The folder to watch for a path: itself, or the folder that a file or a pattern is in.

        None for URLs, and as long as there is nothing at the path.
        """
        if is_url(self.source.place):
            return None
        path = Path(self.source.place)
        while glob.has_magic(str(path)) and not path.exists():
            path = path.parent
        if not path.exists():
            return None
        return (path if path.is_dir() else path.parent).resolve()

    @property
    def is_folder(self) -> bool:
        return not is_url(self.source.place) and Path(self.source.place).is_dir()


class SourceWatcher:
    """Says what is due. `settle` is in seconds; `stop` is asked at least twice a second.

    `current` gives the sources that are to be followed by now; it is asked every few seconds.
    """

    def __init__(
        self,
        sources: Iterable[SourceSettings],
        stop: Callable[[], bool],
        settle: float = SETTLE,
        clock: Callable[[], float] = time.monotonic,
        current: Callable[[], Iterable[SourceSettings]] | None = None,
    ) -> None:
        self._states = {source.place: _State(source, clock()) for source in sources}
        self._stop = stop
        self._settle = settle
        self._clock = clock
        self._current = current
        self._looked_at = clock()

    def again(self, due: Iterable[DueSource]) -> None:
        """They couldn't be brought in now (another process writes to the library): later, as a whole."""
        for one in due:
            if state := self._states.get(one.source.place):
                state.due_at = self._clock() + AGAIN

    def follow(self, sources: Iterable[SourceSettings]) -> None:
        """Follow these from now on: those that are new are due, the others as before."""
        wanted = {source.place: source for source in sources}
        now = self._clock()
        self._states = {place: state for place, state in self._states.items() if place in wanted}
        for place, source in wanted.items():
            state = self._states.setdefault(place, _State(source, now))
            if state.source != source:
                state.source = source
                state.due_at = min(state.due_at, now + (source.seconds or float("inf")))

    def _look(self) -> None:
        """Ask what is to be followed, if it wasn't asked just now."""
        if self._current is not None and self._clock() - self._looked_at >= _LOOK:
            self._looked_at = self._clock()
            self.follow(self._current())

    def due(self) -> Iterator[list[DueSource]]:
        """Yield what is due together, as it becomes due: first every source, whole.

        Ends when `stop` says so.
        """
        bases = before = self._bases()
        while not self._stop():
            for changes in self._changes(bases):
                self._look()
                self.note(changes)
                if due := list(self.ready()):
                    yield due
                before, bases = bases, self._bases()
                if bases != before:
                    break  # a folder has come, or another has taken its place: watch that
            self._moved(set(before.items()) ^ set(bases.items()))

    def _moved(self, bases: Iterable[tuple[Path, tuple[int, int]]]) -> None:
        """Make what is in these folders due as a whole: nobody watched while they came or went."""
        moved = {base for base, _ in bases}
        for state in self._states.values():
            if state.base in moved:
                state.due_at = self._clock()

    def _changes(self, bases: dict[Path, tuple[int, int]]) -> Iterator[set[str]]:
        """Paths that changed under these folders; an empty set twice a second. Ends with `stop`.

        The folders are watched when the first set comes: whatever is read then misses nothing.
        """
        milliseconds = int(_STEP * 1000)
        stop = _Stop(self._stop)
        if bases:
            for changes in watchfiles.watch(
                *bases,
                watch_filter=None,
                debounce=milliseconds,
                stop_event=stop,
                rust_timeout=milliseconds,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                yield {path for _, path in changes}
        while not bases and not self._stop():
            yield set()
            time.sleep(_STEP)

    def _bases(self) -> dict[Path, tuple[int, int]]:
        """Return the folders that are there, and which they are: a folder made anew is another one."""
        found = {}
        for base in {state.base for state in self._states.values()} - {None}:
            try:
                status = base.stat()
            except OSError:
                continue
            found[base] = (status.st_dev, status.st_ino)
        return found

    def note(self, changes: set[str]) -> None:
        """Note that these paths have changed."""
        now = self._clock()
        for state in self._states.values():
            base = state.base
            inside = {path for path in changes if base is not None and Path(path).is_relative_to(base)}
            if not inside:
                continue
            whole = not state.is_folder or len(inside) > _MANY or any(Path(path).is_dir() for path in inside)
            if whole:
                state.due_at = min(state.due_at, now + self._settle)
            else:
                state.waiting.update({path: (_signature(path), now) for path in inside})

    def ready(self) -> Iterator[DueSource]:
        """Yield what is due now; it is not due again at once."""
        for state in self._states.values():
            if state.due_at <= self._clock():
                state.waiting.clear()
                seconds = state.source.seconds
                state.due_at = float("inf") if seconds is None else self._clock() + seconds
                yield DueSource(state.source)
            elif paths := self._settled(state):
                yield DueSource(state.source, paths)

    def _settled(self, state: _State) -> frozenset[str]:
        """Return the files that have stayed as they are long enough; they wait no longer."""
        now = self._clock()
        for path, (seen, _) in list(state.waiting.items()):
            if (current := _signature(path)) != seen:
                state.waiting[path] = (current, now)
        settled = {path for path, (_, since) in state.waiting.items() if now - since >= self._settle}
        for path in settled:
            del state.waiting[path]
        return frozenset(settled)


@dataclass(frozen=True, slots=True)
class _Stop:
    """`stop` as watchfiles asks it."""

    stop: Callable[[], bool]

    def is_set(self) -> bool:
        return self.stop()


def _signature(path: str) -> Signature:
    """Return what changes when a file does; None if it isn't there."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
