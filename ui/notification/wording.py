"""A change of what a standing query finds, in words: what kind it is, and its quotes on a line each.

Pure plain text; whoever puts it into markup escapes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rag.extraction.dates import find_dates
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.quotation import quoted
from rag.schema.standing import Change
from ui.formatting.claims import printed_by
from ui.formatting.i18n import list_text, text
from ui.rendering.quotation import answering

MOST_QUOTES = 3  # of a side
# Kinds of change that come beside what there was.
_ADDED = ("source", "match", "statement", "mention")
_LONGEST = 600  # characters of a quote, out of the page: it is a pointer, not a copy


@dataclass(frozen=True, slots=True)
class ToldQuote:
    """A quote on one line, who printed it when, and where it is; `marked`, `[start, end)`, is the value."""

    evidence: Evidence
    words: str
    marked: tuple[int, int] | None
    source: str

    @property
    def article(self) -> Article:
        """The article that is quoted."""
        return self.evidence.article

    @property
    def is_cut(self) -> bool:
        """Whether more of it was published than is told."""
        return len(self.words) < len(" ".join(self.evidence.quote.split()))


def kind_text(change: Change, language: str) -> str:
    """Return what kind of change it is: `another number`, `a correction`."""
    return text(f"told_{_kind(change)}", language)


def _kind(change: Change) -> str:
    if change.kind != "value":
        return change.kind
    words = [one.answer_words for one in (*change.before[:1], *change.after[:1])]
    if not words or not all(words):
        return "value_words"
    if all(find_dates(one) for one in words):
        return "value_date"
    return "value_number" if all(any(map(str.isdigit, one)) for one in words) else "value_words"


def value_text(change: Change) -> str:
    """Return `340 habitants → 355 habitants`; empty unless both sides have words that answer."""
    sides = [_value(change.before), _value(change.after)]
    return " → ".join(sides) if all(sides) else ""


def _value(side: Sequence[Evidence]) -> str:
    return next((" ".join(one.answer_words.split()) for one in side if one.answer_words), "")


def headline(change: Change, language: str) -> str:
    """Return one line: the kind, the standing query's words, the values."""
    kind = kind_text(change, language)
    words = " ".join(change.query.words.split())
    said = text("told_headline", language, kind=kind[:1].upper() + kind[1:], words=words)
    values = value_text(change)
    return f"{said} ({values})" if values else said


def quotes(side: Sequence[Evidence], language: str) -> list[ToldQuote]:
    """Return the first quotes of a side."""
    return [_told(one, language) for one in side[:MOST_QUOTES]]


def _told(evidence: Evidence, language: str) -> ToldQuote:
    words = " ".join(evidence.quote.split())
    marked = answering(evidence)
    if len(words) > _LONGEST:
        end = words.rfind(" ", 0, _LONGEST)
        words = words[: end if end > 0 else _LONGEST]
    if marked and marked[1] > len(words):
        marked = None
    return ToldQuote(evidence, words, marked, _source(evidence, language))


def _source(evidence: Evidence, language: str) -> str:
    """Return who printed it when, and who else did."""
    others = list(dict.fromkeys(one.outlet for one in evidence.also_in if one.outlet))
    printed = printed_by(evidence, language)
    others = [one for one in others if one != evidence.article.outlet][:MOST_QUOTES]
    if not others:
        return printed
    return f"{printed}. {text('said_also_in', language, outlets=list_text(others, language))}"


def lines(change: Change, language: str) -> list[str]:
    """Return a change as lines of plain text: its headline, then what stood and what stands, quoted."""
    said = [headline(change, language)]
    for name, side in (("before", change.before), ("after", change.after)):
        label = side_label(change, name, language)
        for told in quotes(side, language):
            mark = quoted(f"{told.words}{' […]' * told.is_cut}", told.article.language)
            said.append("  " + " ".join(filter(None, (label, mark, f"({told.source})"))))
        if (rest := len(side) - MOST_QUOTES) > 0:
            said.append(f"  {text('told_more_quotes', language, count=rest)}")
    return [*said, *(f"  {one}" for one in gone(change, language))]


def side_label(change: Change, side: str, language: str) -> str:
    """Return what stands over the quotes `before` or `after`; nothing where they are no change of others."""
    return "" if change.kind in _ADDED and not change.before else text(f"told_{side}", language)


def gone(change: Change, language: str) -> list[str]:
    """Return a sentence that says that articles of before have left the library, if any have."""
    return [text("told_gone", language, count=len(change.gone))] if change.gone else []


def told_moment(change: Change) -> datetime:
    """Return when a change was told, with its offset."""
    moment = datetime.fromisoformat(change.told_at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
