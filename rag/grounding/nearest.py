"""The real names that stand nearest to one that no article has: offered as what they are, never as an answer.

Knows hits and the library's names; no wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.recognition import Name
from rag.grounding.library_names import LibraryNames
from rag.grounding.words import GENERIC, ROLES
from rag.query.question_text import QuestionText
from rag.schema.hit import Hit
from rag.text.cldr import calendar_words
from rag.text.normalization import fold, words
from rag.text.stop_words import stop_words

MOST = 3
# Of so many of the best hits names are taken.
_HITS = 5
_SMALL = stop_words("fr") | stop_words("en")
_DAYS = calendar_words("fr") | calendar_words("en")


def nearest(
    unknown: Sequence[Name],
    question: QuestionText,
    library: LibraryNames,
    hits: Sequence[Hit],
    analyses: SentenceAnalyses,
) -> tuple[str, ...]:
    """Return at most three names, the nearest first.

    Those that share a word with an unknown one or are spelled like it; those that stand beside the same role
    (`le maire de`) in the best hits; those of the best hits' titles and texts.
    """
    asked = set(words(question.text))
    found: dict[str, str] = {}
    for name in (
        *_akin(unknown, library),
        *_in_role(unknown, question, hits, analyses),
        *_of(hits, analyses),
    ):
        key = fold(name)
        own = [word for word in words(name) if word not in GENERIC and word not in _SMALL]
        if own and not asked.issuperset(own) and not any(_holds(key, other) for other in found):
            found[key] = name
        if len(found) == MOST:
            break
    return tuple(found.values())


def _holds(a: str, b: str) -> bool:
    return a in b or b in a


def _akin(unknown: Sequence[Name], library: LibraryNames) -> Iterator[str]:
    """Yield the names that have a word of an unknown one: another's first name, a surname's other bearer."""
    for name in unknown:
        # A place is known by what stands first (`Aix-en-Provence`), somebody by what stands last.
        for word in reversed(name.tokens) if " " in name.text else name.tokens:
            for part in reversed(word.split("-")):
                yield from library.with_word(part)


def _in_role(
    unknown: Sequence[Name], question: QuestionText, hits: Sequence[Hit], analyses: SentenceAnalyses
) -> Iterator[str]:
    """Yield the names that a hit has after the word that the question has before an unknown one."""
    for name in unknown:
        before = [
            word for word in words(question.text[: name.start]) if word not in stop_words(question.language)
        ]
        if not before or (before[-1] not in ROLES and before[-1] not in GENERIC):
            continue
        for said in _read(hits, analyses):
            for other in _names(said):
                clause = words(said.text[max(0, other.start - 40) : other.start])[-3:]
                if before[-1] in clause:
                    yield other.text


def _of(hits: Sequence[Hit], analyses: SentenceAnalyses) -> Iterator[str]:
    for said in _read(hits, analyses):
        yield from (name.text for name in _names(said))


def _read(hits: Sequence[Hit], analyses: SentenceAnalyses) -> Iterator[AnalysedSentence]:
    """Yield the best hits' titles, then their texts."""
    for hit in hits[:_HITS]:
        yield analyses.of(hit.article.title, hit.article.language)
    for hit in hits[:_HITS]:
        yield analyses.of(hit.text, hit.article.language)


def _names(said: AnalysedSentence) -> Iterable[Name]:
    return [name for name in said.names if _DAYS.isdisjoint(name.tokens)]
