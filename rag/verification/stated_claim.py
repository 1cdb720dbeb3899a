"""What a claim states, read beside what it may rest on: its words alone don't tell its names and days."""

from __future__ import annotations

from functools import cached_property

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.assertions import Mention
from rag.extraction.dates import DateMention
from rag.extraction.named_entities import Name
from rag.extraction.quantities import Quantity
from rag.verification.contradiction import Pairing, paired
from rag.verification.premise import Premise


class StatedClaim:
    """A claim beside its premise."""

    def __init__(self, sentence: AnalysedSentence, premise: Premise) -> None:
        self.sentence = sentence
        self.premise = premise

    @property
    def text(self) -> str:
        """The words of the claim."""
        return self.sentence.text

    @property
    def language(self) -> str | None:
        """The claim's language."""
        return self.premise.claim_language

    @cached_property
    def dates(self) -> list[DateMention]:
        """Its dates, relative ones read from the day each article was published."""
        days = self.premise.days
        return list(dict.fromkeys(when for day in days for when in self.sentence.dates_on(day)))

    @cached_property
    def _date_spans(self) -> list[tuple[int, int]]:
        return [(when.start, when.end) for when in self.dates]

    @cached_property
    def numbers(self) -> list[Quantity]:
        """Its numbers beside those of dates."""
        return self.sentence.quantities_beside(self._date_spans)

    @cached_property
    def names(self) -> list[Name]:
        """Its names in order, as any of the articles knows them."""
        found = {
            name
            for known in self.premise.vocabularies
            for name in self.sentence.names_known_by(known, self._date_spans)
        }
        return sorted(found, key=lambda name: name.start)

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Return what the quotes say of their words."""
        return self.sentence.mentions

    @cached_property
    def pairings(self) -> list[Pairing]:
        """Its content words, each with those of the quotes that say the same thing."""
        return paired(self.mentions, self.premise.mentions)
