"""Requests of other sites' pages, and of names that aren't this server's, are refused.

Knows what browsers say of where a request comes from; nothing of users.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

VISITED = ("/", "/sign-in")  # where a link on another site may lead
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def is_foreign(headers: Headers) -> bool:
    """Return whether another site's page sends this, as far as the browser says."""
    if "sec-fetch-site" in headers:
        return _is_said_foreign(headers)
    # Behind a proxy that changes the host the first of the two has to do.
    origin = headers.get("origin")
    return origin is not None and _netloc(origin) != headers.get("host")


def _is_said_foreign(headers: Headers) -> bool:
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


class OwnOrigin:
    """Lets through what this server's own pages ask, and a visit to them from anywhere.

    `names` are those that the server goes by on this machine: what is sent to another name has been led here
    (DNS rebinding), and a page of another origin or a link from one is seen by comparing names. Without
    `names`, what the server is called is its proxy's business, and only the browser's own word counts.
    """

    def __init__(self, app: ASGIApp, names: tuple[str, ...] | None) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what another site sends; pass everything else on."""
        refused = self._refused(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if host is None or not (self._names is None or host["name"].lower() in self._names):
            return PlainTextResponse("Not a name of this server", status_code=400)
        is_visit = scope["path"] in VISITED and scope["method"] in ("GET", "HEAD")
        if self._names is not None and not self._is_own("origin", headers):
            return PlainTextResponse("Foreign origin", status_code=403)
        if is_visit:
            return None
        is_own = not _is_said_foreign(headers) and (self._names is None or self._is_own("referer", headers))
        return None if is_own else PlainTextResponse("Foreign origin", status_code=403)

    @staticmethod
    def _is_own(header: str, headers: Headers) -> bool:
        """Return whether the address in a header, if any, is of the host that the request was sent to."""
        stated = headers.getlist(header)
        return all(_netloc(address) == headers["host"] for address in stated)


def _netloc(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None
