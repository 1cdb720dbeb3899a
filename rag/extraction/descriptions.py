"""What somebody is said to be in a text, by a title, an apposition or `is`: a name with its nouns.

Pure, by small words and punctuation. It reads more than it is sure of, and says which. Knows names as where
they stand; no claim and no quote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rag.extraction.clauses import Word
from rag.extraction.names.gazetteer import ROLES
from rag.extraction.phrases import AND, COPULAS, DETERMINERS, PREPOSITIONS, RELATIVES, own
from rag.text.word_lists import WordList

OF = WordList("rag.extraction", "roles", ("of",))
# What goes with verbs and is no noun: `turned down`.
_PARTICLES = WordList("rag.extraction", "roles", ("particles",))
# Languages in which a noun's own words stand before it, and those in which every noun has a capital.
_HEAD_LAST, _ALL_CAPITALS = frozenset({"en", "de"}), frozenset({"de"})
_REACH = 12


@dataclass(frozen=True, slots=True)
class Description:
    """The numbers of a name's words and of those that tell what it is.

    `head` is the noun that is surely said of it, None if none is; `nouns` all that may be; `of` those that
    go with the head (`mayor` of `the town`); `stated`: by a verb, and not beside the name alone.
    """

    name: frozenset[int]
    head: int | None
    nouns: frozenset[int]
    of: frozenset[int] = frozenset()
    stated: bool = False


def descriptions(
    words: Sequence[Word],
    text: str,
    language: str | None,
    spans: Sequence[tuple[int, int]],
    verbs: Collection[int],
) -> tuple[Description, ...]:
    """Return what the names are said to be.

    Args:
        words: The words of the text in order.
        text: The text.
        language: Its language.
        spans: Where its names stand.
        verbs: The numbers of those words that are verbs.
    """
    if language in _ALL_CAPITALS or not own(DETERMINERS, language):
        return ()
    reader = _Reader(words, text, language, verbs)
    found = []
    for start, end in spans:
        inside = [i for i, word in enumerate(words) if start <= word.start < end]
        if inside:
            found += reader.of_name(inside)
    return tuple(found)


class _Reader:
    def __init__(
        self, words: Sequence[Word], text: str, language: str | None, verbs: Collection[int]
    ) -> None:
        self._words, self._text, self._verbs = words, text, verbs
        self._head_last = language in _HEAD_LAST
        self._of = own(OF, language)
        self._prepositions = own(PREPOSITIONS, language)
        self._determiners = own(DETERMINERS, language)
        self._ands, self._copulas = own(AND, language), own(COPULAS, language)
        self._relatives, self._particles = own(RELATIVES, language), own(_PARTICLES, language)

    def of_name(self, inside: list[int]) -> Iterator[Description]:
        """Yield what one name is said to be."""
        titles = [i for i in inside if self._words[i].plain in ROLES]
        rest = [i for i in inside if i not in titles] or inside
        name, first, last = frozenset(rest), inside[0], inside[-1]
        before = sorted({*self._before(first), *self._titles(first)})
        after = self._after(last)
        if titles:
            yield Description(name, titles[-1], frozenset(titles))
        for phrase in (before, after):
            if phrase:
                head, of = self._head(phrase)
                yield Description(name, head, frozenset(phrase), of)
        if phrase := self._is(last):
            head, of = self._head(phrase)
            yield Description(name, head, frozenset(phrase), of, stated=True)

    def _titles(self, first: int) -> list[int]:
        """Return the title right before a name: `mayor Ann Lee`."""
        titled = first and self._gap(first) in {"", "."} and self._words[first - 1].plain in ROLES
        return [first - 1] if titled and len(self._words[first - 1].plain) > 3 else []

    def _gap(self, i: int) -> str:
        """Return what stands between a word and the one before it."""
        return self._text[self._words[i - 1].end : self._words[i].start].strip() if i else "."

    def _small(self, i: int) -> bool:
        return self._words[i].plain in self._determiners or self._words[i].plain in self._of

    def _nominal(self, i: int) -> bool:
        word = self._words[i]
        if word.plain in self._determiners or word.plain in self._prepositions or i in self._verbs:
            return False
        return (word.is_content or word.capital) and not word.adverb and word.plain not in self._particles

    def _before(self, first: int) -> list[int]:
        """Read `the mayor, Ann Lee` and `mayor Ann Lee`: back to a verb, a mark or a preposition."""
        while first and self._words[first - 1].plain in ROLES and self._gap(first) in {"", "."}:
            # `le directeur de l'hôpital, M. Luc Testanier`
            if self._gap(first - 1):
                first -= 1
                break
            first -= 1
        if not first or self._gap(first) not in {"", ",", "'", "’"}:
            return []
        if self._gap(first) in {"", "'", "’"} and not self._nominal(first - 1):
            return []  # `the pole of the Moon`
        found, j = [], first - 1
        while j >= 0 and first - j < _REACH and self._words[j].sentence == self._words[first].sentence:
            if not self._small(j) and not self._nominal(j):
                break
            found.append(j)
            if self._gap(j) not in {"", "'", "’", "-"} or self._opens(j):
                break
            j -= 1
        return self._trimmed(sorted(found))

    def _opens(self, j: int) -> bool:
        """Return whether a noun phrase begins here: `hier la patronne`, not `patronne de la scierie`."""
        word = self._words[j].plain
        if word not in self._determiners or word in self._of:
            return False
        return not j or self._words[j - 1].plain not in self._of

    def _after(self, last: int) -> list[int]:
        """Read `Ann Lee, mayor of the town,` and `Ann Lee (mayor of the town)`."""
        if last + 1 >= len(self._words) or self._gap(last + 1) not in {",", "(", ", («"}:
            return []
        return self._phrase(last + 1)

    def _phrase(self, start: int) -> list[int]:
        """Return the nouns from a place on, with those that go with them."""
        found: list[int] = []
        for k in range(start, min(len(self._words), start + _REACH)):
            if self._words[k].sentence != self._words[start].sentence:
                break
            if k > start and self._gap(k) not in {"", "'", "’", "-"}:
                break
            if self._words[k].plain in self._ands and found:
                break
            known = self._small(k) or self._nominal(k) or self._words[k].plain in self._prepositions
            if not known or (not found and self._words[k].plain in self._prepositions - self._determiners):
                break
            found.append(k)
        return self._trimmed(found)

    def _is(self, last: int) -> list[int]:
        """Read `Ann Lee is the mayor`, `Ann Lee, who was mayor of the town`; not `is old`, `is not`."""
        k = last + 1
        if k < len(self._words) and self._words[k].plain in self._relatives:
            k += 1
        if (
            k >= len(self._words) - 1
            or self._words[k].plain not in self._copulas
            or self._gap(k) not in {"", ","}
        ):
            return []
        found = self._phrase(k + 1)
        opened = self._words[k + 1].plain in self._determiners
        named = any(self._words[i].plain in self._of for i in range(k + 1, k + 4) if i < len(self._words))
        return found if opened or named else []

    def _trimmed(self, phrase: list[int]) -> list[int]:
        return phrase if any(self._nominal(k) for k in phrase) else []

    def _head(self, phrase: list[int]) -> tuple[int | None, frozenset[int]]:
        """Return the noun that the others go with, and those others."""
        start = 0
        if self._head_last:
            genitives = [n for n, k in enumerate(phrase) if self._words[k].plain == "s"]
            start = genitives[-1] + 1 if genitives else 0
        segment: list[int] = []
        for k in phrase[start:]:
            word = self._words[k]
            if segment and (word.plain in self._prepositions or word.plain in self._of):
                break
            if self._nominal(k):
                segment.append(k)
        if not segment:
            return None, frozenset()
        head = segment[-1] if self._head_last else segment[0]
        return head, frozenset(k for k in phrase if k != head and self._nominal(k))
