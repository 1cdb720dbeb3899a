"""A question's words in one language, with what they show by themselves; each thing is found once.

Pure. Knows one text: no conversation, no calendar and no articles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from rag.query import answer_type
from rag.query.answer_type import ExpectedAnswer
from rag.text.analyzer import content_of, stems
from rag.text.folding import flatten
from rag.text.normalization import fold


@dataclass(frozen=True)
class QuestionText:
    """The words of a question in `language` (ISO 639-1)."""

    text: str
    language: str
    # The same words by language: the conversation tells in which of two a short question is said.
    _readings: dict[str, QuestionText] = field(default_factory=dict, init=False, compare=False, repr=False)

    def in_language(self, language: str) -> QuestionText:
        """Return the same words in another language; what doesn't depend on it isn't found again."""
        if language == self.language:
            return self
        if language not in self._readings:
            other = QuestionText(self.text, language)
            # A frozen class's cached properties are entries of its dictionary.
            vars(other).update(_readings=self._readings, folded=self.folded, flat=self.flat)
            self._readings.update({self.language: self, language: other})
        return self._readings[language]

    @cached_property
    def folded(self) -> str:
        """Without case and accents; offsets aren't those of `text`."""
        return fold(self.text)

    @cached_property
    def flat(self) -> str:
        """Without accents and typographic variety; offsets are those of `text`."""
        return flatten(self.text)

    @cached_property
    def content_words(self) -> tuple[str, ...]:
        """The folded words that carry meaning, in order."""
        return content_of(self.folded, self.text, self.language)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Their stems, in order."""
        return tuple(stems(self.content_words, self.language))

    @cached_property
    def expected_answer(self) -> ExpectedAnswer:
        """What would answer it, as far as its words make that certain."""
        return answer_type.expected(self.text, self.folded, self.language)
