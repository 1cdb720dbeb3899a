"""Who is with somebody, and who stands for a side: `qui accompagnait …`, `qui représentait …`.

Pure. Whom somebody merely meets isn't with him; in a sentence that names several sides' people the asked
side's are meant. Of a person the side is told by the words beside the name: `son homologue russe`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.answer_span.asked_people import is_asked, is_complement
from rag.answer_span.candidates import read_sentence
from rag.answer_span.focus import Focus
from rag.answer_span.noun_phrases import named_people
from rag.answer_span.phrases import phrases
from rag.answer_span.tokens import ReadSentence
from rag.composition import words
from rag.composition.sides import side_parts
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.names.exonyms import groups_in
from rag.query.question_text import QuestionText
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.normalization import fold
from rag.verification.premise import EvidenceReader

_WITH_WHOM = re.compile(r"\bavec qui\b|\bwith whom\b|\bwho\b.*\bwith\W*$")
_WHO = re.compile(r"\b(?:qui|who|whom|quels?|quelles?|which|what)\b")


@dataclass(frozen=True)
class CompanyQuestion:
    """A question for the people beside somebody, or for those of a side."""

    question: QuestionText
    of_a_side: bool

    @cached_property
    def groups(self) -> frozenset[str]:
        """The countries that it names."""
        return frozenset(group for _, _, group in groups_in(self.question.flat))

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words that a side may be named by, folded: of a person only the name."""
        if self.of_a_side:
            return frozenset(self.question.content_words)
        return frozenset(fold(word) for word in re.findall(r"\b[A-ZÀ-Ý][\w-]+", self.question.text[1:]))

    @cached_property
    def focus(self) -> Focus:
        """What it wants to be told."""
        return Focus(self.question)


def company_question(question: QuestionText) -> CompanyQuestion | None:
    """Return what a question asks of company; None where it asks for something else."""
    lower = question.flat.lower()
    if not _WHO.search(lower) or question.expected_answer.kind not in {"name", None}:
        return None
    if words.COMPANY_ASKED.found_in(lower, question.language):
        return CompanyQuestion(question, of_a_side=False)
    meets = words.MEETING.found_in(lower, question.language)
    if _WITH_WHOM.search(lower) and words.COMING.found_in(lower, question.language) and not meets:
        return CompanyQuestion(question, of_a_side=False)
    if words.SIDE_ASKED.found_in(lower, question.language):
        asked = CompanyQuestion(question, of_a_side=True)
        return asked if asked.groups or asked.question.content_words else None
    return None


def in_company(asked: CompanyQuestion, offered: Sequence[Evidence], reader: EvidenceReader) -> list[Evidence]:
    """Return the sentences that name the people asked for as such, with them marked, best first.

    Args:
        asked: What is asked.
        offered: The sentences, best first.
        reader: Has read evidence of the same question.
    """
    sides = _Sides(asked, offered, reader)
    found = []
    for item in offered:
        read = _read(asked, item, reader)
        people = phrases(read, "person")
        for part in side_parts(read.said, people):
            inside = [_clipped(read, one, part.span) for one in people]
            own = part.side in sides.of(item.article.id) or _holds_the_asked(asked, read, part.span)
            named = [one for one in inside if one is not None and _names_somebody(asked, read, one)]
            if own and named:
                best = max(named, key=lambda one: (one.end - one.start, -one.start))
                found.append(item.answered_by(Span(item.start + best.start, item.start + best.end)))
                break
    return found


def is_the_asked(asked: CompanyQuestion, item: Evidence, reader: EvidenceReader) -> bool:
    """Return whether the marked words are the one asked about, by a title that the question has."""
    if asked.of_a_side or item.answer_span is None:
        return False
    read, span = _read(asked, item, reader), item.answer_span
    return any(
        token.asked == 1 and token.is_content and phrase.start <= token.start < name.start
        for phrase, name in named_people(read)
        if span.start - item.start < name.end and name.start < span.end - item.start
        for token in read.tokens
    )


