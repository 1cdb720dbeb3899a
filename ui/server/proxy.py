"""What a request says of its way here is believed of the reverse proxies in the settings, and of nobody else.

`X-Forwarded-For` and `X-Forwarded-Proto` are headers that anyone can write: only from a proxy do they change
who asks and over which scheme. Knows nothing of what is asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ui.server.operations.routes import DIRECT_KEY

# Headers that only a proxy writes.
_OF_PROXIES = (b"x-forwarded", b"x-real-ip", b"forwarded", b"via")


class TrustedProxies:
    """Notes client and scheme as `proxies`, addresses or networks, state them; passes no such header on.

    The framework believes several headers of whoever writes them, among them the address that the page is
    told to send everything to. The page's own have no name that begins with `x-`.
    """

    def __init__(self, app: ASGIApp, proxies: Iterable[str]) -> None:
        self._app = app
        # Written for its own, narrower types of what every ASGI application takes.
        self._noted = ProxyHeadersMiddleware(self._without_claims, list(proxies))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note what a proxy states, and pass the request on without it."""
        if scope["type"] == "http":
            scope = scope | {DIRECT_KEY: self._direct(scope)}
        await self._noted(scope, receive, send)  # type: ignore[arg-type]

    def _direct(self, scope: Scope) -> str:
        """Return the address of who asks, unless it is a proxy that asks for somebody else."""
        peer = scope["client"][0] if scope.get("client") else ""
        tells_of_another = any(name.startswith(_OF_PROXIES) for name, _ in scope["headers"])
        return "" if tells_of_another or peer in self._noted.trusted_hosts else peer

    async def _without_claims(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kept = [pair for pair in scope["headers"] if not pair[0].startswith((b"x-", b"forwarded"))]
            scope = scope | {"headers": kept}
        await self._app(scope, receive, send)
