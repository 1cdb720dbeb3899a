"""An answer as plain text to paste elsewhere: its sentences with `[n]`, then what each number stands for.

Pure. Plain text: whatever the articles say, it is nothing but characters.
"""

from __future__ import annotations

from rag.schema.answer import Answer, Evidence
from ui.formatting.i18n import date_text, text
from ui.formatting.page_numbers import pages_text


def copy_text(answer: Answer, language: str) -> str:
    """Question, answer and sources; a source has its quote, outlet, date, title, page and address."""
    lines = [answer.question, "", answer.text]
    if answer.citations:
        lines += ["", text("copy_sources", language)]
    lines += [_source(number, item, language) for number, item in enumerate(answer.citations, start=1)]
    return "\n".join(lines)


def _source(number: int, item: Evidence, language: str) -> str:
    article = item.article
    words = " ".join(item.quote.split())
    quoted = f"“{words}”" if article.language == "en" else f"« {words} »"
    about = [article.outlet, date_text(article.published_at, language), article.title]
    about += [pages_text(item.pages, language), article.source]
    return f"[{number}] {quoted} — {', '.join(part for part in about if part)}"
