"""Near misses of the first kind: the sentence that answers is taken out of the article, the rest stays.

The articles without them are a corpus of their own. In the library of the other questions nothing is
missing: what they measure doesn't depend on whether near misses are asked too.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.schema.article import Article
from rag.text.analyzer import terms
from rag.text.normalization import words
from ui.evaluation.questions.dataset import Corpus, GoldQuestion, Place
from ui.evaluation.questions.near_miss import NearMiss
from ui.evaluation.questions.sentence_index import IndexedSentence, SentenceIndex

# What is told more often than this is what the article is about: it wouldn't be one without it.
_MOST_SENTENCES = 6
# Of a gold answer's terms, the share that says it; of a question's, the share that makes another article's
# sentence an answer to it.
_MOST_OF_ANSWER = 0.75
_HALF_OF_QUESTION = 0.5
_BETWEEN = re.compile(r"[^\S\n]*")


@dataclass(frozen=True, slots=True)
class WithoutSentences:
    """Articles from which sentences are gone, and the questions that nothing answers there."""

    corpus: Corpus
    near_misses: tuple[NearMiss, ...]


def without_sentences(
    corpus: Corpus, index: SentenceIndex, questions: Sequence[GoldQuestion], count: int, seed: int
) -> WithoutSentences:
    """Take the gold sentences of `count` of the questions, drawn with `seed`, out of the corpus's articles.

    With them go their twins: the same sentence told elsewhere, and every other sentence that gives the gold
    words for what is asked. A paragraph loses the sentences of one question, and never all that it has.
    Fewer questions if there are no more of which that can be said.
    """
    found: list[NearMiss] = []
    gone: list[Place] = []
    cut: set[tuple[str, int]] = set()
    twice = _asked_elsewhere(corpus.questions)
    for question in random.Random(seed).sample(list(questions), len(questions)):
        if len(found) == count:
            break
        telling = [] if question.text in twice else _Asked(question, index).telling()
        paragraphs = {sentence.in_paragraph for sentence in telling}
        if not telling or paragraphs & cut:
            continue
        cut |= paragraphs
        gone += [sentence.place for sentence in telling]
        told = tuple(sentence.text for sentence in telling)
        found.append(NearMiss("sentence_gone", GoldQuestion(question.text), question, told))
    return WithoutSentences(_without(corpus, gone), tuple(found))


def _asked_elsewhere(questions: Iterable[GoldQuestion]) -> frozenset[str]:
    """Return the questions that are asked, in the same words, of several paragraphs."""
    paragraphs: dict[str, set[Place | None]] = {}
    for question in questions:
        paragraphs.setdefault(question.text, set()).add(question.paragraph)
    return frozenset(text for text, asked in paragraphs.items() if len(asked) > 1)


class _Asked:
    """A question with the terms by which sentences that answer it are known."""

    def __init__(self, question: GoldQuestion, index: SentenceIndex) -> None:
        article = index.articles[question.gold[0].article_id]
        self._article_id, self._index = article.id, index
        self._answers = [
            _Answer(words(said), frozenset(terms(said, article.language))) for said in question.answers
        ]
        self._title = frozenset(terms(article.title, article.language))
        self._terms = frozenset(terms(question.text, article.language))
        self._gold = index.touching(question.gold)

    @property
    def _can_miss(self) -> bool:
        """Whether its answer is in words that neither it nor the title has."""
        return all(answer.terms - self._terms and not answer.terms <= self._title for answer in self._answers)

    def telling(self) -> list[IndexedSentence]:
        """Return all sentences that tell the gold answer; none if it is no near miss without them."""
        if not self._can_miss:
            return []
        found = {sentence.place: sentence for sentence in self._gold}
        known = {term for one in (*self._answers, *self._gold) for term in one.terms}
        found |= {one.place: one for one in self._index.sharing(known) if self._tells(one)}
        cut = {sentence.in_paragraph for sentence in found.values()}
        stay = {sentence.in_paragraph for sentence in self._index if sentence.place not in found}
        return list(found.values()) if len(found) <= _MOST_SENTENCES and cut <= stay else []

    def _tells(self, sentence: IndexedSentence) -> bool:
        if any(sentence.repeats(gold) for gold in self._gold):
            return True
        if not any(answer.told_by(sentence) for answer in self._answers):
            return False
        if sentence.in_paragraph in {gold.in_paragraph for gold in self._gold}:
            return True
        if sentence.place.article_id == self._article_id:
            return bool(sentence.terms & self._terms)
        return len(sentence.terms & self._terms) >= max(2, _HALF_OF_QUESTION * len(self._terms))


@dataclass(frozen=True, slots=True)
class _Answer:
    words: Sequence[str]
    terms: frozenset[str]

    def told_by(self, sentence: IndexedSentence) -> bool:
        shared = len(self.terms & sentence.terms)
        return sentence.says(self.words) or (
            len(self.terms) > 2 and shared >= _MOST_OF_ANSWER * len(self.terms)
        )


def _without(corpus: Corpus, gone: Sequence[Place]) -> Corpus:
    """Return the corpus without these places; it has no questions: their gold places have moved."""
    listed = "\n".join(sorted(f"{place.article_id} {place.start} {place.end}" for place in gone))
    return replace(
        corpus,
        articles=tuple(
            _cut_out(article, [place for place in gone if place.article_id == article.id])
            for article in corpus.articles
        ),
        questions=(),
        digest=hashlib.sha256(f"{corpus.digest}\n{listed}".encode()).hexdigest(),
    )


def _cut_out(article: Article, places: Iterable[Place]) -> Article:
    text = article.text
    for place in sorted(places, key=lambda place: -place.start):
        # The space before the next sentence goes with it; the blank line between paragraphs stays.
        text = text[: place.start] + text[_BETWEEN.match(text, place.end).end() :]
    if text == article.text:
        return article
    content_hash = hashlib.sha256(f"{article.title}\n{text}".encode()).hexdigest()
    return replace(article, text=text, content_hash=content_hash)
