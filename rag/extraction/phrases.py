"""The noun phrases of a text: what stands together around a place, which words are its heads.

Pure, by closed lists of verbs and small words (`data/*/roles.txt`) and by the order of words. Knows what may
be a verb, not what a verb joins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from rag.extraction.clauses import ABBREVIATED, Word
from rag.extraction.cue_words import SPEECH_VERBS
from rag.text.word_lists import WordList

_PACKAGE, _FILE = "rag.extraction", "roles"


def _listed(heading: str, accents: bool = False) -> WordList:
    return WordList(_PACKAGE, _FILE, (heading,), accents)


VERBS = _listed("verbs", accents=True)
PREPOSITIONS = _listed("prepositions")
# Words of content that say too little for a translation of theirs to be asked for.
THIN = _listed("thin")
_PASSIVE, _NO_PASSIVE = _listed("passive"), _listed("no passive")
_HELPERS = _listed("helpers")
_AGENT_MARKERS = _listed("agent markers")
DETERMINERS = _listed("determiners")
_PRONOUNS = _listed("subject pronouns")
RELATIVES = _listed("subject relatives")
_OBJECT_RELATIVES = _listed("object relatives")
AND = _listed("and")
_WHOSE = _listed("whose")
# Verbs that say what somebody is.
COPULAS = _listed("copulas", accents=True)
# Words that are nouns as often: verbs only where nothing else can stand.
_NOUNS_TOO = _listed("nouns too")
# What `by` may stand before without naming who did it: `by October`, `par an`.
_NO_AGENTS = _listed("no agents")
# Verbs whose subject does it or has it done to it alike: `the shop opened`.
BY_ITSELF = _listed("by itself", accents=True)
_MARK = re.compile(r"[^\s'’\"«»“”£$€%-]")
PARTICIPLE_ENDS = (
    *("é", "ée", "és", "ées", "u", "ue", "us", "ues"),
    *("ado", "ada", "ados", "adas", "ido", "ida"),
    *("ato", "ata", "ati", "ate", "ito", "ita", "iti", "ite", "uto", "uta", "uti", "ute"),
)
# How far a subject or an object may reach, in words.
REACH = 14


def own(words: WordList, language: str | None) -> frozenset[str]:
    """Return a list's terms in one language; those of French and English where nobody knows which it is."""
    return words.terms if language is None else words.of(language)


@cache
def _verbs_of(language: str | None) -> frozenset[str]:
    """Return the verbs, those of speech among them."""
    verbs = own(VERBS, language)
    return verbs | (SPEECH_VERBS.of(language) if language else SPEECH_VERBS.terms) if verbs else verbs


def is_number(word: Word) -> bool:
    """Return whether a word is written in digits."""
    return word.plain[0].isdigit()


