"""What the indexes in files and those in PostgreSQL make of texts alike, so that both find and rank the same.

Pure. Knows BM25's formula, and what of an article full-text search holds; no index.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rag.full_text.query import MOST_NEAR, Published
from rag.full_text.tokens import split, stems_of
from rag.schema.article import Article, stated_day

K1, B = 1.2, 0.75
_PRIOR_PASSAGES = 1_000
MOST_OUTLETS = 50
MOST_MONTHS = 2_400
# No word: what begins and ends a name.
BEGIN, END = "^", "$"
GAP = MOST_NEAR + 2  # places between a title's words and those of the text, so that they aren't near
_EARLIEST, _LATEST = date.min.toordinal(), date.max.toordinal()


def idf(documents: int, having: int) -> float:
    """Return a term's inverse document frequency, as BM25 has it: `having` of so many documents have it."""
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def smoothed_idf(passages: int, having: Mapping[str, int]) -> dict[str, float]:
    """Term → inverse document frequency, by how many of the passages have it; highest for those in none.

    As if a thousand more passages without these terms were there: in a library of a few articles, a word
    that they all have is still worth something.
    """
    return {term: idf(passages + _PRIOR_PASSAGES, n) for term, n in having.items()}


def words_and_stems(article: Article, gap: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return an article's words and their stems, in order, with the gap between its title and its text."""
    title, text = (split(part)[0] for part in (article.title, article.text))
    stems = stems_of([*title, *text], article.language)
    at = len(title)
    return [*title, *gap, *text], [*stems[:at], *gap, *stems[at:]]


def name_words(written: str, most: int | None = None) -> list[str]:
    """Return an outlet's or an author's words, at most so many, between what begins and ends a name."""
    return whole_name(split(written)[0][:most])


def whole_name(words: Sequence[str]) -> list[str]:
    """Return the words of a name that has no others."""
    return [BEGIN, *words, END]


def day_and_month(article: Article) -> tuple[int, int] | None:
    """Return the day that an article states, as an ordinal, and the month, as 202601; None for no day."""
    day = stated_day(article.published_at)
    return None if day is None else (day.toordinal(), day.year * 100 + day.month)


def first_and_last_day(node: Published) -> tuple[int, int]:
    """Return the ordinals of the days that are looked for; of one left open the first or the last of all."""
    return (
        node.first.toordinal() if node.first else _EARLIEST,
        node.last.toordinal() if node.last else _LATEST,
    )
