"""Connections to addresses that were checked, with a deadline for all that is said over them.

Knows addresses and time; no HTTP. A name is resolved once, every address that it has is checked, and the
connection is made to one of those: a name that means something else a moment later (DNS rebinding) has no
second chance.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

import httpcore2

from ingest.fetch.address_policy import Address
from rag.errors import reason_of

Resolve = Callable[[str, int], Sequence[str]]
# Addresses of one name that are tried.
_TRIED = 4


class RefusedAddressError(Exception):
    """A name leads to an address that may not be connected to."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(host if host == address else f"{host} → {address}")


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of `host` as the system knows them, in its order.

    Numbers in any spelling are addresses here as they are to the system.

    Raises:
        OSError: There are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline(threading.local):
    """When the current thread's request must be over; none until it is set."""

    def __init__(self) -> None:
        self._end = float("inf")

    def set(self, seconds: float) -> None:
        """Set the deadline to so many seconds from now."""
        self._end = time.monotonic() + seconds

    def within(self, timeout: float | None) -> float:
        """Return `timeout` or what is left, whichever is less.

        Raises:
            httpcore2.ReadTimeout: Nothing is left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time for this request is over")
        return left if timeout is None else min(timeout, left)


class CheckedBackend(httpcore2.NetworkBackend):
    """Connects only to addresses that `allowed` says yes to; a name with any other address is refused."""

    def __init__(self, allowed: Callable[[Address], bool], resolve: Resolve, deadline: Deadline) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._deadline = deadline
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of `host` that may be reached and answers.

        Args:
            host: The name or address.
            port: The port.
            timeout: Seconds for each attempt.
            local_address: The address to connect from.
            socket_options: Options of the socket.

        Raises:
            httpcore2.ConnectError: None of its addresses may be reached and answers.
        """
        addresses = self._checked(host, port)
        for number, address in enumerate(addresses, start=1):
            left = self._deadline.within(timeout)
            try:
                stream = self._network.connect_tcp(address, port, left, local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")

    def connect_unix_socket(self, *_: object, **__: object) -> httpcore2.NetworkStream:
        """Refuse: only TCP is spoken.

        Raises:
            httpcore2.UnsupportedProtocol: Always.
        """
        raise httpcore2.UnsupportedProtocol("only TCP")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(reason_of(error).english) from error
        for address in found:
            if not self._is_allowed(address):
                raise RefusedAddressError(host, address)
        return found[:_TRIED]

    def _is_allowed(self, address: str) -> bool:
        try:
            # A scope (`fe80::1%eth0`) only belongs to addresses that are refused anyway.
            return self._allowed(ip_address(address.partition("%")[0]))
        except ValueError:
            return False


class _TimedStream(httpcore2.NetworkStream):
    """A stream on which nothing may take longer than the deadline of whoever uses it."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
