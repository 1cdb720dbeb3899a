"""Where a library is: in a folder, or what of it is on servers, by one word each."""

from __future__ import annotations

import secrets

import pytest
from pydantic import SecretStr

from rag.config import LibrarySettings, StoreSettings

# All in a folder; articles and sketches in PostgreSQL; vectors on a Chroma server; both.
ALL = ("folder", "postgres", "chroma", "servers")


def settings_of(request: pytest.FixtureRequest, kind: str) -> tuple[LibrarySettings, StoreSettings]:
    """The settings of an empty library of this kind, on servers of the tests' own."""
    library, store = LibrarySettings(), StoreSettings()
    if kind in ("postgres", "servers"):
        library = LibrarySettings(url=SecretStr(request.getfixturevalue("postgres_place").url))
    if kind in ("chroma", "servers"):
        store = StoreSettings(url=request.getfixturevalue("chroma").url, collection=secrets.token_hex(8))
    return library, store
