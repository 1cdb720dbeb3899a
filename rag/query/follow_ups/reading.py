"""A question with its words, its noun phrases and how it asks; each is found once.

Pure. Knows one question and no conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from rag.query.follow_ups.lexicon import INVERTED, Token, has_verb, is_imperative, only_nouns, tokens
from rag.query.follow_ups.phrases import Phrase, phrases
from rag.text.folding import flatten

# What the question word stands for: the subject, something done to, what something is (`quel est`), a
# circumstance (`où`, `avec qui`), or nothing, where yes or no answers.
Asks = Literal["subject", "object", "attribute", "circumstance", "yes or no"]

_COPULA = {"fr": re.compile(r"(?:est|sont|etait|etaient|sera|seront|fut|serait)(?:-ce)?"),
           "en": re.compile(r"is|are|was|were|'s")}  # fmt: skip
_CIRCUMSTANCE = {"fr": ("ou", "quand", "comment", "pourquoi"), "en": ("where", "when", "why", "how")}
# Words of questions that may join clauses as well.
_LINKING = (
    "que",
    "qu'",
    "qui",
    "ou",
    "quand",
    "when",
    "where",
    "who",
    "which",
    "that",
    "what",
    "how",
    "whose",
)
_MEASURES = ("long", "often", "far", "soon", "fast", "late", "early")


@dataclass(frozen=True, slots=True)
class Interrogative:
    """How a question asks.

    `[start, end)` is its question phrase with the preposition, `avec combien de voix`, and `[end, rest)` what
    only asks, `est-ce que`. `word` is the question word, `noun` the noun with it; `""` where there is none.
    """

    asks: Asks
    start: int
    end: int
    rest: int
    word: str
    noun: str
    noun_start: int
    preposition: str


@dataclass(frozen=True)
class Reading:
    """A question in `fr` or `en`; `known` are words that the conversation writes as names.

    `flattened` is its text without accents, where that is known. A `statement` has a verb in any case.
    """

    text: str
    language: str
    known: frozenset[str] = field(default=frozenset(), compare=False)
    flattened: str | None = field(default=None, compare=False)
    statement: bool = False

    @cached_property
    def flat(self) -> str:
        """Without accents; offsets are those of `text`."""
        return flatten(self.text) if self.flattened is None else self.flattened

    def part(self, start: int, end: int | None = None) -> Reading:
        """Return the words `[start, end)` by themselves, without white space around them."""
        end = len(self.text) if end is None else end
        inner = self.text[start:end]
        start += len(inner) - len(inner.lstrip())
        end = max(start, end - len(inner) + len(inner.rstrip()))
        return Reading(self.text[start:end], self.language, self.known, self.flat[start:end])

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokens(self.text, self.flat, self.language, self.known)

    @cached_property
    def has_verb(self) -> bool:
        """Whether it has a verb of its own."""
        return self.statement or has_verb(self._tokens, self.language)

    @cached_property
    def tokens(self) -> list[Token]:
        """Its words."""
        return self._tokens if self.has_verb else only_nouns(self._tokens)

    @cached_property
    def asks_first(self) -> bool:
        """Whether what it asks stands first: not `Compare …`, `pour mon papier : quelle somme …`."""
        asks = self.interrogative
        if asks.end > asks.start or not self.tokens:
            return True
        ordered = self.tokens[0].kind == "verb" and is_imperative(self.tokens[0])
        words = [token for token in self.tokens if token.kind != "mark"]
        asking = [token for token in words if token.kind == "question"]
        marks = [token.end for token in self.tokens if token.kind == "mark"]
        later = any(
            token is words[-1] or token.lower not in _LINKING or token.start - 1 in marks for token in asking
        )
        return not ordered and not later

    @cached_property
    def phrases(self) -> list[Phrase]:
        """Its noun phrases, but those that ask."""
        asks = self.interrogative
        found = phrases(self.text, self.language, self.tokens)
        return [one for one in found if one.outer >= asks.end or one.end <= asks.start]

    @cached_property
    def counts_people(self) -> bool:
        """Whether it counts persons: `combien de blessés`."""
        noun = self.interrogative.noun
        counted = Reading(f"les {noun}" if self.language == "fr" else noun, self.language, self.known)
        return any(one.of_people for one in counted.phrases)

    @cached_property
    def names(self) -> list[str]:
        """Its names."""
        return [self.text[start:end] for one in self.phrases for start, end in one.names]

    @cached_property
    def interrogative(self) -> Interrogative:
        """How it asks."""
        return _interrogative(self.text, self.language, self.tokens)


def _interrogative(text: str, language: str, found: list[Token]) -> Interrogative:
    place, preposition = 0, ""
    start = found[0].start if found else 0
    if len(found) > 1 and found[0].kind == "preposition" and _asks_next(found, 1):
        preposition, place = found[0].lower, 1
    elif (asking := _behind_compound(found)) is not None:
        preposition, place = text[start : found[asking - 1].end].lower(), asking
    if place >= len(found) or found[place].kind != "question":
        said_first = language == "fr" and found and found[0].lower == "est-ce"
        rest = found[2].start if said_first and len(found) > 2 else start
        return Interrogative("yes or no", start, start, rest, "", "", start, "")
    word = found[place].lower
    place += 1
    noun, noun_start, place = _noun(text, language, found, place, word)
    end = found[place - 1].end
    rest_place = place
    if language == "fr" and place + 1 < len(found) and found[place].lower == "est-ce":
        rest_place = place + 2
    rest = found[rest_place].start if rest_place < len(found) else len(text)
    asks = _asks(language, found, rest_place, word, noun, preposition, rest_place > place)
    return Interrogative(asks, start, end, rest, word, noun, noun_start, preposition)


def _behind_compound(found: list[Token]) -> int | None:
    """Return the place of a question word behind a compound preposition: `à cause de quoi`, `face à qui`."""
    if not found or not (found[0].kind == "preposition" or found[0].lower in _LEADS):
        return None
    asking = next((place for place, token in enumerate(found) if token.kind == "question"), 0)
    between = found[1:asking]
    if not between or len(between) > _LONGEST_COMPOUND or found[asking - 1].kind != "preposition":
        return None
    simple = all(token.kind in ("preposition", "determiner", "word") for token in between)
    return asking if simple and _asks_next(found, asking) else None


# What a compound preposition may begin with besides a preposition: `grâce à`, `because of`.
_LEADS = frozenset(
    ["face", "grace", "quant", "suite", "because", "due", "thanks", "according", "instead", "ahead"]
)
_LONGEST_COMPOUND = 4  # words behind its first


def _asks_next(found: list[Token], place: int) -> bool:
    return found[place].kind == "question" and found[place].lower not in ("que", "qu'", "that")


def _noun(text: str, language: str, found: list[Token], place: int, word: str) -> tuple[str, int, int]:
    """Return the noun of a question phrase, where it begins, and the place behind it."""
    begin = place
    if language == "fr":
        if word == "combien" and place < len(found) and found[place].lower in ("de", "d'"):
            begin = place = place + 1
        elif not word.startswith("quel") or (
            place < len(found)
            and (found[place].kind == "auxiliary" or _COPULA["fr"].fullmatch(found[place].lower))
        ):
            return "", found[place - 1].end, place
    elif word == "how":
        if place < len(found) and found[place].kind in ("determiner", "word", "adverb", "question"):
            place += 1
            if found[place - 1].lower not in ("many", "much"):
                return "", found[place - 1].start, place
            begin = place
        elif place < len(found) and found[place].lower == "much":
            begin = place = place + 1
    elif word not in ("what", "which", "whose"):
        return "", found[place - 1].end, place
    while place < len(found):
        token = found[place]
        of = language == "fr" and place > begin and token.lower in ("de", "d'", "du", "des")
        inside = of and place + 1 < len(found) and found[place + 1].kind in ("word", "name", "determiner")
        inside = inside or (
            place > begin and token.kind == "determiner" and found[place - 1].lower in ("de", "d'")
        )
        # `combien d'allers-retours par jour`
        each = place > begin and token.lower in ("par", "per") and place + 1 < len(found)
        inside = inside or (each and found[place + 1].kind == "word")
        first = place == begin and token.kind in ("verb", "number", "determiner") and language == "fr"
        if not (token.kind == "word" or inside or first or (place == begin and token.kind == "name")):
            break
        place += 1
    if place == begin:
        return "", found[place - 1].end, place
    return text[found[begin].start : found[place - 1].end], found[begin].start, place


def _asks(
    language: str, found: list[Token], place: int, word: str, noun: str, preposition: str, est_ce: bool
) -> Asks:
    """Return what a question word stands for; `place` is that of the word behind the phrase."""
    if place + 1 < len(found) and found[place].lower in ("ne", "n'"):
        place += 1
    after = found[place] if place < len(found) else None
    if preposition or word in _CIRCUMSTANCE[language]:
        measured = word == "how" and found[place - 1].lower not in ("how", *_MEASURES)
        if not measured or preposition:
            return "circumstance"
        if not noun:
            return "object"
    if noun in ("temps", "many times", "times") or noun.startswith("temps"):
        return "circumstance"
    if after is None:
        return "object"
    if not noun and _COPULA[language].fullmatch(after.lower) and word != "que":
        follows = found[place + 1] if place + 1 < len(found) else None
        passive = follows is not None and follows.kind in ("verb", "auxiliary")
        return "subject" if passive else "attribute"
    if language == "fr":
        if word == "qui" and est_ce:
            return "subject"
        inverted = INVERTED.fullmatch(after.lower) is not None
        subject = (
            after.kind in ("auxiliary", "verb") and not inverted and word not in ("que", "qu'", "combien")
        )
        if word == "combien" and noun:
            subject = (
                after.kind in ("auxiliary", "verb") and not inverted and not _subject_behind(found, place)
            )
        return "subject" if subject and not est_ce else "object"
    done = after.lower in ("do", "does", "did", "don't", "didn't", "doesn't")
    if done:
        return "object"
    if after.kind == "auxiliary":
        follows = found[place + 1] if place + 1 < len(found) else None
        return (
            "subject" if follows is not None and follows.kind in ("verb", "auxiliary", "adverb") else "object"
        )
    return "subject"


def _subject_behind(found: list[Token], place: int) -> bool:
    """Return whether the subject, a name, stands behind the verb: `combien de voix a obtenu Nadia ?`."""
    behind = place + 1
    while behind < len(found) and found[behind].kind in ("auxiliary", "verb", "adverb"):
        behind += 1
    return behind < len(found) and found[behind].kind == "name"
