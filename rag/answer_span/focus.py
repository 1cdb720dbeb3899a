"""What a question wants to be told, as its words say: the sort of phrase, and the noun that names it.

Pure. Finer than `rag.query.answer_type`, and more of a guess: what is made certain there is taken from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rag.answer_span import words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.numbers.quantities import Quantity
from rag.query import answer_type
from rag.query.measuring.belonging import own_numbers
from rag.query.measuring.measures import answering
from rag.query.question_text import QuestionText
from rag.text.analyzer import terms
from rag.text.normalization import fold

Sort = Literal[
    "person", "time", "quantity", "duration", "place", "penalty", "reason", "manner", "name", "title", "thing"
]
# Sorts of which nothing else can be an answer: without a phrase of the sort there is none.
_STRICT: frozenset[Sort] = frozenset(["time", "quantity", "duration", "penalty"])
# Sorts whose phrases go before anything else.
_PREFERRED: frozenset[Sort] = frozenset(["title", "reason"])

_WHICH = r"\b(?:quels?|quelles?|lesquels|lesquelles|which|what)\b"
_WORD = r"[^\W\d_]+(?:-[^\W\d_]+)*"
_SORTS: dict[Sort, re.Pattern[str]] = {
    "reason": re.compile(
        r"\bpourquoi\b|\bpour quelles? (?:raisons?|causes?)\b|\bwhy\b|\bfor what reasons?\b"
        rf"|{_WHICH} (?:est|sont|etait|etaient|is|was|are|were) (?:la |les |l'|the )?"
        r"(?:raisons?|causes?|origine|motifs?|reasons?)\b|\bcause par quoi\b|\ba cause de quoi\b"
    ),
    "manner": re.compile(
        r"^\W*comment\b(?! s'appell)|(?<!appelle )(?<!appellent )\bcomment\W*$"
        r"|^\W*how\b(?! (?:many|much|long|old|far|fast|tall|big|often))"
    ),
}
# `What happened when …?`: the time is known, and something else is asked for.
_WHEN_ASIDE = re.compile(
    r"\b(?:who|what|which|how|where|why)\b.*\bwhen\b|^\W*when\b[^?]*,? (?:who|what|which|how|where|why)\b"
)
_NOUN = re.compile(
    rf"{_WHICH}(?:\s*-?(?:est|sont|etait|etaient|fut|furent|sera|seront|a ete|is|was|are|were|will be))?"
    r"\s*-?(?:ce que |ce qui |(?:le |la |les |l'|the |un |une |d')?(?:(?:premiere?|derniere?|principale?s?"
    r"|principaux|plus \w+|nouvelles?|nouveaux?|autres?|first|last|main|new|other) )*"
    rf"(?P<noun>{_WORD}))"
)
_COUNTED = re.compile(r"\b(?:combien (?:de |d')|how many )(?P<noun>" + _WORD + ")")
_COPULAR = re.compile(rf"{_WHICH}\s*-?(?:est|sont|etait|etaient|fut|sera|seront|is|was|are|were)\b")
# `… c'était qui`, `qui est-ce qui …`: who is asked for, not at the beginning.
_WHO = re.compile(r"\bqui est-ce qu[ie']|\bc'(?:est|etait) qui\b|\bqui\W*$")
_NAMED = re.compile(
    r"\bcomment s'appell|\bs'appell\w+ comment\b"
    r"|\bquels? (?:est|sont|etait|fut) (?:le|les|son|leurs?) (?:nom|noms|prenom|surnom|titre)\b"
    r"|\bwhat (?:is|was|are|were) (?:the |his |her |their )?(?:name|title|nickname)\b|\bnamed?\b|\bcalled\b"
)
# An inverted subject (`accompagne-t-il`), or an English auxiliary: what is asked for isn't the subject.
_INVERTED = re.compile(
    r"\w-(?:t-)?(?:il|elle|ils|elles|on|je|vous|nous)\b(?!-)|\b(?:il|elle|ils|elles)\s*\?*$"
    r"|\b(?:do|does|did|will|would|can|could|has|have|had|is|are|was|were) (?:the|a|an|he|she|it|they)\b"
    r"|\best-ce qu[e']|\b(?:who|what|which) (?:did|do|does)\b"
)


@dataclass(frozen=True)
class Focus:
    """A question, as the words that answer it are looked for."""

    question: QuestionText

    @cached_property
    def sort(self) -> Sort:
        """What sort of phrase answers."""
        folded, expected = self.question.folded, self.question.expected_answer
        if expected.measure is not None and expected.kind == "quantity":
            first = expected.measure.dimensions[0]
            return first if first in {"penalty", "duration"} else "quantity"
        for sort, pattern in _SORTS.items():
            if pattern.search(folded):
                return sort
        if expected.kind == "quantity" or (expected.kind == "time" and not _WHEN_ASIDE.search(folded)):
            return expected.kind
        if expected.kind == "place" or words.names_a(words.PLACES, self.noun):
            return "place"
        if self.noun in words.WORKS and not self.copular:
            return "title"
        if expected.kind == "name" or _WHO.search(folded):
            return "name" if expected.only_a_name else "person"
        if _NAMED.search(folded):
            return "name"
        return "person" if words.names_a(words.PEOPLE, self.noun) else "thing"

    @property
    def strict(self) -> bool:
        """Whether nothing but a phrase of the sort can answer."""
        return self.sort in _STRICT

    @property
    def prefers_sort(self) -> bool:
        """Whether a phrase of the sort goes before anything else."""
        return self.sort in _PREFERRED or (self.sort == "place" and not self.noun)

    def numbers(self, said: AnalysedSentence) -> tuple[Quantity, ...]:
        """Return the numbers of a sentence that can answer, by what they count and in which unit."""
        expected = self.question.expected_answer
        if expected.measure is None:
            new = [
                item
                for item in said.quantities
                if fold(said.text[item.start : item.end]) not in expected.folded
            ]
            return tuple(own_numbers(new, said, expected.folded, expected.language))
        return tuple(answering(expected.measure, said, expected.folded, expected.language))

    @cached_property
    def noun(self) -> str:
        """The noun that names what is asked for, folded (`quel ministre` → `ministre`); empty without one."""
        found = _COUNTED.search(self.question.folded) or _NOUN.search(self.question.folded)
        return (found["noun"] or "") if found else ""

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The stems of the question's words of content."""
        return tuple(dict.fromkeys(self.question.terms))

    @cached_property
    def noun_terms(self) -> frozenset[str]:
        """The stems of the noun that names what is asked for."""
        return frozenset(terms(self.noun, self.question.language))

    @cached_property
    def named(self) -> bool:
        """Whether it asks who somebody is whom it names: `qui est Nora Haddad`."""
        return answer_type.WHO_IS_NAMED.match(self.question.text) is not None

    @cached_property
    def copular(self) -> bool:
        """Whether it asks what something is: `quelle est la capitale`."""
        return _COPULAR.search(self.question.folded) is not None

    @cached_property
    def inverted(self) -> bool:
        """Whether what is asked for isn't the subject: `qui le maire accompagne-t-il`, `who did she meet`."""
        return _INVERTED.search(self.question.folded) is not None
