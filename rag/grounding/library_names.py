"""Which names the library has, and how it writes a word: looked up in the term index, read where it stands.

Knows the index, the catalogue and how names are compared; no question and no evidence. A few passages are
read for each name, whatever the library's size.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.names.exonyms import forms_of, group_of
from rag.extraction.names.gazetteer import OPENERS, ROLES
from rag.extraction.names.matching import supported
from rag.extraction.names.phonetics import sound
from rag.extraction.names.recognition import Name
from rag.grounding.spelling import one_edit_apart, same_letters
from rag.index.stores import TermSearch
from rag.library.library import Library
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.normalization import fold, words

# How many passages are read to see how a word is written, and to find whose surname it is.
_READ = 8
_WIDELY = 24
# How many languages of the library a word is stemmed in, most frequent first.
_LANGUAGES = 5
# A shorter word isn't taken for another one misspelt.
_LEAST_MISSPELT = 5
_KEPT = 2_000
# Where papers of a language are at home they seldom say so: France in a French one.
HOMES = {"fr": "france"}
_NO_FORENAMES = OPENERS["fr"] | OPENERS["en"] | ROLES
# How far before a surname its first name or title is looked for, in characters.
_BESIDE = 24
_BEFORE_SURNAME = re.compile(
    r"\b(?P<title>(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Me|Maitre|Monsieur|Madame|Docteur|Sir)\.?) $"
    r"|\b(?P<first>[A-Z][a-z]+(?:-[A-Z][a-z]+)*|[A-Z]\.) $"
)
_BEFORE_PLACE = re.compile(r"\b(?:a|en|in|at|near|from|to|vers|dans|in|en|zu|naar) $", re.IGNORECASE)
_INITIALS = re.compile(r"(?:\w\.)+\w?")
_PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the passages that were read write a word: how often as names are written, and how often not."""

    capitalised: int
    lower: int

    @property
    def absent(self) -> bool:
        """Whether none of them has it."""
        return not (self.capitalised or self.lower)

    @property
    def is_name(self) -> bool:
        """Whether it is never written but as a name."""
        return self.capitalised > 0 and not self.lower


