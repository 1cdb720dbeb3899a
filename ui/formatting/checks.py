"""What of a claim was compared with its quotes, in words."""

from __future__ import annotations

from rag.schema.answer import Claim
from ui.formatting.i18n import text


def checked_text(claim: Claim, language: str) -> str:
    """Return what was compared: `checked against the quote: names, numbers`, where it is known."""
    if not claim.checked:
        return text("supported", language)
    kinds = ", ".join(text(f"checked_{kind}", language) for kind in claim.checked)
    return text("supported_by", language, kinds=kinds)
