"""What a text offers for names to be found in: its words, their stems and sounds, the places it names.

Pure. Knows no names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache

from rag.extraction.names.exonyms import Group, groups_in
from rag.extraction.names.phonetics import sound
from rag.extraction.names.tokens import TOKEN, bare, opens_sentence, subtokens
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.synonyms import meanings


class Vocabulary:
    """What a text offers for names to be found in; what only some of them need is read when one asks."""

    def __init__(
        self,
        flat: str,
        terms: Callable[[], Iterable[str]],
        groups: Callable[[], Iterable[Group]],
        language: str | None,
    ) -> None:
        """`flat` is the flattened text; `terms` gives its terms, in `language`, and `groups` its groups."""
        self._terms = terms
        self._groups = groups
        self._flat = flat
        self.language = language
        self._tokens = [(match.start(), bare(match[0])) for match in TOKEN.finditer(flat)]
        self._lowered = tuple(token.lower() for _, token in self._tokens)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words of content."""
        return frozenset(self._terms())

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words in lower case, and the parts of those with hyphens."""
        return frozenset(self._lowered).union(self.sequence)

    @cached_property
    def sequence(self) -> tuple[str, ...]:
        """Its words in order, those with hyphens or apostrophes in parts."""
        return tuple(part for token in self._lowered for part in subtokens(token))

    @cached_property
    def sounds(self) -> frozenset[str]:
        """How its capitalised words sound."""
        return frozenset(sound(token) for _, token in self._tokens if token[:1].isupper())

    @cached_property
    def groups(self) -> frozenset[str]:
        """The places and peoples that it names, each by one name for all languages."""
        return frozenset(group for _, _, group in self._groups())

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes of synonyms of its stems."""
        found = (meanings(stem, self.language) for stem in self.stems)
        return frozenset(meaning for meant in found for meaning in meant if meaning.startswith("="))

    @cached_property
    def initials(self) -> str:
        """The first letters of its longer words, for acronyms."""
        return "".join(token[0] for token in self._lowered if len(token) > 2)

    @cached_property
    def capitalised(self) -> frozenset[str]:
        """The words that it capitalises inside sentences."""
        return frozenset(
            token.lower()
            for start, token in self._tokens
            if token[:1].isupper() and not opens_sentence(self._flat, start)
        )

    @cached_property
    def lower(self) -> frozenset[str]:
        """The words that it writes in lower case."""
        return frozenset(token for _, token in self._tokens if token[:1].islower())


def vocabulary(text: str, language: str | None) -> Vocabulary:
    """Return the words of `text`, as names are looked up in them."""
    flat = flatten(text)
    return Vocabulary(flat, lambda: terms(text, language), lambda: groups_in(flat), language)


@lru_cache(maxsize=20_000)
def is_common(word: str) -> bool:
    """Return whether a word has a synonym or a translation: few names have."""
    return any(
        m.startswith("=") for code in ("fr", "en") for s in terms(word, code) for m in meanings(s, code)
    )
