"""What a claim states, read beside what it may rest on: its words alone don't tell its names and days."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.assertions import Mention
from rag.extraction.dates import DateMention
from rag.extraction.names.recognition import Name
from rag.extraction.numbers.quantities import Quantity
from rag.verification.contradiction import Pairing, paired
from rag.verification.correspondence import Correspondence, ReadTexts, word_vectors
from rag.verification.premise import Premise


class StatedClaim:
    """A claim beside its premise; `read` is an encoder's reading of texts, None if there is none."""

    def __init__(self, sentence: AnalysedSentence, premise: Premise, read: ReadTexts | None = None) -> None:
        self.sentence = sentence
        self.premise = premise
        self._read = read

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
    def correspondence(self) -> Correspondence:
        """Its words beside those of the quotes; by an encoder too where the languages differ."""
        mine = self.sentence.marked_words
        quotes = [item.quote for item in self.premise.evidence]
        similarities = None
        if self._read is not None and self.premise.crossing and self.text:
            own, *given = self._read([self.text, *(quote.text for quote in quotes)])
            columns = [word_vectors(q.marked_words, r) for q, r in zip(quotes, given, strict=True)]
            similarities = word_vectors(mine, own) @ np.concatenate(columns).T
        return Correspondence(mine, [quote.marked_words for quote in quotes], similarities)

    @cached_property
    def pairings(self) -> list[Pairing]:
        """Its content words, each with those of the quotes that say the same thing."""
        return paired(self.mentions, self.premise.mentions, self._aligned)

    def has_word(self, stem: str, meant: frozenset[str]) -> bool:
        """Return whether the quotes have a word like this, or tell the same from its other end (`sold`)."""
        return self.premise.meanings.has(stem, meant) or stem in self._told_from_the_other_end

    @cached_property
    def _told_from_the_other_end(self) -> frozenset[str]:
        given = {pair for mention in self.premise.mentions for pair, _ in mention.concepts}
        told = given & cue_words.CONVERSES
        return frozenset(m.stem for m in self.mentions if any(pair in told for pair, _ in m.concepts))

    def is_translated(self, start: int, end: int) -> bool:
        """Return whether each word of a stretch of the claim has its translation in the quotes."""
        words = self.sentence.marked_words
        own = [i for i, w in enumerate(words) if start <= w.start < end and (w.is_content or w.capital)]
        return bool(own) and self.premise.crossing and all(self.correspondence.translates(i) for i in own)

    def _aligned(self, mention: Mention) -> list[Mention]:
        """Return the quotes' words that stand for one of the claim's across languages."""
        if not self.premise.crossing or any(n.start <= mention.start < n.end for n in self.numbers):
            return []
        index = next(i for i, word in enumerate(self.sentence.marked_words) if word.start == mention.start)
        places = self.correspondence.of(index)
        starts = {(place.quote, self.correspondence.word(place).start) for place in places}
        return [
            other
            for quote, item in enumerate(self.premise.evidence)
            for other in item.quote.mentions
            if (quote, other.start) in starts
        ]
