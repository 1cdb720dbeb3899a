"""Words in their clauses, as the checks of negation and certainty read them.

Pure. Splits a text into words with their stems, synonyms and opposites, and tells which stand in one
clause. Knows what words are, not what is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag.extraction import cue_words
from rag.text.analyzer import terms
from rag.text.synonyms import meanings

# How certain a word's predicate is, from its sentence.
FACT, PROJECTED, POSSIBLE = 2, 1, 0
_WORD = re.compile(r"[^\W_]+?n't\b|[^\W_]+|[^\w\s]|\n")
_IN_NUMBER = re.compile(r"\d[.,]\d")
# A full stop after these ends no sentence.
ABBREVIATED = frozenset({"m", "mm", "mr", "mrs", "ms", "dr", "pr", "st", "sr", "sra", "dra", "dott", "prof"})
_SENTENCE_END = frozenset(".!?…\n")
_CHUNK_END = frozenset(',;:()«»"[]') | _SENTENCE_END


@dataclass(slots=True)
class Word:
    """One word: `plain` without case and accents, `exact` with accents, `stem` empty if it has no meaning.

    `start` and `end` are where it stands in its text, `capital` whether it is written so.
    `negated` and `certainty` start as plain assertion and are marked afterwards; `certainty` is None
    where nothing is asserted (an infinitive, a noun).
    """

    plain: str
    exact: str
    start: int
    end: int
    capital: bool
    chunk: int
    sentence: int
    stem: str
    meanings: frozenset[str]
    concepts: frozenset[tuple[str, int]]
    adverb: bool
    negated: bool = False
    certainty: int | None = FACT
    infinitive: bool = False

    @property
    def is_content(self) -> bool:
        """Return whether the word carries meaning."""
        return bool(self.stem)


def split_words(text: str, flat: str, language: str | None) -> list[Word]:
    """Return the words of `text` with the number of their clause and sentence; `flat` is it flattened."""
    found: list[Word] = []
    chunk = sentence = 0
    for match in _WORD.finditer(flat):
        plain, exact = match[0].lower(), text[match.start() : match.end()].lower()
        if plain in ".," and _IN_NUMBER.match(flat, match.start() - 1):
            continue
        if plain == "." and found and found[-1].plain in ABBREVIATED and found[-1].end == match.start():
            continue
        if plain in _CHUNK_END or plain in cue_words.CHUNK_OPENERS:
            chunk += 1
            sentence += plain in _SENTENCE_END
        if not plain[0].isalnum():
            continue
        alone = _alone(exact, plain, language)
        added = plain in {"plus", "moins"} and found and found[-1].plain == "de"
        concepts = frozenset({("up", int(plain == "moins"))}) if added else alone.concepts
        capital = match[0][0].isupper()
        found.append(
            Word(
                plain,
                exact,
                match.start(),
                match.end(),
                capital,
                chunk,
                sentence,
                alone.stem,
                alone.meanings,
                concepts,
                alone.adverb,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _WordAlone:
    """What a word is wherever it stands."""

    stem: str
    meanings: frozenset[str]
    concepts: frozenset[tuple[str, int]]
    adverb: bool


@lru_cache(maxsize=50_000)
def _alone(exact: str, plain: str, language: str | None) -> _WordAlone:
    light = plain in cue_words.LIGHT or plain.isdigit()
    stem = "" if light else next(iter(terms(exact, language)), "")
    return _WordAlone(
        stem,
        meanings(stem, language) if stem else frozenset(),
        cue_words.concepts(exact, plain, language),
        cue_words.is_adverb(plain, language),
    )


def rest_of_clause(words: list[Word], index: int, limit: int = 6) -> Iterable[Word]:
    """Return the words after one, to the end of its clause."""
    chunk = words[index].chunk
    for word in words[index + 1 : index + 1 + limit]:
        if word.chunk != chunk:
            return
        yield word


def head_after(words: list[Word], index: int) -> Word | None:
    """Return the first word after one that carries meaning and isn't an adverb: what a cue applies to."""
    return next((w for w in rest_of_clause(words, index) if w.is_content and not w.adverb), None)


def meant_next(words: list[Word], index: int) -> frozenset[str]:
    """Return the meanings of the next word that has any; a number means itself."""
    for word in words[index + 1 : index + 5]:
        if word.is_content or word.plain.isdigit():
            return word.meanings or frozenset({word.plain})
    return frozenset()


def meant_before(words: list[Word], index: int) -> frozenset[str]:
    """Return the meanings of the word of content before one, in its clause."""
    near = words[max(0, index - 4) : index]
    return next(
        (w.meanings for w in reversed(near) if w.is_content and w.chunk == words[index].chunk), frozenset()
    )
