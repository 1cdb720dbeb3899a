"""Article → Passages: whole sentences up to a number of tokens, overlapping by whole sentences.

`chunk` knows no tokenizer and no model: token counts come from a function that the caller gives.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.config import ChunkingSettings
from rag.engine.engine import Engine
from rag.models.embedder import Embedder
from rag.schema.article import Article, Passage, Span
from rag.text.headings import is_heading
from rag.text.sentences import split_sentences

CountTokens = Callable[[Sequence[str]], list[int]]

# A passage this full ends at a paragraph's end rather than running on into the next paragraph.
_FULL_ENOUGH = 0.6
_CLAUSE_END = re.compile(r"[,;:!?…»”)\]–—،、，；：。！？]+(?=\s)|[、，；：。！？]+|\s(?=[–—(\[«“]\s?)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Chunker:
    """Cuts articles as the settings say, in the embedder's tokens."""

    embedder: Embedder
    settings: ChunkingSettings

    def __call__(self, article: Article) -> list[Passage]:
        """Cut an article into passages."""
        count = self.embedder.count_tokens
        return chunk(article, count, self.settings.max_tokens, self.settings.overlap_tokens)


def chunker_of(engine: Engine) -> Chunker:
    """Return what cuts articles for this library."""
    return Chunker(engine.embedder, engine.settings.chunking)


