"""What a question is asked of, as its nouns say, and whether another sentence speaks of that. Pure.

`the Denby tramway` isn't the Denby bypass, nor the tickets for the Denby tramway; `la piscine` is in
`l'ouverture de la piscine`, and not in `la patinoire, et non la piscine`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.extraction.analysed_sentence import AnalysedSentence, SentenceAnalyses
from rag.extraction.names.recognition import Name
from rag.query.question_text import QuestionText
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.synonyms import meanings, related

_DETERMINED = re.compile(
    r"\b(?:(?:l[ea]|les|du|au|aux|un|une|cette?|cet|the|an?|this) |[ld]['’])(?P<noun>[^\W\d_]{3,})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}")
# What is asked of something, and needn't be called so where it is said.
_ASKED = re.compile(
    r"(?:population|nombre|cout|prix|montant|budget|bilan|taux|superficie|date|jour|heure|nom|reste|toll|cost|price"
    r"|number|size|day|time|name|people|habitants|blesses|morts|victimes|personnes|when|will|does|has|have|is|was)"
)
_AFTER_NAME = re.compile(r" (?P<noun>[^\W\d_]{3,})")
# What happens to a thing, or is counted of it: `l'ouverture de la piscine` is of the pool.
_OF_IT = re.compile(
    r"(?:re)?ouvertures?|inauguration|debut|fin|fermeture|lancement|mise|dates?|jours?|couts?|prix|budget|facture"
    r"|montant|bilan|nombre|horaires?|heure|arrivee|depart|travaux|chantier|renovation|construction|livraison|tenue"
    r"|report|reprise|vote|edition|nom|(?:re)?opening|launch|start|end|closure|closing|date|day|cost|price|bill|toll"
    r"|number|completion|delivery|inauguration|works?|renovation|name|duree|duration|capacite|capacity|taille|size"
)
_BEFORE = re.compile(
    r"(?P<head>[^\W\d_]{2,}) (?:(?:de|du|des|a|au|aux|pour|sur|of|for|to|at|on) |d')"
    r"(?:la |le |les |l'|the |an? )?$",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:et non(?: pas)?|plutot que|au lieu de|not|instead of|rather than) (?:de )?(?:la |le |l'|the )?$"
)


@dataclass(frozen=True)
class Matter:
    """What a question is asked of: the stems of its nouns, and all its terms."""

    question: QuestionText
    nouns: tuple[str, ...]
    terms: frozenset[str]

    @classmethod
    def of(cls, question: QuestionText, analyses: SentenceAnalyses) -> Matter:
        """Return what a question is asked of."""
        said = analyses.of(question.text, question.language)
        determined = [match for match in _DETERMINED.finditer(said.flat) if _is_determiner(match[0], said)]
        found = [match["noun"] for match in determined if not is_asked(match["noun"])]
        found += [noun for name in said.names if (noun := noun_after(said, name))]
        nouns = [noun for noun in found if noun[0].islower()]
        stems = dict.fromkeys(stem for noun in nouns for stem in terms(noun, question.language))
        return cls(question, tuple(stems), frozenset(said.terms))

    def is_in(self, item: Evidence, known: Evidence, analyses: SentenceAnalyses) -> bool:
        """Return whether a sentence, with its title, speaks of that; never in another language.

        `known` answers the question: what it calls the thing may be said too.
        """
        language = item.article.language
        if language != self.question.language:
            return False
        own = self.terms | frozenset(analyses.of(known.quote, known.article.language).terms)
        title = terms(item.article.title, language)
        return all(self._has(item.quote, title, stem, own, language) for stem in self.nouns)

    def is_meant_in(self, item: Evidence, known: Evidence, analyses: SentenceAnalyses) -> bool:
        """Return whether a sentence, with its title, has each noun, or another word for it.

        `closing` is meant by `closure`. In another language as `is_abroad_in` tells.
        """
        language = item.article.language
        if language != self.question.language:
            return self.is_abroad_in(item, analyses) or not self.nouns
        said = analyses.of(item.quote, language)
        own = self.terms | frozenset(analyses.of(known.quote, known.article.language).terms)
        title = terms(item.article.title, language)
        return all(
            self._has(item.quote, title, stem, own, language)
            or (stem not in said.terms and not meanings(stem, language).isdisjoint(said.meanings))
            for stem in self.nouns
        )

    def is_of_it(self, noun: str) -> bool:
        """Return whether a noun, as its stem, only says what happens to the thing: `le chantier`."""
        words = _WORD.findall(flatten(self.question.text).lower())
        forms = [word for word in words if noun in terms(word, self.question.language)]
        return any(_OF_IT.fullmatch(form) for form in forms)

    def may_be_in(self, item: Evidence, known: Evidence, analyses: SentenceAnalyses) -> bool:
        """Return the same; of another language, where nouns can't be compared, that it may."""
        return item.article.language != self.question.language or self.is_in(item, known, analyses)

    def is_abroad_in(self, item: Evidence, analyses: SentenceAnalyses) -> bool:
        """Return whether a sentence of another language, with its title, has all its nouns.

        As far as words are known to mean the same, or are written alike: `port`, `festival`, `référendum`.
        """
        if not self.nouns or item.article.language == self.question.language:
            return False
        here = [analyses.of(text, item.article.language) for text in (item.quote, item.article.title)]
        meant = {meaning for said in here for meaning in said.meanings}
        stems = [stem for said in here for stem in said.terms]
        return all(
            not meanings(noun, self.question.language).isdisjoint(meant)
            or any(_same(noun, stem) for stem in stems)
            for noun in self.nouns
        )

    def _has(
        self, quote: str, title: list[str], noun: str, own: frozenset[str], language: str | None
    ) -> bool:
        flat = flatten(quote)
        for word in _WORD.finditer(flat):
            if any(_same(noun, stem) for stem in terms(word[0], language)):
                return _is_itself(flat, word.start(), own, language)
        return any(_same(noun, stem) for stem in title)


def _is_determiner(said: str, sentence: AnalysedSentence) -> bool:
    """Return whether what stands before a noun is an article: `a coûté` has none in French."""
    return sentence.language == "en" or re.match(r"an? ", said, re.IGNORECASE) is None


def is_asked(noun: str) -> bool:
    """Return whether a noun, flattened, says what is asked of something: `le coût`, `the toll`."""
    return _ASKED.fullmatch(noun.lower()) is not None


def noun_after(said: AnalysedSentence, name: Name) -> str:
    """Return what an English sentence calls by a name: `the Oxwick mine`; empty if that is what is asked."""
    found = _AFTER_NAME.match(said.flat, name.end) if said.language == "en" else None
    return found["noun"] if found and not is_asked(found["noun"]) else ""


def _same(one: str, other: str) -> bool:
    return one == other or related(one, other)


def _is_itself(flat: str, start: int, own: frozenset[str], language: str | None) -> bool:
    """Return whether a noun isn't denied, and is no complement of something else: `le parking de la gare`."""
    while (name := re.search(r"[A-Z][\w'-]* $", flat[:start])) is not None:  # `the Denby tramway`
        start = name.start()
    before = flat[:start]
    if _DENIED.search(before.lower()):
        return False
    head = _BEFORE.search(before)
    if head is None or _OF_IT.fullmatch(head["head"].lower()):
        return True
    stems = AnalysedSentence(head["head"], language).terms
    return not stems or any(_same(stem, other) for stem in stems for other in own)
