"""A zip archive with limits: what unfolds without one, or out of all proportion, is refused, not unfolded.

Documents, books, archives of the web and archives of files are all opened here.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from tempfile import TemporaryFile
from typing import BinaryIO

from ingest.decoding.decompression import bomb, refuse_entities
from ingest.schema.document import MAX_BYTES, too_large
from rag.errors import UserError

# Text shrinks to a tenth; a file that is this many times what it is packed in, and this long, is a bomb.
_MOST_TIMES, _LONG, _LONG_TOGETHER = 200, 20_000_000, 200_000_000
# zipfile unpacks what else there is (bzip2, LZMA) without a limit: 400 bytes become 400 MB.
_UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
_LOCAL_HEADER = 30  # bytes, then the name and what is added to it
# A file may be hashed, looked at and read.
_MOST_OFTEN = 4
_STEP = 1 << 20  # bytes
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)


class NoZipError(UserError):
    """It isn't a zip archive, or its list of files is damaged."""


class ZipArchive:
    """The files of a zip archive by their names, which are sorted.

    Args:
        file: The archive, seekable.
        most_files: The number of files beyond which nothing is read.
        most_bytes: What may be read from it altogether; by default what is in proportion to it.

    Raises:
        UserError: It is no archive, or one that was made to exhaust its reader.
    """

    def __init__(self, file: BinaryIO, most_files: int = 10_000, most_bytes: int | None = None) -> None:
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
            # Not `is_dir()`, which fails for a file without a name.
            infos = [info for info in self._zip.infolist() if info.filename[-1:] not in ("", "/")]
            self._length = file.seek(0, io.SEEK_END)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
            raise NoZipError(
                "it isn't a zip archive, or a damaged one; save it again.",
                "ce n'est pas une archive zip, ou elle est endommagée ; enregistrez ce fichier à nouveau.",
            ) from error
        if len(infos) > most_files:
            raise bomb()
        self._infos = {info.filename: info for info in infos}
        self._most_bytes = most_bytes
        self._packed = self._unpacked = 0
        self.names = sorted(self._infos)

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def size(self, name: str) -> int:
        """Return the length of a file, as the archive states it."""
        return self._infos[name].file_size

    def read(self, name: str, most: int = MAX_BYTES) -> bytes:
        """Return a file's bytes.

        Raises:
            UserError: It is damaged, encrypted or too large.
        """
        info = self._allowed(name)
        if info.file_size > most:
            raise too_large(name, most)
        try:
            return self._zip.read(info)
        except _BROKEN as error:
            raise UserError("it is damaged or encrypted.", "ce fichier est endommagé ou chiffré.") from error

    def part(self, name: str) -> bytes:
        """Return the bytes of a file that a document is made of, which is named if it can't be read.

        Raises:
            UserError: It is missing, damaged, encrypted or too large.
        """
        if name not in self._infos:
            raise UserError(f"its archive has no {name}.", f"son archive ne contient pas {name}.")
        info = self._allowed(name)
        try:
            return self._zip.read(info)
        except _BROKEN as error:
            raise UserError(
                f"{name} in it is damaged or encrypted.", f"{name} y est endommagé ou chiffré."
            ) from error

    def open(self, name: str) -> BinaryIO:
        """Return a file, seekable, of any length and as far as it can be unpacked.

        Raises:
            UserError: None of it can be had.
        """
        info = self._infos[name]
        if info.flag_bits & _ENCRYPTED:
            raise UserError("it is encrypted.", "il est chiffré.")
        self._allowed(name)
        if info.compress_type == zipfile.ZIP_STORED:
            return io.BufferedReader(_Section(self._file, _start(self._file, info), info.file_size))
        return self._unpacked_file(info)

    def check_xml(self, endings: tuple[str, ...]) -> None:
        """Raise UserError if the files with these endings are too large together, or declare entities."""
        for name in self._infos:
            if name.endswith(endings):
                refuse_entities(self.part(name).decode("utf-8", "replace"))

    def _allowed(self, name: str) -> zipfile.ZipInfo:
        """Return what the archive states of a file that may be unpacked, beside what was read before."""
        info = self._infos[name]
        if info.compress_type not in _UNPACKED:
            raise UserError(
                "it is packed in a way that isn't read (bzip2, LZMA or another); pack it as an ordinary zip.",
                "il est comprimé d'une façon qui n'est pas lue (bzip2, LZMA ou une autre) ; refaites un zip"
                " ordinaire.",
            )
        if info.file_size > max(_LONG, _MOST_TIMES * info.compress_size):
            raise bomb()
        if self._most_bytes is not None and self._unpacked + info.file_size > self._most_bytes:
            raise bomb()
        # Each may be in proportion to itself, and a thousand of them be out of all proportion; those that
        # share their bytes would be unpacked as often as they are named.
        packed, unpacked = self._packed + info.compress_size, self._unpacked + info.file_size
        if unpacked > max(_LONG_TOGETHER, _MOST_TIMES * packed) or packed > _MOST_OFTEN * self._length:
            raise bomb()
        self._packed, self._unpacked = packed, unpacked
        return info

    def _unpacked_file(self, info: zipfile.ZipInfo) -> BinaryIO:
        file = TemporaryFile()  # noqa: SIM115
        try:
            with self._zip.open(info) as packed:
                while piece := packed.read(_STEP):
                    file.write(piece)
        except _BROKEN as error:
            if not file.tell():
                file.close()
                raise UserError("it can't be unpacked.", "il ne peut pas être décompressé.") from error
        file.seek(0)
        return file


class _Section(io.RawIOBase):
    """A part of a file, as a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _start(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """Return where the bytes of a stored file begin. zipfile's own reader gives up all of a last piece."""
    file.seek(info.header_offset)
    head = file.read(_LOCAL_HEADER)
    if len(head) < _LOCAL_HEADER or not head.startswith(b"PK\3\4"):
        raise UserError("its place in the archive is damaged.", "sa place dans l'archive est endommagée.")
    lengths = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    return info.header_offset + _LOCAL_HEADER + lengths
