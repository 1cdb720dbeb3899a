"""What a question is about, held against a library and against evidence: asked once for each question.

Knows how subjects are found and borne out; no order of events and no answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.names.longer import is_longer, standing
from rag.extraction.names.matching import supported
from rag.extraction.names.recognition import Name
from rag.grounding import refusals
from rag.grounding.asked_names import asked_names
from rag.grounding.bearing import Bearing
from rag.grounding.library_names import LibraryNames
from rag.grounding.longer_names import LongerNames
from rag.grounding.nearest import nearest
from rag.grounding.subjects import Subject, subjects
from rag.grounding.unknown import Lookup, look_up
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.schema.hit import Hit
from rag.text.folding import flatten
from rag.text.normalization import words


@dataclass(frozen=True)
class Grounding:
    """What one question is about: its names looked up in the library, and all its subjects.

    Attributes:
        question: The question in the words that the articles are searched for.
        library: What looked its names up.
        names: Its names.
        subjects: All that it is about; none where only its names are asked for.
        yes_or_no: Whether yes or no would answer it.

    """

    question: QuestionText
    library: LibraryNames
    names: Lookup
    subjects: tuple[Subject, ...] = ()
    yes_or_no: bool = False

    def bearing(self, analyses: SentenceAnalyses, hits: Sequence[Hit] = ()) -> Bearing:
        """Return what tells whether evidence bears the subjects out.

        Args:
            analyses: What was read for it.
            hits: What was found: a name that stands by itself there isn't meant by a longer one.
        """
        question = self.question
        read = analyses.of(question.text, question.language)
        alone = self._alone(read.flat, [text for hit in hits for text in (hit.article.title, hit.text)])
        return Bearing(self.subjects, question.expected_answer, read, analyses, self.yes_or_no, alone)

    def longer(self, hits: Sequence[Hit]) -> LongerNames:
        """Return what tells by which longer names articles have the question's; `hits` are what was found."""
        names = [one.name for one in self.subjects if one.name is not None]
        beside = words(_without(self.question.text, names))
        return LongerNames([name.text for name in names], beside, hits)

    def _forms(self, asked: str) -> set[str]:
        """Return the names that the question has by themselves, flattened."""
        names = [one.name for one in self.subjects if one.name is not None]
        return {flatten(name.text) for name in names if not is_longer(asked, name.start, name.end)}

    def _alone(self, asked: str, texts: Sequence[str]) -> frozenset[str]:
        """Return the names that the question and one of these texts have by themselves, flattened."""
        forms = self._forms(asked)
        read = [flatten(text) for text in texts] if forms else ()
        return frozenset(
            form.lower() for form in forms if any(standing(form, text) == "alone" for text in read)
        )

    def unknown(self, hits: Sequence[Hit], analyses: SentenceAnalyses) -> tuple[Name, ...]:
        """Return the names that no article has, in any form: not in the index, and not in what was found.

        The index knows words; what was found may have a name in another spelling or by its initials.
        """
        language = self.question.language
        read = [
            (said, said.language != language)
            for hit in hits
            for text in (hit.article.title, hit.text)
            if self.names.unknown and (said := analyses.of(text, hit.article.language))
        ]
        return tuple(
            name
            for name in self.names.unknown
            if not any(supported(name, said.vocabulary, crossing, language) for said, crossing in read)
        )

    def searched(self) -> QuestionText:
        """Return the question with misspelt names as the articles write them, which is what is searched."""
        text = self.question.text
        for one in sorted(self.names.known, key=lambda one: -one.name.start):
            if one.slip:
                text = text[: one.name.start] + one.spelled + text[one.name.end :]
        return self.question if text == self.question.text else QuestionText(text, self.question.language)

    def taken_for(self, language: str) -> str:
        """Say, in `language`, which names were taken for those of the question; empty where none was."""
        return " ".join(
            refusals.taken_for(one.name.text, one.spelled, language) for one in self.names.known if one.slip
        )

    def unknown_text(
        self, unknown: Sequence[Name], hits: Sequence[Hit], analyses: SentenceAnalyses, language: str
    ) -> str:
        """Say by name what no article has, with the nearest names that they have, in `language`."""
        near = nearest(unknown, self.question, self.library, hits, analyses)
        return refusals.unknown([name.text for name in unknown], near, language)


def ground(asked: ParsedQuestion, library: LibraryNames) -> Grounding:
    """Return what a question is about, in the words that the articles are searched for.

    Of a follow-up that is joined to the questions before it, what it names itself.
    """
    question = asked.search
    names = asked_names(question, library)
    own = len(question.text) - len(asked.own.text)
    if own > 0 and question.text.endswith(asked.own.text):
        names = tuple(name for name in names if name.start >= own) or names
    found = look_up(names, question, library)
    return Grounding(question, library, found, subjects(asked, found.known), asked.intent.kind == "yes_no")


def _without(text: str, names: Sequence[Name]) -> str:
    """Return a text with blanks in the place of names."""
    for name in names:
        text = text[: name.start] + " " * (name.end - name.start) + text[name.end :]
    return text
