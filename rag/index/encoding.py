"""Passages → sketches: how a passage and a question are read, block by block and word by word.

Knows the encoder and the languages' words; no index and no scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rag.index.multivector import BlockWords, PassageVectors, make, unit
from rag.models.embedder import Embedder, TokenVectors
from rag.schema.article import Article, Passage, Span
from rag.text.analyzer import content_words, terms
from rag.text.headings import heading_over, is_heading
from rag.text.normalization import fold
from rag.text.stop_words import stop_words

# Tokens of text that are read together, about: fewer blur less, but the title in front costs more of them.
BLOCK_TOKENS = 107
# What stands in front of each block; a longer title says no more about it.
_MAX_HEAD = 240
_SPACELESS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
# Scripts without spaces: each character stands for a word.
_WORD = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+")


@dataclass(frozen=True, slots=True)
class QueryWords:
    """A question as it was read: `vector` (dimension,), its k words, their unit vectors (k, hidden)."""

    vector: np.ndarray
    words: tuple[str, ...]
    vectors: np.ndarray


def read_query(text: str, language: str, embedder: Embedder) -> QueryWords:
    """Return the question's vector, and those of its words that carry meaning.

    Of all its words if none does.
    """
    (read,) = embedder.read_queries([text])
    places = _word_places(text, language) or [match.span() for match in _WORD.finditer(text)]
    found, vectors = _pooled(read, places)
    return QueryWords(read.vector, tuple(fold(text[start:end]) for start, end in found), unit(vectors))


@dataclass(frozen=True, slots=True)
class EncodedPassages:
    """Passages as the encoder read them: each one's blocks, as runs of its sentences, and their reads."""

    blocks: tuple[tuple[range, ...], ...]
    reads: tuple[tuple[TokenVectors, ...], ...]


def read_passages(pairs: Sequence[tuple[Article, Passage]], embedder: Embedder) -> EncodedPassages:
    """Return every block of the passages, read once, its article's title in front.

    What takes the encoder's time.
    """
    cuts = _blocks(pairs, embedder)
    texts = [
        _block_text(*pair, block)[1] for pair, blocks in zip(pairs, cuts, strict=True) for block in blocks
    ]
    reads = iter(embedder.read_passages(texts))
    return EncodedPassages(
        tuple(tuple(blocks) for blocks in cuts), tuple(tuple(next(reads) for _ in blocks) for blocks in cuts)
    )


def sketches(pairs: Sequence[tuple[Article, Passage]], embedder: Embedder) -> list[PassageVectors]:
    """Return one sketch for each passage, in order."""
    return sketched(pairs, read_passages(pairs, embedder))


def sketched(pairs: Sequence[tuple[Article, Passage]], reading: EncodedPassages) -> list[PassageVectors]:
    """Return the same, of passages that have been read."""
    return [
        _sketch(*pair, blocks, reads)
        for pair, blocks, reads in zip(pairs, reading.blocks, reading.reads, strict=True)
    ]


def mean_vector(sketch: PassageVectors) -> np.ndarray:
    """Return a passage's one vector for nearest-neighbour search: the unit mean of its blocks'."""
    return unit(sketch.blocks.mean(axis=0))


def _blocks(pairs: Sequence[tuple[Article, Passage]], embedder: Embedder) -> list[list[range]]:
    """Return each passage's sentences as runs of nearly equal numbers of tokens, about BLOCK_TOKENS each."""
    texts = [article.text[span.start : span.end] for article, passage in pairs for span in _spans(passage)]
    counts = iter(embedder.count_tokens(texts))
    return [balanced([next(counts) for _ in _spans(passage)]) for _, passage in pairs]


def _spans(passage: Passage) -> tuple[Span, ...]:
    return passage.sentences or (Span(passage.start, passage.end),)


