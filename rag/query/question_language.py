"""In which language a question is asked: between the languages that are known, by its small words.

Pure. Questions are short and mostly names: which language a name looks like says nothing. Question words and
words that hold a sentence together do; where they don't decide, the page's language is the reader's. Only a
long question may be in a language that nobody expects.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.query.question_text import QuestionText
from rag.text.language_detection import likeliest_language
from rag.text.stop_words import stop_words
from rag.text.word_lists import WordList

_QUESTION_WORDS = WordList("rag.query", "language", ("question words",))
_REQUEST_WORDS = WordList("rag.query", "language", ("request words",))
# A question word among the first words counts for so many others.
_OPENING, _OPENING_WEIGHT = 2, 3
# From so many words on a question is long, if so many of them aren't capitalised (as German writes nouns).
_LONG, _SMALL = 8, 5
# The probability from which on its language is sure.
_SURE = 0.9
_WORD = re.compile(r"\w+")
# In flattened text; not the first word, which is capitalised in any case. What joins a name's parts is no
# word of the question's language.
_JOINING = (
    r"(?:(?:de|du|des|la|le|les|da|di|do|dos|del|della|von|van|der|den|zu|y|e|el|al|bin|ben|ibn|of|the)\s+)*"
)
_NAME = re.compile(rf"(?<=\S)\s+[A-Z][\w'-]*(?:\s+{_JOINING}[A-Z][\w'-]*)*")
_LATIN = "\u024f"


@dataclass(frozen=True, slots=True)
class QuestionLanguage:
    """A language (ISO 639-1); `sure` when the question's own words tell."""

    code: str
    sure: bool


def question_language(question: QuestionText, known: Sequence[str], page: str | None) -> QuestionLanguage:
    """Return in which language a question is asked.

    Args:
        question: Its words, in no language in particular.
        known: The languages of the library and of the program, likeliest first.
        page: The language of the page that it is asked on, if there is one.

    """
    among = list(dict.fromkeys([*([page] if page else []), *known]))
    words = _WORD.findall(_without_names(question.flat).lower())
    if (foreign := _foreign(question.text, words, among)) is not None:
        return QuestionLanguage(foreign, True)
    scores = {language: _score(words, language) for language in among}
    best = max(scores.values(), default=0)
    first = [language for language in among if scores[language] == best]
    if best and len(first) == 1:
        return QuestionLanguage(first[0], True)
    if page in first:
        return QuestionLanguage(page, False)
    return QuestionLanguage(likeliest_language(question.text, first or among) or "fr", False)


def _score(words: Sequence[str], language: str) -> int:
    small = stop_words(language) | _REQUEST_WORDS.of(language) | _QUESTION_WORDS.of(language)
    opening = not _QUESTION_WORDS.of(language).isdisjoint(words[:_OPENING])
    return sum(word in small for word in words) + opening * (_OPENING_WEIGHT - 1)


def _foreign(text: str, words: Sequence[str], among: Sequence[str]) -> str | None:
    """Return the language of a question that nobody expects: of a long one, or one in a script of its own."""
    letters = [character for character in text if character.isalpha()]
    own_script = bool(letters) and sum(letter > _LATIN for letter in letters) * 2 > len(letters)
    if not own_script and (len(text.split()) < _LONG or len(words) < _SMALL):
        return None
    found = likeliest_language(text, (), least=0.0 if own_script else _SURE)
    if own_script or found is None or found in among:
        return found if own_script else None
    return found if _score(words, found) > max(_score(words, language) for language in among) else None


def _without_names(flat: str) -> str:
    """Return a question without its capitalised words after the first; as it is when it is all capitals."""
    return _NAME.sub(" ", flat) if any(character.islower() for character in flat) else flat