class LibraryNames:
    """Looks up names in one library; what was found is kept until the library changes."""

    def __init__(self, library: Library, terms: TermSearch) -> None:
        self._library = library
        self._terms = terms
        self._version: int | None = None
        self._passages: LRUCache[str, AnalysedSentence] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    # --- names ---

    def has(self, name: Name, language: str | None) -> bool:
        """Return whether an article has this name, or is of an outlet or by an author of this name.

        In full, by its initials, in another language's form, or by a surname that nobody of another first
        name has.
        """
        if _INITIALS.fullmatch(name.text):
            bare = name.text.replace(".", "")
            name = replace(name, text=bare, tokens=(bare,))
        group = group_of(flatten(name.text))
        if group is not None and (group in HOMES.values() or self._has_group(group)):
            return True
        if self.has_in_full(name, language):
            return True
        return self._has_surname(name) or self._has_short_form(name) or self._publishes(name)

    def has_in_full(self, name: Name, language: str | None) -> bool:
        """Return whether an article has all words of this name, in some form."""
        return any(_says(said, name, language) for said in self._with(name.text))

    def spelling(self, word: str) -> Spelling:
        """Return how the library writes a word, whatever its case here."""
        wanted = [part for part in fold(word).split("-") if part]
        capitalised = lower = 0
        for said in self._with(word):
            capitalised += said.certain_names.issuperset(wanted)
            lower += said.vocabulary.lower.issuperset(wanted)
        return Spelling(capitalised, lower)

    def occurs(self, word: str) -> bool:
        """Return whether an article has this word, in whatever inflection."""
        return bool(self._ids_with(word, 1))

    def alike(self, word: str) -> tuple[str, ...]:
        """Return names' words that are one slip of the keyboard from this one, or sound like it.

        As the library writes them, the most frequent first. None for short words and those with digits: `N12`
        and `N13` are two roads.
        """
        plain = fold(word)
        if len(plain) < _LEAST_MISSPELT or any(character.isdigit() for character in plain):
            return ()
        found: Counter[str] = Counter()
        for edits in (1, 2):
            ids = {
                i: None for stem in self._stems(word) for i in self._terms.spelled_alike(stem, edits, _WIDELY)
            }
            for said in self._analysed(ids):
                found.update(
                    match[0]
                    for match in _PARTS.finditer(said.text)
                    if match[0][0].isupper() and _misspelt(plain, fold(match[0]))
                )
            if found:
                break
        return tuple(form for form, _ in found.most_common())

    def is_surname(self, word: str) -> bool:
        """Return whether the library writes a word as somebody's: after a first name or a title.

        And not oftener as where something is.
        """
        form = re.compile(rf"(?<!\w){re.escape(flatten(word))}(?![\w-])", re.IGNORECASE)
        before = [
            said.flat[max(0, found.start() - _BESIDE) : found.start()]
            for said in self._with(word)
            for found in form.finditer(said.flat)
        ]
        whose = [found for text in before if (found := _BEFORE_SURNAME.search(text))]
        people = sum(found["title"] is not None or _is_forename(found["first"]) for found in whose)
        return people > sum(_BEFORE_PLACE.search(text) is not None for text in before)

    def with_word(self, word: str) -> tuple[str, ...]:
        """Return the longer names that have this word, or one spelled like it, the most frequent first."""
        found: Counter[str] = Counter()
        wanted = {fold(word), *(fold(other) for other in self.alike(word))}
        for form in sorted(wanted):
            for said in self._with(form):
                found.update(name.text for name in said.names if not wanted.isdisjoint(words(name.text)))
        return tuple(name for name, _ in found.most_common())

    # --- how a name is found ---

    def _has_group(self, group: str) -> bool:
        """Return whether an article has any form of a name that languages write differently."""
        return any(group in said.vocabulary.groups for form in forms_of(group) for said in self._with(form))

    def _has_surname(self, name: Name) -> bool:
        """Return whether somebody has this surname whose first name may be this one.

        An article that gives the surname another first name speaks of somebody else.
        """
        *first, last = [part.lower() for token in name.tokens for part in _PARTS.findall(token)]
        # What only hyphens join is a place (`Dunquay-sur-Mer`), or a first name.
        if not first or len(last) < 2 or " " not in name.text:
            return False
        pattern = re.compile(rf"([^\W\d_][\w.'-]*) {re.escape(last)}(?!\w)", re.IGNORECASE)
        located = self._library.located(self._ids_with(last, _WIDELY))
        texts = {
            found.article.id: f"{found.article.title}\n{found.article.text}" for found in located.values()
        }
        for text in texts.values():
            flat = flatten(text)
            if re.search(rf"(?<!\w){re.escape(last)}(?!\w)", flat, re.IGNORECASE) is None:
                continue
            others = [
                match[1]
                for match in pattern.finditer(flat)
                if match[1][0].isupper() and match[1].lower().rstrip(".") not in _NO_FORENAMES
            ]
            if not others or any(_may_be(other, first) for other in others):
                return True
        return False

    def _has_short_form(self, name: Name) -> bool:
        """Return whether an article has the initials: `CHU` of `Centre hospitalier universitaire`."""
        said = [word for word in words(name.text) if len(word) > 2]
        initials = "".join(word[0] for word in said)
        return len(said) > 2 and any(
            re.search(rf"(?<!\w){initials}(?!\w)", item.flat, re.IGNORECASE)
            for item in self._with(initials.upper())
        )

    def _publishes(self, name: Name) -> bool:
        wanted = words(name.text)
        named = (*self._library.listing.outlets(), *self._library.authors())
        return any(_contains(words(other), wanted) for other in named)

    # --- where words stand ---

    def _with(self, text: str) -> Iterator[AnalysedSentence]:
        yield from self._analysed(self._ids_with(text, _READ))

    def _ids_with(self, text: str, limit: int) -> list[str]:
        """Return passages with these words in a row, else with any of them, best first."""
        rows = self._rows(text)
        found = [i for row in rows for i in self._terms.in_a_row(row, limit, gaps=len(row) - 1)]
        if not found and any(len(row) > 1 for row in rows):
            any_of = sorted({stem for row in rows for stem in row})
            found = [scored.passage_id for scored in self._terms.search(any_of, limit)]
        return list(dict.fromkeys(found))

    def _rows(self, text: str) -> list[tuple[str, ...]]:
        """Return the words as each of the library's languages stems them."""
        languages = (*self._library.languages()[:_LANGUAGES], None)
        return list(dict.fromkeys(row for code in languages if (row := tuple(terms(text, code)))))

    def _stems(self, word: str) -> list[str]:
        return list(dict.fromkeys(stem for row in self._rows(word) for stem in row))

    def _analysed(self, ids: Iterable[str]) -> list[AnalysedSentence]:
        """Return these passages, each under its title, read once."""
        ids = list(ids)
        with self._lock:
            version = self._library.version()
            if version != self._version:
                self._version = version
                self._passages.clear()
            known = {i: said for i in ids if (said := self._passages.get(i)) is not None}
        missing = [i for i in ids if i not in known]
        for i, found in self._library.located(missing).items() if missing else ():
            text = f"{found.article.title}\n{found.article.text[found.passage.start : found.passage.end]}"
            known[i] = AnalysedSentence(text, found.article.language)
        with self._lock:
            if version == self._version:
                self._passages.update(known)
        return [known[i] for i in ids if i in known]


def _says(said: AnalysedSentence, name: Name, language: str | None) -> bool:
    return supported(name, said.vocabulary, said.language != language, language)


def _is_forename(word: str) -> bool:
    return word.lower().rstrip(".") not in _NO_FORENAMES and word.lower() not in {"saint", "sainte", "st"}


def _misspelt(plain: str, other: str) -> bool:
    if plain == other or any(character.isdigit() for character in other):
        return False
    slip = plain[0] == other[0] and one_edit_apart(plain, other)
    return (
        slip or sound(plain) == sound(other) or (len(plain) > _LEAST_MISSPELT and same_letters(plain, other))
    )


def _may_be(other: str, first: Sequence[str]) -> bool:
    """Return whether a first name is one of these, or an initial of one."""
    parts = [part.lower() for part in _PARTS.findall(other)]
    return any(part in first or (len(part) == 1 and part == first[0][0]) for part in parts) or any(
        len(mine) == 1 and parts and parts[0][0] == mine for mine in first
    )


def _contains(said: Sequence[str], wanted: Sequence[str]) -> bool:
    return bool(wanted) and any(
        list(said[i : i + len(wanted)]) == list(wanted) for i in range(len(said) - len(wanted) + 1)
    )
