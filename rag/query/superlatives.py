"""Questions after what is most so of all: `quelle grève a duré le plus longtemps`; and what answers them.

Pure. What several articles say of one each is no answer: that one of them is the most of all must be said.
The words are data (`answer_type.txt`).
"""

from __future__ import annotations

import re

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.text.analyzer import terms
from rag.text.synonyms import meanings
from rag.text.word_lists import WordList


def _listed(heading: str) -> WordList:
    return WordList("rag.query", "answer_type", (heading,))


_MOST, _NOT_MOST, _MORE = _listed("most"), _listed("not most"), _listed("more")
_SINGLED_OUT = _listed("singled out")
_ASKS_WHICH = re.compile(
    r"^\W*(?:et |and |mais |but )?(?:(?:a|de|par|pour|avec|dans|sur|chez|en|in|at|by|for|with|of|to) )?"
    r"(?:qui|quel(?:le)?s?|lequel|laquelle|lesquel(?:le)?s|ou|who|whose|which|what|where)\b"
)
# Of two that are named: `which of them is longer, A or B`.
_EITHER = re.compile(r"(?:,| (?:entre|de|des|of|between)\b).* (?:ou|or|et|and) ")
_WORD = re.compile(r"[^\W\d_]+")
# Whose the second number is.
_OTHERS = re.compile(r"[^,;.]{0,20}?\b(?:a|au|aux|pour|chez|for|to|in|at) [^\W\d_]", re.IGNORECASE)
# So many words on each side of the one that says `most` may say of what.
_BEFORE, _AFTER = 3, 5


def asks_for_most(folded: str, language: str | None) -> bool:
    """Return whether a question, folded, asks which of several is most so."""
    if _ASKS_WHICH.match(folded) is None:
        return False
    if any(True for _ in _found(_MOST, folded, language)):
        return True
    compared = next(_MORE.finditer(folded, language), None)
    return compared is not None and _EITHER.search(folded, compared.end()) is not None


def says_most(said: AnalysedSentence, folded: str, language: str | None) -> bool:
    """Return whether a sentence says that something is most so, of what a question, folded, asks it of.

    Args:
        said: The sentence.
        folded: The question.
        language: Its language.

    """
    if _SINGLED_OUT.found_in(said.folded, said.language) or _sets_apart(said):
        return True
    asked = frozenset(m for stem in terms(folded, language) for m in meanings(stem, language))
    either = not any(True for _ in _found(_MOST, folded, language))
    found = [*_found(_MOST, said.folded, said.language)]
    found += [*_MORE.finditer(said.folded, said.language)] if either else []
    return any(not asked.isdisjoint(_beside(match, said)) for match in found)


def _found(words: WordList, text: str, language: str | None) -> list[re.Match[str]]:
    """Return where words for `most` stand that aren't part of another expression: `le plus souvent`."""
    others = [match.span() for match in _NOT_MOST.finditer(text, language)]
    return [
        match
        for match in words.finditer(text, language)
        if not any(start <= match.start() < end for start, end in others)
    ]


def _beside(match: re.Match[str], said: AnalysedSentence) -> frozenset[str]:
    """Return what the words may mean that stand by a word for `most`, and itself."""
    text = said.folded
    before = _WORD.findall(text[: match.start()])[-_BEFORE:]
    after = _WORD.findall(text[match.end() :])[:_AFTER]
    near = " ".join([*before, match[0], *after])
    return frozenset(m for stem in terms(near, said.language) for m in meanings(stem, said.language))


def _sets_apart(said: AnalysedSentence) -> bool:
    """Return whether two numbers of one kind are held against each other: `6 412 voix, contre 5 987 à`."""
    return any(
        other.aside and other.unit == one.unit and _OTHERS.match(said.flat[other.end :]) is not None
        for one in said.quantities
        for other in said.quantities
        if one.end < other.start and not one.aside
    )