def balanced(counts: Sequence[int]) -> list[range]:
    """Return runs of sentences, given their tokens: about BLOCK_TOKENS each, and nearly equal."""
    goal = sum(counts) / max(1, -(-sum(counts) // BLOCK_TOKENS))
    edges, held = [0], 0
    for index, count in enumerate(counts):
        if index > edges[-1] and held + count / 2 > goal:
            edges.append(index)
            held = 0
        held += count
    return [range(start, end) for start, end in pairwise([*edges, len(counts)])]


def head(article: Article) -> str:
    """Return what is read in front of each block: title, outlet and date."""
    about = ", ".join(part for part in (article.outlet, (article.published_at or "")[:10]) if part)
    lines = "\n".join(part for part in (article.title, about) if part)
    return f"{lines[:_MAX_HEAD]}\n" if lines else ""


def _front(article: Article, first: Span, opening: bool) -> str:
    """Return what is read in front of a block that begins with the sentence `first`.

    The head, or, but for the `opening` of a passage, its title alone, which says nearly as much; and the
    heading over it.
    """
    over = "" if is_heading(article.text, first) else heading_over(article.text, first.start)
    above = head(article) if opening or not article.title else f"{article.title[:_MAX_HEAD]}\n"
    return above + (f"{over}\n" if over and over != article.title else "")


def _block_text(article: Article, passage: Passage, block: range) -> tuple[Span, str]:
    """Return where a block is, and how it is read: with what stands over it in front."""
    spans = _spans(passage)
    span = Span(spans[block.start].start, spans[block.stop - 1].end)
    return span, _front(article, spans[block.start], opening=block.start == 0) + article.text[
        span.start : span.end
    ]


def _sketch(
    article: Article, passage: Passage, blocks: Sequence[range], reads: Sequence[TokenVectors]
) -> PassageVectors:
    words = [_block_words(article, passage, block, read) for block, read in zip(blocks, reads, strict=True)]
    text = f"{article.title}\n{article.text[passage.start : passage.end]}"
    return make(
        np.stack([read.vector for read in reads]),
        [number for number, block in enumerate(blocks) for _ in block],
        words,
        terms(text, article.language),
        content_words(text, article.language),
    )


def _block_words(article: Article, passage: Passage, block: range, read: TokenVectors) -> BlockWords:
    span, text = _block_text(article, passage, block)
    shift = span.end - len(text)
    spans = _spans(passage)
    # The words in front are those of the first block.
    places = [
        (start, end)
        for start, end in _word_places(text, article.language)
        if not block.start or start + shift >= span.start
    ]
    found, vectors = _pooled(read, places)
    if not found:  # nothing but small words: the block as a whole stands for them
        whole = read.tokens.mean(axis=0) if len(read.tokens) else np.zeros(read.tokens.shape[1])
        return BlockWords(whole[np.newaxis, :], [block.start])
    starts = [start + shift for start, _ in found]
    return BlockWords(
        vectors,
        [next((i for i in block if spans[i].start <= at < spans[i].end), -1) for at in starts],
    )


def _word_places(text: str, language: str | None) -> list[tuple[int, int]]:
    """Return where the words stand that carry meaning."""
    stop = stop_words(language)
    return [match.span() for match in _WORD.finditer(text) if fold(match[0]) not in stop]


def _pooled(
    read: TokenVectors, places: Sequence[tuple[int, int]]
) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Return the places where something was read, and for each the mean vector of its tokens."""
    if not places:
        return [], read.tokens[:0]
    starts, ends = np.array(places).T
    # Tokens come in order: those that touch a word are next to each other.
    first = np.searchsorted(read.spans[:, 1], starts, side="right")
    last = np.searchsorted(read.spans[:, 0], ends, side="left")
    (touched,) = np.nonzero(last > first)
    first, last = first[touched], last[touched]
    # The row of zeros is only there for `last` to be a row's number; sums of every other stretch are wanted.
    rows = np.concatenate([read.tokens, np.zeros_like(read.tokens[:1])])
    sums = np.add.reduceat(rows, np.stack([first, last], axis=1).ravel(), axis=0)[::2]
    return [places[index] for index in touched], sums / (last - first)[:, np.newaxis].astype(sums.dtype)


def variants(word: str, languages: Iterable[str | None]) -> frozenset[str]:
    """Return a question's word as the articles' languages would stem it."""
    return frozenset(stem for language in languages for stem in terms(word, language)) or frozenset({word})