def names_people(asked: CompanyQuestion, item: Evidence, reader: EvidenceReader) -> bool:
    """Return whether the marked words have somebody in them."""
    read, span = _read(asked, item, reader), item.answer_span
    return span is not None and any(
        one.start < span.end - item.start and span.start - item.start < one.end
        for one in phrases(read, "person")
    )


def says_company(item: Evidence, reader: EvidenceReader) -> bool:
    """Return whether a sentence says that people are together or come with somebody."""
    said = _said(item, reader)
    lower, language = said.flat.lower(), said.language
    comes = words.WITH.found_in(lower, language) and words.COMING.found_in(lower, language)
    return comes or words.COMPANY.found_in(lower, language)


def may_say_company(item: Evidence, reader: EvidenceReader) -> bool:
    """Return whether a sentence may tell of people who come together: they come, and don't only meet."""
    said = _said(item, reader)
    lower, language = said.flat.lower(), said.language
    return words.COMING.found_in(lower, language) and not words.MEETING.found_in(lower, language)


def office_of(asked: CompanyQuestion, item: Evidence, reader: EvidenceReader) -> Span | None:
    """Return who holds an office of the side that a question names: `le président des États-Unis X`."""
    read = _read(asked, item, reader)
    for phrase, name in named_people(read):
        title = read.flat[phrase.start : name.start]
        if any(group in asked.groups for _, _, group in groups_in(title)):
            return Span(item.start + phrase.start, item.start + phrase.end)
    return None


class _Sides:
    """The sides that a question means, in each article."""

    def __init__(self, asked: CompanyQuestion, offered: Sequence[Evidence], reader: EvidenceReader) -> None:
        self._asked, self._offered, self._reader = asked, offered, reader
        self._known: dict[str, frozenset[str]] = {}

    def of(self, article: str) -> frozenset[str]:
        if article not in self._known:
            own = self._asked.groups | self._asked.words
            named = Counter(self._groups_of_the_asked(article))
            first = {named.most_common(1)[0][0]} if named else set()
            self._known[article] = frozenset(own | first)
        return self._known[article]

    def _groups_of_the_asked(self, article: str) -> Iterator[str]:
        """Yield the countries beside the name of somebody whom the question names."""
        for item in self._offered:
            if item.article.id != article:
                continue
            read = _read(self._asked, item, self._reader)
            for phrase, name in named_people(read):
                if is_asked(self._asked.focus, read.said.text[name.start : name.end]):
                    groups = groups_in(read.flat[phrase.start : name.start])
                    yield from (group for _, _, group in groups[:1])


def _clipped(read: ReadSentence, span: Span, part: Span) -> Span | None:
    """Return what of a phrase stands in a part, without the signs around it."""
    start, end = max(span.start, part.start), min(span.end, part.end)
    inner = read.flat[start:end]
    kept = inner.strip(" ,;:")
    begin = start + inner.find(kept) if kept else start
    return Span(begin, begin + len(kept)) if kept else None


def _holds_the_asked(asked: CompanyQuestion, read: ReadSentence, part: Span) -> bool:
    """Return whether a part names somebody whom the question names, and who is of that side then."""
    inside = (name for _, name in named_people(read) if part.holds(name))
    names = (name for name in inside if not is_complement(read.flat, name.start))
    return any(is_asked(asked.focus, read.said.text[name.start : name.end]) for name in names)


def _names_somebody(asked: CompanyQuestion, read: ReadSentence, span: Span) -> bool:
    """Return whether a phrase names people, and not the one whom the question names."""
    inside = [name for _, name in named_people(read) if span.start <= name.start < span.end]
    names = [read.said.text[name.start : name.end] for name in inside]
    return bool(names) and not any(is_asked(asked.focus, name) for name in names)


def _said(item: Evidence, reader: EvidenceReader) -> AnalysedSentence:
    return reader.analyses.of(item.quote, item.article.language)


def _read(asked: CompanyQuestion, item: Evidence, reader: EvidenceReader) -> ReadSentence:
    return read_sentence(asked.focus, _said(item, reader), None)
