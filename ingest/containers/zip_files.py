"""A zip archive → the files in it that can be read, each as it would be by itself.

Knows formats by the names of the files in them. Files that belong to an export in it are read through that.
Only one member is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from ingest.decoding.zip_archive import ZipArchive
from ingest.exports.beside import FILED, belongs_to_export
from ingest.schema.document import Failure, SourceDocument
from ingest.schema.formats import format_of
from rag.errors import UserError

_MOST_FILES = 100_000
_SYSTEMS = "__MACOSX"
# Formats that are zip archives: their names may be mistaken for one another.
ZIPPED = ("zip", "docx", "odt", "epub", "wacz")
_CONTENT_TYPES = "[Content_Types].xml"
_OFFICE = ("xl/", "ppt/")


def format_in_zip(file: BinaryIO) -> str | None:
    """Return the format of a document, book or archive of the web by what is in it; None of another zip.

    Raises:
        UserError: It is a workbook or slides, which aren't read.
    """
    try:
        archive = ZipArchive(file, _MOST_FILES)
    except UserError:
        return None  # whoever reads it tells why it can't be read
    if _CONTENT_TYPES in archive:
        if any(name.startswith(_OFFICE) for name in archive.names):
            raise UserError(
                "a workbook or slides of an office suite, which isn't read; save it as CSV or PDF.",
                "un classeur ou des diapositives, qui ne sont pas lus ; enregistrez-les en CSV ou en PDF.",
            )
        return "docx" if any(name.startswith("word/") for name in archive.names) else None
    if "META-INF/container.xml" in archive:
        return "epub"
    if "META-INF/manifest.xml" in archive and "content.xml" in archive:
        return "odt"
    is_web = any(name.startswith("archive/") and format_of(name) == "warc" for name in archive.names)
    return "wacz" if is_web and "datapackage.json" in archive else None


def open_zip(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure]:
    """Yield the files of an archive, in the order of their names; their sources are `a.zip#name`.

    Raises:
        UserError: It is no archive, or there is nothing in it that can be read.
    """
    archive = ZipArchive(file, _MOST_FILES)
    filed = _filed_folders(archive.names)
    names = [
        name for name in archive.names if _is_shown(name) and filed.isdisjoint(PurePosixPath(name).parents)
    ]
    found = False
    for name in names:
        format_ = format_of(name)
        if format_ is None:
            continue
        found = True
        try:
            yield _document(item, archive, name, format_)
        except UserError as error:
            source = f"{item.source}#{name}"
            yield Failure(source, f"{source}: {error}", f"{source} : {error.text('fr')}")
    if not found:
        raise UserError(
            "the archive holds nothing that can be read.", "l'archive ne contient rien qui puisse être lu."
        )


def _document(item: SourceDocument, archive: ZipArchive, name: str, format_: str) -> SourceDocument:
    data = archive.read(name)
    return replace(
        item,
        source=f"{item.source}#{name}",
        key=f"{item.key}#{name}",
        format=format_,
        load=lambda limit: data[: limit + 1],
        open=lambda: BytesIO(data),
        in_memory=len(data),
        beside=partial(_beside, archive, PurePosixPath(name).parent),
    )


def _beside(archive: ZipArchive, folder: PurePosixPath, name: str) -> bytes | None:
    """Return a file by its name from a folder of the archive; None if there is none."""
    path = str(folder / name)
    return archive.read(path) if path in archive else None


def _is_shown(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and not any(part.startswith(".") or part == _SYSTEMS for part in parts)


def _filed_folders(names: list[str]) -> frozenset[PurePosixPath]:
    """Return the folders of an archive that belong to an export in it."""
    files: dict[PurePosixPath, set[str]] = {}
    folders: dict[PurePosixPath, set[str]] = {}
    for path in map(PurePosixPath, names):
        files.setdefault(path.parent, set()).add(path.name)
        for folder in path.parents:
            if folder.name:
                folders.setdefault(folder.parent, set()).add(folder.name)
    return frozenset(
        folder / name
        for folder, inside in folders.items()
        for name in inside
        if name in FILED
        and belongs_to_export(
            name, files.get(folder, ()), files.get(folder / name, set()) | folders.get(folder / name, set())
        )
    )
