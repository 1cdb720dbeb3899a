"""An answer as plain text to paste elsewhere: its sentences with `[n]`, then what each number stands for.

Pure. Plain text: whatever the articles say, it is nothing but characters.
"""

from __future__ import annotations

from rag.schema.answer import Answer, Evidence
from rag.schema.quotation import quoted
from ui.formatting.i18n import text
from ui.formatting.listing import listing_lines
from ui.formatting.short_answers import short_answer_text
from ui.formatting.source_line import FULL, source_line


def copy_text(answer: Answer, language: str) -> str:
    """Question, answer and sources; a source has its quote, author, outlet, date, title, page and address."""
    short = short_answer_text(answer, language)
    lines = [answer.question, "", *([short, ""] if short else []), answer.text]
    lines += [f"- {line}" for line in listing_lines(answer.listing, language)]
    if answer.citations:
        lines += ["", text("copy_sources", language)]
    lines += [_source(number, item, language) for number, item in enumerate(answer.citations, start=1)]
    return "\n".join(lines)


def _source(number: int, item: Evidence, language: str) -> str:
    about = source_line(item.article, language, (*FULL, "address"), item.pages)
    return f"[{number}] {quoted(item.quote, item.article.language)} — {about}"
