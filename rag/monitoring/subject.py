"""Whether an article can be about what a question is about: the names in it, and what is called by them.

Pure. An answer from one article alone was never weighed against others: `the Denby swimming pool will open in
July` is the best that it has on `when will the Denby tramway open`. The word beside the name tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from rag.consistency.matter import is_asked, noun_after
from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.exonyms import group_of
from rag.extraction.names.longer import is_longer, standing
from rag.query.parsed_question import ParsedQuestion
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.text.folding import flatten
from rag.text.synonyms import related

_BEGINNING = 4  # letters of a name that its other forms have too
# `le pont de Carval`, `the mine at Oxwick`; and in English `the Oxwick mine`.
_BEFORE_NAME = re.compile(
    r"\b(?:(?:l[ea]|les|un|une|du|au|the|an?|this) |l['’])(?P<noun>[^\W\d_]{3,})"
    r" (?:de |du |des |d['’]|of |in |at |a |au )(?:la |le |les |l['’]|the )?$"
)


class Subject:
    """What a question is about."""

    def __init__(self, parsed: ParsedQuestion, analyses: SentenceAnalyses) -> None:
        self._language = parsed.full.language
        self._said = analyses.of(parsed.full.text, self._language)

    def may_be_in(self, article: Article) -> bool:
        """Return whether an article has a word of the question's names: a quick look, before it is asked."""
        if not self._beginnings:
            return True
        text = flatten(f"{article.title} {article.text}").lower()
        return any(one in text for one in self._beginnings)

    def is_in(self, article: Article, known: Sequence[Evidence]) -> bool:
        """Return whether an article speaks of what the question calls by a name, as what is known does.

        Where that has the name by itself, an article of a longer one doesn't: `Brassy-les-Bains`.
        """
        if any(_is_of_another(form, article, known) for form in self._forms):
            return False
        wanted = self._nouns
        if not wanted or article.language != self._language:
            return True
        for item in known:
            if item.article.language == self._language:
                wanted = [one for one in wanted if _has(item.article, one)]
        return all(_has(article, one) for one in wanted)

    def is_named_in(self, item: Evidence) -> bool:
        """Return whether a quote itself has a word of the question's names."""
        text = flatten(item.quote).lower()
        return any(one in text for one in self._beginnings)

    @cached_property
    def _beginnings(self) -> list[str]:
        # `Germany` is `Allemagne` elsewhere, and `UN` is short for much: there nothing is told by a look.
        names = self._said.names
        if any(group_of(flatten(name.text).lower()) or name.text.isupper() for name in names):
            return []
        tokens = (word for name in names for word in name.tokens if len(word) >= _BEGINNING)
        return [flatten(word).lower()[: max(_BEGINNING, len(word) - 2)] for word in tokens]

    @cached_property
    def _forms(self) -> list[str]:
        """Return the names that the question has by themselves, flattened."""
        flat = self._said.flat
        names = [name for name in self._said.names if not is_longer(flat, name.start, name.end)]
        return [flatten(name.text) for name in names]

    @cached_property
    def _nouns(self) -> list[str]:
        """Return the stems of the words that say what is called by a name."""
        flat = self._said.flat.lower()
        found = []
        for name in self._said.names:
            before = _BEFORE_NAME.search(flat[: name.start])
            found += [before["noun"]] if before and not is_asked(before["noun"]) else []
            found += [after.lower()] if (after := noun_after(self._said, name)) else []
        return [stem for noun in found for stem in AnalysedSentence(noun, self._language).terms]


def _is_of_another(form: str, article: Article, known: Sequence[Evidence]) -> bool:
    """Return whether an article has a name in longer ones only, that articles of what is known have alone."""
    if standing(form, _flat(article)) != "within":
        return False
    return any(standing(form, _flat(item.article)) == "alone" for item in known)


def _flat(article: Article) -> str:
    return flatten(f"{article.title}\n{article.text}")


def _has(article: Article, stem: str) -> bool:
    terms = set(AnalysedSentence(f"{article.title}\n{article.text}", article.language).terms)
    return stem in terms or any(related(stem, one) for one in terms)
