"""mbox → its messages, one at a time. Knows where a message begins, not what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from ingest.schema.document import MAX_BYTES, Failure, SourceDocument
from rag.errors import UserError

_START = b"From "
_QUOTED = re.compile(rb"^>+From ")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[\x21-\x7e]{3,300}>)", re.IGNORECASE | re.MULTILINE)
_PIECE = 1_000_000


def open_mbox(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure]:
    """Yield the messages of a mailbox, each as a mail; their number is their place, from 1.

    Raises:
        UserError: It is not a mailbox.
    """
    if file.read(len(_START)) != _START:
        raise UserError("not a mailbox (mbox).", "ce n'est pas une boîte mbox.")
    file.seek(0)
    seen: set[bytes] = set()
    for number, message in enumerate(_messages(file), start=1):
        yield _readable(item, number, message, seen)


def _readable(item: SourceDocument, number: int, message: bytes, seen: set[bytes]) -> SourceDocument:
    found = _MESSAGE_ID.search(message.partition(b"\n\n")[0])
    identity = found[1] if found and found[1] not in seen else str(number).encode()
    seen.add(identity)
    source = f"{item.source}#{number}"
    # One that is too large is told by its length when it is read.
    return SourceDocument(source, f"{item.key}#{identity.decode()}", "eml", lambda _: message, item.origin)


def _messages(file: BinaryIO) -> Iterator[bytes]:
    """Yield what stands between two lines that begin with `From `; of a message that is too large, a part."""
    message = bytearray()
    start_of_line = True
    while line := file.readline(_PIECE):
        if start_of_line and line.startswith(_START):
            if message.strip():
                yield bytes(message)
            message = bytearray()
        elif len(message) <= MAX_BYTES:
            message += line[1:] if start_of_line and _QUOTED.match(line) else line
        start_of_line = line.endswith(b"\n")
    if message.strip():
        yield bytes(message)
