"""Paths, folders and globs → a stream of files that can be read.

Knows which names look readable and where files are; never looks into them.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.readable import Failure, Readable, of_file
from ingest.readers import format_of, known_extensions, unknown_format
from rag.errors import UserError


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
    pattern = Path(path).expanduser()
    origin = _shown(Path.cwd().joinpath(pattern).as_posix())
    items = [item for match in _matches(pattern) for item in _matched(match, origin)]
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


def _matched(match: str, origin: str) -> list[Readable | Failure]:
    """What one match of a pattern stands for; patterns such as `*` may match anything."""
    if Path(match).is_dir():
        return list(_walk(match, origin))
    return [_readable(match, origin)] if format_of(match) and Path(match).is_file() else []


def _named_file(path: str) -> Readable | Failure:
    if not Path(path).is_file():
        shown = _shown(path)
        return Failure(
            shown, f"{shown}: not a regular file.", f"{shown} : ce n'est pas un fichier ordinaire."
        )
    if format_of(path) is None:
        return Failure.of(_shown(path), unknown_format(_shown(path)))
    return _readable(path, _key(path))


def _in_folder(path: str) -> list[Readable | Failure]:
    items = list(_walk(path, _key(path)))
    if not items:
        raise UserError(
            f"{_shown(path)}: the folder holds nothing that can be read ({known_extensions()}).",
            f"{_shown(path)} : ce dossier ne contient rien qui puisse être lu ({known_extensions()}).",
        )
    return items


def _walk(top: str, origin: str) -> Iterator[Readable | Failure]:
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
                yield _readable(str(path), origin)
    yield from unreadable


def _readable(path: str, origin: str) -> Readable:
    format_ = format_of(path)
    assert format_ is not None
    return of_file(Path(path), _shown(path), _key(path), format_, origin)


def _key(path: str) -> str:
    return _shown(Path(path).resolve().as_posix())


def _shown(path: str) -> str:
    """The path with bytes that aren't UTF-8 written out: names of files may hold any bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
