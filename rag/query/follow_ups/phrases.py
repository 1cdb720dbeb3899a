"""The noun phrases of a question, with the preposition before each: `à Brécy`, `la piscine d'Orvanne`.

Pure. Found by what stands between determiners, names and verbs; nothing is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.extraction.names.exonyms import group_of
from rag.extraction.names.gazetteer import ROLES
from rag.query.follow_ups.lexicon import EVENTS, FEMININE, MASCULINE, PEOPLE, PLURAL, WHERE, Token

# What a phrase is about: somebody, a place, what takes place, or anything else.
Sort = Literal["person", "place", "event", "thing"]

_CONTRACTED = {"du": ("de", "le"), "des": ("de", "les"), "au": ("à", "le"), "aux": ("à", "les")}
_OF = {"fr": ("de", "d'", "du", "des"), "en": ("of",)}
_SAINT = re.compile(r"(?:saint|sainte|st|mont|val|port)-", re.IGNORECASE)
# `projectionist`, `directrice`, `Parisienne`: nouns for persons by their endings.
PERSON = re.compile(
    r"(?:ists?|istes?|(?:^|[a-z])wom[ae]n|[a-z]{2,}men|[a-z]{2,}man|trices?|(?<!eol)(?<!aer)(?<!anc)(?<!pers)(?<!quotid)iennes?)$"
)
_ORGANISATION = re.compile(r"[A-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase of `text`.

    `[start, end)` is the phrase; `[outer, end)` has its preposition too, and `[outer, wide)` the phrases that
    may belong to it: `the cinema in Ostremer`. `names` are where names stand in it.
    """

    text: str
    language: str
    outer: int
    start: int
    end: int
    wide: int
    preposition: str
    determiner: str
    head: str
    names: tuple[tuple[int, int], ...]

    @property
    def words(self) -> str:
        """The phrase without its preposition, with the article that was drawn into one: `le musée`."""
        return self._from_start(self.end)

    @property
    def whole(self) -> str:
        """The same with what may belong to it."""
        return self._from_start(self.wide)

    def _from_start(self, end: int) -> str:
        words = self.text[self.start : end]
        if self.language == "fr" and self.determiner in ("du", "des", "au", "aux") and self.preposition:
            return f"{_CONTRACTED[self.determiner][1]} {words.split(maxsplit=1)[-1]}"
        return words

    @property
    def bare_name(self) -> bool:
        """Whether it is a name without a determiner and another noun."""
        return bool(self.names) and not self.determiner and not self.head

    @property
    def plural(self) -> bool | None:
        """Whether it is several; None if it doesn't show."""
        if self.determiner in PLURAL.of(self.language) or self.determiner[:1].isdigit():
            return True
        if self.language == "en" and self.head and not self.bare_name:
            return self.head.endswith("s") and not self.head.endswith("ss")
        return False if self.determiner or self.bare_name else None

    @property
    def gender(self) -> str | None:
        """`m` or `f`, as far as a French determiner shows it."""
        if self.language != "fr":
            return None
        if self.determiner in MASCULINE.of("fr"):
            return "m"
        return "f" if self.determiner in FEMININE.of("fr") else None

    @property
    def of_people(self) -> bool:
        """Whether its noun is for persons, or for a body of them: `les assureurs`, `the council`."""
        return bool(self.head) and (self.sort == "person" or self.head in PEOPLE.of(self.language))

    @property
    def sort(self) -> Sort:
        """What it is about, as far as its words show."""
        if self.head:
            events = EVENTS.of(self.language)
            if self.head in events or self.head.rsplit("-")[-1] in events:  # `demi-finale`
                return "event"
            return "person" if self.head in ROLES or PERSON.search(self.head) else "thing"
        if not self.names:
            return "thing"
        start, end = self.names[0]
        name = self.text[start:end]
        if self.determiner:
            return "thing"
        if self.preposition in (*WHERE.of(self.language), "à") or _SAINT.match(name) or group_of(name):
            return "place"
        if _ORGANISATION.fullmatch(name) or any(character.isdigit() for character in name):
            return "thing"
        return "person" if len(name.split()) > 1 else "place" if self.preposition in _OF["fr"] else "thing"


