"""The sentences of an article that say most of what it says: the lead, and a few that cover the rest.

Pure. Knows sentences, where they stand and what words they have; no question but its subject, and no models.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from rag.answering.subject import Subject
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.library.records import ArticleSentences
from rag.query.anaphora import leans_back
from rag.schema.article import Article, Span
from rag.schema.evidence import Evidence
from rag.text.headings import is_heading
from rag.text.normalization import fold
from rag.text.word_lists import WordList

# A shorter sentence says nothing by itself.
_LEAST = 30
_ENDS = re.compile(r"[.!…?][»”\"')\]]*$|[»”]$")
_QUESTION = re.compile(r"\?[\s»”\"')\]]*$")
# What stands around an article: links to others, calls to readers, dates.
_AROUND = WordList("rag.answering", "article", ("around",))
_TEASING = WordList("rag.answering", "article", ("teasing",))
_GOING_ON = WordList("rag.answering", "article", ("going on",))
_OPEN_END = re.compile(r"(?:…|\.{3})[\s»”\"')\]]*$")
_FIGURE = re.compile(r"\d")
_QUOTED = re.compile(r"[«“\"]")
# Of the article's weightiest terms so many are looked for in its lead, and what having them all is worth.
_HEAVIEST, _COVERING = 12, 0.3
# The lead is among the first sentences.
_FIRST = 5
# How many sentences sum up an article of so many.
_FEWEST, _SHARE, _MOST = 3, 0.25, 6
# How much a chosen sentence's words weigh against another that has them too.
_REDUNDANT = 0.8
# A sentence with this share of another's terms says the same.
REPEATED = 0.75


@dataclass(frozen=True)
class MainSentence:
    """A sentence of an article's body; `place` counts the body's sentences from 0."""

    evidence: Evidence
    place: int
    said: AnalysedSentence

    @cached_property
    def content(self) -> frozenset[str]:
        """Its terms, without numbers."""
        return frozenset(term for term in self.said.terms if not term[0].isdigit())

    @cached_property
    def leans(self) -> bool:
        """Whether it opens with a word for something that the sentence before names, or goes on from it."""
        return self.place > 0 and (
            leans_back(self.evidence) or _going_on().match(self.said.folded) is not None
        )

    @cached_property
    def is_teaser(self) -> bool:
        """Whether it promises what the article says and doesn't say it: a question, `Reportage.`, `…`."""
        text = self.said.text
        return (
            _QUESTION.search(text) is not None
            or _OPEN_END.search(text) is not None
            or _teasing().match(self.said.folded) is not None
        )

    @cached_property
    def facts(self) -> float:
        """What its numbers and names are worth: it says something that can be checked."""
        return 0.15 * (_FIGURE.search(self.said.text) is not None) + 0.1 * bool(self.said.names)

    def repeats(self, other: MainSentence) -> bool:
        """Return whether it says what another says."""
        least = min(len(self.content), len(other.content))
        return bool(least) and len(self.content & other.content) / least >= REPEATED


@dataclass(frozen=True)
class Body:
    """An article's sentences that say something, in order."""

    article: Article
    sentences: tuple[MainSentence, ...]
    title: AnalysedSentence

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """How much each term says of what the article is about: by how often it comes, and in the title."""
        counts = Counter(term for one in self.sentences for term in one.content)
        head = set(self.title.terms)
        return {term: math.log1p(count) * (2.0 if term in head else 1.0) for term, count in counts.items()}

    def lead(self) -> MainSentence | None:
        """Return the sentence that says what the article says; None if none says anything."""
        first = self.sentences[:_FIRST]
        able = [one for one in first if not one.leans and not one.is_teaser]
        able = able or [one for one in first if not one.is_teaser] or list(first)
        head = set(self.title.terms)
        heaviest = sum(sorted(self.weights.values(), reverse=True)[:_HEAVIEST])

        def worth(one: MainSentence) -> float:
            share = len(head & one.content) / len(head) if head else 0.0
            told = sum(self.weights[term] for term in one.content) / heaviest if heaviest else 0.0
            return share + _COVERING * min(told, 1.0) + one.facts - 0.2 * one.place

        return max(able, key=worth, default=None)

    def telling(self, subject: Subject) -> MainSentence | None:
        """Return the sentence that says most of a subject: the lead, if none has more of its words."""
        lead = self.lead()
        if lead is None:
            return None
        best = max(
            self.sentences, key=lambda one: (subject.covered(one.said.terms), not one.leans, -one.place)
        )
        more = subject.covered(best.said.terms) > subject.covered([*lead.said.terms, *self.title.terms])
        return best if more else lead


