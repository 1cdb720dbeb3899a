"""A backup's file: a ZIP of named members, and a manifest that tells its format and each member's SHA-256.

Knows no library: what the members are is its caller's business. Whatever is read is taken for hostile: only
members that are expected and told of are read, no further than they are said to be long.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

from pydantic import BaseModel, Field, ValidationError

from rag.errors import UserError, reason_of
from rag.storage.durability import flush_all, replacing

FORMAT = 1
MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 100_000
_PIECE = 1 << 20
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


class Member(BaseModel):
    """What a member must be; `format` is the number of a SQLite file's format."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    format: int | None = None


class _Format(BaseModel):
    sourcier_backup: Annotated[int, Field(ge=1)]


class Manifest(_Format):
    """What a backup says of itself: its format, when and by which version it was made, and its members."""

    made_at: str
    version: str
    members: dict[str, Member]


def write(file: Path, members: Mapping[str, tuple[Path, int | None]], version: str) -> Manifest:
    """Write these files, each with its format's number, into one: whole under its name, or not at all.

    Only its owner can read it.
    """
    manifest = Manifest(
        sourcier_backup=FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version,
        members={name: _described(path, number) for name, (path, number) in members.items()},
    )
    with replacing(file) as new, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        for name, (path, _) in members.items():
            packed.write(path, name)
    return manifest


def _described(path: Path, number: int | None) -> Member:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Member(bytes=path.stat().st_size, sha256=digest, format=number)


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that is open for reading."""

    file: Path
    manifest: Manifest
    _packed: zipfile.ZipFile

    def check(self) -> None:
        """Hold every member against its hash; nothing is written.

        Raises:
            UserError: One isn't what was packed.
        """
        for name in self.manifest.members:
            self._read(name, None)

    def extract(self, folder: Path) -> None:
        """Write the members into `folder`, readable by their owner alone, and bring them to the disk.

        Raises:
            UserError: One isn't what was packed.
        """
        for name in self.manifest.members:
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
                self._read(name, new)
        flush_all(folder)

    def _read(self, name: str, target: BinaryIO | None) -> None:
        member, digest = self.manifest.members[name], hashlib.sha256()
        left = member.bytes
        with self._refusing(), self._packed.open(name) as content:
            while piece := content.read(min(_PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    break
                digest.update(piece)
                if target is not None:
                    target.write(piece)
        if left or digest.hexdigest() != member.sha256:
            raise _damaged(self.file)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except _UNREADABLE:
            raise _damaged(self.file) from None

    @property
    def bytes(self) -> int:
        """Return how much room the members take."""
        return sum(member.bytes for member in self.manifest.members.values())


@contextmanager
def opened(file: Path, expected: Collection[str]) -> Iterator[Archive]:
    """Open a backup whose members are among those `expected`.

    Raises:
        UserError: It isn't a backup, is damaged, or is of a later format.
    """
    try:
        content = file.open("rb")
    except OSError as error:
        raise unusable(file, error) from None
    with content:
        yield _opened(file, content, expected)


def _opened(file: Path, content: BinaryIO, expected: Collection[str]) -> Archive:
    try:
        packed = zipfile.ZipFile(content)
        written = _written_manifest(packed)
        if _Format.model_validate_json(written).sourcier_backup > FORMAT:
            raise newer(file)
        manifest = Manifest.model_validate_json(written)
    except (*_UNREADABLE, OSError, KeyError, ValidationError):
        raise UserError(
            f"{file}: this isn't a backup of Sourcier, or it is damaged or not whole.",
            f"{file} : ce n'est pas une sauvegarde de Sourcier, ou elle est abîmée ou incomplète.",
        ) from None
    names = [info.filename for info in packed.infolist()]
    if sorted(names) != sorted([MANIFEST, *manifest.members]) or not set(expected) >= set(manifest.members):
        raise _damaged(file)
    return Archive(file, manifest, packed)


def _written_manifest(packed: zipfile.ZipFile) -> bytes:
    with packed.open(MANIFEST) as content:
        return content.read(_LARGEST_MANIFEST)


def is_backup(file: Path, expected: Collection[str]) -> bool:
    """Return whether a file is a backup that this version knows."""
    try:
        with opened(file, expected):
            return True
    except UserError:
        return False


def refuse_too_little_room(archive: Archive, folder: Path) -> None:
    """Refuse to unpack where there is no room.

    Raises:
        UserError: There isn't.
    """
    free = shutil.disk_usage(folder).free
    if free < archive.bytes:
        wanted = f"{archive.bytes / 1e6:,.0f}"
        raise UserError(
            f"{folder}: the backup takes {wanted} MB, and this disk has {free / 1e6:,.0f} left; make room.",
            f"{folder} : la sauvegarde prend {wanted.replace(',', ' ')} Mo, et il reste"
            f" {free / 1e6:,.0f} Mo sur ce disque ; libérez de la place.".replace(",", " "),
        )


def newer(file: Path) -> UserError:
    """Return the sentence for a backup that a later version made."""
    return UserError(
        f"{file}: made by a later version of Sourcier than this one; restore it with that version.",
        f"{file} : créée par une version de Sourcier plus récente que celle-ci ; restaurez-la avec celle-là.",
    )


def unusable(file: Path, error: OSError) -> UserError:
    """Return the sentence for a file that can't be read or written."""
    why = reason_of(error)
    return UserError(f"{file}: can't be used ({why}).", f"{file} : inutilisable ({why.french}).")


def _damaged(file: Path) -> UserError:
    return UserError(
        f"{file}: this backup is damaged: it doesn't hold what was packed; nothing was restored.",
        f"{file} : cette sauvegarde est abîmée : elle ne contient pas ce qui y a été mis ;"
        " rien n'a été restauré.",
    )
