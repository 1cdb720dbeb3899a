"""What a claim may rest on, read once: its quotes, their titles, their articles.

Pure. Knows how to read numbers, dates and names out of evidence, not what a claim makes of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from cachetools import LRUCache

from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.assertions import Mention
from rag.extraction.dates import DateMention
from rag.extraction.descriptions import Description, descriptions
from rag.extraction.names.recognition import Name
from rag.extraction.names.vocabulary import Vocabulary
from rag.extraction.numbers.quantities import Quantity
from rag.schema.article import stated_day
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.sentences import unwrapped
from rag.text.synonyms import meanings, related
from rag.text.word_lists import LANGUAGES

# How many pieces of evidence of one question are kept: those on offer, and each as wide as its neighbours.
_KEPT = 256
# How far from a number its own words may stand, in characters.
_REACH = 200
_SEGMENT_END = re.compile(
    r"[;:.!?()«»]\s|,\s|\s(?:contre|against|dont|tandis|while|mais|but)\s|\s(?:et|and)\s(?!\d)"
)


class Figure:
    """A number where it stands: in a claim, a quote or a title."""

    def __init__(self, quantity: Quantity, sentence: AnalysedSentence) -> None:
        self.quantity = quantity
        self.sentence = sentence
        self._around: dict[str | None, frozenset[str]] = {}

    def around(self, language: str | None) -> frozenset[str]:
        """Return the meanings of the content words in its own stretch of the sentence, read in `language`."""
        if language not in self._around:
            self._around[language] = _meant_around(self.sentence.text, self.quantity, language)
        return self._around[language]

    @property
    def is_elliptical(self) -> bool:
        """Whether its stretch has no verb of its own: `contre 17 % dans le groupe placebo`."""
        start, end = _stretch(self.sentence.text, self.quantity)
        words = self.sentence.marked_words
        return not any(start <= words[p.index].start < end for p in self.sentence.predicates if not p.bare)


def _meant_around(text: str, number: Quantity, language: str | None) -> frozenset[str]:
    start, end = _stretch(text, number)
    left, right = text[start : number.start], text[number.end : end]
    stems = [s for s in terms(f"{left} {right}", language) if not s[0].isdigit() and s not in cue_words.LIGHT]
    return frozenset().union(*(meanings(stem, language) for stem in stems))


def _stretch(text: str, number: Quantity) -> tuple[int, int]:
    """Return where the part of a sentence begins and ends that a number stands in."""
    start, end = max(0, number.start - _REACH), min(len(text), number.end + _REACH)
    before = [m.end() for m in _SEGMENT_END.finditer(text, start, end) if m.end() <= number.start]
    after = _SEGMENT_END.search(text, number.end, end)
    return before[-1] if before else start, after.start() if after else end


class ReadEvidence:
    """One piece of evidence with what its words state, beside a claim in `claim_language`."""

    def __init__(self, evidence: Evidence, claim_language: str | None, analyses: SentenceAnalyses) -> None:
        article = evidence.article
        # Without soft line breaks: `16\naoût` is a date, `deux\nmille` a number.
        self.evidence = replace(evidence, article=replace(article, text=unwrapped(article.text)))
        self.language = article.language or claim_language
        self.published = stated_day(article.published_at)
        self.quote = analyses.of(self.evidence.quote, self.language)
        self.title = analyses.of(article.title, self.language)
        self.outlet = analyses.of(article.outlet or "", self.language)
        self._analyses = analyses

    @property
    def as_published(self) -> AnalysedSentence:
        """The quote in its article's language alone: None where nobody knows it."""
        return self._analyses.of(self.quote.text, self.evidence.article.language)

    @cached_property
    def article(self) -> AnalysedSentence:
        """Its whole article with title, outlet and author."""
        return self._under_title(self.evidence.article.text)

    @cached_property
    def shown(self) -> AnalysedSentence:
        """What its reader is shown: the quote under title, outlet and author."""
        return self._under_title(self.evidence.quote)

    def _under_title(self, text: str) -> AnalysedSentence:
        article = self.evidence.article
        parts = (article.title, article.outlet, article.author, text)
        return self._analyses.of("\n".join(part for part in parts if part), self.language)

    def beside(self, text: str) -> AnalysedSentence:
        """Another text of its article: what stands around the quote."""
        return self._analyses.of(text, self.language)

    @cached_property
    def quote_names(self) -> tuple[Name, ...]:
        """The names of the quote, without the days and months that English writes like names."""
        return tuple(self.quote.names_known_by(self.article.vocabulary, self.quote.date_spans))

    @cached_property
    def descriptions(self) -> tuple[Description, ...]:
        """What the quote says that its names are."""
        return described(self.quote, self.quote_names)

    @cached_property
    def title_names(self) -> tuple[Name, ...]:
        """The names of the title."""
        return tuple(self.title.names_known_by(self.article.vocabulary, self.title.date_spans))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The numbers of the quote and of the title, without those of dates."""
        return tuple(
            Figure(number, sentence)
            for sentence in (self.quote, self.title)
            for number in sentence.quantities
        )


def described(said: AnalysedSentence, names: Sequence[Name]) -> tuple[Description, ...]:
    """Return what a text says that its names are."""
    spans = [(name.start, name.end) for name in names]
    verbs = frozenset(predicate.index for predicate in said.predicates)
    return descriptions(said.marked_words, said.text, said.language, spans, verbs)


class EvidenceReader:
    """Reads the evidence of one question, each piece once: the latest are kept."""

    def __init__(self, analyses: SentenceAnalyses | None = None) -> None:
        self.analyses = analyses or SentenceAnalyses()
        self._read: LRUCache[tuple[Evidence, str | None], ReadEvidence] = LRUCache(_KEPT)

    def read(self, evidence: Evidence, claim_language: str | None) -> ReadEvidence:
        """Return a piece of evidence beside a claim in this language."""
        known = self._read.get((evidence, claim_language))
        if known is None:
            known = ReadEvidence(evidence, claim_language, self.analyses)
            self._read[evidence, claim_language] = known
        return known


class Meanings:
    """What words may stand for, to be looked up by the words themselves and by their families."""

    def __init__(self, meant: frozenset[str]) -> None:
        self.all = meant
        self._families: dict[str, list[str]] = {}
        for meaning in meant:
            self._families.setdefault(meaning[:4], []).append(meaning)

    def has(self, stem: str, meant: frozenset[str]) -> bool:
        """Return whether a word with this stem and these meanings is there, or one of its family."""
        return not meant.isdisjoint(self.all) or any(
            related(stem, other) for other in self._families.get(stem[:4], ())
        )


class Premise:
    """Evidence as the checks read it. `claim_language` is None only if nobody knows any language.

    `crossing` is whether claim and evidence are in different languages, so that stems can't match.
    """

    def __init__(
        self, evidence: tuple[Evidence, ...], claim_language: str | None, reader: EvidenceReader
    ) -> None:
        """Take the evidence of a claim.

        Raises:
            ValueError: There is none.
        """
        if not evidence:
            raise ValueError("a claim is checked against evidence")
        self.language = evidence[0].article.language or claim_language
        self.claim_language = claim_language or self.language
        self.evidence = tuple(reader.read(item, self.claim_language) for item in evidence)
        self.crossing = any(item.language != self.claim_language for item in self.evidence)

    @cached_property
    def quote_dates(self) -> list[DateMention]:
        """Return the dates that the quotes name."""
        return [when for item in self.evidence for when in item.quote.dates_on(item.published)]

    @cached_property
    def dates(self) -> list[DateMention]:
        """The dates of the quotes and of the titles."""
        titles = [when for item in self.evidence for when in item.title.dates_on(item.published)]
        return self.quote_dates + titles

    @cached_property
    def figures(self) -> list[Figure]:
        """The numbers of the quotes and of the titles, without those of dates."""
        return [figure for item in self.evidence for figure in item.figures]

    @cached_property
    def vocabularies(self) -> list[Vocabulary]:
        """One for each piece of evidence: its whole article with title, outlet and author."""
        return [item.article.vocabulary for item in self.evidence]

    @cached_property
    def shown(self) -> list[Vocabulary]:
        """One for each piece of evidence: what its reader is shown."""
        return [item.shown.vocabulary for item in self.evidence]

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Return what the quotes say of their words."""
        return tuple(mention for item in self.evidence for mention in item.quote.mentions)

    @property
    def is_foreign(self) -> bool:
        """Whether a quote is in a language in which no dates are read."""
        return any(item.language not in LANGUAGES for item in self.evidence)

    @cached_property
    def says_earliest(self) -> bool:
        """Whether a quote says from when on at the earliest."""
        return any(cue_words.EARLIEST.found_in(item.quote.flat.lower()) for item in self.evidence)

    @cached_property
    def meanings(self) -> Meanings:
        """What the words of quotes, titles and outlets may stand for."""
        parts = (part for item in self.evidence for part in (item.quote, item.title, item.outlet))
        return Meanings(frozenset().union(*(part.meanings for part in parts)))

    @property
    def days(self) -> list[date | None]:
        """The days on which its articles were published, each once."""
        return list(dict.fromkeys(item.published for item in self.evidence))
