"""Which terms stand out in each of several groups of articles, as their readers would write them.

Pure. Knows articles and their terms; not how the groups were made.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.library.map import TypicalWord
from rag.schema.article import Article
from rag.text.normalization import fold
from rag.topic_map.boilerplate import without_boilerplate
from rag.topic_map.function_words import WITH_DETERMINERS
from rag.topic_map.terms import Key, Occurrences, Written, is_unspaced, read_texts, terms_of, usual_form

VERSION = 2  # part of what a map is made by: raising it names the clusters of every library anew

# A term of several words says more than each of them, if it is no chance that they meet: it is in so many
# of the articles that have the rarest of them.
_LONGER = (1.0, 1.35, 1.5)
_TOGETHER = 0.4
_NAMES = 1.15
_TITLES, _OFTEN = 0.5, 0.4  # in every title; for each time e that an article says it
_APART = 1.5  # times as often as in the others
_BEHIND, _LEAST = 1e-6, 1e-4  # how much less what tells nothing apart counts; what tells something has more
_FEWEST = 2  # terms, of which the others may have the same
_UNSHOWN = 0.5  # what nothing shows to be a noun or a name
_ALIKE, _BEGINNING = 4, 0.6  # letters, of the longer one: two words of one family


@dataclass
class _Group:
    """How many articles of a group have each term, and who writes it how."""

    size: int = 0
    articles: Counter[Key] = field(default_factory=Counter)
    written: dict[Key, Counter[Written]] = field(default_factory=lambda: defaultdict(Counter))
    seen_in: dict[tuple[Key, str], str] = field(default_factory=dict)
    nouns: Counter[Key] = field(default_factory=Counter)
    verbs: Counter[Key] = field(default_factory=Counter)
    titles: Counter[Key] = field(default_factory=Counter)
    with_capitals: set[Key] = field(default_factory=set)
    without: set[Key] = field(default_factory=set)
    no_nouns: set[Key] = field(default_factory=set)  # where a language shows them
    before: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    after: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, article: Article, terms: dict[Key, Occurrences]) -> None:
        self.size += 1
        self.articles.update(terms.keys())
        for key, one in terms.items():
            self.written[key].update(one.written)
            for form in one.written:
                self.seen_in.setdefault((key, form.words), article.id)
            self.nouns[key] += one.as_noun
            self.verbs[key] += one.as_verb
            self.titles[key] += one.in_title
            if one.with_capitals:
                self.with_capitals.add(key)
            if one.without:
                self.without.add(key)
            if not one.as_noun and article.language in WITH_DETERMINERS:
                self.no_nouns.add(key)
            if is_unspaced(key):
                self.before[key] |= one.before
                self.after[key] |= one.after

    def is_name(self, key: Key) -> bool:
        """Return whether a term has its capitals in every place where they tell anything."""
        return key in self.with_capitals and key not in self.without


def typical_words(groups: Sequence[Sequence[Article]], count: int) -> tuple[tuple[TypicalWord, ...], ...]:
    """For each group at most `count` terms that many of its articles have, and few of the others'.

    Terms of one group share no word, in whatever inflection. Two groups have the same term only where one of
    them would have hardly any. Each is written as it is most often there, and comes from an article of the
    group that has it so.
    """
    read = _read(groups)
    everywhere: Counter[Key] = Counter()
    for group in read:
        everywhere.update(group.articles)
    total = sum(group.size for group in read)
    ranked = [_ranked(group, everywhere, total) for group in read]
    best = {key: group for group, scores in enumerate(ranked) for key in scores}
    for group, scores in enumerate(ranked):
        for key, score in scores.items():
            if score > ranked[best[key]][key] or (score == ranked[best[key]][key] and group < best[key]):
                best[key] = group
    return tuple(
        _chosen(
            group,
            [key for key, score in ranked[place].items() if best[key] == place and score > _LEAST],
            list(ranked[place]),
            count,
        )
        for place, group in enumerate(read)
    )


def _read(groups: Sequence[Sequence[Article]]) -> list[_Group]:
    texts = iter(without_boilerplate([[read_texts(article) for article in group] for group in groups]))
    read = []
    for articles in groups:
        group = _Group()
        for article in articles:
            group.add(article, terms_of(article, next(texts)))
        read.append(group)
    return read


def _ranked(group: _Group, everywhere: Counter[Key], total: int) -> dict[Key, float]:
    """Return the terms that may name a group, the one that stands out most first, with their scores."""
    rest = total - group.size
    # What a single article says is typical of it, not of the group.
    least = 2 if group.size > 2 else 1

    def standing_out(key: Key) -> float:
        here = group.articles[key] / group.size
        there = (everywhere[key] - group.articles[key] + 0.5) / (rest + 1)
        elsewhere = (everywhere[key] - group.articles[key]) / rest if rest else 0.0
        # What the others have about as often hardly tells anything apart: it comes behind whatever does.
        share = 1.0 if here > _APART * elsewhere else _BEHIND
        return here * math.log(1 + here / there) * _weight(group, key) * share

    known = (key for key, articles in group.articles.items() if articles >= least and _holds(group, key))
    scores = {key: standing_out(key) for key in known}
    return {key: scores[key] for key in sorted(scores, key=lambda key: (-scores[key], key))}


def _holds(group: _Group, key: Key) -> bool:
    """Return whether a term is one: its words belong together, and none of them is a verb as it stands."""
    if is_unspaced(key):
        return all(_ends_a_word(sides[key]) for sides in (group.before, group.after))
    if any(_is_verb(group, (stem,)) for stem in (key[0], key[-1])) or _is_verb(group, key):
        return False
    if not group.nouns[key] and key in group.no_nouns and not group.is_name(key):
        return False
    rarest = min(group.articles[(stem,)] for stem in key)
    return len(key) == 1 or group.articles[key] >= _TOGETHER * rarest


def _ends_a_word(beside: set[str]) -> bool:
    """Return whether a piece of Chinese ends there: it isn't always the same that goes on."""
    return "" in beside or len(beside) > 1


