"""Who printed a quote, and what articles disagree on, in words. Plain text: knows no markup."""

from __future__ import annotations

import textwrap

from rag.schema import Article, Disagreement
from ui.i18n import date_text, text


def printed_by(article: Article, language: str) -> str:
    """`Outlet, date`, as far as they are known; else the title, shortened."""
    known = [article.outlet, article.published_at and date_text(article.published_at, language)]
    return ", ".join(part for part in known if part) or textwrap.shorten(article.title, 60, placeholder="…")


def disagreement_text(one: Disagreement, language: str) -> str:
    """What two articles say of the same thing, each with who printed it when; and which one corrects."""
    sides = " ; ".join(f"{side.words} ({printed_by(side.evidence.article, language)})" for side in one.sides)
    told = text("disagreement", language, sides=sides)
    if one.correction is None:
        return told
    return f"{told} {text('corrected_by', language, source=printed_by(one.correction.article, language))}"
