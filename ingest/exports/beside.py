"""Which folders belong to an export that stands beside them: its articles are read through it.

Pure: knows the names that Zotero and Omnivore give to what they export, in a folder or an archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_OMNIVORE = re.compile(r"metadata_\d+_to_\d+\.json")
_OF_OMNIVORE = ("content", "highlights")
_OF_ZOTERO = "files"
FILED = (*_OF_OMNIVORE, _OF_ZOTERO)


def belongs_to_export(name: str, siblings: Iterable[str], inside: Iterable[str]) -> bool:
    """Return whether a folder belongs to an export: by its name, the files beside it and what is in it."""
    if name in _OF_OMNIVORE:
        return any(map(_OMNIVORE.fullmatch, siblings))
    if name == _OF_ZOTERO and any(one.lower().endswith(".rdf") for one in siblings):
        numbers = list(inside)
        return bool(numbers) and all(map(str.isdigit, numbers))
    return False
