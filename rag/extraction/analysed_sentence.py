"""A text with what it states: each thing is read when it is first asked for, and kept.

Knows texts and languages; no article, no claim and no question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from cachetools import LRUCache

from rag.extraction.assertions import Mention, marked_words, mentions
from rag.extraction.clauses import Word
from rag.extraction.dates import DateMention, StatedDates, read_dates
from rag.extraction.names.exonyms import Group, groups_in, read_peoples
from rag.extraction.names.recognition import Name, StatedNames, read_names
from rag.extraction.names.vocabulary import Vocabulary
from rag.extraction.numbers.quantities import Quantity, StatedQuantities, read_quantities
from rag.extraction.numbers.shares import Factor, Share, read_shares
from rag.extraction.predicates import Predicate, predicates
from rag.text.analyzer import content_of, stems
from rag.text.folding import flatten, word_forms
from rag.text.normalization import fold, folded_words
from rag.text.synonyms import meanings

# How many texts of one question's run are kept: those of its hits, their titles and its claims are fewer.
_KEPT = 4096


class AnalysedSentence:
    """One text in one language (ISO 639-1, or None where nobody knows it), mostly a sentence."""

    def __init__(self, text: str, language: str | None) -> None:
        self.text = text
        self.language = language
        self._dates_on: dict[date | None, tuple[DateMention, ...]] = {}

    # --- its words ---

    @cached_property
    def folded(self) -> str:
        """In lower case without accents; offsets aren't those of `text`."""
        return fold(self.text)

    @cached_property
    def flat(self) -> str:
        """Without accents and typographic variety; offsets are those of `text`."""
        return flatten(self.text)

    @cached_property
    def forms(self) -> frozenset[str]:
        """The words of `flat` in lower case."""
        return word_forms(self.flat)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Folded words in order."""
        return tuple(folded_words(self.folded))

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Stems of the words that carry meaning, in order."""
        return tuple(stems(content_of(self.folded, self.text, self.language), self.language))

    @cached_property
    def meanings(self) -> frozenset[str]:
        """What its terms may stand for."""
        return frozenset(meaning for stem in self.terms for meaning in meanings(stem, self.language))

    # --- what it states ---

    @cached_property
    def _stated_dates(self) -> StatedDates:
        return read_dates(self.text, self.flat, self.forms, self.language)

    def dates_on(self, published: date | None) -> tuple[DateMention, ...]:
        """Return every reading of its dates, completed by the day on which it was published."""
        if published not in self._dates_on:
            self._dates_on[published] = tuple(self._stated_dates.on(published))
        return self._dates_on[published]

    @property
    def dates(self) -> tuple[DateMention, ...]:
        """Every reading of its dates, as far as they are stated."""
        return self.dates_on(None)

    @cached_property
    def date_spans(self) -> tuple[tuple[int, int], ...]:
        """Where its dates stand."""
        return tuple((when.start, when.end) for when in self.dates)

    @cached_property
    def _stated_quantities(self) -> StatedQuantities:
        return read_quantities(self.text, self.flat, self.forms, self.language)

    def quantities_beside(self, taken: Sequence[tuple[int, int]]) -> list[Quantity]:
        """Return its numbers without the ranges `taken` by dates."""
        return self._stated_quantities.beside(taken)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers without those of its dates."""
        return tuple(self.quantities_beside(self.date_spans))

    @cached_property
    def _read_shares(self) -> tuple[tuple[Share, ...], tuple[Factor, ...]]:
        return read_shares(self.text, self.flat, self.language, self.quantities)

    @property
    def shares(self) -> tuple[Share, ...]:
        """How many of a whole it says (`most`, `9 of the 22`)."""
        return self._read_shares[0]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """How many times as much it says (`twice as many`)."""
        return self._read_shares[1]

    @cached_property
    def _groups(self) -> tuple[Group, ...]:
        return tuple(groups_in(self.flat))

    @cached_property
    def _stated_names(self) -> StatedNames:
        return read_names(self.text, self.flat, self._groups)

    @property
    def certain_names(self) -> frozenset[str]:
        """The words, in lower case, that its capitals show to be names wherever they stand."""
        return self._stated_names.certain

    def names_known_by(self, known: Vocabulary, skip: Sequence[tuple[int, int]] = ()) -> list[Name]:
        """Return its names, where `known` tells which words that open a sentence are names.

        `skip` are dates.
        """
        return self._stated_names.known_by(known, skip)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Its names, known by its own words."""
        return tuple(self.names_known_by(self.vocabulary, self.date_spans))

    @cached_property
    def peoples(self) -> tuple[tuple[str, str], ...]:
        """Nationalities in lower case, as French writes them, with the names of their groups."""
        return tuple(read_peoples(self.text, self.flat, self._groups)) if self.language == "fr" else ()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Its words, as names are looked up in them."""
        return Vocabulary(self.flat, lambda: self.terms, lambda: self._groups, self.language)

    @cached_property
    def marked_words(self) -> list[Word]:
        """All its words in order, those denied or not certain marked so."""
        return marked_words(self.text, self.flat, self.language)

    @cached_property
    def predicates(self) -> tuple[Predicate, ...]:
        """Its verbs with the words of who does it and to whom."""
        return predicates(self.marked_words, self.text, self.language)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Its content words in their clauses, with what is said of them."""
        return mentions(self.marked_words)


class SentenceAnalyses:
    """The texts that one question's run has read: the latest of them, each analysed once."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._known: LRUCache[tuple[str, str | None], AnalysedSentence] = LRUCache(kept)

    def of(self, text: str, language: str | None) -> AnalysedSentence:
        """Return the analysis of a text in a language."""
        known = self._known.get((text, language))
        if known is None:
            known = self._known[text, language] = AnalysedSentence(text, language)
        return known
