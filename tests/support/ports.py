"""Ports of this machine, for servers that have to be told theirs before they are started."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
