"""What articles say again and again: sentences of their outlets that are about nothing. Pure.

A sentence that several articles have word for word is no subject's, if they are of several groups, or the
rest of these articles differs. Where most of an article is found in others of its group, it is a reprint,
and all of it is read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from rag.text.normalization import fold

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_FEW = 3  # articles
_REPRINTED = 0.5  # of its characters


def without_boilerplate(groups: Sequence[Sequence[Sequence[str]]]) -> list[tuple[str, ...]]:
    """Return each article's texts (its title, its text) without what others say too, in one list."""
    seen: Counter[str] = Counter()
    within: dict[str, set[int]] = defaultdict(set)
    cut = []
    for place, group in enumerate(groups):
        for texts in group:
            sentences = [(fold(one).strip(), len(one)) for text in texts for one in _SENTENCE.findall(text)]
            seen.update({folded for folded, _ in sentences})
            for folded, _ in sentences:
                within[folded].add(place)
            cut.append((texts, sentences))
    kept = []
    for texts, sentences in cut:
        repeated = {folded for folded, _ in sentences if folded and seen[folded] >= _FEW}
        share = sum(length for folded, length in sentences if folded in repeated)
        if share > _REPRINTED * sum(length for _, length in sentences):
            repeated = {folded for folded in repeated if len(within[folded]) > 1}
        kept.append(tuple(_without(text, repeated) for text in texts))
    return kept


def _without(text: str, repeated: set[str]) -> str:
    return _SENTENCE.sub(lambda one: "\n" if fold(one[0]).strip() in repeated else one[0], text)
