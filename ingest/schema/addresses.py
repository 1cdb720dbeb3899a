"""Addresses as pages, feeds and archives write them → their parts, or nothing for what is no address.

Pure, and the only place of `ingest` that parses or joins addresses: the standard library raises on some, and
reads others as no server would.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urljoin, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 65_536
# A name as the domain name system has them, in ASCII; `_` is found in names of hosts too.
_NAME = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
# What needs no escape in a path, and means the same with one (RFC 3986, 3.3 and 6.2.2).
_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address, as they are written. `host` is in lower case; `port` only if it is stated."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    netloc: str


def address_of(text: str) -> Address | None:
    """Return the parts of an address; None if it is none (an open bracket, a port of letters)."""
    try:
        parts: SplitResult = urlsplit(text[: _LONGEST + 1])
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if len(text) > _LONGEST:
        return None
    return Address(parts.scheme.lower(), host, port, parts.path, parts.query, parts.netloc)


def joined_address(base: str, address: str) -> str | None:
    """Return an address as it is meant on the page at `base`; None if one of them is none."""
    if len(base) + len(address) > _LONGEST:
        return None
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return None


def path_of(address: str) -> str:
    """Return the path of an address, '' of what is none."""
    parts = address_of(address)
    return parts.path if parts else ""


def host_of(address: str) -> str:
    """Return the host of an address, '' of what is none."""
    parts = address_of(address)
    return parts.host if parts else ""


def is_host(host: str) -> bool:
    """Return whether this can be a host: a name, in any alphabet, or an address of IPv6 without a scope."""
    if ":" in host:
        try:
            return IPv6Address(host).scope_id is None
        except ValueError:
            return False
    return host != "" and (not host.isascii() or _NAME.fullmatch(host) is not None)


def plain_path(path: str) -> str:
    """Return a path in the one spelling of its escapes: none where none is needed, the others in capitals."""
    return _ESCAPE.sub(_escape, path)


def _escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _BARE else match[0].upper()
