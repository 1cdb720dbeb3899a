"""Lists of words that are data: files of a package, one for each language, one term a line. Read once.

A file `data/<language>/<file>.txt` holds lists under headings in square brackets. A line is a term, of one
word or several: `démenti(|e|s|es)` and `rumeurs?` stand for the terms that they spell, `verb nier` for the
forms of a verb, and a line that begins with `-` takes its terms out of the list. `#` begins a comment. Every
line means a finite number of terms that can be written down: none can catch a word that nobody thought of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from rag.text.folding import flatten
from rag.text.inflection import verb_forms

# Those of pages and claims; and those that lists of what a quote may say have beside them.
LANGUAGES = ("fr", "en")
QUOTED = (*LANGUAGES, "es", "de", "it")
_HEADING = re.compile(r"\[([a-z][a-z_ ]*)\]")
_LINE = re.compile(r"[\w' .()|?-]+")
_CHOICE = re.compile(r"[()|?]")
# More than this, and a line is a grammar and no list.
_MOST = 2_000


class WordListError(ValueError):
    """A word list's file can't be read as one: the message names the file and the line."""


@dataclass(frozen=True)
class WordList:
    """The terms of one or several headings in all languages, read when they are first asked for.

    Terms are lower case, and without accents unless `accents`: `word in words` compares as it is.
    """

    package: str
    file: str
    headings: tuple[str, ...]
    accents: bool = False

    def of(self, language: str) -> frozenset[str]:
        """Return the terms of one language (ISO 639-1); none for a language without the list."""
        return _terms_of(self, language)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Return the terms of French and English together.

        Raises:
            WordListError: No language has a list of this name.
        """
        found = frozenset().union(*(self.of(language) for language in LANGUAGES))
        if not found:
            raise WordListError(f"{self.package}: no language has a list {self.headings} in {self.file}.txt")
        return found

    def read_in(self, language: str | None) -> frozenset[str]:
        """Return the terms by which a text is read: French and English ones in both and in unknown ones."""
        return self.terms if language is None or language in LANGUAGES else self.of(language)

    @cached_property
    def pattern(self) -> str:
        """A regular expression for any of the terms, the longest first."""
        return any_of(self.terms)

    def found_in(self, text: str, language: str | None = None) -> bool:
        """Return whether one of the terms stands in a text as whole words; the text is compared as it is.

        With `language` only that language's terms count, if it has any.
        """
        return next(self.finditer(text, language), None) is not None

    def finditer(self, text: str, language: str | None = None) -> Iterator[re.Match[str]]:
        """Yield where terms stand in a text as whole words, as `found_in` looks for them."""
        return _finder(self, language).finditer(text)

    def found_all(self, text: str, language: str | None) -> Iterator[re.Match[str]]:
        """Yield where the terms by which a text is read (`read_in`) stand in it as whole words."""
        if terms := self.read_in(language):
            yield from finder(terms).finditer(text)

    def __contains__(self, word: str) -> bool:
        return word in self.terms


@dataclass(frozen=True)
class KindsOfTerms:
    """Lists of one file that are looked for together: each term with the headings that it stands under."""

    package: str
    file: str
    headings: tuple[str, ...]

    def find(self, text: str, language: str | None) -> Iterator[tuple[re.Match[str], frozenset[str]]]:
        """Yield terms that stand in a text as whole words, the longest where several do, with their headings.

        `language` is the text's (ISO 639-1); None is French or English.
        """
        known = _headings_of(self, language)
        if known:
            for match in finder(frozenset(known)).finditer(text):
                yield match, known[match[0]]

    def kinds_in(self, text: str, language: str | None) -> frozenset[str]:
        """Return the headings of the terms that stand in a text."""
        return frozenset().union(*(kinds for _, kinds in self.find(text, language)))


@cache
def _headings_of(kinds: KindsOfTerms, language: str | None) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for spoken in LANGUAGES if language is None else (language,):
        for heading in kinds.headings:
            for term in WordList(kinds.package, kinds.file, (heading,)).of(spoken):
                found.setdefault(term, set()).add(heading)
    return {term: frozenset(headings) for term, headings in found.items()}