class Phrases:
    """The words of a text with what stands around a place among them."""

    def __init__(self, words: Sequence[Word], text: str, language: str | None) -> None:
        self._words, self._text = words, text
        self._language = language
        self._verbs = _verbs_of(language)
        self._prepositions = own(PREPOSITIONS, language)
        self._helpers = own(_HELPERS, language) | own(_PASSIVE, language)
        self._passive_words = own(_PASSIVE, language)
        self._no_passive = own(_NO_PASSIVE, language)
        self._markers = own(_AGENT_MARKERS, language)
        self._determiners = own(DETERMINERS, language)
        self._pronouns = own(_PRONOUNS, language)
        self._relatives = own(RELATIVES, language)
        self._object_relatives = own(_OBJECT_RELATIVES, language)
        self._ands = own(AND, language)
        self._whose = own(_WHOSE, language)
        self._nouns_too, self._no_agents = own(_NOUNS_TOO, language), own(_NO_AGENTS, language)

    @cached_property
    def _breaks(self) -> list[bool]:
        """Whether punctuation stands before each word."""
        ends = [0, *(word.end for word in self._words)]
        gaps = [self._text[end : word.start].strip() for end, word in zip(ends, self._words, strict=False)]
        titled = [False, *(word.plain in ABBREVIATED for word in self._words)]
        return [
            any(_MARK.match(c) for c in gap) and not (gap == "." and title)
            for gap, title in zip(gaps, titled, strict=False)
        ]

    def _is_verb(self, i: int) -> bool:
        word = self._words[i]
        if word.exact not in self._verbs or (word.capital and i and not self._breaks[i]):
            return False
        before = self._words[i - 1] if i and not self._breaks[i] else None
        if word.exact in self._nouns_too and not self._must_be_verb(i, before):
            return False
        if before is None:
            return True
        if before.exact == "à":
            return False
        if before.plain in self._determiners and before.plain not in self._helpers:
            return False
        if before.plain in self._determiners and before.plain in {"le", "la", "les", "l", "los", "las"}:
            # A clitic only after a subject: `le maire la critique`.
            ahead = self._words[i - 2] if i > 1 else None
            return (
                ahead is not None
                and not self._breaks[i - 1]
                and (ahead.plain in self._pronouns or ahead.is_content or ahead.capital)
            )
        return before.plain not in self._prepositions or before.plain in self._helpers

    def _must_be_verb(self, i: int, before: Word | None) -> bool:
        """Return whether a word that is a noun as often can be nothing but a verb: `they vote`, `has cut`."""
        after = self._words[i + 1] if i + 1 < len(self._words) and not self._breaks[i + 1] else None
        opens = after is not None and after.plain in self._determiners and not after.capital
        if before is None:
            return False
        known = self._pronouns | self._relatives | self._helpers
        return before.plain in known - self._determiners or before.plain == "to" or opens

    def _is_nominal(self, word: Word) -> bool:
        return word.is_content or word.capital or word.plain.isdigit()

    def _heads(self, indexes: Iterable[int]) -> frozenset[int]:
        return frozenset(k for k in indexes if not is_number(self._words[k]))

    def _apposed(self, j: int) -> tuple[frozenset[int], frozenset[int], bool]:
        """Read `Nora Belhadj, compagne du député, a refusé`: what is before and between the commas."""
        start = j
        while start > 0 and not self._breaks[start] and j - start < REACH:
            start -= 1
        if start == 0 or not self._breaks[start] or self._text[self._words[start - 1].end] != ",":
            return frozenset(), frozenset(), False
        heads, stretch = self._phrase(start - 1)
        if not heads:
            return frozenset(), frozenset(), False
        inner, _ = self._phrase(j)
        between = frozenset(k for k in range(start, j + 1) if self._is_nominal(self._words[k]))
        first = frozenset(k for k in inner if k >= start)
        return heads | first, stretch | between, False

    def _phrase(self, j: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return the head words of the nouns and names that end at `j`, and all of their stretch."""
        start = j
        while start >= 0 and j - start < REACH:
            word = self._words[start]
            if word.sentence != self._words[j].sentence:
                break
            small = (
                word.plain in self._determiners
                or word.plain in self._prepositions
                or word.plain in self._ands
            )
            if not small and not self._is_nominal(word):
                break
            if not small and start != j and self._is_verb(start) and not word.capital:
                break
            start -= 1
            if start >= 0 and self._breaks[start + 1]:
                break
        segments = self._segments(start + 1, j)
        heads = next((inside for governed, inside in reversed(segments) if not governed), ())
        free = [inside for governed, inside in segments if not governed]
        # `A et B`, and `Depuis 2010 le nombre`: every free phrase that is joined, else the last.
        if len(free) > 1 and any(self._words[k].plain in self._ands for k in range(start + 1, j + 1)):
            heads = tuple(k for inside in free for k in inside)
        return self._heads(heads), frozenset(k for _, inside in segments for k in inside)

    def _last_noun(self, j: int) -> frozenset[int]:
        """Return the noun or name that ends at a place, with what stands at it: `maire sortant`."""
        end = j
        while j >= 0 and self._is_nominal(self._words[j]) and end - j < 4:
            if self._breaks[j] or (self._words[j].exact in self._verbs and not self._words[j].capital):
                break
            j -= 1
        return frozenset(range(j + 1, end + 1))

    def _segments(self, start: int, end: int) -> list[tuple[bool, tuple[int, ...]]]:
        """Return phrases with whether a preposition governs them: `the number`, of `trout`."""
        found: list[tuple[bool, list[int]]] = []
        governed, fresh = False, True
        for k in range(start, end + 1):
            word = self._words[k]
            if word.plain in self._prepositions and not word.capital:
                governed, fresh = True, True
            elif word.plain in self._ands:
                governed, fresh = governed and bool(found) and found[-1][0], True
            elif word.plain in self._determiners:
                if found and not fresh:
                    governed, fresh = False, True
            elif self._is_nominal(word):
                if fresh:
                    found.append((governed, []))
                    fresh = False
                found[-1][1].append(k)
        return [(g, tuple(inside)) for g, inside in found]

    def _named_after(self, start: int) -> frozenset[int]:
        """Return the name in apposition to the noun that begins here: `the head of the town, Ann Lee`."""
        for k in range(start + 1, min(len(self._words), start + REACH)):
            word = self._words[k]
            if word.sentence != self._words[start].sentence:
                break
            if self._breaks[k]:
                comma = self._text[self._words[k - 1].end : word.start].strip() == ","
                return frozenset(self._capitals(k)) if comma else frozenset()
            if self._is_verb(k):
                break
        return frozenset()

    def _capitals(self, start: int) -> list[int]:
        found: list[int] = []
        for k in range(start, len(self._words)):
            if not self._words[k].capital or (found and self._breaks[k]):
                break
            found.append(k)
        return found

    def _run(self, start: int) -> list[int]:
        """Return the nouns and names from `start` to the next preposition, mark or verb."""
        found: list[int] = []
        for k in range(start, min(len(self._words), start + REACH)):
            word = self._words[k]
            if (k > start and self._breaks[k]) or (word.plain in self._prepositions and not word.capital):
                if found or self._breaks[k]:
                    break
                continue
            if found and self._is_verb(k):
                break
            if self._is_nominal(word) and not word.plain.isdigit():
                found.append(k)
        return found

    def _after_comma(self, i: int) -> frozenset[int]:
        """Read `Battu 3-1 par A, B a …`: whom the participle is said of."""
        for k in range(i + 1, min(len(self._words), i + REACH)):
            if self._words[k].sentence != self._words[i].sentence:
                break
            if self._breaks[k] and self._text[
                self._words[k - 1].end : self._words[k].start
            ].strip().startswith(","):
                return frozenset(self._run(k))
        return frozenset()
