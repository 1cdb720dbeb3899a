"""What changed in what a standing query finds, in two lines: what and of which query, then before and after.

Plain text: whoever puts it into HTML escapes it. What is quoted is the article's own words.
"""

from __future__ import annotations

from rag.schema.evidence import Evidence
from rag.schema.quotation import quoted
from rag.schema.standing import Change, StandingQuery
from ui.formatting.filters import chips
from ui.formatting.i18n import list_text, text
from ui.formatting.source_line import source_line

_LONGEST = 160  # characters of a quote
# Kinds of change of which the words that answer tell more than the whole quote.
_BY_VALUE = ("answered", "unanswered", "value", "correction", "source")


def change_lines(change: Change, language: str) -> tuple[str, str]:
    """Return a change in two lines."""
    about = quoted(change.query.words, language)
    before, after = side_text(change, change.before, language), side_text(change, change.after, language)
    if change.gone and not before:
        before = text("change_gone", language, count=len(change.gone), ids=list_text(change.gone, language))
    told = [before, after or text("change_no_answer", language)]
    arrow = " → ".join(side for side in told if side)
    return text(f"change_{change.kind}", language, query=about), f"  {arrow}"


def side_text(change: Change, side: tuple[Evidence, ...], language: str) -> str:
    """Return one side of a change: the value, where it is one, else the quote; and who published it when."""
    if not side:
        return ""
    first, more = side[0], len(side) - 1
    said = " ".join(((first.answer_words if change.kind in _BY_VALUE else "") or first.quote).split())
    if len(said) > _LONGEST:
        said = f"{said[:_LONGEST].rsplit(' ', 1)[0]} […]"
    where = source_line(first.article, language, ("name", "known_date"))
    told = f"{quoted(said, first.article.language)} ({where})"
    return f"{told} {text('change_more', language, count=more)}" if more else told


def query_text(query: StandingQuery, language: str) -> str:
    """Return a standing query on one line: its kind, its words, what narrows it, whether it is paused."""
    told = [text(f"standing_{query.kind}", language, query=quoted(query.words, language))]
    told += [chip.words for chip in chips(query.filters, language)]
    told += [text("filter_source", language, source=source) for source in query.filters.sources]
    told += [text("standing_paused", language)] if query.paused else []
    return " · ".join(told)


def failure_text(query: StandingQuery, language: str) -> str:
    """Return why a query couldn't be asked the last time; empty if it could."""
    if query.failure is None:
        return ""
    reason = query.failure[1 if language == "fr" else 0]
    return text("standing_failed", language, query=quoted(query.words, language), reason=reason)