def chunk(article: Article, count_tokens: CountTokens, max_tokens: int, overlap_tokens: int) -> list[Passage]:
    """Cut an article into passages; every sentence is in at least one, in order.

    A sentence that is too long alone is cut at clause punctuation, else at white space, else anywhere, and
    its pieces count as sentences. A heading goes with what it stands over. Only a single character of more
    than `max_tokens` can exceed the limit.

    Args:
        article: The article.
        count_tokens: Maps texts to their numbers of tokens, without the special ones.
        max_tokens: The most tokens of a passage, counted sentence by sentence.
        overlap_tokens: The most tokens that a passage shares with the one before; never more than half of
            `max_tokens`.

    Raises:
        ValueError: `max_tokens` is not positive, or the overlap is negative.
    """
    if max_tokens < 1 or overlap_tokens < 0:
        raise ValueError(
            f"max_tokens {max_tokens} must be positive, overlap_tokens {overlap_tokens} not negative"
        )
    text = article.text
    sentences, counts = _fitting(text, split_sentences(text, article.language), count_tokens, max_tokens)
    ends_paragraph = ["\n" in text[here.end : there.start] for here, there in pairwise(sentences)]
    headings = [is_heading(text, span) for span in sentences]
    overlap = min(overlap_tokens, max_tokens // 2)
    passages: list[Passage] = []
    for first, last in _windows(counts, [*ends_paragraph, True], headings, max_tokens, overlap):
        passages.append(_passage(article, len(passages), sentences[first : last + 1]))
    return passages


def _passage(article: Article, ordinal: int, sentences: list[Span]) -> Passage:
    return Passage(
        id=passage_id(article, ordinal),
        article_id=article.id,
        start=sentences[0].start,
        end=sentences[-1].end,
        sentences=tuple(sentences),
    )


def passage_id(article: Article, ordinal: int) -> str:
    """Return the id of an article's passage, of which so many are before it."""
    return f"{article.id}:{article.content_hash[:12]}:{ordinal:04d}"


def _windows(
    counts: Sequence[int],
    ends_paragraph: Sequence[bool],
    headings: Sequence[bool],
    max_tokens: int,
    overlap_tokens: int,
) -> list[tuple[int, int]]:
    """First and last sentence of each passage."""
    windows: list[tuple[int, int]] = []
    done = -1  # the last sentence that is in a passage
    while done < len(counts) - 1:
        first = _overlap_start(counts, windows, max_tokens, overlap_tokens)
        last, total = done + 1, sum(counts[first : done + 2])
        paragraph_end = last if ends_paragraph[last] and total >= _FULL_ENOUGH * max_tokens else None
        while last + 1 < len(counts) and total + counts[last + 1] <= max_tokens:
            last += 1
            total += counts[last]
            if ends_paragraph[last] and total >= _FULL_ENOUGH * max_tokens:
                paragraph_end = last
        end = last if last == len(counts) - 1 or paragraph_end is None else paragraph_end
        while end > done + 1 and end < len(counts) - 1 and headings[end]:
            end -= 1
        done = end
        windows.append((first, done))
    return windows


def _overlap_start(
    counts: Sequence[int], windows: Sequence[tuple[int, int]], max_tokens: int, overlap_tokens: int
) -> int:
    """Return where the next passage begins: before its first new sentence, if that still fits with it."""
    if not windows:
        return 0
    previous_first, previous_last = windows[-1]
    start = previous_last + 1
    room = min(overlap_tokens, max_tokens - counts[start])
    while start - 1 > previous_first and counts[start - 1] <= room:
        start -= 1
        room -= counts[start]
    return start


def _fitting(
    text: str, sentences: list[Span], count_tokens: CountTokens, max_tokens: int
) -> tuple[list[Span], list[int]]:
    """Return the sentences, those over `max_tokens` cut into pieces, and the tokens of each."""
    spans: list[Span] = []
    counts: list[int] = []
    for span, count in _counted(text, sentences, count_tokens):
        pieces = [(span, count)] if count <= max_tokens else _cut(text, span, count_tokens, max_tokens)
        spans.extend(piece for piece, _ in pieces)
        counts.extend(count for _, count in pieces)
    return spans, counts


def _counted(text: str, spans: list[Span], count_tokens: CountTokens) -> list[tuple[Span, int]]:
    if not spans:
        return []
    counts = count_tokens([text[span.start : span.end] for span in spans])
    return list(zip(spans, counts, strict=True))


def _cut(text: str, span: Span, count_tokens: CountTokens, max_tokens: int) -> list[tuple[Span, int]]:
    """Pieces of one long sentence: the largest that fit, cut as gently as possible."""
    atoms = _counted(text, [span], count_tokens)
    for split in (_at_clauses, _at_spaces, _in_halves):
        while any(_divisible(piece, count, max_tokens) for piece, count in atoms):
            finer = [
                smaller
                for piece, count in atoms
                for smaller in (split(text, piece) if _divisible(piece, count, max_tokens) else [piece])
            ]
            if len(finer) == len(atoms):
                break
            atoms = _counted(text, finer, count_tokens)
    return _merged(text, atoms, count_tokens, max_tokens)


def _divisible(piece: Span, count: int, max_tokens: int) -> bool:
    return count > max_tokens and piece.end - piece.start > 1


def _merged(
    text: str, atoms: list[tuple[Span, int]], count_tokens: CountTokens, max_tokens: int
) -> list[tuple[Span, int]]:
    """Join neighbours as long as they fit together."""
    groups: list[list[tuple[Span, int]]] = []
    for atom in atoms:
        if groups and sum(count for _, count in groups[-1]) + atom[1] <= max_tokens:
            groups[-1].append(atom)
        else:
            groups.append([atom])
    joined = _counted(text, [Span(group[0][0].start, group[-1][0].end) for group in groups], count_tokens)
    # Counted again: with the white space between them, a few tokenizers see more than the sum.
    return [
        piece
        for group, whole in zip(groups, joined, strict=True)
        for piece in ([whole] if whole[1] <= max_tokens else group)
    ]


def _at_clauses(text: str, span: Span) -> list[Span]:
    return _split_after(
        text, span, [match.end() for match in _CLAUSE_END.finditer(text, span.start, span.end)]
    )


def _at_spaces(text: str, span: Span) -> list[Span]:
    return _split_after(text, span, [match.end() for match in _SPACE.finditer(text, span.start, span.end)])


def _in_halves(text: str, span: Span) -> list[Span]:
    """Cut in the middle, but not between a letter and its combining marks where that can be avoided."""
    middle = (span.start + span.end) // 2
    cut = middle
    while cut < span.end and unicodedata.category(text[cut]).startswith("M"):
        cut += 1
    return _split_after(text, span, [cut if cut < span.end else middle])


def _split_after(text: str, span: Span, cuts: list[int]) -> list[Span]:
    """Return the parts of `span` between the cuts, without the white space around them."""
    edges = [span.start, *(cut for cut in cuts if span.start < cut < span.end), span.end]
    parts = []
    for start, end in pairwise(edges):
        inner = text[start:end]
        stripped = inner.strip()
        if stripped:
            start += len(inner) - len(inner.lstrip())
            parts.append(Span(start, start + len(stripped)))
    return parts
