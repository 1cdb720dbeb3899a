"""Containers → the articles in them. (Placeholder: a container is not opened yet.)"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readable import Failure, Readable


def expand(item: Readable | Failure) -> Iterator[Readable | Failure]:
    """The item itself."""
    yield item
