"""The names of a question: as it writes them, and, where it writes no capitals, as the library does.

Knows one question and how the library writes words; nothing of whether the names are borne out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Literal

from rag.extraction.dates import find_dates
from rag.extraction.names.capitalised_nouns import WRITES_NOUNS_LARGE, is_surely_name
from rag.extraction.names.exonyms import group_of
from rag.extraction.names.gazetteer import OPENERS
from rag.extraction.names.gazetteer import ROLES as TITLES
from rag.extraction.names.recognition import Name, find_names
from rag.extraction.names.vocabulary import is_common, vocabulary
from rag.grounding.library_names import LibraryNames
from rag.grounding.words import GENERIC, OPENING, PLACES, ROLES
from rag.query.question_text import QuestionText
from rag.text.folding import flatten
from rag.text.normalization import fold
from rag.text.stop_words import stop_words

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# Of so many words a question is in capitals, or capitalised throughout like a headline, when all are.
_LEAST_WORDS, _MOST_SMALL = 3, 0.2
_SAINT = re.compile(r"\b(sainte?|ste?)(?:-|(?<=t)\.? |(?<=te)\.? )$", re.IGNORECASE)
_PARTICLE = re.compile(r" (?:(?:de la|de|du|des|of the|of) |(?:de l|d|l)')")
_POSSESSIVE = re.compile(r"['’]s?$")
# What ends as adjectives, participles and common nouns do is no name, where no article has it.
_COMMON_ENDING = re.compile(
    r"(?:ment|ly|ing|ed|tions?|ness|ity|[ai]bles?|ive?s?|ous|ful|i(?:c|que)s?|al|eurs?|euses?|ees?)$"
)


def asked_names(question: QuestionText, library: LibraryNames) -> tuple[Name, ...]:
    """Return the names of a question in order; their text has the capitals that the library has.

    Args:
        question: The question.
        library: What knows how words are written that the question has without capitals, or all in capitals.

    """
    text = _as_written(question, library)
    dates = [(when.start, when.end) for when in find_dates(text, language=question.language)]
    found = find_names(text, vocabulary(text, question.language), dates)
    if question.language in WRITES_NOUNS_LARGE:
        found = [
            name
            for name in found
            if is_surely_name(name.text, question.flat, name.start)
            or group_of(flatten(name.text)) is not None
        ]
    return tuple(_completed(name, text, question.flat) for name in found)


def _completed(name: Name, text: str, flat: str) -> Name:
    """Return a name without its possessive, and with the `Saint-` that is part of a place's."""
    if possessive := _POSSESSIVE.search(name.text):
        name = replace(name, end=name.end - len(possessive[0]), text=name.text[: possessive.start()])
    before = _SAINT.search(flat[: name.start])
    if before is None:
        return name
    female = before[1].lower() in {"sainte", "ste"}
    tokens = ("sainte" if female else "saint", *name.tokens)
    return replace(name, start=before.start(1), text=text[before.start(1) : name.end], tokens=tokens)


def _as_written(question: QuestionText, library: LibraryNames) -> str:
    """Return the question with capitals where the library has them; every character stays in its place."""
    text, language = question.text, question.language
    words = list(_WORD.finditer(question.flat))
    letters = _capitals(question)
    if letters == "everywhere":
        text = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    written = list(text)
    stop = stop_words(language)
    for number, word in enumerate(words):
        start, plain = word.start(), fold(word[0])
        if plain in stop or word[0][0].isdigit():
            continue
        if text[start].isupper():
            if number == 0 and _is_no_name(plain, library):
                written[start] = text[start].lower()
        elif letters != "names" or _may_name(question, word):
            spelling = library.spelling(word[0])
            if spelling.is_name or (spelling.absent and _must_name(question, word)):
                _capitalise(written, word)
                if first := _first_name(question, word):
                    _capitalise(written, first)
    return "".join(written)


def _capitalise(written: list[str], word: re.Match[str]) -> None:
    for part in re.finditer(r"[^-]+", word[0]):
        at = word.start() + part.start()
        if part[0] not in _PARTICLES and len(upper := written[at].upper()) == 1:
            written[at] = upper


def _first_name(question: QuestionText, word: re.Match[str]) -> re.Match[str] | None:
    """Return the first name before a surname: `marie` of `qui est marie dupond`."""
    before = _WHO_IS.search(question.flat[: word.start()].lower())
    first = before and before["first"]
    if not first or first in ROLES or first in TITLES or first in stop_words(question.language):
        return None
    return _WORD.search(question.flat, before.start("first"), before.end("first"))


def _capitals(question: QuestionText) -> Literal["nowhere", "everywhere", "names"]:
    """Return where a question has capitals: only those of names tell anything."""
    words = [word[0] for word in _WORD.finditer(question.flat) if word[0][0].isalpha()]
    if not any(word[0].isupper() for word in words[1:]):
        return "nowhere"
    small = sum(word[0].islower() for word in words)
    return "everywhere" if len(words) >= _LEAST_WORDS and small <= _MOST_SMALL * len(words) else "names"


def _is_no_name(plain: str, library: LibraryNames) -> bool:
    """Return whether the word that opens a question is an ordinary one."""
    first = plain.split("-")[0]
    if first in OPENERS["fr"] or first in OPENERS["en"] or first in OPENING or is_common(first):
        return True
    spelling = library.spelling(plain)
    return not spelling.absent and not spelling.is_name


@cache
def _of_whom(language: str) -> re.Pattern[str]:
    """Return what the name of a place or of a role's place comes after: `le maire de`."""
    of = "of" if language == "en" else "(?:de|du|d')"
    return re.compile(rf"\b(?:{ROLES.pattern}|{PLACES.pattern}) {of} ?$")


# With the first name: `qui est marie dupond`.
_WHO_IS = re.compile(r"^\W*(?:qui (?:est|etait)|who (?:is|was)) (?:(?P<first>[a-z-]+) )?$")
_PARTICLES = frozenset(
    ["de", "du", "des", "la", "le", "les", "d", "l", "of", "the", "en", "sur", "sous", "aux"]
)
_BEFORE_NAMES = re.compile(r"\b(?:(?:de|du|a|en|chez|of|in|at|from|by|par|avec|with|qui est|who is) |d')$")


def _may_name(question: QuestionText, word: re.Match[str]) -> bool:
    """Return whether a name may stand here in a question that has capitals elsewhere."""
    return _BEFORE_NAMES.search(question.flat[: word.start()].lower()) is not None


def _must_name(question: QuestionText, word: re.Match[str]) -> bool:
    """Return whether a word that no article has can only be a name: by what stands before it."""
    before, plain = question.flat[: word.start()].lower(), fold(word[0])
    if plain in GENERIC or plain in ROLES or plain in PLACES or is_common(plain):
        return False
    named = _WHO_IS.search(before)
    if named is None or named["first"] in stop_words(question.language):
        named = _of_whom(question.language).search(before)
    return named is not None and _COMMON_ENDING.search(plain) is None


def pieces(name: Name) -> Iterator[tuple[int, int]]:
    """Yield where a name's parts stand in its text that `de`, `du` or `of` joins."""
    start = 0
    for match in _PARTICLE.finditer(name.text.replace("’", "'")):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(name.text):
        yield start, len(name.text)
