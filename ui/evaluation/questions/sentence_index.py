"""Articles cut into sentences with their terms: what near misses are made from and guarded by.

Knows articles as texts; no question set and no kind of near miss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.schema.article import Article
from rag.text.analyzer import terms
from rag.text.normalization import words
from rag.text.sentences import split_sentences
from ui.evaluation.questions.dataset import Place

# Of the words of two sentences, the share that makes them one sentence told twice.
_SAME = 0.6
# A sentence that holds this much of another's words holds it, if that one isn't of a word or two.
_HELD = 0.8
_LEAST_TERMS = 4


@dataclass(frozen=True)
class IndexedSentence:
    """A sentence of an article: where it is, its words, which of the paragraphs it is in."""

    place: Place
    text: str
    language: str | None
    paragraph: int

    @property
    def in_paragraph(self) -> tuple[str, int]:
        """Its article and the paragraph's number there."""
        return self.place.article_id, self.paragraph

    @cached_property
    def said(self) -> str:
        """Its folded words with a space around each."""
        return f" {' '.join(words(self.text))} "

    @cached_property
    def terms(self) -> frozenset[str]:
        """The stems of its words that carry meaning."""
        return frozenset(terms(self.text, self.language))

    def says(self, phrase: Sequence[str]) -> bool:
        """Return whether these folded words stand in it, one after the other."""
        return bool(phrase) and f" {' '.join(phrase)} " in self.said

    def repeats(self, other: IndexedSentence) -> bool:
        """Return whether it says the same as another, or holds nearly all of it."""
        if self.said == other.said:
            return True
        shared, fewer = len(self.terms & other.terms), min(len(self.terms), len(other.terms))
        if fewer < _LEAST_TERMS:
            return False
        return shared >= _SAME * len(self.terms | other.terms) or shared >= _HELD * len(other.terms)


class SentenceIndex:
    """The sentences of some articles, by article and by the terms in them."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = {article.id: article for article in articles}
        self._sentences = {article.id: list(_cut(article)) for article in self.articles.values()}
        self._with_term: dict[str, list[IndexedSentence]] = {}
        for sentence in self:
            for term in sentence.terms:
                self._with_term.setdefault(term, []).append(sentence)

    def __iter__(self) -> Iterator[IndexedSentence]:
        for sentences in self._sentences.values():
            yield from sentences

    def of(self, article_id: str) -> Sequence[IndexedSentence]:
        """Return an article's sentences, in order; none of an article that isn't here."""
        return self._sentences.get(article_id, ())

    def touching(self, places: Iterable[Place]) -> list[IndexedSentence]:
        """Return the sentences that these places are in."""
        return [
            sentence
            for place in places
            for sentence in self.of(place.article_id)
            if sentence.place.touches(place)
        ]

    def sharing(self, sought: Iterable[str]) -> Iterator[IndexedSentence]:
        """Yield every sentence that has one of the terms, once."""
        seen: dict[Place, None] = {}
        for term in sought:
            for sentence in self._with_term.get(term, ()):
                if sentence.place not in seen:
                    seen[sentence.place] = None
                    yield sentence


def _cut(article: Article) -> Iterator[IndexedSentence]:
    paragraph, before = 0, 0
    for span in split_sentences(article.text, article.language):
        paragraph += "\n\n" in article.text[before : span.start]
        before = span.end
        place = Place(article.id, span.start, span.end)
        yield IndexedSentence(place, article.text[span.start : span.end], article.language, paragraph)
