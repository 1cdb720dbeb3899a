"""What a claim may rest on, read once: its quotes, their titles, their articles.

Pure. Knows how to read numbers, dates and names out of evidence, not what a claim makes of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rag.extraction.assertions import Mention, mentions
from rag.extraction.dates import When, find_dates
from rag.extraction.named_entities import Vocabulary, vocabulary
from rag.extraction.quantities import Quantity, find_quantities
from rag.schema.answer import Evidence
from rag.schema.article import stated_day


@dataclass(frozen=True, slots=True)
class Figure:
    """A number where it stands: in a quote or a title."""

    quantity: Quantity
    text: str


class Basis:
    """Evidence as the checks read it. `claim_language` is None only if nobody knows any language.

    `crossing` is whether claim and evidence are in different languages, so that stems can't match.
    """

    def __init__(self, evidence: tuple[Evidence, ...], claim_language: str | None) -> None:
        self.evidence = evidence
        self.language = evidence[0].article.language or claim_language
        self.claim_language = claim_language or self.language
        self.crossing = any(self.spoken(e) != self.claim_language for e in evidence)

    def spoken(self, evidence: Evidence) -> str | None:
        """The language of a piece of evidence: its article's, else the claim's."""
        return evidence.article.language or self.claim_language

    @cached_property
    def quote_dates(self) -> list[When]:
        return [when for e in self.evidence for when in find_dates(e.quote, published_on(e))]

    @cached_property
    def dates(self) -> list[When]:
        """The dates of the quotes and of the titles."""
        titles = [when for e in self.evidence for when in find_dates(e.article.title, published_on(e))]
        return self.quote_dates + titles

    @cached_property
    def figures(self) -> list[Figure]:
        """The numbers of the quotes and of the titles, without those of dates."""
        return [
            Figure(number, text)
            for e in self.evidence
            for text in (e.quote, e.article.title)
            for number in find_quantities(text, self.spoken(e), [(d.start, d.end) for d in find_dates(text)])
        ]

    @cached_property
    def vocabularies(self) -> list[Vocabulary]:
        """One for each piece of evidence: its whole article with title, outlet and author."""
        return [vocabulary(_read(e, e.article.text), self.spoken(e)) for e in self.evidence]

    @cached_property
    def quoted(self) -> list[Vocabulary]:
        """One for each piece of evidence: what its reader is shown, the quote under title, outlet, author."""
        return [vocabulary(_read(e, e.quote), self.spoken(e)) for e in self.evidence]

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        return tuple(mention for e in self.evidence for mention in mentions(e.quote, self.spoken(e)))

    def claim_dates(self, claim: str) -> list[When]:
        """The claim's dates, its relative ones read from the day each article was published."""
        days = dict.fromkeys(published_on(e) for e in self.evidence)
        return list(dict.fromkeys(when for day in days for when in find_dates(claim, day)))


def published_on(evidence: Evidence) -> date | None:
    """The day of the article's publication, if it states one."""
    return stated_day(evidence.article.published_at)


def _read(evidence: Evidence, text: str) -> str:
    article = evidence.article
    return "\n".join(part for part in (article.title, article.outlet, article.author, text) if part)
