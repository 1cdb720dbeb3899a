"""Which passages stand in the side panel, and which of their characters are cited.

Pure. Every quote is found by its offsets, never by searching for its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rag.schema.answer import Answer
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.schema.hit import Hit, Reprint


@dataclass(frozen=True, slots=True)
class Citation:
    """The evidence that the answer calls `[number]`."""

    number: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Card:
    """A stretch of an article on show, with the citations whose quotes lie wholly inside it.

    `also_in` are the other articles that carry it.
    """

    article: Article
    span: Span
    citations: tuple[Citation, ...] = ()
    is_hit: bool = True
    also_in: tuple[Reprint, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedText:
    """A run of a card's characters that the same citations cover; `numbers` is empty when none does."""

    text: str
    numbers: tuple[int, ...] = ()


def cards(answer: Answer) -> tuple[Card, ...]:
    """Return one card a hit, in order of rank; then one a citation that lies in no hit: its paragraph.

    A citation belongs to the first hit that holds all of it, so that it is marked exactly once.
    """
    homes: dict[int, list[Citation]] = {}
    strays: list[Card] = []
    for number, evidence in enumerate(answer.citations, start=1):
        citation = Citation(number, evidence)
        home = next((i for i, hit in enumerate(answer.hits) if _holds(hit, evidence)), None)
        if home is None:
            strays.append(Card(evidence.article, paragraph(evidence), (citation,), False, evidence.also_in))
        else:
            homes.setdefault(home, []).append(citation)
    hits = (
        Card(hit.article, Span(hit.start, hit.end), tuple(homes.get(i, ())), also_in=hit.also_in)
        for i, hit in enumerate(answer.hits)
    )
    return (*hits, *strays)


def paragraph(evidence: Evidence) -> Span:
    """Return the whole lines of the article that the evidence touches."""
    text = evidence.article.text
    end = text.find("\n", evidence.end)
    return Span(text.rfind("\n", 0, evidence.start) + 1, len(text) if end < 0 else end)


def pieces(card: Card) -> tuple[CitedText, ...]:
    """Return the card's text, cut wherever a quote begins or ends: joined, the pieces are the text again."""
    quotes = [(c.number, c.evidence.start, c.evidence.end) for c in card.citations]
    edges = {card.span.start, card.span.end, *(edge for _, *span in quotes for edge in span)}
    return tuple(
        CitedText(
            card.article.text[start:end],
            tuple(number for number, first, last in quotes if first <= start and end <= last),
        )
        for start, end in pairwise(sorted(edges))
    )


def _holds(hit: Hit, evidence: Evidence) -> bool:
    return hit.article.id == evidence.article.id and hit.start <= evidence.start and evidence.end <= hit.end
