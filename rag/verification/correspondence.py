"""Which words of the quotes stand for each word of a claim: by stem, synonym, name or an encoder's vectors.

Pure. Vectors of words in their sentences are the only thing that tells a translation that no list has; they
are near for words in one another's place too, opposites among them, so that they are the last resort and
have a least cosine. Knows what words are, not what a claim states with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

import numpy as np

from rag.extraction.clauses import Word
from rag.extraction.names.exonyms import group_of
from rag.extraction.names.phonetics import sound
from rag.text.synonyms import related

# Least cosine of two words in their sentences, each less the mean of its own text's tokens, for one to stand
# for the other. Of words of right claims across languages whose translation is in the lists 90 % reach .42.
ALIGNED = 0.40


# The same for names: translations of them reach .57, another place in the same sentence .47.
TRANSLATED = 0.57
# Share of letters in common above which two names without a known translation are two spellings, or two
# names that are alike, which only their sound tells.
_SPELLED_ALIKE = 0.5


class TextVectors(Protocol):
    """A text as an encoder read it: `tokens` (n, size), `spans` (n, 2) the characters of each."""

    tokens: np.ndarray
    spans: np.ndarray


ReadTexts = Callable[[Sequence[str]], Sequence[TextVectors]]


@dataclass(frozen=True, slots=True)
class Place:
    """A word of a quote: the number of the quote, and of the word in it."""

    quote: int
    index: int


class Correspondence:
    """The words of a claim beside those of its quotes.

    `similarities` are cosines, one row for each of the claim's words, one column for each of the quotes' in
    a row; None where no encoder has read them.
    """

    def __init__(
        self,
        claim: Sequence[Word],
        quotes: Sequence[Sequence[Word]],
        similarities: np.ndarray | None = None,
    ) -> None:
        self.claim = claim
        self.quotes = quotes
        self._columns = [Place(q, i) for q, words in enumerate(quotes) for i in range(len(words))]
        self.similarities = similarities
        self._known: dict[int, tuple[Place, ...]] = {}

    def word(self, place: Place) -> Word:
        """Return the word at a place."""
        return self.quotes[place.quote][place.index]

    def known(self, index: int) -> tuple[Place, ...]:
        """Return where words stand that mean the same as one of the claim's by lists, spelling or sound."""
        if index not in self._known:
            mine = self.claim[index]
            self._known[index] = tuple(p for p in self._columns if same_word(mine, self.word(p)))
        return self._known[index]

    def of(self, index: int, least: float = ALIGNED) -> tuple[Place, ...]:
        """Return where words stand for one of the claim's: those known, else the nearest by vector."""
        if found := self.known(index):
            return found
        place, cosine = self.nearest(index)
        return (place,) if place is not None and cosine >= least else ()

    def translates(self, index: int) -> bool:
        """Return whether a word of a name has its translation among the quotes' words."""
        if self.known(index):
            return True
        place, cosine = self.nearest(index)
        if place is None or cosine < TRANSLATED:
            return False
        mine, other = self.claim[index], self.word(place)
        alike = SequenceMatcher(None, mine.plain, other.plain).ratio() > _SPELLED_ALIKE
        return not alike or group_of(mine.plain) is not None or not mine.capital

    def nearest(self, index: int) -> tuple[Place | None, float]:
        """Return the place with the nearest vector among words of content, and its cosine."""
        if self.similarities is None or not self._columns:
            return None, 0.0
        row = self.similarities[index]
        best = max(
            (
                n
                for n, place in enumerate(self._columns)
                if self.word(place).is_content or self.word(place).capital
            ),
            key=row.__getitem__,
            default=None,
        )
        return (None, 0.0) if best is None else (self._columns[best], float(row[best]))


def same_word(one: Word, other: Word) -> bool:
    """Return whether two words mean the same by lists, spelling or sound, in whatever languages."""
    if one.plain == other.plain:
        return True
    if one.is_content and other.is_content:
        if one.meanings & other.meanings or one.stem == other.stem or related(one.stem, other.stem):
            return True
        if related(one.plain, other.plain):
            return True
    if one.capital and other.capital:
        group = group_of(one.plain)
        return group == group_of(other.plain) if group else sound(one.plain) == sound(other.plain)
    return False


def word_vectors(words: Sequence[Word], read: TextVectors) -> np.ndarray:
    """Return unit vectors of words, (n, size): the means of their tokens, less the mean of the text's.

    A word of which no token was read has zeros.
    """
    size = read.tokens.shape[1] if read.tokens.ndim == 2 else 0
    vectors = np.zeros((len(words), size), dtype=np.float32)
    if not len(read.tokens):
        return vectors
    centred = read.tokens - read.tokens.mean(axis=0)
    starts, ends = read.spans[:, 0], read.spans[:, 1]
    for row, word in zip(vectors, words, strict=True):
        own = (starts < word.end) & (ends > word.start)
        if own.any():
            mean = centred[own].mean(axis=0)
            row[:] = mean / max(float(np.linalg.norm(mean)), 1e-12)
    return vectors
