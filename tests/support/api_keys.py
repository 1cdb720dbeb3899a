"""Keys of programs, for tests that use the API."""

from __future__ import annotations

from rag.config import Settings
from ui.api import keys

ASKED = "Combien de nageurs la piscine accueille-t-elle ?"


def add_key(settings: Settings, name: str, **more: object) -> str:
    """Make a key, and return what a program says it by."""
    key, said = keys.new_key(name, **more)
    file = keys.keys_file(settings)
    keys.write(file, {**keys.read(file), name: key})
    return said


def bearer(said: str) -> dict[str, str]:
    """The header that says a key."""
    return {"Authorization": f"Bearer {said}"}
