"""Finds a dossier by the name that somebody typed."""

from __future__ import annotations

from difflib import get_close_matches

from rag.dossiers.store import Dossier, DossierTable
from rag.errors import UserError
from rag.text.normalization import fold

_NEAR = 3  # names


def find(table: DossierTable, name: str, user: str) -> Dossier:
    """Return the user's dossier of this name, whatever its accents and capitals.

    Raises:
        UserError: There is none; it tells the names that are near.
    """
    if found := table.named(name, user):
        return found
    near = near_names(name, [dossier.name for dossier in table.listed(user)])
    english = f" Near: {', '.join(f'“{one}”' for one in near)}." if near else ""
    french = f" Proches : {', '.join(f'« {one} »' for one in near)}." if near else ""
    raise UserError(
        f"No dossier is called “{name}”; see `sourcier dossier list`.{english}",
        f"Aucun dossier ne s'appelle « {name} » ; voir `sourcier dossier list`.{french}",
    )


def near_names(name: str, names: list[str]) -> list[str]:
    """Return those of these names that are nearly this one, or have it as a part; the nearest first."""
    folded = {fold(one): one for one in names}
    wanted = fold(name)
    close = get_close_matches(wanted, folded, n=_NEAR, cutoff=0.6)
    parts = [one for one in folded if wanted and wanted in one]
    return [folded[one] for one in dict.fromkeys([*close, *parts])][:_NEAR]
