"""What a question of these kinds is about, and which articles speak of it: all of its words, in any form.

Knows the term index, the catalogue and the library's names; no answers. An article speaks of a subject when
its title or text has every word of it that carries meaning, and its names as names. That is exact, and can be
said; which of these articles matter is another question.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.exonyms import forms_of, group_of
from rag.extraction.names.matching import supported
from rag.extraction.names.recognition import Name
from rag.grounding import refusals
from rag.grounding.asked_names import asked_names
from rag.grounding.library_names import LibraryNames
from rag.grounding.nearest import nearest
from rag.grounding.unknown import Lookup, look_up
from rag.index.stores import TermSearch
from rag.library.library import Library
from rag.query.question_text import QuestionText
from rag.schema.hit import Hit
from rag.schema.question import NO_FILTERS, Filters
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.normalization import fold, words
from rag.text.synonyms import meanings
from rag.text.word_lists import WordList

_GENERIC = WordList("rag.answering", "subject", ("generic",))
_CHUNK = re.compile(r"[^\s,;:!?()\"«»“”]+")
_PART = re.compile(r"[^\W_]+")
_AROUND = "'’.-"
# How many of the library's languages a word is stemmed in, most frequent first.
_LANGUAGES = 8
# With so many articles or fewer, the next word is looked for in them alone.
_FEW = 2_000
# The titles of so many articles are compared with a subject.
_COMPARED = 200
# Words with so many letters or fewer are compared as they are written.
_SHORT = 5

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A word or a name of a subject: as it was asked, and the rows of terms that stand for it in articles."""

    words: str
    rows: frozenset[Row]
    is_name: bool

    @property
    def is_short(self) -> bool:
        """Whether it is so short a word that others have its stem: `crue` and `crus`, `mer` and `mère`."""
        return not self.is_name and len(self.words) <= _SHORT

    def in_terms(self, said: Sequence[str]) -> bool:
        """Return whether one of its rows stands in a text's terms, in order."""
        return any(
            tuple(said[place : place + len(row)]) == row
            for row in self.rows
            for place in range(len(said) - len(row) + 1)
        )

    def is_meant(self, said: AnalysedSentence, language: str) -> bool:
        """Return whether a text has another word for it, in `language` or another."""
        mine = {meaning for row in self.rows for stem in row for meaning in meanings(stem, language)}
        return any(meaning in said.meanings for meaning in mine if meaning.startswith("="))


@dataclass(frozen=True, slots=True)
class Subject:
    """Words of a question that say what it is about."""

    question: QuestionText
    units: tuple[Unit, ...]
    lookup: Lookup

    @property
    def words(self) -> tuple[str, ...]:
        """What an article that speaks of it contains, in the question's words."""
        return tuple(unit.words for unit in self.units)

    @property
    def names(self) -> tuple[Unit, ...]:
        """Those that are names."""
        return tuple(unit for unit in self.units if unit.is_name)

    def covered(self, said: Sequence[str]) -> int:
        """Return how many of its words and names a text's terms have."""
        return sum(unit.in_terms(said) for unit in self.units)


