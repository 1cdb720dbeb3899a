"""How a server is asked: one request at a time to a host, with a pause between, and not what it forbids.

Knows robots.txt (RFC 9309) and delays; who sends the requests is told from outside.
"""

from __future__ import annotations

import codecs
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from protego import Protego

from ingest.fetch.prefetch import StoppedError
from rag.errors import UserError

# A Crawl-delay beyond this is not waited for in full: a library of a thousand pages would take days.
MAX_DELAY = 30.0
# A host that asks for more patience than this is left alone until the next run.
MAX_WAIT = 120.0
_ROBOTS_CHARACTERS = 500 * 1024
_ROBOTS_AGE = 24 * 3600.0
_FAILURE_AGE = 300.0
_STEP = 0.5
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
NEVER = threading.Event()  # set by nobody


class NotNowError(Exception):
    """The host asked to be left alone for so many seconds more."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


@dataclass
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    delay: float = 0.0
    free_at: float = 0.0


class HostScheduler:
    """Whose turn it is at each host.

    `delay` is the pause between two requests, in seconds; `pause` waits for so long, in place of waiting
    until the request is given up.
    """

    def __init__(
        self,
        delay: float,
        pause: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._delay = delay
        self._pause = pause
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, given_up: threading.Event = NEVER) -> Iterator[None]:
        """Wait for the host to be free and hold it.

        Raises:
            NotNowError: That would take too long.
            StoppedError: The request is `given_up`.
        """
        state = self._host(host)
        while not state.lock.acquire(timeout=_STEP):
            if given_up.is_set():
                raise StoppedError
        try:
            left = state.free_at - self._clock()
            if left > MAX_WAIT:
                raise NotNowError(left)
            if left > 0:
                (self._pause or given_up.wait)(left)
            if given_up.is_set():
                raise StoppedError
            try:
                yield
            finally:
                self._postpone(state, max(self._delay, state.delay))
        finally:
            state.lock.release()

    def slow_down(self, host: str, delay: float | None) -> None:
        """Leave this many seconds between two requests to `host`, as its robots.txt asks."""
        self._host(host).delay = min(max(delay or 0.0, 0.0), MAX_DELAY)

    def leave_alone(self, host: str, seconds: float) -> None:
        """Ask nothing of `host` for so long, as it answered (Retry-After)."""
        self._postpone(self._host(host), seconds)

    def _postpone(self, state: _Host, seconds: float) -> None:
        state.free_at = max(state.free_at, self._clock() + seconds)

    def _host(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host())


@dataclass(frozen=True, slots=True)
class _RobotsRules:
    """What one server's robots.txt says, or that it couldn't be had; valid until `until`."""

    until: float
    parsed: Protego
    failure: UserError | None = None


def robots_text(body: bytes) -> str:
    """Return a robots.txt as text, without its byte order mark: with it the first line would be no rule."""
    wide = next((name for mark, name in _WIDE.items() if body.startswith(mark)), "utf-8")
    return body.decode(wide, "replace").lstrip("\ufeff")


class Robots:
    """The robots.txt of each server, read once. `fetch` gives its text ('' if there is none) or raises."""

    def __init__(
        self,
        agent: str,
        fetch: Callable[[str, threading.Event], str],
        turns: HostScheduler,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._agent = agent
        self._fetch = fetch
        self._turns = turns
        self._clock = clock
        self._rules: dict[str, _RobotsRules] = {}
        self._reading: dict[str, threading.Lock] = {}

    def allow(self, url: str, site: str, host: str, given_up: threading.Event = NEVER) -> bool:
        """Return whether `url` may be asked of its `site`.

        Raises what fetching robots.txt raised: a server that doesn't answer isn't asked for pages either.

        Args:
            url: The page.
            site: Its site, as `https://host:port`.
            host: Its host, whose turn is waited for.
            given_up: Says whether the page is still wanted.
        """
        with self._reading.setdefault(site, threading.Lock()):
            rules = self._rules.get(site)
            if rules is None or rules.until <= self._clock():
                rules = self._rules[site] = self._read(site, host, given_up)
        if rules.failure is not None:
            raise rules.failure
        return rules.parsed.can_fetch(url, self._agent)

    def _read(self, site: str, host: str, given_up: threading.Event) -> _RobotsRules:
        try:
            text = self._fetch(f"{site}/robots.txt", given_up)
        except UserError as error:  # raised again for every page of this server, for a while
            return _RobotsRules(self._clock() + _FAILURE_AGE, Protego(), error)
        parsed = Protego.parse(text[:_ROBOTS_CHARACTERS])
        self._turns.slow_down(host, parsed.crawl_delay(self._agent))
        return _RobotsRules(self._clock() + _ROBOTS_AGE, parsed)
