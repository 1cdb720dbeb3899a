"""Who printed a quote, and what articles disagree on, in words. Plain text: knows no markup."""

from __future__ import annotations

import textwrap

from rag.schema.answer import Disagreement, Evidence
from ui.formatting.i18n import date_text, text
from ui.formatting.page_numbers import pages_text


def printed_by(evidence: Evidence, language: str) -> str:
    """`Outlet, date`, as far as they are known, else the title, shortened; and the page."""
    article = evidence.article
    known = [article.outlet, article.published_at and date_text(article.published_at, language)]
    if not any(known):
        known = [textwrap.shorten(article.title, 60, placeholder="…")]
    return ", ".join(part for part in (*known, pages_text(evidence.pages, language)) if part)


def disagreement_text(one: Disagreement, language: str) -> str:
    """What two articles say of the same thing, each with who printed it when; and which one corrects."""
    sides = " ; ".join(f"{side.words} ({printed_by(side.evidence, language)})" for side in one.sides)
    told = text("disagreement", language, sides=sides)
    if one.correction is None:
        return told
    return f"{told} {text('corrected_by', language, source=printed_by(one.correction, language))}"