def phrases(text: str, language: str, found: Sequence[Token]) -> list[Phrase]:
    """Return the noun phrases of a question's words, in order, none inside another."""
    listed: list[Phrase] = []
    place = 0
    while place < len(found):
        phrase, after = _phrase(text, language, found, place)
        if phrase is None:
            place += 1
        else:
            listed.append(phrase)
            place = after
    return _widened(listed)


def _phrase(text: str, language: str, found: Sequence[Token], place: int) -> tuple[Phrase | None, int]:
    """Return the phrase that begins at a word, if one does, and the place behind it."""
    first, preposition, outer = found[place], "", found[place].start
    start = place
    if first.kind == "preposition" or (
        language == "fr" and first.lower in _CONTRACTED and first.lower != "des"
    ):
        if first.lower in _CONTRACTED and language == "fr":
            preposition = _CONTRACTED[first.lower][0]
        else:
            last = place
            while language == "en" and last + 1 < len(found) and found[last + 1].kind == "preposition":
                last += 1  # `according to`
            preposition = text[first.start : found[last].end].lower()
            place = start = last + 1
    if start >= len(found) or found[start].kind not in ("determiner", "name", "number", "word"):
        return None, place
    determiner = ""
    inside = start
    if found[inside].kind in ("determiner", "number"):
        determiner = found[inside].lower
        inside += 1
        while inside < len(found) and found[inside].kind in ("determiner", "number"):
            inside += 1
    end, head, names = _inside(language, found, inside, inside > start)
    if end <= inside:
        return None, place
    span = Phrase(
        text, language, outer, found[start].start, found[end - 1].end, found[end - 1].end, preposition,
        determiner, head, tuple(names),
    )  # fmt: skip
    return span, end


def _inside(
    language: str, found: Sequence[Token], place: int, determined: bool
) -> tuple[int, str, list[tuple[int, int]]]:
    """Return where the words of a phrase end, its head noun, and its names."""
    head, names, first = "", [], place
    while place < len(found):
        token = found[place]
        if token.kind == "name":
            if language == "fr" and head and not determined and found[place - 1].kind == "word":
                break  # `à quelle peine Hubert Sallenave`
            if (names and place and found[place - 1].kind == "name") or (
                names and not head and found[place - 1].lower in (*_PARTICLES, "of")
            ):
                names[-1] = (names[-1][0], token.end)
            else:
                names.append((token.start, token.end))
            if language == "en" and token.lower.endswith("'s"):  # `Harrowick's libraries`
                names[-1] = (names[-1][0], token.end - 2)
        elif token.kind == "word" or (token.kind == "number" and (head or names)):
            # In French the noun comes first; in English the last noun is what it is.
            if token.kind == "word" and (language == "en" or not head):
                head = token.lower
        elif not _belongs(language, found, place, head, bool(names)):
            break
        place += 1
    while place > first and found[place - 1].kind in ("preposition", "determiner"):
        place -= 1
    return place, head, names


_PARTICLES = ("de", "d'", "la", "le", "du", "van", "von", "der", "den", "el", "al", "bin", "ben", "des")


def _belongs(language: str, found: Sequence[Token], place: int, head: str, named: bool) -> bool:
    """Return whether a small word continues the phrase: `de` after a noun, `de La` in a name."""
    token = found[place]
    after = found[place + 1] if place + 1 < len(found) else None
    if after is None:
        return False
    before = found[place - 1]
    if token.lower in _OF[language] and head and before.kind in ("word", "name", "number"):
        return after.kind in ("determiner", "name", "word", "number")
    if token.kind == "determiner" and before.lower in _OF[language]:
        return after.kind in ("name", "word", "number")
    if language == "en" and named and token.lower == "of" and before.kind == "name":  # `Bank of England`
        return after.kind == "name"
    # `Hervé de La Tour`, `La Tour-du-Pin`: a particle between names.
    if named and not head and token.lower in _PARTICLES and before.kind == "name":
        return after.kind == "name"
    return False


def _widened(listed: Sequence[Phrase]) -> list[Phrase]:
    """Let phrases with nouns have the prepositional phrases right behind them."""
    wide: list[Phrase] = []
    for place, phrase in enumerate(listed):
        end = phrase.end
        for other in listed[place + 1 :]:
            between = other.outer - end
            if not phrase.head or not other.preposition or between > 1:
                break
            end = other.end
        wide.append(replace(phrase, wide=end))
    return wide
