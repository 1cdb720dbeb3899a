"""Who people are whom a question only counts or describes: `qui sont les deux victimes ?`, `who died?`.

Pure. A sentence answers that says so of them: `les victimes sont un homme de 71 ans et …`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.answer_span.candidates import read_sentence
from rag.answer_span.focus import Focus
from rag.answer_span.phrases import phrases
from rag.composition import words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.query.question_text import QuestionText
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.synonyms import meanings
from rag.verification.premise import EvidenceReader

# What asks who they are, up to the words that describe them.
_WHO_ARE = re.compile(
    r"^\W*(?:qui (?:sont|etaient|est|etait)|who (?:are|were|is|was)|quelle est l'identite d(?:e|u|es|')"
    r"|what is the identity of) ?(?:les? |la |l'|des |ces |the |these )*"
    r"(?:(?:\d+|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|one|two|three|four|five|six|seven|eight"
    r"|nine|ten) )?(?P<described>.+)$"
)
# What goes on to say where and when: of the article, not of the sentence.
_SETTING = re.compile(
    r" (?:dans|lors|pendant|apres|a|au|aux|en|de|du|des|d'|in|of|during|after|at|on|from|by|par)\b.*$"
)
# `Les victimes sont …`, with nothing but small words before them.
_COPULA = re.compile(
    r"^\W*(?P<subject>[^,;:.()]{2,60}?) (?:sont|etaient|est|etait|seraient|serait|are|were|is|was) "
)
_POINTING = re.compile(
    r"^\W*(?:il s'agit d(?:e |u |es |')|ce sont |c'est |they are |these are )", re.IGNORECASE
)


@dataclass(frozen=True)
class IdentityQuestion:
    """A question for who people are; `described` are the words that say which people."""

    question: QuestionText
    described: str

    @cached_property
    def meanings(self) -> frozenset[str]:
        """What the words may stand for that say which people."""
        language = self.question.language
        return frozenset(m for stem in terms(self.described, language) for m in meanings(stem, language))


def identity_question(question: QuestionText) -> IdentityQuestion | None:
    """Return who is asked for by description; None where a question asks for something else."""
    found = _WHO_ARE.match(question.folded.rstrip(" ?"))
    if found and not Focus(question).named:
        return IdentityQuestion(question, _SETTING.sub("", found["described"]))
    dying = next(words.DYING.finditer(question.flat.lower(), question.language), None)
    asks_who = re.match(r"^\W*(?:qui|who)\b", question.folded)
    return IdentityQuestion(question, dying[0]) if dying and asks_who else None


def identified(
    asked: IdentityQuestion, offered: Sequence[Evidence], reader: EvidenceReader
) -> list[Evidence]:
    """Return the sentences that say who the people are, with the words that do, in the order given."""
    found = []
    for item in offered:
        said = reader.analyses.of(item.quote, item.article.language)
        start = _complement(asked, item, said, reader)
        if start is None:
            continue
        read = read_sentence(Focus(asked.question), said, None)
        people = [span for span in phrases(read, "person") if start <= span.start <= start + 3]
        if people:
            end = len(said.text.rstrip(" .!»\n"))
            found.append(item.answered_by(Span(item.start + people[0].start, item.start + end)))
    return found


def speaks_of(asked: IdentityQuestion, item: Evidence, reader: EvidenceReader) -> bool:
    """Return whether a sentence has a word for the people asked for."""
    said = reader.analyses.of(item.quote, item.article.language)
    return bool(asked.meanings & said.meanings)


def _complement(
    asked: IdentityQuestion, item: Evidence, said: AnalysedSentence, reader: EvidenceReader
) -> int | None:
    """Return where a sentence begins to say who they are; None where it doesn't."""
    copula = _COPULA.match(said.flat.lower())
    if copula is not None:
        subject = reader.analyses.of(
            said.text[copula.start("subject") : copula.end("subject")], said.language
        )
        if len(subject.terms) <= len(terms(asked.described, asked.question.language)) + 1 and (
            asked.meanings & subject.meanings
        ):
            return copula.end()
    pointing = _POINTING.match(said.flat)
    if pointing is not None and item.before:
        before = item.article.text[item.before[0].start : item.before[0].end]
        if asked.meanings & reader.analyses.of(before, said.language).meanings:
            return pointing.end()
    return None
