"""Which articles the page's script says are chosen. Hostile until it has been through here. Pure."""

from __future__ import annotations

from typing import Any

_MOST = 1_000  # articles at once


def chosen(said: Any) -> list[str]:
    """Return the ids of articles that the script sent, as far as they can be ids."""
    ids = said if isinstance(said, list) else []
    return list(dict.fromkeys(i for i in ids[:_MOST] if isinstance(i, str) and len(i) <= 100))
