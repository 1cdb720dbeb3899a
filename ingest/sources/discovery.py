"""Paths, folders, globs, URLs and standard input → a stream of what can be read.

Knows which names look readable and where files are; never looks into files. URLs are `ingest.sources.web`'s.
"""

from __future__ import annotations

import glob
import hashlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from io import BytesIO
from itertools import chain, islice
from pathlib import Path, PurePath

from ingest.converters.registry import format_of, known_extensions, unknown_format
from ingest.fetch.fetcher import Fetcher
from ingest.fetch.urls import is_url, normal_url
from ingest.schema.content_types import sniffed
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument, of_file
from ingest.sources.filed import MAY_FILE, files_beside, is_filed, is_of_export, is_of_page
from ingest.sources.web import Web
from rag.errors import UserError, reason_of

_LONGEST_ENDING = 12
_SHOWN_ENDINGS = 6


def find(paths: Sequence[str], web: Web | None = None) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield everything readable under `paths`, found while it is asked for.

    In sorted order within each path, each file once even if it is reached twice. Hidden files and
    unknown extensions inside folders are left out, of the latter a Notice says how many; a file given by
    name with an unknown extension is a Failure, and so are a URL that can't be fetched and, of several
    paths, one that leads nowhere.

    Args:
        paths: Files, folders with all their subfolders, glob patterns, URLs (of a page, a feed or a
            sitemap), and `-` for one document on standard input.
        web: What fetches URLs; by default one that fetches politely.

    Raises:
        UserError: No path leads anywhere (or the only one is no URL that can be fetched); before anything is
            yielded.

    """
    if not paths:
        raise UserError(
            "no path given; name files, folders, patterns such as articles/*.html, or URLs.",
            "aucun chemin donné ; nommez des fichiers, des dossiers, des motifs comme articles/*.html ou des"
            " adresses.",
        )
    opened: list[_OpenedPath] = []
    errors: list[UserError] = []
    for path in map(str, paths):
        try:
            opened.append(_opened(path, web))
        except UserError as error:
            errors.append(error)
            failure = Failure.of(_shown(path), error)
            opened.append(_OpenedPath([failure], lambda: 1))
    if len(errors) == len(opened):
        raise errors[0]
    return _Found(opened)


def check(path: str) -> None:
    """Raise UserError if this is neither a usable URL nor a path or pattern that leads anywhere."""
    _opened(path, None)


def origin_of(path: str) -> str:
    """Return the `origin` of what `find` finds by this path, pattern or URL."""
    if is_url(path):
        return normal_url(path)
    if not os.path.lexists(path) and glob.has_magic(path):
        return _shown(Path.cwd().joinpath(Path(path).expanduser()).as_posix())
    return _key(path)


def in_folder(folder: str, paths: Iterable[str]) -> Iterator[SourceDocument]:
    """Return those of these files that `find` would find in `folder`, as it would.

    The files are named by their full paths.
    """
    top, origin = Path(folder).resolve(), _key(folder)
    for path in sorted(set(paths)):
        if not Path(path).is_relative_to(top):
            continue
        inside = Path(path).relative_to(top)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or is_filed(Path(path), top):
            continue
        if format_of(path) and Path(path).is_file():
            yield _readable(str(Path(folder, inside)), origin)


class _Found(Iterator[SourceDocument | Failure | Notice]):
    """What several paths lead to, each thing once."""

    def __init__(self, opened: list[_OpenedPath]) -> None:
        self._opened = opened
        self._items = chain.from_iterable(opening.items for opening in opened)
        self._seen: set[str] = set()

    def __next__(self) -> SourceDocument | Failure | Notice:
        for item in self._items:
            name = item.key if isinstance(item, SourceDocument) else item.source
            if name not in self._seen:
                self._seen.add(name)
                return item
        raise StopIteration

    def __length_hint__(self) -> int:
        """About how many there are; 0 if nobody can tell without fetching."""
        counts = [opening.count() for opening in self._opened]
        return sum(counts) if all(counts) else 0


@dataclass(frozen=True, slots=True)
class _OpenedPath:
    """What one path leads to; `count` tells how many there are, 0 for unknown."""

    items: Iterable[SourceDocument | Failure | Notice]
    count: Callable[[], int]


def _unknown() -> int:
    return 0


def _opened(path: str, web: Web | None) -> _OpenedPath:
    if path == "-":
        return _OpenedPath(_standard_input(), lambda: 1)
    if is_url(path):
        return _OpenedPath((web or Web(Fetcher())).find(normal_url(path)), _unknown)
    if os.path.lexists(path):
        return _in_folder(path) if Path(path).is_dir() else _OpenedPath([_named_file(path)], lambda: 1)
    if not glob.has_magic(path):
        raise UserError(
            f"{_shown(path)}: no such file or folder; check the path.",
            f"{_shown(path)} : ce fichier ou dossier n'existe pas ; vérifiez le chemin.",
        )
    return _matching(path)


def _standard_input() -> Iterator[SourceDocument]:
    """Yield one document, read when its turn comes. What it says is all that identifies it."""
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    key = f"stdin:{hashlib.sha256(data).hexdigest()[:16]}"
    yield SourceDocument("-", key, sniffed(data), lambda _limit: data, key, open=lambda: BytesIO(data))


def _matching(path: str) -> _OpenedPath:
    pattern = Path(path).expanduser()
    origin = origin_of(path)
    matches = _matches(pattern)

    def items() -> Iterator[SourceDocument | Failure | Notice]:
        return (item for match in matches for item in _matched(match, origin))

    if _count(islice(items(), 1)) == 0:
        raise UserError(
            f"{_shown(path)}: the pattern matches nothing that can be read ({known_extensions()}).",
            f"{_shown(path)} : ce motif ne désigne rien qui puisse être lu ({known_extensions()}).",
        )
    return _OpenedPath(items(), lambda: _count(items()))


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
    """Return whether a part of the path begins with a dot that none of the `spelled` patterns asks for."""
    hidden = [part for part in path.parts if part.startswith(".")]
    return any(not any(fnmatchcase(part, pattern) for pattern in spelled) for part in hidden)


def _matched(match: str, origin: str) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield what one match of a pattern stands for; patterns such as `*` may match anything."""
    if Path(match).is_dir():
        yield from _walk(match, origin)
    elif format_of(match) and Path(match).is_file():
        yield _readable(match, origin)


