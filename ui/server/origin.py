"""Requests of other sites' pages, and of names that aren't this server's, are refused.

Knows what browsers say of where a request comes from; nothing of users.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.formatting.i18n import text
from ui.server.route_list import is_of_api

log = logging.getLogger(__name__)

VISITED = ("/", "/sign-in")  # where a link on another site may lead
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_MOST_TOLD = 20  # unknown names that the log names: anybody can make up more


@dataclass(frozen=True, slots=True)
class ServerNames:
    """What this server may be called by who asks it.

    `names` are without a port; an address of numbers may be any if `has_any_address`: no other site's page
    can be led to one by its own name (DNS rebinding), which needs a name. `origins` are, beside the host
    that a request is sent to, whose pages are this server's own: a proxy may have changed that host.
    """

    names: frozenset[str]
    has_any_address: bool = False
    origins: frozenset[str] = frozenset()

    @classmethod
    def of(cls, host: str, allowed_hosts: Iterable[str] = ()) -> ServerNames:
        """Return those of a server that listens at `host`, and goes by `allowed_hosts` too."""
        allowed = frozenset(name.lower() for name in allowed_hosts)
        names = {"localhost", "127.0.0.1", host.lower(), *map(_name, allowed)}
        if is_loopback(host):
            return cls(frozenset(names), False, allowed)
        own = socket.gethostname().lower()
        return cls(frozenset({*names, own, f"{own.partition('.')[0]}.local"}), True, allowed)

    def has(self, name: str) -> bool:
        """Return whether it is a name of this server."""
        name = _name(name.lower())
        return name in self.names or (self.has_any_address and _is_address(name))


def is_loopback(host: str) -> bool:
    """Return whether an address or a name, as it is known here, is reached from this machine alone."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return all(ipaddress.ip_address(address[0].partition("%")[0]).is_loopback for *_, address in found)


def is_foreign(headers: Headers, origins: Iterable[str] = ()) -> bool:
    """Return whether another site's page sends this, as far as the browser says.

    Args:
        headers: Those of the request.
        origins: Whose pages are this server's own, beside the host that it was sent to.
    """
    if "sec-fetch-site" in headers:
        return _is_said_foreign(headers)
    origin = headers.get("origin")
    return origin is not None and _netloc(origin) not in (headers.get("host"), *origins)


def _is_said_foreign(headers: Headers) -> bool:
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


class OwnOrigin:
    """Lets through what this server's own pages ask, and a visit to them from anywhere.

    What is sent to a name that isn't among `names` has been led here (DNS rebinding); a page of another
    origin, or a link from one, is seen by comparing names, and by what the browser itself says. `language`
    is that of the log. `leave` are the origins whose pages may use the API, for which they need a key.
    """

    def __init__(self, app: ASGIApp, names: ServerNames, language: str, leave: Collection[str] = ()) -> None:
        self._app = app
        self._leave = frozenset(leave)
        self._names = names
        self._language = language
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what another site sends; pass everything else on."""
        refused = self._refused(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if host is None or not self._names.has(host["name"]):
            self._tell(host["name"] if host else "")
            return PlainTextResponse("Not a name of this server", status_code=400)
        origins = headers.getlist("origin")
        if is_of_api(scope["path"]) and len(origins) == 1 and origins[0] in self._leave:
            return None
        if not self._is_own("origin", headers):
            return PlainTextResponse("Foreign origin", status_code=403)
        if scope["path"] in VISITED and scope["method"] in ("GET", "HEAD"):
            return None
        if _is_said_foreign(headers) or not self._is_own("referer", headers):
            return PlainTextResponse("Foreign origin", status_code=403)
        return None

    def _is_own(self, header: str, headers: Headers) -> bool:
        """Return whether the addresses in a header, if any, are of this server's own pages."""
        own = (headers["host"], *self._names.origins)
        return all(_netloc(address) in own for address in headers.getlist(header))

    def _tell(self, name: str) -> None:
        """Say once in the log that the server was asked for by a name that it doesn't go by."""
        if name and name not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(name)
            log.warning(text("host_not_allowed", self._language, name=name[:253]))


def _netloc(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def _name(netloc: str) -> str:
    """Return a host without its port, and without the brackets of an IPv6 address."""
    if netloc.startswith("["):
        return netloc[1:].partition("]")[0]
    return netloc if netloc.count(":") > 1 else netloc.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
