"""Whether the files of a tantivy index are what was written: their own checksums, and whose they are.

tantivy ends each file of a segment with a checksum of what is before it, and never looks at it by itself.
That tells damage, and not that a file is another index's: so the checksums are noted beside the files after
each commit, by name. Files are written once: a note of an earlier commit is right about what it names.
"""

from __future__ import annotations

import json
import logging
import shutil
import struct
import zlib
from pathlib import Path

log = logging.getLogger(__name__)

_META = "meta.json"
_TAIL = struct.Struct("<II")  # the footer's length, and what tells that it is one
_MAGIC = 1337
_LONGEST_FOOTER = 10_000


class IndexFiles:
    """The files in `folder`, and the note of their checksums beside them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._note = folder / "checksums.json"

    def damage(self, most: int | None = None) -> str:
        """Return what is wrong with the files that the last commit rests on; empty if nothing is.

        Of more than `most` bytes only the footers are read.
        """
        if not (self._folder / _META).exists():
            return ""
        try:
            segments, noted = self._segments(), self._noted()
            files = self._current(segments)
            wanted = (name for name in noted if _is_of(name, segments))
            if missing := [name for name in wanted if not (self._folder / name).exists()]:
                return f"{missing[0]} is missing"
            whole = most is None or sum(file.stat().st_size for file in files) <= most
            for file in files:
                summed = _footer(file)
                if summed is None or noted.get(file.name, summed) != summed:
                    return f"{file.name} has another checksum"
                if whole and _crc(file) != summed:
                    return f"{file.name} has another checksum"
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            return f"{_META}: {error}"
        return ""

    def note(self) -> None:
        """Note the checksums of the files that the last commit rests on."""
        noted = self._noted()
        found = {file.name: noted.get(file.name) or _footer(file) for file in self._current(self._segments())}
        partial = self._note.with_suffix(".partial")
        try:
            partial.write_text(json.dumps(found), encoding="utf-8")
            partial.replace(self._note)
        except OSError as error:  # what is noted of earlier files stays right
            log.debug("%s wasn't written: %s", self._note, error)

    def clear_deletions(self) -> None:
        """Delete what a writer that was killed had noted as deleted and never committed.

        The next commit would write a file of the same name, and tantivy refuses to.
        """
        if not (self._folder / _META).exists():
            return
        segments = self._segments()
        for file in self._folder.glob("*.del"):
            if not _is_of(file.name, segments):
                file.unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete the files and the note."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _noted(self) -> dict[str, int]:
        try:
            noted = json.loads(self._note.read_bytes())
        except (OSError, ValueError):  # an earlier version's, or damaged: the files' own checksums are left
            return {}
        return noted if isinstance(noted, dict) else {}

    def _segments(self) -> dict[str, str]:
        """Segment → the ending of the file that says what was deleted of it; empty if nothing was."""
        meta = json.loads((self._folder / _META).read_bytes())
        found = {}
        for segment in meta["segments"]:
            deletes = segment.get("deletes")
            name = segment["segment_id"].replace("-", "")
            found[name] = f"{deletes['opstamp']}.del" if deletes else ""
        return found

    def _current(self, segments: dict[str, str]) -> list[Path]:
        return sorted(file for file in self._folder.iterdir() if _is_of(file.name, segments))


def _is_of(name: str, segments: dict[str, str]) -> bool:
    """Return whether a commit of these segments rests on a file."""
    segment, _, ending = name.partition(".")
    wanted = segments.get(segment)
    return wanted is not None and (not ending.endswith("del") or ending == wanted)


def _footer(file: Path) -> int | None:
    """Return the checksum at the end of a file; None if there is none."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        opened.seek(max(0, size - _LONGEST_FOOTER))
        end = opened.read()
    if len(end) < _TAIL.size:
        return None
    length, magic = _TAIL.unpack(end[-_TAIL.size :])
    if magic != _MAGIC or length > len(end) - _TAIL.size:
        return None
    try:
        crc = json.loads(end[-_TAIL.size - length : -_TAIL.size])["crc"]
    except (ValueError, KeyError, TypeError):
        return None
    return crc if isinstance(crc, int) else None


def _crc(file: Path) -> int:
    """Return the checksum of what is before the footer."""
    data = file.read_bytes()
    length, _ = _TAIL.unpack(data[-_TAIL.size :])
    return zlib.crc32(memoryview(data)[: -_TAIL.size - length])
