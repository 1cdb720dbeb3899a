"""An answer as a stream in OpenAI's form: each claim once it is checked, then citations, then its end.

No draft is ever sent, since what was sent can't be withdrawn. Knows steps and their words; not who asks.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from rag.errors import SourcierError
from rag.observability import request_id
from rag.schema.answer import Answer
from rag.schema.events import ClaimChecked
from rag.schema.evidence import Claim
from ui.api.openai_records import NO_USAGE, Usage, annotations_of, chunk
from ui.chat.line import Step
from ui.formatting.i18n import text

log = logging.getLogger(__name__)

Steps = AsyncGenerator[Step | None]
_GOES_ON = ": still at it\n\n"  # a comment, which readers of events pass over


class EventStream(StreamingResponse):
    """Sends events as they come; what they are made from is closed with the connection, begun or not."""

    def __init__(self, events: AsyncGenerator[str], steps: Steps) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._closed_last = (events, steps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until there is no more, or nobody listens."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            for one in self._closed_last:
                await one.aclose()


class GrowingText:
    """The text of an answer as far as it was told; what was told stays."""

    def __init__(self) -> None:
        self.told = ""
        self._claims: list[Claim] = []

    def after(self, claim: Claim) -> str:
        """Return what a claim that is kept adds."""
        self._claims.append(claim)
        return self._to(Answer("", "", "", "answered", tuple(self._claims)).text)

    def whole(self, answer: Answer) -> tuple[str, int]:
        """Return what is left to tell of the answer, and where its text begins in what was told."""
        if answer.text.startswith(self.told):
            return self._to(answer.text), 0
        # What was told can't be taken back: the whole is told after it.
        log.error("an answer isn't what was told of it while it was made")
        begins = len(self.told) + 2
        return self._to(f"{self.told}\n\n{answer.text}"), begins

    def _to(self, said: str) -> str:
        more, self.told = said[len(self.told) :], said
        return more


async def events_of(
    first: Step | None,
    steps: Steps,
    id_: str,
    created: int,
    usage: Callable[[Answer], Usage] | None,
    language: str,
) -> AsyncGenerator[str]:
    """Yield the events of a stream.

    Args:
        first: The first step of the answer, which was waited for.
        steps: The others.
        id_: What the completion is called.
        created: When it was begun, in seconds since 1970.
        usage: Counts tokens, if they are asked for.
        language: That of what may fail.
    """
    growing = GrowingText()
    yield _event(chunk(id_, created, {"role": "assistant", "content": ""}))
    try:
        async for step in _with_first(first, steps):
            match step:
                case None:
                    yield _GOES_ON
                case ClaimChecked(kept=True) as checked:
                    yield _event(chunk(id_, created, {"content": growing.after(checked.checked)}))
                case Answer() as answer:
                    rest, begins = growing.whole(answer)
                    if rest:
                        yield _event(chunk(id_, created, {"content": rest}))
                    notes = [one.model_dump() for one in annotations_of(answer, begins)]
                    if notes:
                        yield _event(chunk(id_, created, {"annotations": notes}))
                    whole = answer.to_dict()
                    yield _event(chunk(id_, created, {}, finish_reason="stop", sourcier=whole))
                    if usage is not None:
                        yield _event(
                            chunk(
                                id_,
                                created,
                                None,
                                usage=(await asyncio.to_thread(usage, answer)).model_dump(),
                            )
                        )
    except SourcierError as error:
        yield _event(_failure(error.text(language)))
    except Exception:
        log.exception("a program's question could not be answered")
        yield _event(_failure(text("api_failed", language, reference=request_id.current())))
    yield "data: [DONE]\n\n"


async def text_events(said: str, id_: str, created: int, wants_usage: bool) -> AsyncGenerator[str]:
    """Yield the events of a stream that is this text, and no answer."""
    yield _event(chunk(id_, created, {"role": "assistant", "content": said}))
    yield _event(chunk(id_, created, {}, finish_reason="stop"))
    if wants_usage:
        yield _event(chunk(id_, created, None, usage=NO_USAGE.model_dump()))
    yield "data: [DONE]\n\n"


async def _with_first(first: Step | None, steps: Steps) -> AsyncIterator[Step | None]:
    yield first
    async for step in steps:
        yield step


def _failure(said: str) -> dict[str, Any]:
    return {"error": {"message": said, "type": "server_error", "param": None, "code": None}}


def _event(said: dict[str, Any]) -> str:
    # Letters as escapes: some readers take other characters than line feeds for the end of a line.
    return f"data: {json.dumps(said)}\n\n"
