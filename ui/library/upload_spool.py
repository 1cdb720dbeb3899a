"""Files on their way from a browser: received in pieces, held where nothing of them can stay behind.

Knows no articles. What has arrived is in memory or, if it is large, in a file that no folder lists: its
bytes are given back when it is closed, and when the process is killed.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from ingest.schema.document import MAX_BYTES

MOST_OPEN = 32  # files that are received at once
_IN_MEMORY = 500_000  # bytes
_PATIENCE = 300.0  # seconds without a piece, after which a file is given up
# The same while another waits for its place: less for one of which nothing has come at all.
_CROWDED_PATIENCE = 60.0
_FIRST_PIECE = 20.0
_NAME_LENGTH = 400


@dataclass(eq=False)
class Upload:
    """A file as it arrives: `size` bytes are announced, `received` are here."""

    name: str
    size: int
    content: BinaryIO
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    received: int = 0
    seen: float = 0.0
    sender: str = ""

    @property
    def is_whole(self) -> bool:
        """Return whether every byte that was announced has come."""
        return self.received == self.size

    def read(self, limit: int) -> bytes:
        """Return at most that many of its bytes, and one more."""
        self.content.seek(0)
        return self.content.read(limit + 1)

    def opened(self) -> BinaryIO:
        """Return its bytes as a seekable file of its own, from the start: closing it leaves the upload."""
        if self.size <= _IN_MEMORY:
            return BytesIO(self.read(self.size))
        self.content.seek(0)
        return os.fdopen(os.dup(self.content.fileno()), "rb")

    @property
    def share_read(self) -> float:
        """How much of it has been read, from 0 to 1; of a small file, and of one that is over, nothing."""
        if self.size <= _IN_MEMORY or self.content.closed:
            return 0.0
        # What is opened of it shares its place with this file.
        return min(os.lseek(self.content.fileno(), 0, os.SEEK_CUR) / self.size, 1.0)

    def close(self) -> None:
        """Close and delete the file."""
        self.content.close()


class Spool:
    """The files that are being received, each known by a token that only its sender has."""

    def __init__(
        self, folder: Path, limit: int = MAX_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._limit = limit
        self._clock = clock
        self._open: dict[str, Upload] = {}

    def begin(self, name: str, size: int, sender: str = "") -> Upload | None:
        """Return a file that is about to arrive; None while too many others are arriving.

        What is announced and not sent gives way to it, and so does one of a sender who has more on its way.
        """
        self.drop_forsaken()
        if len(self._open) >= MOST_OPEN:
            self._make_room(sender)
        if len(self._open) >= MOST_OPEN:
            return None
        content = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=self._folder)  # noqa: SIM115
        upload = Upload(safe_name(name), size, cast(BinaryIO, content), seen=self._clock(), sender=sender)
        self._open[upload.token] = upload
        return upload

    def is_too_large(self, size: int) -> bool:
        """Return whether a file of so many bytes is refused."""
        return size > self._limit

    def append(self, token: str, data: bytes) -> Upload | None:
        """Return the file with its next piece; None for a token that isn't known (any more).

        A file that becomes larger than was announced is given up. A whole one is its caller's to close.
        """
        upload = self._open.get(token)
        if upload is None:
            return None
        upload.received += len(data)
        if upload.received > upload.size:
            self.forget(upload)
            return None
        upload.content.write(data)
        upload.seen = self._clock()
        if upload.is_whole:
            del self._open[token]
        return upload

    def is_open(self, upload: Upload) -> bool:
        """Return whether more of it may still come."""
        return upload.token in self._open

    def drop_forsaken(self) -> None:
        """Give up what nobody sends any more."""
        for upload in list(self._open.values()):
            if self._clock() - upload.seen > _PATIENCE:
                self.forget(upload)

    def _make_room(self, sender: str) -> None:
        """Give up the one that has been silent for longest, if that is long or its sender has too many.

        Too many are more than `sender` would have then.
        """
        silent = {upload: self._clock() - upload.seen for upload in self._open.values()}
        spent = [
            upload
            for upload, seconds in silent.items()
            if seconds > (_CROWDED_PATIENCE if upload.received else _FIRST_PIECE)
        ]
        counts = Counter(upload.sender for upload in silent)
        most = max(counts.values())
        if not spent and most > counts[sender] + 1:
            spent = [upload for upload in silent if counts[upload.sender] == most]
        if spent:
            self.forget(max(spent, key=silent.__getitem__))

    def close(self) -> None:
        """Give up everything that is arriving."""
        for upload in list(self._open.values()):
            self.forget(upload)

    def forget(self, upload: Upload) -> None:
        """Take no more of it, and keep nothing."""
        self._open.pop(upload.token, None)
        upload.close()


def safe_name(name: str) -> str:
    """Return a file's name as its sender has it, with the folders that it was sent with.

    Never a path of ours.

    What no name can hold is left out, so that it can't pass for a URL or a folder above.
    """
    printable = "".join(c for c in name if c.isprintable())
    parts = [part.strip() for part in printable.replace("\\", "/").split("/")]
    kept = "/".join(part for part in parts if part not in ("", ".", ".."))
    return kept[-_NAME_LENGTH:] or "?"
