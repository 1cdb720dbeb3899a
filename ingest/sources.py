"""Paths, folders and globs → a stream of files that can be read.

Knows which names look readable and where files are; never looks into them.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.readers import format_of, known_extensions, unknown_format
from rag.errors import UserError

MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Readable:
    """A file to read. `source` is its path as the user would type it, `key` its identity wherever the
    command is run, `format` one of `text`, `markdown`, `html`."""

    source: str
    key: str
    format: str
    path: Path = field(repr=False)

    def read(self, max_bytes: int = MAX_BYTES) -> bytes:
        """The file's bytes. Raises UserError if it can't be opened or is larger than `max_bytes`."""
        try:
            with self.path.open("rb") as file:
                data = file.read(max_bytes + 1)
        except OSError as error:
            raise UserError(
                f"{self.source}: can't be read ({error.strerror}).",
                f"{self.source} : la lecture est impossible ({error.strerror}).",
            ) from error
        if len(data) > max_bytes:
            limit = f"{max_bytes / 1e6:.0f}"
            raise UserError(
                f"{self.source}: larger than {limit} MB; split it into articles.",
                f"{self.source} : plus de {limit} Mo ; découpez ce fichier en articles.",
            )
        return data


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that was asked for and can't be read; `reason` is one sentence, in English and in French."""

    source: str
    reason: str
    reason_fr: str

    def text(self, language: str) -> str:
        """The reason in `language`: French for `fr`, English otherwise."""
        return self.reason_fr if language == "fr" else self.reason

    @classmethod
    def of(cls, source: str, error: UserError) -> Failure:
        """The failure of a source that `error` is about."""
        return cls(source, error.text("en"), error.text("fr"))


def find(paths: Sequence[str]) -> Iterator[Readable | Failure]:
    """Everything readable under `paths`: files, folders with all their subfolders, and glob patterns.

    In sorted order within each path, each file once even if it is reached twice. Hidden files and
    unknown extensions inside folders are left out; a file given by name with an unknown extension is a
    Failure. Raises UserError before anything is yielded if a path doesn't exist or leads to nothing.
    """
    if not paths:
        raise UserError(
            "no path given; name files, folders or patterns such as articles/*.html.",
            "aucun chemin donné ; nommez des fichiers, des dossiers ou des motifs comme articles/*.html.",
        )
    found: dict[str, Readable | Failure] = {}
    for path in paths:
        for item in _find_one(str(path)):
            found.setdefault(item.key if isinstance(item, Readable) else item.source, item)
    return iter(found.values())


def _find_one(path: str) -> list[Readable | Failure]:
    if os.path.lexists(path):
        return _in_folder(path) if Path(path).is_dir() else [_named_file(path)]
    if not glob.has_magic(path):
        raise UserError(
            f"{_shown(path)}: no such file or folder; check the path.",
            f"{_shown(path)} : ce fichier ou dossier n'existe pas ; vérifiez le chemin.",
        )
    matches = _matches(Path(path).expanduser())
    items = [item for match in matches for item in _matched(match)]
    if not items:
        raise UserError(
            f"{_shown(path)}: the pattern matches nothing that can be read ({known_extensions()}).",
            f"{_shown(path)} : ce motif ne désigne rien qui puisse être lu ({known_extensions()}).",
        )
    return items


def _matches(pattern: Path) -> list[str]:
    """Paths that a pattern matches, sorted; `**` follows no links, hidden names must be spelled out."""
    base = Path(pattern.anchor)
    try:
        found = list(base.glob(str(pattern.relative_to(base)) if pattern.anchor else str(pattern)))
    except ValueError as error:
        shown = _shown(str(pattern))
        raise UserError(
            f"{shown}: not a usable pattern ({error}).", f"{shown} : ce motif est inutilisable ({error})."
        ) from error
    dotted = [part for part in pattern.parts if part.startswith(".")]
    return sorted(str(match) for match in found if not _is_hidden(match, dotted))


def _is_hidden(path: Path, spelled: list[str]) -> bool:
    """Whether a part of the path begins with a dot that none of the `spelled` patterns asks for."""
    hidden = [part for part in path.parts if part.startswith(".")]
    return any(not any(fnmatchcase(part, pattern) for pattern in spelled) for part in hidden)


def _matched(match: str) -> list[Readable | Failure]:
    """What one match of a pattern stands for; patterns such as `*` may match anything."""
    if Path(match).is_dir():
        return list(_walk(match))
    return [_readable(match)] if format_of(match) and Path(match).is_file() else []


def _named_file(path: str) -> Readable | Failure:
    if not Path(path).is_file():
        shown = _shown(path)
        return Failure(
            shown, f"{shown}: not a regular file.", f"{shown} : ce n'est pas un fichier ordinaire."
        )
    if format_of(path) is None:
        return Failure.of(_shown(path), unknown_format(_shown(path)))
    return _readable(path)


def _in_folder(path: str) -> list[Readable | Failure]:
    items = list(_walk(path))
    if not items:
        raise UserError(
            f"{_shown(path)}: the folder holds nothing that can be read ({known_extensions()}).",
            f"{_shown(path)} : ce dossier ne contient rien qui puisse être lu ({known_extensions()}).",
        )
    return items


def _walk(top: str) -> Iterator[Readable | Failure]:
    """Files of a folder and its subfolders. Links are followed, each folder visited once."""
    unreadable: list[Failure] = []

    def note(error: OSError) -> None:
        shown, why = _shown(str(error.filename)), error.strerror
        english = f"{shown}: the folder can't be read ({why})."
        unreadable.append(Failure(shown, english, f"{shown} : ce dossier ne peut pas être lu ({why})."))

    visited = {Path(top).resolve(), *Path(top).resolve().parents}
    for folder, folders, files in os.walk(top, onerror=note, followlinks=True):
        folders[:] = [name for name in sorted(folders) if not name.startswith(".")]
        for name in list(folders):
            real = Path(folder, name).resolve()
            if real in visited:
                folders.remove(name)
            visited.add(real)
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and format_of(name) and path.is_file():
                yield _readable(str(path))
    yield from unreadable


def _readable(path: str) -> Readable:
    format_ = format_of(path)
    assert format_ is not None
    return Readable(_shown(path), _shown(Path(path).resolve().as_posix()), format_, Path(path))


def _shown(path: str) -> str:
    """The path with bytes that aren't UTF-8 written out: names of files may hold any bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