def _named_file(path: str) -> SourceDocument | Failure:
    if not Path(path).is_file():
        shown = _shown(path)
        return Failure(
            shown, f"{shown}: not a regular file.", f"{shown} : ce n'est pas un fichier ordinaire."
        )
    if format_of(path) is None:
        return Failure.of(_shown(path), unknown_format(_shown(path)))
    return _readable(path, _key(path))


def _in_folder(path: str) -> _OpenedPath:
    if _count(islice(_walk(path, _key(path)), 1)) == 0:
        raise UserError(
            f"{_shown(path)}: the folder holds nothing that can be read ({known_extensions()}).",
            f"{_shown(path)} : ce dossier ne contient rien qui puisse être lu ({known_extensions()}).",
        )
    return _OpenedPath(_walk(path, _key(path)), lambda: _count(_walk(path, "")))


def _count(items: Iterable[SourceDocument | Failure | Notice]) -> int:
    return sum(1 for item in items if not isinstance(item, Notice))


def _walk(top: str, origin: str) -> Iterator[SourceDocument | Failure | Notice]:
    """Files of a folder and its subfolders. Links are followed, each folder visited once."""
    unreadable: list[Failure] = []
    unread: Counter[str] = Counter()

    def note(error: OSError) -> None:
        shown, why = _shown(str(error.filename)), reason_of(error)
        english = f"{shown}: the folder can't be read ({why})."
        unreadable.append(
            Failure(shown, english, f"{shown} : ce dossier ne peut pas être lu ({why.french}).")
        )

    visited = {Path(top).resolve(), *Path(top).resolve().parents}
    for folder, folders, files in os.walk(top, onerror=note, followlinks=True):
        folders[:] = [name for name in sorted(folders) if not name.startswith(".")]
        folders[:] = [name for name in folders if not is_of_export(Path(folder, name), files)]
        of_pages = [name for name in folders if is_of_page(Path(folder, name), files)]
        folders[:] = [name for name in folders if name not in of_pages]
        for name in list(folders):
            real = Path(folder, name).resolve()
            if real in visited:
                folders.remove(name)
            visited.add(real)
        for name in sorted(files):
            path = Path(folder, name)
            if name.startswith(".") or not path.is_file():
                continue
            if format_of(name):
                yield _readable(str(path), origin)
            else:
                unread[_ending(name)] += 1
    yield from unreadable
    if unread:
        yield _unread(_shown(top), unread)


def _ending(name: str) -> str:
    """Return a file's extension as it is shown; '' if it has none, or one that is too long to be one."""
    ending = PurePath(name).suffix.lower()
    return ending if len(ending) <= _LONGEST_ENDING and ending[1:].isalnum() else ""


def _unread(folder: str, endings: Counter[str]) -> Notice:
    """Return how many files of a folder aren't read, by their endings, most frequent first."""
    count = endings.total()
    shown = sorted(endings.items(), key=lambda one: (-one[1], one[0]))
    more = ", …" if len(shown) > _SHOWN_ENDINGS else ""

    def listed(none: str) -> str:
        return ", ".join(f"{n} {ending or none}" for ending, n in shown[:_SHOWN_ENDINGS]) + more

    files, fichiers = ("file", "fichier non lu") if count == 1 else ("files", "fichiers non lus")
    return Notice(
        folder,
        f"{folder}: {count} {files} not read: {listed('without extension')}.",
        f"{folder} : {count} {fichiers} : {listed('sans extension')}.",
    )


def _readable(path: str, origin: str) -> SourceDocument:
    format_ = format_of(path)
    assert format_ is not None
    found = of_file(Path(path), _shown(path), _key(path), format_, origin)
    return replace(found, beside=files_beside(Path(path).parent)) if format_ in MAY_FILE else found


def _key(path: str) -> str:
    return _shown(Path(path).resolve().as_posix())


def _shown(path: str) -> str:
    """Return the path with bytes that aren't UTF-8 written out: names of files may hold any bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
