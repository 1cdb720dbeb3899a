"""Near misses of the second kind: a name in the question is swapped for another of the same kind of thing.

Half of the new names occur nowhere in the articles that are searched: they come from those that were left
out. The others do occur there, but not where the question would be answered.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.schema.article import Article
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.normalization import words
from ui.evaluation.questions.dataset import GoldQuestion
from ui.evaluation.questions.names import FIRST_NAME, Mention, NameKind, NameKinds, mentions
from ui.evaluation.questions.near_miss import NearMiss
from ui.evaluation.questions.sentence_index import IndexedSentence, SentenceIndex

UNKNOWN, ELSEWHERE = "unknown", "elsewhere"
# Of what the question asks beside its names, the share that makes a paragraph about the new name an answer.
_HALF_OF_QUESTION = 0.5
# Words that a name takes before it or not: `la SNCF`, `en Tunisie`, `au Canada`, but `LREM`, `à Alger`.
_PARTICLE = re.compile(r"(?:\b(le|la|les|du|des|au|aux|en|the) |\b(l)['’])$", re.IGNORECASE)
_ELIDABLE = re.compile(r"\b(?:(d|qu)['’]|(de|que) )$", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


@dataclass
class _Known:
    """A name that may be put in another's place: how it is written, and what stands before it."""

    text: str
    kind: NameKind
    particles: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A name in a question, with the particle before it."""

    mention: Mention
    kind: NameKind
    particle: str


def swapped_names(
    questions: Sequence[GoldQuestion],
    index: SentenceIndex,
    left_out: Sequence[Article],
    count: int,
    seed: int,
) -> list[NearMiss]:
    """Swap a name in `count` of the questions, drawn with `seed`; fewer if no more can be swapped.

    Args:
        questions: Questions that the articles answer.
        index: The articles that are searched.
        left_out: Articles that aren't.
        count: How many near misses are wanted.
        seed: That of the draw.
    """
    return _Swapper(index, left_out, random.Random(seed)).draw(questions, count)


class _Swapper:
    def __init__(self, index: SentenceIndex, left_out: Sequence[Article], chance: random.Random) -> None:
        self._index, self._chance = index, chance
        self._kinds = NameKinds()
        for article in (*index.articles.values(), *left_out):
            self._kinds.read(article.text)
        self._words = {article.id: _words_of(article) for article in index.articles.values()}
        self._all_words = frozenset().union(*self._words.values())
        self._pools = {UNKNOWN: self._pool(left_out), ELSEWHERE: self._pool(index.articles.values())}
        self._used: Counter[str] = Counter()

    def _pool(self, articles: Iterable[Article]) -> list[_Known]:
        found: dict[str, _Known] = {}
        for article in articles:
            for mention in mentions(article.text):
                if not mention.opening and (kind := self._kinds.of(mention.text)) is not None:
                    known = found.setdefault(mention.text, _Known(mention.text, kind))
                    known.particles.add(_particle(article.text, mention))
        return list(found.values())

    def draw(self, questions: Sequence[GoldQuestion], count: int) -> list[NearMiss]:
        found: list[NearMiss] = []
        asked = {question.text for question in questions}
        wanted = Counter({UNKNOWN: count - count // 2, ELSEWHERE: count // 2})
        waiting = self._chance.sample(list(questions), len(questions))
        # First as many of each group as are wanted, then of either what one of them is short of.
        for group in (None, UNKNOWN, ELSEWHERE):
            rest = []
            for question in waiting:
                wants = group or max(wanted, key=lambda one: wanted[one])
                miss = self._swapped(question, wants) if len(found) < count and wanted[wants] > 0 else None
                if miss is None or miss.question.text in asked:
                    rest.append(question)
                    continue
                asked.add(miss.question.text)
                wanted[wants] -= 1
                found.append(miss)
            waiting = rest
            wanted = Counter(dict.fromkeys((UNKNOWN, ELSEWHERE), count - len(found)))
        return found

    def _swapped(self, question: GoldQuestion, group: str) -> NearMiss | None:
        slots = list(self._slots(question))
        for slot in self._chance.sample(slots, len(slots)):
            able = [known for known in self._pools[group] if self._fits(known, slot, question, group)]
            if able:
                fewest = min(self._used[known.text] for known in able)
                new = self._chance.choice([known for known in able if self._used[known.text] == fewest])
                self._used[new.text] += 1
                text = _with_name(question.text, slot.mention, new.text)
                return NearMiss.reworded("name_swapped", question, text, (slot.mention.text, new.text), group)
        return None

    def _slots(self, question: GoldQuestion) -> Iterator[_Slot]:
        for mention in mentions(question.text):
            kind = self._kinds.of(mention.text)
            alone = question.text.count(mention.text) == 1
            if kind is not None and not mention.opening and alone:
                yield _Slot(mention, kind, _particle(question.text, mention))

    def _fits(self, known: _Known, slot: _Slot, question: GoldQuestion, group: str) -> bool:
        if known.kind != slot.kind or slot.particle not in known.particles:
            return False
        own = _distinctive(known.text)
        if not own or own & (set(words(question.text)) | self._words[question.gold[0].article_id]):
            return False
        if group == UNKNOWN:
            return not own & self._all_words
        return not self._may_answer(known, own, question)

    def _may_answer(self, known: _Known, own: frozenset[str], question: GoldQuestion) -> bool:
        """Return whether a paragraph that has the name, or its article, may answer the question about it."""
        phrase, language = words(known.text), self._index.articles[question.gold[0].article_id].language
        telling = [one for one in self._index.sharing(terms(known.text, language)) if one.says(phrase)]
        if not telling:
            return True
        named = {term for mention in mentions(question.text) for term in terms(mention.text, language)}
        rest = frozenset(terms(question.text, language)) - named
        if not rest:
            return True
        for sentence in telling:
            article = self._index.articles[sentence.place.article_id]
            if own & set(words(article.title)):
                return True
            shared = rest & self._paragraph_terms(sentence)
            if len(shared) >= _HALF_OF_QUESTION * len(rest):
                return True
        return False

    def _paragraph_terms(self, sentence: IndexedSentence) -> frozenset[str]:
        beside = self._index.of(sentence.place.article_id)
        return frozenset().union(*(one.terms for one in beside if one.in_paragraph == sentence.in_paragraph))


def _words_of(article: Article) -> frozenset[str]:
    return frozenset(words(f"{article.title}\n{article.text}"))


def _distinctive(name: str) -> frozenset[str]:
    """Return the folded words of a name that tell whose it is: those with a capital, first names aside."""
    parts = [word for word in name.split() if word[0].isupper()]
    if len(parts) > 1 and flatten(parts[0]).lower() in FIRST_NAME:
        parts = parts[1:]
    return frozenset(word for part in parts for word in words(part))


def _particle(text: str, mention: Mention) -> str:
    found = _PARTICLE.search(text[max(0, mention.start - 6) : mention.start])
    return (found[1] or found[2]).lower() if found else ""


def _with_name(text: str, mention: Mention, name: str) -> str:
    """Return a text with another name, `d'` before a vowel and `de` before a consonant."""
    before = text[: mention.start]
    if (elided := _ELIDABLE.search(before)) is not None and elided.start() != mention.start:
        word = {"d": "de", "qu": "que"}.get((elided[1] or elided[2]).lower(), elided[2])
        vowel = _VOWEL.match(flatten(name)) is not None
        before = before[: elided.start()] + (f"{word[:-1]}'" if vowel else f"{word} ")
    return before + name + text[mention.end :]
