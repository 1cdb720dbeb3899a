"""A host that a program might be made to tell something: it notes whatever comes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Listener:
    """`heard` are the beginnings of what it was sent."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def listening(answer: bytes = b"") -> Iterator[Listener]:
    """A listener on this machine that gives everybody this answer."""
    listener = Listener()
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener.port = server.getsockname()[1]

        def hear() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(5)
                    begun = connection.recv(4096)
                    if begun == b"end":
                        return
                    listener.heard.append(begun)
                    connection.sendall(answer)

        hearing = threading.Thread(target=hear)
        hearing.start()
        try:
            yield listener
        finally:
            with socket.create_connection(("127.0.0.1", listener.port)) as last:
                last.sendall(b"end")
            hearing.join(10)