class SubjectIndex:
    """Finds the articles that speak of a subject."""

    def __init__(self, library: Library, terms: TermSearch, names: LibraryNames) -> None:
        self._library = library
        self._terms = terms
        self._names = names

    def read(self, text: str, language: str) -> Subject | None:
        """Return a subject said in a language; None if its words carry no meaning."""
        question = QuestionText(text, language)
        names = asked_names(question, self._names)
        known = look_up(names, question, self._names)
        spelled = {one.name: one.spelled for one in known.known}
        languages = tuple(dict.fromkeys([language, *self._library.languages()[:_LANGUAGES]]))
        parts = _apart(names, spelled)
        found = [(part.start, self._name_unit(spelled.get(part, part.text), languages)) for part in parts]
        for chunk in _CHUNK.finditer(text):
            if not any(chunk.start() < part.end and part.start < chunk.end() for part in parts):
                unit = _word_unit(chunk[0].strip(_AROUND), languages)
                if unit is not None:
                    found.append((chunk.start(), unit))
        ordered = [unit for _, unit in sorted(found, key=lambda one: one[0]) if unit.rows]
        telling = [unit for unit in ordered if unit.is_name or fold(unit.words) not in _GENERIC] or ordered
        if not telling:
            return None
        return Subject(question, tuple(dict.fromkeys(telling)), known)

    def _name_unit(self, name: str, languages: Sequence[str]) -> Unit:
        """Return a name as articles have it: in full, by a surname alone, or by its initials."""
        group = group_of(flatten(name))
        forms = (name, *(forms_of(group) if group is not None else ()))
        whole = Unit(name, _rows(forms, languages), is_name=True)
        if group is not None or self.occurs(whole):
            return whole
        said = _PART.findall(name)
        shorter = [said[-1]] if len(said) > 1 else []
        shorter += ["".join(word[0] for word in said if len(word) > 2).upper()] if len(said) > 2 else []
        short = (replace(whole, rows=_rows([form], languages)) for form in shorter)
        return next((unit for unit in short if self.occurs(unit)), whole)

    def about(self, subject: Subject, filters: Filters = NO_FILTERS) -> set[str]:
        """Return the ids of the articles that speak of a subject, of those that filters keep."""
        found = self.with_all(subject.units, filters)
        short = [unit for unit in subject.units if unit.is_short]
        if not short or len(found) > _COMPARED:
            return found
        return {
            article.id
            for article in self._library.articles(sorted(found))
            if _has_all(short, words(f"{article.title}\n{article.text}"))
        }

    def with_all(self, units: Sequence[Unit], filters: Filters = NO_FILTERS) -> set[str]:
        """Return the ids of the articles that have all of these words and names."""
        found: set[str] | None = None
        kept = self._library.resolved(filters)
        if kept is None:
            return set()
        for unit in units:
            narrowed = kept
            if found is not None and len(found) <= _FEW:
                narrowed = replace(kept, article_ids=tuple(sorted(found)))
            having = self._library.articles_of(self._terms.everywhere(unit.rows, narrowed))
            found = having if found is None else found & having
            if not found:
                return set()
        return found or set()

    def with_title(self, subject: Subject, ids: Collection[str]) -> frozenset[str]:
        """Return those of these articles whose titles have most of a subject's words; all if none has any."""
        if len(ids) > _COMPARED:
            return frozenset(ids)
        covered = {
            article.id: subject.covered(terms(article.title, article.language))
            for article in self._library.articles(sorted(ids))
        }
        best = max(covered.values(), default=0)
        return frozenset(article_id for article_id, count in covered.items() if count == best)

    def occurs(self, unit: Unit) -> bool:
        """Return whether any article has this word or name."""
        return bool(self._terms.everywhere(unit.rows))

    def missing(self, subject: Subject) -> tuple[str, ...]:
        """Return its words and names that no article has."""
        return tuple(unit.words for unit in subject.units if not self.occurs(unit))

    def unknown_text(
        self, subject: Subject, hits: Sequence[Hit], analyses: SentenceAnalyses, language: str
    ) -> str:
        """Say by name which names of a subject no article has; empty if they are all known."""
        question = subject.question
        read = [
            analyses.of(text, hit.article.language) for hit in hits for text in (hit.article.title, hit.text)
        ]
        unknown = [
            name
            for name in subject.lookup.unknown
            if not any(
                supported(name, one.vocabulary, one.language != question.language, question.language)
                for one in read
            )
        ]
        if not unknown:
            return ""
        near = nearest(unknown, question, self._names, hits, analyses)
        return refusals.unknown([name.text for name in unknown], near, language)


def _has_all(units: Sequence[Unit], said: Sequence[str]) -> bool:
    """Return whether a text's words have each of these, in the singular or the plural."""
    known = {_singular(word) for word in said}
    return all(_singular(fold(unit.words)) in known for unit in units)


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.rstrip("sx")


def _apart(names: Sequence[Name], known: Collection[Name]) -> list[Name]:
    """Return the names that are looked for: the parts of one that the library has in parts."""
    others = [
        name for name in names if not any(part.start < name.end and name.start < part.end for part in known)
    ]
    return [*known, *others]


def _rows(forms: Sequence[str], languages: Sequence[str]) -> frozenset[Row]:
    """Return these words as each language stems them."""
    return frozenset(row for form in forms for code in languages if (row := tuple(terms(form, code))))


def _word_unit(word: str, languages: Sequence[str]) -> Unit | None:
    # What is a stop word in the question's language carries no meaning in it, whatever it is in another.
    own = tuple(terms(word, languages[0]))
    if not own:
        return None
    rows = _rows([word], languages)
    return Unit(re.sub(r"^(?:[cdjlmnst]|qu)['’]", "", word, flags=re.IGNORECASE), rows, is_name=False)
