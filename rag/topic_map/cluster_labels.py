"""Which words stand out in each of several groups of articles, as their readers would write them.

Pure. Knows articles and their languages' stems; not how the groups were made.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from stopwordsiso import stopwords

from rag.library.map import TypicalWord
from rag.schema.article import Article
from rag.text.analyzer import word_stems
from rag.text.normalization import fold

_WORD = re.compile(r"[^\W\d_]{3,}")
_READ = 2_000  # characters of each article: what it is about is said at its beginning


@dataclass
class _Group:
    """How many articles of a group have each stem, and who writes it how."""

    size: int = 0
    articles: Counter[str] = field(default_factory=Counter)
    forms: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen_in: dict[str, str] = field(default_factory=dict)


def typical_words(groups: Sequence[Sequence[Article]], count: int) -> tuple[tuple[TypicalWord, ...], ...]:
    """For each group at most `count` words that many of its articles have, and few of the others'.

    Each is written as it is most often there, and comes from an article of the group that has it so.
    """
    stems: dict[tuple[str, str | None], str | None] = {}
    read = [_read(group, stems) for group in groups]
    everywhere: Counter[str] = Counter()
    for group in read:
        everywhere.update(group.articles)
    total = sum(group.size for group in read)
    return tuple(_best(group, everywhere, total, count) for group in read)


def _read(articles: Sequence[Article], stems: dict[tuple[str, str | None], str | None]) -> _Group:
    group = _Group(len(articles))
    for article in articles:
        found = set()
        for match in _WORD.finditer(f"{article.title}\n{article.text[:_READ]}"):
            word, key = match[0], (match[0], article.language)
            if key not in stems:
                stems[key] = _stem(word, article.language)
            if stem := stems[key]:
                found.add(stem)
                group.forms[stem][word] += 1
                group.seen_in.setdefault(word, article.id)
        group.articles.update(found)
    return group


def _stem(word: str, language: str | None) -> str | None:
    """Return the stem; None for words that no article is about: numbers in words, `before`, `also`."""
    if fold(word) in _common(language):
        return None
    return next(iter(word_stems(word, language)), None)


@cache
def _common(language: str | None) -> frozenset[str]:
    return frozenset(fold(word) for word in stopwords(language or ""))


def _best(group: _Group, everywhere: Counter[str], total: int, count: int) -> tuple[TypicalWord, ...]:
    rest = total - group.size
    # What a single article says is typical of it, not of the group.
    least = 2 if group.size > 2 else 1

    def standing_out(stem: str) -> float:
        here = group.articles[stem] / group.size
        there = (everywhere[stem] - group.articles[stem] + 0.5) / (rest + 1)
        return here * math.log(1 + here / there)

    known = (stem for stem, articles in group.articles.items() if articles >= least)
    words = []
    for stem in sorted(known, key=lambda stem: (-standing_out(stem), stem))[:count]:
        forms = group.forms[stem]
        word = min(forms, key=lambda form: (-forms[form], fold(form), form))
        words.append(TypicalWord(word, group.seen_in[word]))
    return tuple(words)
