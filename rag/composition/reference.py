"""Whether a sentence is about whom or what a statement is, though it calls them otherwise: `il`, `la ville`.

Pure, by the order of words and by who was named last. Where that can't be told it says no: another's act is
never taken for theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from rag.composition import words
from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.names.gazetteer import ROLES
from rag.extraction.names.matching import supported
from rag.extraction.names.recognition import Name
from rag.schema.article import Span
from rag.text.folding import flatten
from rag.verification.attribution import alike, speaks
from rag.verification.premise import ReadEvidence

# How far back the name that a pronoun stands for is looked for, and where an article says whom it is about.
_NEAR, _LEAD = 600, 450
_OF_OR_PLACE = re.compile(
    r"(?:\b(?:de|du|des|d|of|from|a|au|aux|en|dans|in|at|near|to|by|par|avec|with|et|and)|\bd['’]) ?"
    r"(?:la |le |les |l'|the |m\. |mme )?$",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:\b(?:de|du|des|d|a|au|aux|of|to)|\bd['’]) ?(?:la |le |les |l'|the )?$", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:que |qu'|that |whether |dont |whose )", re.IGNORECASE)
_SEGMENT = re.compile(r"[^,;:()«»“”\"–—]+")
_TOKEN = re.compile(r"[^\W\d_]+")


@cache
def _speech() -> re.Pattern[str]:
    return re.compile(rf"\b{cue_words.SPEECH_VERBS.pattern}\b", re.IGNORECASE)


def subject_span(quote: AnalysedSentence, clause: Span, place: int) -> Span:
    """Return where the subject of what is said at `place` may be: since `que` or a verb of speech."""
    start = clause.start
    before = quote.flat[start:place]
    ends = [found.end() for found in _CLAUSE.finditer(before)]
    ends += [found.end() for found in _speech().finditer(before.lower())]
    return Span(start + max(ends, default=0), place)


def refers(name: Name, read: ReadEvidence, span: Span) -> bool:
    """Return whether the subject in `span` of a quote, which doesn't have the name, may be its bearer."""
    quote = read.quote
    others = [other for other in read.quote_names if span.start <= other.start < span.end]
    if others:
        return False
    said = _TOKEN.findall(quote.flat[span.start : span.end].lower())
    described = [word for word in said if word in words.DESCRIPTIONS or word in ROLES]
    if described:
        return _is_headed_by(name, read) and (_is_protagonist(name, read) or not _titled(read, name))
    pointing = any(word in words.SUBJECTS for word in said) or _SPOKEN_BY_PRONOUN.search(quote.flat)
    return bool(pointing) and _is_last_named(name, read)


_SPOKEN_BY_PRONOUN = re.compile(r"\b\w+-(?:t-)?(?:il|elle)\b|\b(?:he|she) \w+\b", re.IGNORECASE)


def points(quote: AnalysedSentence, span: Span) -> bool:
    """Return whether the subject in `span` is a pronoun or a description."""
    said = _TOKEN.findall(quote.flat[span.start : span.end].lower())
    return any(word in words.SUBJECTS or is_description(word) for word in said)


def is_description(word: str) -> bool:
    """Return whether a word may stand for a name: `la ville`, `le maire`."""
    plain = flatten(word).lower()
    return plain in words.DESCRIPTIONS or plain in ROLES


def is_governed(before: str) -> bool:
    """Return whether a name after this text says where or whose something is."""
    return _OF_OR_PLACE.search(before) is not None


def is_of(before: str) -> bool:
    """Return whether what stands after this text is what another word is of: `l'adjoint au maire`."""
    return _OF.search(before) is not None


def stands_over(name: Name, read: ReadEvidence, crossing: bool, language: str | None) -> bool:
    """Return whether a name that a quote lacks says where or whose it is, in the title or just before."""
    near = [read.title, read.beside(_before(read)[-_NEAR:])]
    if any(supported(name, said.vocabulary, crossing, language) for said in near):
        return True
    lead = read.beside(read.evidence.article.text[:_LEAD])
    return not read.title_names and supported(name, lead.vocabulary, crossing, language)


def _before(read: ReadEvidence) -> str:
    return read.evidence.article.text[: read.evidence.start]


def _is_last_named(name: Name, read: ReadEvidence) -> bool:
    """Return whether the last one before a quote that a pronoun can mean is the name's bearer."""
    before = read.beside(_before(read)[-_NEAR:])
    for other in reversed(before.names_known_by(read.article.vocabulary, before.date_spans)):
        if alike(other, name):
            return True
        if not _OF_OR_PLACE.search(before.flat[: other.start]):
            return False
    return False


def _is_headed_by(name: Name, read: ReadEvidence) -> bool:
    """Return whether an article names somebody or something in its title or among its first words."""
    lead = read.beside(f"{read.evidence.article.title}\n{read.evidence.article.text[:_LEAD]}")
    return any(alike(other, name) for other in lead.names_known_by(read.article.vocabulary))


def _titled(read: ReadEvidence, name: Name) -> bool:
    """Return whether the title names others than the name's bearer."""
    return any(not alike(other, name) for other in read.title_names)


def _is_protagonist(name: Name, read: ReadEvidence) -> bool:
    """Return whether nobody else of the article is named as often."""
    own, counts = 0, Counter[str]()
    for other in read.article.names_known_by(read.article.vocabulary, read.article.date_spans):
        if alike(other, name):
            own += 1
        elif not is_governed(read.article.flat[: other.start]) and not speaks(read.article, other):
            counts[flatten(other.text).split()[-1].lower()] += 1
    return own > max(counts.values(), default=0)


def clause_at(quote: AnalysedSentence, place: int) -> Span | None:
    """Return the part of a sentence between signs that holds a place."""
    segments = [Span(found.start(), found.end()) for found in _SEGMENT.finditer(quote.flat)]
    own = next((one for one in segments if one.start <= place < one.end), None)
    if own is not None and quote.flat[own.start - 1 : own.start] == ")" and segments.index(own) >= 2:
        own = Span(segments[segments.index(own) - 2].start, own.end)  # `Nora Haddad (divers gauche) a …`
    return own
