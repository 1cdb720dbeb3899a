"""A model's server as this process knows it: its limits, and whether it is asked at all for now.

Knows addresses and failures by their kind; no client, no model, no sentence. One that has failed several
times in a row isn't asked for a while, so that nobody waits for it; then one request tries it again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pybreaker import STATE_OPEN, CircuitBreaker, CircuitBreakerError
from tenacity import RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_random_exponential

from rag.config import ServedSettings

Kind = Literal["timeout", "unreachable", "busy", "failed", "resting", "key", "unknown", "too_long", "refused"]
# What says that the server itself is down, or as good as: what can be done without it is done.
DOWN: frozenset[Kind] = frozenset({"timeout", "unreachable", "busy", "failed", "resting"})
# What a server says that may say another thing a moment later.
PASSING_STATUSES = frozenset({429, 502, 503, 504})

_ADDRESS = re.compile(
    r"(?P<scheme>(?:[a-z]+://)?)(?:[^?#]*@)?(?P<host>[^/?#@]*)(?P<path>/[^?#]*)?(?:[?#].*)?", re.S | re.I
)
FAILURES_IN_A_ROW = 5
SECONDS_OF_REST = 30.0
# Seconds: what a server that asks for more to wait isn't given.
LONGEST_WAIT = 20.0
_BACKING_OFF = wait_random_exponential(multiplier=0.25, max=4)


class ServerError(Exception):
    """What became of a request: the kind of failure, and what the server says.

    `passes`: the same request may succeed a moment later, and it has had no effect. `wait` is how many
    seconds the server asks for before it.
    """

    def __init__(self, kind: Kind, reason: str, passes: bool = False, wait: float | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.passes = passes
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds until a connection stands, between two pieces of a reply, and of a request as a whole.

    `attempts` is how often it is made at most.
    """

    connect: float
    read: float
    whole: float
    attempts: int

    @classmethod
    def of(cls, settings: ServedSettings) -> Limits:
        """Return what the settings say."""
        return cls(
            settings.connect_timeout, settings.read_timeout, settings.request_timeout, settings.attempts
        )


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A server at `address`, which has no name and password in it; everyone in this process shares `breaker`.

    `attempts` and `waits` are what tenacity asks for.
    """

    address: str
    limits: Limits
    breaker: CircuitBreaker

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Ask the server in this block: what is raised there counts, if it says that the server is down.

        Raises:
            ServerError: It isn't asked for now.
        """
        try:
            with self.breaker.calling():
                yield
        except CircuitBreakerError:
            raise ServerError("resting", f"{self.seconds_of_rest()} s") from None

    def seconds_of_rest(self) -> int:
        """Return in how many seconds it is tried again, at least 1."""
        since = self.breaker._state_storage.opened_at or datetime.now(UTC)
        passed = (datetime.now(UTC) - since).total_seconds()
        return max(1, round(self.breaker.reset_timeout - passed))

    @property
    def is_resting(self) -> bool:
        """Whether it has failed so often that it isn't asked."""
        return self.breaker.current_state == STATE_OPEN

    @property
    def retrying(self) -> dict[str, object]:
        """What tenacity's `Retrying` and `AsyncRetrying` are made with."""
        return {
            "stop": stop_after_attempt(self.limits.attempts),
            "wait": seconds_to_wait,
            "retry": retry_if_exception(may_be_repeated),
            "reraise": True,
        }


def may_be_repeated(error: BaseException) -> bool:
    """Return whether a request that failed so is made again."""
    return isinstance(error, ServerError) and error.passes and (error.wait or 0) <= LONGEST_WAIT


def seconds_to_wait(state: RetryCallState) -> float:
    """Return how long the next attempt waits: as the server asks, and a random part of a growing time."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, ServerError) and error.wait else 0.0
    return asked + _BACKING_OFF(state)


_breakers: dict[str, CircuitBreaker] = {}
_lock = threading.Lock()


def server_at(base_url: str, settings: ServedSettings) -> ModelServer:
    """Return the server at an address; all of one process share what is known of its health."""
    address = public_address(base_url)
    with _lock:
        breaker = _breakers.get(address)
        if breaker is None:
            breaker = _breakers[address] = CircuitBreaker(
                fail_max=FAILURES_IN_A_ROW,
                reset_timeout=SECONDS_OF_REST,
                exclude=[_says_nothing_of_its_health],
                name=address,
                throw_new_error_on_trip=False,
            )
    return ModelServer(address, Limits.of(settings), breaker)


def _says_nothing_of_its_health(error: BaseException) -> bool:
    return not (isinstance(error, ServerError) and error.kind in DOWN and error.kind != "resting")


def public_address(base_url: str) -> str:
    """Return an address as it may be told: without name, password and parameters."""
    found = _ADDRESS.fullmatch(base_url.strip())
    if found is None:
        return "?"
    return f"{found['scheme']}{found['host']}{(found['path'] or '').rstrip('/')}"
