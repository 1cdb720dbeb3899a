"""Reading a request's body before what stands behind reads it again. Knows nothing of what it says."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Message, Receive

LONGEST_BODY = 4 * 2**20  # bytes


async def read(request: Request, longest: int = LONGEST_BODY) -> bytes | None:
    """Return the body; None if it is longer than that."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            return None
    return body


def again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read once more, and then whatever comes after it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