@lru_cache(maxsize=256)
def finder(terms: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that finds these terms as whole words."""
    return re.compile(rf"\b{any_of(terms)}(?![-\w])")


@cache
def _finder(words: WordList, language: str | None) -> re.Pattern[str]:
    terms = words.of(language or "") or words.terms
    return re.compile(rf"\b{any_of(terms)}\b")


@cache
def _terms_of(words: WordList, language: str) -> frozenset[str]:
    if language not in QUOTED:
        return frozenset()
    lists = read_lists(words.package, language, words.file)
    terms = frozenset().union(*(lists.get(heading, ()) for heading in words.headings))
    return terms if words.accents else frozenset(flatten(term) for term in terms)


def any_of(terms: Iterable[str]) -> str:
    """Return a regular expression for any of these terms, the longest that fits, compiled as a tree."""
    tree: dict[str, dict] = {}
    for term in terms:
        node = tree
        for character in term:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branches(tree)


def _branches(tree: dict[str, dict]) -> str:
    """Return a tree of characters as a regular expression; the key `""` marks the end of a term."""
    branches = [
        (character if character.isalpha() else re.escape(character))
        + (_branches(rest) if set(rest) != {""} else "")
        for character, rest in sorted(tree.items())
        if character
    ]
    optional = "?" if "" in tree else ""
    single = len(branches) == 1 and not optional
    return branches[0] if single else f"(?:{'|'.join(branches)}){optional}"


@cache
def read_lists(package: str, language: str, file: str) -> dict[str, frozenset[str]]:
    """Return the lists of a package's file in one language, by their headings; none if the language lacks it.

    Raises:
        WordListError: A line stands under no heading or is no term, a heading comes twice or is empty.

    """
    path = files(package).joinpath("data", language, f"{file}.txt")
    if not path.is_file():
        return {}
    return parse_lists(path.read_text(encoding="utf-8"), language, f"{package}/data/{language}/{file}.txt")


def parse_lists(text: str, language: str, name: str) -> dict[str, frozenset[str]]:
    """Return the lists that a file's text spells, by their headings; `name` is the file's in errors.

    Raises:
        WordListError: A line stands under no heading or is no term, a heading comes twice or is empty.

    """
    found: dict[str, set[str]] = {}
    dropped: dict[str, set[str]] = {}
    heading = ""
    for number, line in enumerate(text.splitlines(), start=1):
        stated = line.partition("#")[0].strip()
        if not stated:
            continue
        if opened := _HEADING.fullmatch(stated):
            heading = opened[1]
            if heading in found:
                raise WordListError(f"{name}:{number}: [{heading}] a second time")
            found[heading], dropped[heading] = set(), set()
        elif not heading:
            raise WordListError(f"{name}:{number}: {stated!r} stands under no heading")
        else:
            kept = dropped if stated.startswith("-") else found
            kept[heading].update(_terms(stated.removeprefix("-").strip(), language, f"{name}:{number}"))
    lists = {heading: frozenset(terms - dropped[heading]) for heading, terms in found.items()}
    if empty := [heading for heading, terms in lists.items() if not terms]:
        raise WordListError(f"{name}: nothing under {empty}")
    return lists


def _terms(line: str, language: str, place: str) -> Iterator[str]:
    if _LINE.fullmatch(line) is None or line != line.lower():
        raise WordListError(f"{place}: {line!r} is no term: only small letters, (a|b) and ? are")
    for term in _spelled(line, place):
        if term != term.strip() or not term:
            raise WordListError(f"{place}: {line!r} may be empty or end in a space")
        verb = term.removeprefix("verb ")
        try:
            yield from (term,) if verb == term else verb_forms(verb, language)
        except ValueError as error:
            raise WordListError(f"{place}: {error}") from error


def _spelled(line: str, place: str) -> list[str]:
    """List the terms that a line stands for."""
    if not _CHOICE.search(line):
        return [line]
    terms, end = _choices(line, 0)
    if end < len(line) or line.count("(") != line.count(")"):
        raise WordListError(f"{place}: {line!r} is no term: brackets or choices outside them")
    if len(terms) > _MOST:
        raise WordListError(f"{place}: {line!r} stands for {len(terms)} terms; at most {_MOST} may")
    return terms


def _choices(line: str, start: int) -> tuple[list[str], int]:
    """Spell the text from `start` to the end of its brackets, and say where that end is."""
    done: list[str] = []
    current, place = [""], start
    while place < len(line) and line[place] != ")":
        if line[place] == "|":
            if start == 0:
                return current, place
            done, current, place = done + current, [""], place + 1
            continue
        if line[place] == "(":
            options, place = _choices(line, place + 1)
        else:
            options = [line[place]]
        place += 1
        if line[place : place + 1] == "?":
            options, place = [*options, ""], place + 1
        current = [left + right for left in current for right in options]
    return done + current, place
