"""Who a program asks for and what it may: by its key, or as a program of this machine where none is needed.

Knows a request's head. What a page of another site sends has been refused before (`ui.server.origin`), unless
its origin has leave: then it takes a key.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.types import Scope

from rag.errors import SourcierError
from ui.api.errors import ApiError, too_many
from ui.api.keys import PER_MINUTE, Key, Keys
from ui.server.operations.routes import DIRECT_KEY
from ui.server.origin import is_foreign
from ui.server.users import Users

log = logging.getLogger(__name__)

AT_ONCE = 2  # questions of one key that are in the line of all, or its searches; others wait for these
PER_MINUTE_WITHOUT_KEY = 600  # requests of all programs of this machine that have none
_MINUTE = 60.0
_NOTED_EVERY = 60.0  # seconds
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="sourcier"'}


@dataclass(eq=False)
class Caller:
    """A program: for whom it asks, what it may, and what it has asked lately. `id` is empty without a key."""

    id: str = ""
    user: str = ""
    can_write: bool = False
    per_minute: int = PER_MINUTE
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    searches: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _asked: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> None:
        """Count a request.

        Raises:
            ApiError: There were too many in the last minute.
        """
        while self._asked and now - self._asked[0] >= _MINUTE:
            self._asked.popleft()
        if len(self._asked) >= self.per_minute:
            raise too_many(_MINUTE - (now - self._asked[0]))
        self._asked.append(now)


class Access:
    """Tells who asks. All of it happens on one event loop."""

    def __init__(
        self,
        keys: Keys,
        users: Users,
        without_key: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the keys; `without_key` says whether programs of this machine may ask without any."""
        self._keys = keys
        self._users = users
        self._without_key = without_key
        self._clock = clock
        self._is_asking = users.are_required
        self._callers: dict[str, Caller] = {}
        self._noted: dict[str, float] = {}

    async def caller(self, scope: Scope) -> Caller:
        """Return who sends a request, which is counted.

        Raises:
            ApiError: Nobody who may, or too often.
            UserError: The file of keys or of users can't be understood.
        """
        self._is_asking = self._is_asking or await asyncio.to_thread(self._are_required)
        headers = Headers(scope=scope)
        scheme, _, said = headers.get("authorization", "").strip().partition(" ")
        said = said.strip()
        if scheme and (said or scheme.lower() != "bearer"):
            key = await asyncio.to_thread(self._found, said if scheme.lower() == "bearer" else "")
            caller = self._of_key(key)
        elif self._needs_none(scope, headers):
            caller = self._callers.setdefault("", Caller(per_minute=PER_MINUTE_WITHOUT_KEY))
        else:
            raise key_missing()
        caller.count(self._clock())
        await self._note(caller)
        return caller

    def _are_required(self) -> bool:
        return self._users.are_required

    def _found(self, said: str) -> Key | None:
        """Return a key that somebody has who may ask; None if there is none."""
        key = self._keys.find(said)
        return key if key is not None and self._is_somebody(key.user) else None

    def _of_key(self, key: Key | None) -> Caller:
        if key is None:
            raise ApiError(401, "api_key_wrong", code="invalid_api_key", headers=_CHALLENGE)
        caller = self._callers.setdefault(key.id, Caller(key.id))
        caller.user, caller.can_write, caller.per_minute = key.user, key.can_write, key.per_minute
        return caller

    def _is_somebody(self, user: str) -> bool:
        """Return whether a key may ask for a user: one who is there, or nobody where nobody signs in."""
        return self._users.secret(user) is not None if user else not self._is_asking

    def _needs_none(self, scope: Scope, headers: Headers) -> bool:
        if not self._without_key or self._is_asking or is_foreign(headers):
            return False
        try:
            return ipaddress.ip_address(scope.get(DIRECT_KEY, "").partition("%")[0]).is_loopback
        except ValueError:
            return False

    async def _note(self, caller: Caller) -> None:
        """Keep when a key was used, once a minute: what it is asked for doesn't depend on it."""
        now = self._clock()
        if not caller.id or now - self._noted.get(caller.id, -_NOTED_EVERY) < _NOTED_EVERY:
            return
        self._noted[caller.id] = now
        used = {caller.id: datetime.now(UTC).isoformat(timespec="seconds")}
        try:
            await asyncio.to_thread(self._keys.note_used, used)
        except SourcierError as error:
            log.warning("when a key was used cannot be kept: %s", error)


def key_missing() -> ApiError:
    """Return the error that a key is needed."""
    return ApiError(401, "api_key_missing", code="invalid_api_key", headers=_CHALLENGE)