@cache
def _going_on() -> re.Pattern[str]:
    return re.compile(rf"\W*{_GOING_ON.pattern}\b")


@cache
def _teasing() -> re.Pattern[str]:
    return re.compile(rf"\W*{_TEASING.pattern}(?!\w)")


@cache
def _around() -> re.Pattern[str]:
    return re.compile(rf"\W*{_AROUND.pattern}\b")


def body(whole: ArticleSentences, analyses: SentenceAnalyses) -> Body:
    """Return an article's sentences without headings, by-lines and what else stands around it."""
    article, spans = whole.article, whole.sentences
    kept = [span for span in spans if says_something(article, span)]
    kept = kept or [span for span in spans if span.end - span.start >= _LEAST] or list(spans)
    sentences = []
    for place, span in enumerate(kept):
        before, after = _beside(span, spans)
        item = Evidence(article, span.start, span.end, before=before, after=after)
        sentences.append(MainSentence(item, place, analyses.of(item.quote, article.language)))
    return Body(article, tuple(sentences), analyses.of(article.title, article.language))


def _beside(span: Span, spans: Sequence[Span]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    place = spans.index(span)
    return tuple(reversed(spans[max(0, place - 1) : place])), tuple(spans[place + 1 : place + 2])


def says_something(article: Article, span: Span) -> bool:
    """Return whether a sentence is of what an article says: no heading, title, link or call to readers."""
    text = article.text[span.start : span.end].strip()
    plain = fold(text)
    return (
        len(text) >= _LEAST
        and _ENDS.search(text) is not None
        and not is_heading(article.text, span)
        and plain.strip(" .") != fold(article.title).strip(" .")
        and _around().match(plain) is None
    )


def covering(
    sentences: Sequence[MainSentence],
    weights: Mapping[str, float],
    count: int,
    subject: Subject | None = None,
    first: Sequence[MainSentence] = (),
) -> list[MainSentence]:
    """Return `count` sentences that together say most, in the order in which they were given.

    Args:
        sentences: The sentences.
        weights: What each term is worth.
        count: The most sentences.
        subject: What they are to speak of, if they must of anything.
        first: Those that are taken in any case.

    """
    chosen = list(first[:count])
    left = [one for one in sentences if one not in chosen and not _QUESTION.search(one.said.text)]
    while left and len(chosen) < count:
        best = max(left, key=lambda one: _worth(one, weights, chosen, subject))
        left.remove(best)
        if not any(best.repeats(other) for other in chosen):
            chosen.append(best)
    return [one for one in sentences if one in chosen]


def _worth(
    one: MainSentence,
    weights: Mapping[str, float],
    chosen: Sequence[MainSentence],
    subject: Subject | None,
) -> float:
    """Return what a sentence adds: its words' weight, less for those that were said, and what it is."""
    said = frozenset().union(*(other.content for other in chosen)) if chosen else frozenset()
    new = sum(weights.get(term, 0.0) for term in one.content - said)
    old = sum(weights.get(term, 0.0) for term in one.content & said)
    central = (new + (1 - _REDUNDANT) * old) / math.sqrt(8 + len(one.content))
    bonus = 1.0 / (1 + one.place / 3)
    bonus += 0.35 * (_FIGURE.search(one.said.text) is not None) + 0.25 * (
        _QUOTED.search(one.said.text) is not None
    )
    bonus -= 0.6 * one.leans
    about = 0.8 * subject.covered(one.said.terms) if subject is not None else 0.0
    return central + bonus + about


def fitting_count(sentences: int) -> int:
    """Return how many sentences sum up an article of so many."""
    return max(_FEWEST, min(_MOST, math.ceil(sentences * _SHARE)))
