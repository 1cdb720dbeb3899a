"""Names of what readers make: dossiers, notes, standing queries."""

from __future__ import annotations

import secrets


def new_record_id() -> str:
    """Return an id of 16 letters and digits: a hyphen in front would begin an option of a command."""
    return secrets.token_hex(8)
