"""Names that no article has: known before anything is searched.

Knows a question's names and the library's; neither evidence nor answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.extraction.names.exonyms import group_of
from rag.extraction.names.gazetteer import OPENERS
from rag.extraction.names.gazetteer import ROLES as TITLES
from rag.extraction.names.phonetics import sound
from rag.extraction.names.recognition import Name
from rag.extraction.names.vocabulary import is_common
from rag.grounding.asked_names import pieces
from rag.grounding.library_names import LibraryNames
from rag.grounding.spelling import same_but_doubled
from rag.grounding.words import GENERIC
from rag.query.question_text import QuestionText
from rag.text.folding import flatten
from rag.text.normalization import fold
from rag.text.normalization import words as words_of
from rag.text.stop_words import stop_words

_WORD = re.compile(r"[^\W_]+")
# A surname of so many letters has others beside it that differ in one.
_SHORT = 6
_ROMAN = re.compile(r"[IVXLCM]+(?:i?[eè]me|er?|e)?")
_SMALL = stop_words("fr") | stop_words("en") | OPENERS["fr"] | OPENERS["en"]


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name of a question that the library has; `spelled` as the library writes it, if differently.

    `slip`: it is taken for another one misspelt, which readers are told.
    """

    name: Name
    spelled: str
    slip: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """The names of a question: those that the library has, and those that no article has."""

    known: tuple[KnownName, ...]
    unknown: tuple[Name, ...]


def look_up(names: Sequence[Name], question: QuestionText, library: LibraryNames) -> Lookup:
    """Return which of a question's names the library has."""
    known: list[KnownName] = []
    unknown: list[Name] = []
    for name in names:
        if _is_ordinary(name, library):
            continue
        if library.has(name, question.language):
            known.append(KnownName(name, name.text))
            continue
        if group_of(flatten(name.text)) is not None:
            unknown.append(name)
            continue
        for part in _parts(name, question.language, library):
            if _is_ordinary(part, library):
                continue
            spelled = _known_as(part, question.language, library)
            if spelled is None:
                unknown.append(part)
            else:
                known.append(KnownName(part, spelled, _is_slip(part.text, spelled)))
    return Lookup(tuple(known), tuple(unknown))


def _parts(name: Name, language: str, library: LibraryNames) -> list[Name]:
    """Return the parts of a name that `de` joins, together where the library has them so."""
    places = list(pieces(name))
    found: list[Name] = []
    while places:
        longer = (_cut(name, places[0][0], end) for _, end in reversed(places[1:]))
        part = next((part for part in longer if library.has(part, language)), _cut(name, *places[0]))
        found.append(part)
        places = [place for place in places if name.start + place[0] >= part.end]
    return found


def _cut(name: Name, start: int, end: int) -> Name:
    text = name.text[start:end]
    tokens = tuple(word if word.isupper() else word.lower() for word in text.split())
    return replace(name, start=name.start + start, end=name.start + end, text=text, tokens=tokens)


def _known_as(name: Name, language: str, library: LibraryNames) -> str | None:
    """Return a part of a name as the library writes it; None if no article has it."""
    if not _could_be_looked_up(name.text):
        return name.text
    if library.has(name, language):
        return name.text
    words = [word[0] for word in _WORD.finditer(name.text)]
    own = [word for word in words if not _names_nobody(word, library)]
    if not own:
        return name.text
    spelled, doubtful = name.text, False
    for word in own:
        if not library.occurs(word):
            alike = library.alike(word)
            if not alike:
                return None
            same = [other for other in alike if not _is_another_person(word, other, library)]
            doubtful = doubtful or not same
            spelled = spelled.replace(word, [*same, *alike][0])
    if doubtful and not (len(own) > 1 and library.has_in_full(_named(name, spelled), language)):
        return None
    shortened = " ".join(own) if len(own) < len(words) else ""
    for text in filter(None, (spelled if spelled != name.text else "", shortened)):
        if library.has(_named(name, text), language):
            return text
    return None


def _named(name: Name, text: str) -> Name:
    """Return a name with another text in its place."""
    tokens = tuple(word if word.isupper() else word.lower() for word in text.split())
    return replace(name, text=text, tokens=tokens)


def _is_another_person(word: str, other: str, library: LibraryNames) -> bool:
    """Return whether a surname alone is somebody else's than one that is spelled like it: `Dupond`, `Dupont`.

    Surnames that differ in their last consonant are two; so are short ones that differ in any letter, unless
    it is doubled or two are exchanged.
    """
    mine, theirs = fold(word), fold(other)
    if same_but_doubled(mine, theirs) or sorted(mine) == sorted(theirs):
        return False
    short = min(len(mine), len(theirs)) <= _SHORT and sound(mine) != sound(theirs)
    return (_ends_otherwise(mine, theirs) or short) and library.is_surname(other)


def _is_slip(asked: str, spelled: str) -> bool:
    """Return whether a name has a word in the library's spelling that the question hasn't.

    One that sounds the same and doesn't merely end otherwise is the same name as another language writes it:
    `Putin`, `Poutine`.
    """
    own = set(words_of(asked))
    return any(
        all(sound(word) != sound(mine) or _ends_otherwise(word, mine) for mine in own)
        for word in words_of(spelled)
        if word not in own
    )


def _ends_otherwise(word: str, other: str) -> bool:
    """Return whether two words differ in what stands last, by one letter: `Dupond`, `Dupont`."""
    return word[:-1] == other[:-1] or word[:-1] == other or word == other[:-1]


def _is_ordinary(name: Name, library: LibraryNames) -> bool:
    """Return whether a single word with a capital is no name: `quelle Nationalité`."""
    word, plain = name.text, fold(name.text)
    if _WORD.fullmatch(word) is None or word.isupper():
        return False
    if plain in _SMALL or plain in GENERIC or plain in TITLES:
        return True
    spelling = library.spelling(word)
    return spelling.lower > spelling.capitalised


def _names_nobody(word: str, library: LibraryNames) -> bool:
    """Return whether a word of a name is one of any institution's, a title or an ordinary word."""
    plain = fold(word)
    if plain in GENERIC or plain in TITLES or is_common(plain) or plain in _SMALL or _ROMAN.fullmatch(word):
        return True
    spelling = library.spelling(word)
    return spelling.lower > spelling.capitalised


def _could_be_looked_up(text: str) -> bool:
    """Return whether a name is in letters in which the library's spellings can be compared."""
    return all(not character.isalpha() or fold(character).isascii() for character in text)
