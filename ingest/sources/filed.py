"""Files that belong to an export or a saved page in the folder above: read through it, or not at all.

Reads such files for the export, and none that is outside of its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.exports.beside import FILED, belongs_to_export
from ingest.schema.document import MAX_BYTES

MAY_FILE = ("xml", "json")
# What browsers call the folder of a saved page's pictures, scripts and frames, after its name.
_OF_PAGE = ("_files", "_fichiers", "_file", "_archivos", "_dateien", "-dateien", ".files")
_PAGES = (".html", ".htm", ".xhtml")


def is_of_export(folder: Path, siblings: Iterable[str]) -> bool:
    """Return whether a folder with these files beside it holds the files of an export."""
    if folder.name not in FILED:
        return False
    return belongs_to_export(folder.name, siblings, _listed(folder))


def is_of_page(folder: Path, siblings: Iterable[str]) -> bool:
    """Return whether a folder holds what a page beside it was saved with: `Page.html`, `Page_files`."""
    ending = next((ending for ending in _OF_PAGE if folder.name.lower().endswith(ending)), None)
    if ending is None:
        return False
    page = folder.name[: -len(ending)].lower()
    return any(name.lower() in {page + suffix for suffix in _PAGES} for name in siblings)


def is_filed(path: Path, top: Path) -> bool:
    """Return whether a file is in a folder below `top` that belongs to an export or a saved page."""
    below = [folder for folder in path.parents if folder != top and folder.is_relative_to(top)]
    return any(
        is_of_export(folder, siblings) or is_of_page(folder, siblings)
        for folder in below
        if folder.name in FILED or folder.name.lower().endswith(_OF_PAGE)
        for siblings in [_listed(folder.parent)]
    )


def files_beside(folder: Path) -> Callable[[str], bytes | None]:
    """Return what reads files by their names from `folder`, and none that is outside of it."""

    def read(name: str) -> bytes | None:
        try:
            top = folder.resolve()
            path = (top / name).resolve()
            if not path.is_relative_to(top) or not path.is_file():
                return None
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except (OSError, ValueError):
            return None

    return read


def _listed(folder: Path) -> list[str]:
    try:
        return [one.name for one in folder.iterdir() if not one.name.startswith(".")]
    except OSError:
        return []
