"""What is said of an answer's claims: what was checked, who printed a quote, what articles disagree on."""

from __future__ import annotations

from rag.schema.evidence import Claim, Disagreement, Evidence
from ui.formatting.i18n import list_text, text
from ui.formatting.source_line import Part, source_line


def checked_text(claim: Claim, language: str) -> str:
    """Return what was compared: `checked against the quote: names, numbers`, where it is known."""
    if not claim.checked:
        return text("supported", language)
    kinds = ", ".join(text(f"checked_{kind}", language) for kind in claim.checked)
    return text("supported_by", language, kinds=kinds)


def printed_by(evidence: Evidence, language: str) -> str:
    """Return `Outlet, date`, as far as they are known, else the title, shortened; and the page."""
    article = evidence.article
    printed: tuple[Part, ...] = ("outlet", "known_date")
    known = printed if article.outlet or article.published_at else ("short_title",)
    return source_line(article, language, (*known, "pages", "excerpt"), evidence.pages)


def disagreement_text(one: Disagreement, language: str) -> str:
    """Return what two articles say of the same thing, each with who printed it when.

    And which one corrects.
    """
    sides = [f"{side.words} ({printed_by(side.evidence, language)})" for side in one.sides]
    told = text("disagreement", language, sides=list_text(sides, language))
    if one.correction is None:
        return told
    return f"{told} {text('corrected_by', language, source=printed_by(one.correction, language))}"
