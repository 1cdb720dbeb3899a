"""Names in texts, and what kind of thing has each: a person, a place, an organisation or a work.

By capitals, and over all mentions by the words beside them, in French and English. None of the code that
answers questions is used: what is measured doesn't choose what it is measured with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rag.text.cldr import territories
from rag.text.folding import flatten
from rag.text.normalization import fold
from rag.text.stop_words import STOP_WORDS
from rag.text.word_lists import WordList

NameKind = Literal["person", "place", "organisation", "work"]

# On flattened text, which keeps offsets: capitals without accents.
_WORD = r"(?!(?:[CDJLMNST]|Qu)'[a-z])[A-Z](?:\w|['.-](?=\w))*"
_LINK = r"(?: | d'| (?:de|du|des|la|le|les|of|the|von|van|der|di|da|del|al|el|bin|ben|ibn) (?:la |le |l')?)"
_NAME = re.compile(rf"(?<![\w'-])(?:[dl]'|qu')?(?P<name>{_WORD}(?:{_LINK}{_WORD})*)", re.ASCII)
_ELIDED = re.compile(r"^(?:[DL]|Qu)'")
_OPENS = re.compile(r"(?:^|[.!?:;…«\"(\n\]])\s*[«\"(-]*\s*$")
_ROMAN = re.compile(r"[IVXLC]+(?:e|er|eme|th|nd|rd)?")
_NO_NAME = STOP_WORDS["fr"] | STOP_WORDS["en"]
# What stands before a name: a word, then nothing but articles, with "de" or "of" or without.
_BESIDE = re.compile(
    r"(?P<word>[\w-]+)\.? (?P<of>(?:de|du|of|d')(?: |(?<=')))?(?:(?:la|le|les|the) |l')?[«\"]? ?$"
)
_MANY = re.compile(r"\b(?:les|des|aux|ces|the) $")
_FOLLOWING = re.compile(r" (\w+)")
_BORN = re.compile(r",? \(?(?:est |was )?(?:ne|nee|born)\b")
_ACRONYM = re.compile(r"[A-Z]{3,5}")
# Mentions that agree, of those that tell something.
_AGREEING = 0.7


def _listed(heading: str) -> WordList:
    return WordList("ui.evaluation.questions", "names", (heading,))


_BEFORE: dict[NameKind, WordList] = {
    "person": _listed("person before"),
    "place": _listed("place before"),
    "organisation": _listed("organisation before"),
    "work": _listed("work before"),
}
_PERSON_AFTER, FIRST_NAME = _listed("person after"), _listed("first name")
_ORGANISATION_BEGINS = _listed("organisation begins")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it stands in a text: `[start, end)`, without what is elided before it.

    `opening` tells one that opens a sentence, where any word has a capital.
    """

    start: int
    end: int
    text: str
    opening: bool


def mentions(text: str) -> Iterator[Mention]:
    """Yield the runs of capitalised words of a text: none of a lone letter, number or word of grammar."""
    flat = flatten(text)
    for match in _NAME.finditer(flat):
        start, end = match.span("name")
        if elided := _ELIDED.match(match["name"]):
            start += elided.end()
        name = text[start:end].rstrip(".'’")
        if len(name) > 1 and fold(name) not in _NO_NAME and not _ROMAN.fullmatch(flat[start:end]):
            yield Mention(start, start + len(name), name, _OPENS.search(flat[: match.start()]) is not None)


class NameKinds:
    """What kind of thing has which name, by the words beside its mentions in some texts."""

    def __init__(self) -> None:
        self._votes: dict[str, Counter[NameKind]] = {}
        self._surnames: set[str] = set()

    def read(self, text: str) -> None:
        """Count the words beside the names of a text."""
        flat = flatten(text)
        for mention in mentions(text):
            if (kind := _kind_beside(flat, mention)) is not None:
                self._vote(mention.text, kind)
            if _is_full(mention.text):
                self._surnames.add(fold(mention.text.split()[-1]))

    def of(self, name: str) -> NameKind | None:
        """Return what has this name, where its mentions agree; None if they don't or tell nothing."""
        if fold(name) in _territories():
            return "place"
        if _is_full(name):
            return "person"
        if " " in name and flatten(name).split()[0].lower() in _ORGANISATION_BEGINS:
            return "organisation"
        votes = self._votes.get(fold(name), Counter())
        if fold(name) in self._surnames:
            votes = votes + Counter({"person": 1})
        if not votes:
            return "organisation" if _ACRONYM.fullmatch(name) else None
        ((kind, most),) = votes.most_common(1)
        return kind if most >= _AGREEING * votes.total() else None

    def _vote(self, name: str, kind: NameKind) -> None:
        self._votes.setdefault(fold(name), Counter())[kind] += 1


def _is_full(name: str) -> bool:
    """Return whether a name begins with a first name or a title and goes on with a word that is no number."""
    first, *others = name.split()
    word = flatten(first).lower().rstrip(".")
    return (word in FIRST_NAME or word in _BEFORE["person"]) and any(
        word[0].isupper() and not word.isupper() for word in others
    )


@cache
def _territories() -> frozenset[str]:
    return frozenset(fold(name) for names in territories().values() for name in names)


def _kind_beside(flat: str, mention: Mention) -> NameKind | None:
    before, after = flat[max(0, mention.start - 40) : mention.start], flat[mention.end : mention.end + 30]
    if _BORN.match(after):
        return "person"
    if (beside := _BESIDE.search(before)) is not None and not _MANY.search(before):
        word = beside["word"].lower()
        if word == "en" and before.endswith("en "):
            return None if re.search(r"\d", flat[mention.start : mention.end + 3]) else "place"
        for kind, words in _BEFORE.items():
            # The king of Prussia isn't called so, the city of Berlin is.
            if word in words and bool(beside["of"]) <= (kind == "place"):
                return kind
    following = _FOLLOWING.match(after)
    return "person" if following and following[1] in _PERSON_AFTER else None
