"""Askers of servers that one of may be killed: each asks the API of one, and the other when that is gone.

Knows `/api/ask`, and what a program has to do that asks it: come back when it is told to, and turn to another
server when one refuses the connection or breaks it off.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx2
from load_client import Server

HANGS = 240.0  # seconds after which a request isn't waited for any more
PATIENCE = 600.0  # seconds after which a question counts as unanswered, however often it was to come back
_PAUSE = 0.5  # seconds before the same server is asked again that couldn't be reached


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of an article that an answer rests on, as it cites them."""

    article_id: str
    start: int
    end: int
    quote: str


@dataclass
class Asked:
    """A question, and what became of it; `at` is when it was asked, in seconds of `time.monotonic`."""

    question: str
    at: float
    seconds: float = 0.0
    is_answered: bool = False
    server: int = 0  # who answered
    refusals: int = 0  # how often it was told to come back
    broken_off: list[float] = field(default_factory=list)  # when a connection broke that it was sent on
    citations: list[Citation] = field(default_factory=list)
    why: str = ""


@dataclass
class Askers:
    """So many who ask again as soon as they are answered, for as long as `goes_on` says so.

    `keys` are theirs, one each: a key has two questions in the line of a server at most.
    """

    servers: Sequence[Server]
    keys: Sequence[str]
    questions: Iterator[str]
    goes_on: Callable[[], bool]
    asked: list[Asked] = field(default_factory=list)

    async def ask(self) -> list[Asked]:
        """Ask until it is time; return every question that was asked."""
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx2.AsyncClient(timeout=HANGS, limits=limits) as http:
            await asyncio.gather(*(self._ask_on(http, number) for number in range(len(self.keys))))
        return self.asked

    async def _ask_on(self, http: httpx2.AsyncClient, number: int) -> None:
        prefers = number % len(self.servers)
        while self.goes_on():
            one = Asked(next(self.questions), time.monotonic())
            self.asked.append(one)
            try:
                async with asyncio.timeout(PATIENCE):
                    prefers = await self._answered(http, one, prefers, self.keys[number])
            except TimeoutError:
                one.why = f"nothing in time; told to come back {one.refusals} times; {one.why}"
            one.seconds = time.monotonic() - one.at

    async def _answered(self, http: httpx2.AsyncClient, one: Asked, prefers: int, key: str) -> int:
        """Ask until somebody answers; return who did, or said that it can't be asked."""
        while True:
            try:
                answer = await http.post(
                    f"{self.servers[prefers].url}api/ask",
                    json={"question": one.question},
                    headers={"Authorization": f"Bearer {key}"},
                )
            except httpx2.TimeoutException as error:
                one.why = repr(error)
                return prefers
            except httpx2.ConnectError as error:
                one.why = repr(error)
                prefers = (prefers + 1) % len(self.servers)
                await asyncio.sleep(_PAUSE)
                continue
            except httpx2.TransportError as error:  # it was sent: what it would have been nobody knows
                one.why = repr(error)
                one.broken_off.append(time.monotonic())
                prefers = (prefers + 1) % len(self.servers)
                continue
            if answer.status_code in (429, 503) and "Retry-After" in answer.headers:
                one.refusals += 1
                await asyncio.sleep(float(answer.headers["Retry-After"]))
                continue
            one.server = prefers
            one.is_answered = answer.status_code == 200
            if one.is_answered:
                one.citations = _citations(answer.json())
            else:
                one.why = f"{answer.status_code}: {answer.text[:300]}"
            return prefers


def _citations(answer: dict) -> list[Citation]:
    return [
        Citation(cited["article_id"], cited["start"], cited["end"], cited["quote"])
        for claim in answer["claims"]
        for cited in claim["evidence"]
    ]
