"""A sentence as phrases are looked for in it: its words, what each is, and which the question has.

Pure, by closed lists of small words in `data/`. Knows no kind of question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rag.answer_span import words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.numbers.quantities import Quantity
from rag.text.analyzer import content_words, stems
from rag.text.synonyms import meanings, related

# `N'Diaye` and `D'Angelo` are no elisions.
_TOKEN = re.compile(
    r"\d+(?: \d{3}(?!\d))*(?:[.,]\d+)*[^\W\d_]*"
    r"|(?!(?-i:[DN]'[^\W\d_a-zà-ÿ]))(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)"
    r"|'s\b|[^\W_]+(?:(?:[-.&]|'(?!s\b))[^\W_]+)*"
    r"|[^\w\s]",
    re.IGNORECASE,
)
_OPENING, _CLOSING = "«“([", "»”)]"
_BREAKS = frozenset([*',;:.!?…«»()[]“”"–—-'])


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign at start..end: `plain` in lower case without accents, `stem` empty without meaning.

    `asked`: how much of the question it holds, from 0 to 1: all where it is the same word.
    """

    start: int
    end: int
    plain: str
    stem: str
    capital: bool
    asked: float

    @property
    def is_sign(self) -> bool:
        """Return whether it is no word."""
        return not self.plain[0].isalnum() and self.plain != "'s"

    @property
    def is_break(self) -> bool:
        """Return whether it is a sign that phrases end at."""
        return self.plain in _BREAKS

    @property
    def is_number(self) -> bool:
        """Return whether it begins with a digit."""
        return self.plain[0].isdigit()

    @property
    def is_content(self) -> bool:
        """Return whether it carries meaning."""
        return bool(self.stem)

    @property
    def is_determiner(self) -> bool:
        """Return whether it opens a noun phrase: `le`, `une`, `the`."""
        return self.plain in words.DETERMINERS

    @property
    def is_preposition(self) -> bool:
        """Return whether it opens a prepositional phrase."""
        return self.plain in words.PREPOSITIONS

    @property
    def is_conjunction(self) -> bool:
        """Return whether it opens a clause."""
        return self.plain in words.CONJUNCTIONS

    @property
    def is_coordinator(self) -> bool:
        """Return whether it joins two of a kind."""
        return self.plain in words.COORDINATORS

    @property
    def is_verb(self) -> bool:
        """Return whether it is one of the small verbs, or a subject beside one."""
        return self.plain in words.VERBS

    @property
    def is_copula(self) -> bool:
        """Return whether it says what something is or is called."""
        return self.plain in words.COPULAS


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with its tokens, and the day on which its article was published.

    `numbers` are those that can answer, where a number is asked for.
    """

    said: AnalysedSentence
    tokens: tuple[Token, ...]
    published: date | None = None
    numbers: tuple[Quantity, ...] | None = None

    @property
    def flat(self) -> str:
        """The sentence without accents and typographic variety, in the same offsets."""
        return self.said.flat


def tokens(said: AnalysedSentence, asked: Sequence[str], language: str) -> tuple[Token, ...]:
    """Return the words and signs of a sentence in order.

    `asked` are the stems of the question's words of content, in its `language`.
    """
    wanted = {stem: meanings(stem, language) for stem in asked}
    return tuple(_read(said, wanted, language == said.language))


def _read(said: AnalysedSentence, wanted: dict[str, frozenset[str]], alike: bool) -> Iterator[Token]:
    for match in _TOKEN.finditer(said.flat):
        written = said.text[match.start() : match.end()]
        stem = _stem(written, said.language)
        asked = _asked(stem, said.language, wanted, alike) if stem else 0.0
        yield Token(match.start(), match.end(), match[0].lower(), stem, match[0][0].isupper(), asked)


@lru_cache(maxsize=50_000)
def _stem(written: str, language: str | None) -> str:
    """Return the stem of a word of content; empty for others."""
    if not any(character.isalnum() for character in written):
        return ""
    found = stems(content_words(written, language), language)
    return " ".join(found)


def _asked(stem: str, language: str | None, wanted: dict[str, frozenset[str]], alike: bool) -> float:
    if stem in wanted:
        return 1.0
    if any(part in wanted for part in stem.split()):
        return 0.8
    meant = meanings(stem, language) - {stem}
    if any(meant & other for other in wanted.values()):
        return 0.8
    return 0.7 if alike and any(related(stem, other) for other in wanted) else 0.0


def known_as_whole(said: AnalysedSentence, found: Sequence[Token]) -> tuple[Token, ...]:
    """Return the tokens with each name asked for of which the question has the last word.

    `Vladimir Poutine` where it says `Poutine`.
    """
    known = set()
    for name in said.names:
        inside = [token for token in found if name.start <= token.start and token.end <= name.end]
        if inside and inside[-1].asked == 1.0:
            known.update(token.start for token in inside)
    return tuple(replace(token, asked=1.0) if token.start in known else token for token in found)


def enclosed(found: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the first and last token inside each pair of quotation marks or brackets."""
    pairs, open_at = [], []
    straight = None
    for place, token in enumerate(found):
        if token.plain in _OPENING:
            open_at.append(place)
        elif token.plain in _CLOSING and open_at:
            pairs.append((open_at.pop() + 1, place - 1))
        elif token.plain == '"':
            if straight is not None:
                pairs.append((straight + 1, place - 1))
            straight = place if straight is None else None
    return [(first, last) for first, last in pairs if first <= last]