def _is_verb(group: _Group, key: Key) -> bool:
    return group.verbs[key] > group.nouns[key]


def _weight(group: _Group, key: Key) -> float:
    is_name = group.is_name(key)
    length = len(key[0]) if is_unspaced(key) else len(key)
    size = min(length, len(_LONGER)) - 1
    shown = 1.0 if is_name or group.nouns[key] else _UNSHOWN
    articles = group.articles[key]
    said = group.written[key].total() / articles
    often = 1 + _TITLES * group.titles[key] / articles + _OFTEN * math.log(said)
    return _LONGER[size] * shown * often * (_NAMES if is_name else 1.0)


def _chosen(
    group: _Group, own_keys: Sequence[Key], all_keys: Sequence[Key], count: int
) -> tuple[TypicalWord, ...]:
    """Return the first of a group's own terms; of all that it has, where it has hardly any of its own."""
    found: list[TypicalWord] = []
    said: list[str] = []
    for place, key in enumerate((*own_keys, *all_keys)):
        if len(found) >= (count if place < len(own_keys) else min(count, _FEWEST)):
            break
        form = usual_form(group.written[key])
        own = list(_compared(key, form))
        if any(_are_alike(one, other) for one in own for other in said):
            continue
        said += own
        found.append(TypicalWord(form, group.seen_in[key, form]))
    return tuple(found)


def _compared(key: Key, form: str) -> Iterator[str]:
    """Yield the words of a term by which it is told from another: stems, and as they are written."""
    yield from key
    yield from (word for word in fold(form).replace("'", " ").split() if len(word) >= _ALIKE)


def _are_alike(one: str, other: str) -> bool:
    """Return whether two words are one, or of one family; two pieces of Chinese that overlap are one too."""
    if one == other:
        return True
    if is_unspaced((one,)) and is_unspaced((other,)):
        return any(one[i : i + 2] in other for i in range(len(one) - 1))
    shared = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return shared >= max(_ALIKE, _BEGINNING * max(len(one), len(other)))
