"""What a reference says beside its fields: updated later, an excerpt, a press database's number. Pure."""

from __future__ import annotations

from ui.formatting.i18n import date_text, text
from ui.references.reference import Reference, StatedDate


def notes(reference: Reference, language: str) -> list[str]:
    """Return these notes, each without a full stop, in `language`."""
    said = []
    if reference.updated:
        said.append(text("updated_on", language, moment=stated_text(reference.updated, language)))
    if reference.excerpt:
        said.append(text("excerpt", language))
    if reference.identity:
        said.append(text("reference_identity", language, identity=reference.identity))
    return said


def stated_text(stated: StatedDate, language: str) -> str:
    """Return a date as far as it is stated: `12 mars 2024`, `mars 2024`, `2024`."""
    return date_text(stated.iso, language)
