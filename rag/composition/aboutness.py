"""Whether a sentence is about a statement: says its verb, or one against it, of the same.

Pure, by words and their order. Every word of the statement must be borne out: its verb and what stands
straight after it by the sentence, the others by the sentence or by what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from rag.composition import reference, words
from rag.composition.bounds import is_currency
from rag.composition.predication import Predicate, Predication, forms_of, predication
from rag.composition.statement import Statement
from rag.extraction import cue_words
from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.assertions import Mention
from rag.extraction.names.matching import supported
from rag.extraction.names.recognition import Name
from rag.extraction.phrases import PREPOSITIONS, own
from rag.query.anaphora import leans_back
from rag.schema.article import Span
from rag.schema.evidence import Evidence
from rag.text.normalization import fold
from rag.text.synonyms import meanings
from rag.verification.correspondence import ReadTexts
from rag.verification.premise import EvidenceReader, Premise
from rag.verification.stated_claim import StatedClaim

# Pairs of opposites that something does, or somebody does to it.
EITHER_ROLE = frozenset(["open", "up", "ongoing"])
# `the mayor's deputy`
_POSSESSED = re.compile(r"[\w-]+(?: [A-Z][\w-]+)?'s? ")
_PRONOUNS = frozenset(["il", "elle", "ils", "elles"])
# Least cosine of a verb in its sentence with that of another language which stands for it.
_TRANSLATED_VERB = 0.55
# The article's first characters say what it is about.
_LEAD = 450
# Sentences before one that may name what it leaves out.
_BEFORE = 2
# What follows the verb where nothing else does.
_REST = re.compile(
    r"\W*(?:\b(?:hier|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|yet|yesterday)\b\W*)*$"
)
_BE = re.compile(
    r"\b(?:ete|est|sont|etait|etaient|fut|furent|sera|seront|serait|was|were|been|be|is|are|being)"
    r"(?: \w+){0,2} $",
    re.IGNORECASE,
)
_AGENT = re.compile(r"\b(?:par|by) (?!\d)", re.IGNORECASE)
# An object that the sentence before names: `l'a rejetée`, `rejected it`.
_CLITIC = re.compile(r"\b(?:l'|la |le |les )(?:(?:a|ont|avait|avaient|aura|auront) )?$", re.IGNORECASE)
_IT = re.compile(r"\w+ (?:it|them|him|her)\b", re.IGNORECASE)
_PASSIVE_CLAIM = re.compile(
    r"\b(?:ete|etre|est|sont|etait|sera|seront|been|be|was|were|is|are)\b", re.IGNORECASE
)


class Reading:
    """A statement beside one sentence; `read` is an encoder's reading of texts, None if there is none."""

    def __init__(
        self, claim: Statement, item: Evidence, reader: EvidenceReader, read: ReadTexts | None = None
    ) -> None:
        self.claim = claim
        self.item = item
        self._reader = reader
        self.premise = Premise((item,), claim.language, reader)
        analysed = reader.analyses.of(claim.text, self.premise.claim_language)
        self.stated = StatedClaim(analysed, self.premise, read)
        self.said: Predication | None = predication(claim, analysed)

    @property
    def quote(self) -> AnalysedSentence:
        """The sentence."""
        return self.premise.evidence[0].quote

    @cached_property
    def predicate(self) -> Predicate | None:
        """What the statement says, with the sentence's words for it; None where the sentence has none."""
        if self.said is None:
            return None
        others = self._counterparts(self.said.verb)
        return Predicate(self.said.verb, tuple(others)) if others else None

    @cached_property
    def place(self) -> int:
        """Where the sentence says it."""
        return self.predicate.others[0].start

    @cached_property
    def clause(self) -> Span | None:
        """What no sign cuts off around what the sentence says."""
        return reference.clause_at(self.quote, self.place)

    @property
    def end(self) -> int:
        """Where what the sentence has of the statement ends; of a noun, the sentence."""
        if self._is_nominal():
            return len(self.quote.text)
        return max([self.place, *self._paired])

    def is_about(self) -> bool:
        """Return whether the sentence says it, or its opposite, of what the statement says it of."""
        if self.predicate is None or self.clause is None or not self._is_set_in():
            return False
        return self._names_are_there() and self._words_are_there() and self._in_their_places()

    # --- words for words ---

    def _counterparts(self, mention: Mention) -> list[Mention]:
        pairing = next((one for one in self.stated.pairings if one.mention == mention), None)
        same = pairing.others if pairing else []
        if self.premise.crossing and mention == self.said.verb and not self._is_sure(mention):
            same = []
        turned = {(pair, 1 - side) for pair, side in mention.concepts}
        same = [other for other in same if not other.concepts & turned]
        return [*same, *(other for other in self._on_the_other_side(mention) if other not in same)]

    def _is_sure(self, mention: Mention) -> bool:
        """Return whether a verb's translation is a known one, or near enough by vectors.

        What is near may still be the opposite.
        """
        both = self.stated.correspondence
        index = next(n for n, word in enumerate(both.claim) if word.start == mention.start)
        return bool(both.known(index)) or both.nearest(index)[1] >= _TRANSLATED_VERB

    def _on_the_other_side(self, mention: Mention) -> list[Mention]:
        """Return the words on the other side of a pair of opposites, and what is denied on the same side.

        `n'a pas bougé` for `augmenter`: what hasn't changed hasn't risen.
        """
        turned = {(pair, 1 - side) for pair, side in mention.concepts}
        moves = any(pair == "up" for pair, _ in mention.concepts)
        return [
            other
            for other in self.quote.mentions
            if other.concepts & turned
            or (other.negated and other.concepts & mention.concepts)
            or (moves and other.negated and other.word in words.ALTERING)
        ]

    @cached_property
    def _named(self) -> frozenset[str]:
        return frozenset(part for name in self.stated.names for part in re.findall(r"\w+", fold(name.text)))

    def _is_named(self, name: Name) -> bool:
        return bool(self._named & set(re.findall(r"\w+", fold(name.text))))

    # --- where the rest of the statement is ---

    def _is_set_in(self) -> bool:
        """Return whether the article speaks of the event in which the statement is set."""
        claim, article = self.claim, self.premise.evidence[0].article
        for text, whole in ((claim.setting, True), (claim.topic, False)):
            named = StatedClaim(self._reader.analyses.of(text, claim.language), self.premise)
            if not all(
                supported(name, article.vocabulary, self.premise.crossing, claim.language)
                for name in named.names
            ):
                return False
            if whole and any(
                meanings(stem, claim.language).isdisjoint(article.meanings)
                for stem in named.sentence.terms
                if stem not in {term for name in named.names for term in name.tokens}
            ):
                return False
        return True

    def _names_are_there(self) -> bool:
        return all(self._is_there(name) for name in self.stated.names)

    def _is_there(self, name: Name) -> bool:
        read, crossing, language = self.premise.evidence[0], self.premise.crossing, self.stated.language
        if supported(name, self.quote.vocabulary, crossing, language):
            return not self.is_acting(name) or self._agrees()
        if self.is_acting(name):
            return self.refers_to(name)
        return reference.stands_over(name, read, crossing, language)

    def refers_to(self, name: Name) -> bool:
        """Return whether the sentence's subject, which isn't called so, is the statement's: `son client`."""
        read, crossing = self.premise.evidence[0], self.premise.crossing
        if not self.is_acting(name) or supported(name, self.quote.vocabulary, crossing, self.stated.language):
            return False
        return self._agrees() and reference.refers(name, read, self._subject_span)

    def _agrees(self) -> bool:
        """Return whether a pronoun that stands for the subject may be the question's: `il` isn't `elle`."""
        if self.claim.pronoun not in _PRONOUNS or self.premise.crossing:
            return True
        flat, span = self.quote.flat.lower(), self._subject_span
        used = _PRONOUNS & set(re.findall(r"\w+", flat[span.start : span.end]))
        return not used or self.claim.pronoun in used

    def is_acting(self, name: Name) -> bool:
        """Return whether a name of the statement is its subject: nothing but its role comes before it."""
        before = self.stated.sentence.flat[: name.start]
        if name.start > self.said.verb.start or reference.is_governed(before):
            return False
        return all(
            reference.is_description(one.word)
            for one in self.said.subject
            if one.start < name.start and fold(one.word) not in self._named
        )

    @cached_property
    def _subject_span(self) -> Span:
        return reference.subject_span(self.quote, self.clause, self.place)

    @cached_property
    def _near(self) -> tuple[AnalysedSentence, ...]:
        """The article's title and the sentences before the quote."""
        article = self.item.article
        before = [article.text[span.start : span.end] for span in self.item.before[:_BEFORE]]
        texts = [article.title, *before]
        return tuple(self._reader.analyses.of(text, self.premise.language) for text in texts)

    def _words_are_there(self) -> bool:
        said = self.said
        lacking_subject = [one for one in said.subject if not self._is_said(one)]
        if lacking_subject and (not self._leaves_out_subject() or not self._are_near(lacking_subject)):
            return False
        lacking_object = [one for one in said.objects if not self._is_said(one)]
        if lacking_object and (not self._ends_with_verb() or not self._are_near(lacking_object)):
            return False
        lacking = [one for one in said.complements if not self._is_said(one)]
        if any(self._has_another(one) for one in lacking):
            return False
        if not self._are_near(lacking) and not (self._says_no_more() and self._are_near(lacking, self._lead)):
            return False
        others = [*said.subject, *said.objects, *said.complements]
        return len(lacking_subject) + len(lacking_object) + len(lacking) < max(1, len(others)) or self._leans

    @property
    def _leans(self) -> bool:
        return leans_back(self.item) or reference.points(self.quote, self._subject_span)

    def _is_said(self, mention: Mention) -> bool:
        """Return whether the sentence has a word, its opposite included; names are looked for otherwise."""
        if fold(mention.word) in self._named or self._counterparts(mention):
            return True
        return mention.word in words.MONEY and any(is_currency(n.unit) for n in self.quote.quantities)

    def _are_near(self, mentions: Sequence[Mention], *more: AnalysedSentence) -> bool:
        return all(
            any(
                other.meanings & one.meanings and not other.negated
                for said in (*self._near, *more)
                for other in said.mentions
            )
            for one in mentions
        )

    @cached_property
    def _lead(self) -> AnalysedSentence:
        """The article's first words: what it is about."""
        return self._reader.analyses.of(self.item.article.text[:_LEAD], self.premise.language)

    def _has_another(self, complement: Mention) -> bool:
        """Return whether the sentence has something else where the statement has a complement.

        `fermé aux camions` says nothing of `fermé aux voitures`.
        """
        if self.premise.crossing:
            return not self._says_no_more()
        before = self.stated.sentence.flat[self.said.verb.start : complement.start].lower()
        listed = own(PREPOSITIONS, self.stated.language)
        found = [word for word in re.findall(r"\w+", before) if word in listed]
        head = self._head_of(complement)
        if head != complement and self._is_said(head):
            return False  # `du projet éolien` beside `du projet`
        return bool(found) and self._governs_another(forms_of(found[-1]))

    def _governs_another(self, prepositions: set[str]) -> bool:
        """Return whether the sentence has one of these before what isn't the statement's.

        `n'a pas appelé à la grève` has nothing else for `à la verrerie`.
        """
        flat, mentions = self.quote.flat.lower(), [one for one in self.quote.mentions if one.stem]
        named = [Span(name.start, name.end) for name in self.quote.names]
        for found in re.finditer(r"\w+", flat):
            if found[0] not in prepositions:
                continue
            governed = next((one for one in mentions if one.start >= found.end()), None)
            if found.start() < self.place:  # `Au dépôt, la grève …`; a town there is where both are
                opens = not flat[: found.start()].strip(' «“"')
                town = governed is None or any(name.start <= governed.start < name.end for name in named)
                if opens and not town and governed.start not in self._paired:
                    return True
            elif governed is None or governed.start not in self._paired:
                return True
        return False

    def _head_of(self, complement: Mention) -> Mention:
        """Return the first word of content since the last preposition before a complement."""
        listed, flat = own(PREPOSITIONS, self.stated.language), self.stated.sentence.flat.lower()
        head = complement
        for one in reversed([one for one in self.said.complements if one.start < complement.start]):
            between = re.findall(r"\w+", flat[one.start + len(one.word) : head.start])
            if any(word in listed for word in between):
                break
            head = one
        return head

    def _says_no_more(self) -> bool:
        """Return whether the clause says nothing of what it says it of, but what the statement does."""
        own = self.predicate.others[0].clause
        return all(
            other.start in self._paired
            for other in self.quote.mentions
            if other.stem and other.start > self.place and other.clause == own
        )

    def _leaves_out_subject(self) -> bool:
        """Return whether the sentence has no subject of its own that is another than the statement's."""
        if self._is_passive() and not self._is_passive_claim():
            return not _AGENT.match(self.quote.flat[self.place :].partition(" ")[2])
        span, paired = self._subject_span, self._paired
        owners = [n for n in self.quote.names if span.start <= n.start < span.end and self._is_named(n)]
        if owners and any(pair in EITHER_ROLE for pair, _ in self.said.verb.concepts):
            return True  # `Corvenne garde la sienne ouverte`
        return all(
            other.start in paired or reference.is_description(other.word)
            for other in self.quote.mentions
            if other.stem
            and fold(other.word) not in words.IDLE
            and span.start <= other.start < span.end
            and not cue_words.is_adverb(fold(other.word), self.quote.language)
        )

    @cached_property
    def _paired(self) -> frozenset[int]:
        """Where the sentence's words stand that are the statement's."""
        own = [self.said.verb, *self.said.subject, *self.said.objects, *self.said.complements]
        return frozenset(other.start for one in own for other in self._counterparts(one))

    def _ends_with_verb(self) -> bool:
        """Return whether the object is left out, or a pronoun."""
        end = self.place + len(self.predicate.others[0].word)
        if _CLITIC.search(self.quote.flat[: self.place]) or _IT.match(self.quote.flat[self.place :]):
            return True
        return _REST.match(self.quote.flat[end : self.clause.end]) is not None

    # --- who does it to whom ---

    def _is_passive(self) -> bool:
        return _BE.search(self.quote.flat[self.clause.start : self.place]) is not None

    def _is_passive_claim(self) -> bool:
        # In a question in English `is` stands first, and isn't among the statement's words.
        return (
            self.claim.passive
            or _PASSIVE_CLAIM.search(self.stated.sentence.flat[: self.said.verb.start]) is not None
        )

    def _in_their_places(self) -> bool:
        """Return whether who does it on one side does it on the other."""
        verb = self.said.verb
        if any(pair in EITHER_ROLE for pair, _ in verb.concepts) or verb.word in cue_words.MUTUAL:
            return True
        heads = [one for one in self.said.subject if fold(one.word) not in self._named][:1]
        places = [other.start for one in heads for other in self._counterparts(one)]
        inside = [place for place in places if self.clause.start <= place < self.clause.end]
        if not self._heads_its_subject(inside):
            return False
        if places and not inside:
            return min(places) < self.clause.start and self._leaves_out_subject()
        if not inside:
            return True
        after = [self._is_agent(place) if self._is_passive() else place > self.place for place in inside]
        wanted = self._is_passive_claim() != self._is_passive()
        return any(one == wanted for one in after) if not self._is_nominal() else True

    def _heads_its_subject(self, places: Sequence[int]) -> bool:
        """Return whether the statement's subject isn't what another's is of: `l'adjoint au maire`."""
        flat, span = self.quote.flat, self._subject_span
        acting = [name for name in self.stated.names if self.is_acting(name)]
        mine = {token for name in acting for token in name.tokens}
        starts = [name.start for name in self.quote.names if mine & set(name.tokens)]
        found = [place for place in (*places, *starts) if span.start <= place < span.end]
        first = span.start
        if not found:
            first, found = 0, list(self._before_clause)
        return not found or any(
            not reference.is_of(flat[first:place]) and not _POSSESSED.match(flat[place:]) for place in found
        )

    @cached_property
    def _before_clause(self) -> list[int]:
        """Where the statement's subject stands before the clause: `the mayor's deputy, Anna Bell, has …`."""
        heads = [one for one in self.said.subject if fold(one.word) not in self._named][:1]
        places = [other.start for one in heads for other in self._counterparts(one)]
        return [place for place in places if place < self.clause.start]

    def says_of_the_same(self) -> bool:
        """Return whether the sentence has the statement's subject, a word and no name, before its verb."""
        if self.stated.names and any(self.is_acting(name) for name in self.stated.names):
            return False
        heads = self.said.subject[:1]
        places = [other.start for one in heads for other in self._counterparts(one)]
        return any(self.clause.start <= place < self.place for place in places)

    def calls_it_otherwise(self) -> bool:
        """Return whether what stands for the subject is a description: `the town` for `la mairie`."""
        names = [name for name in self.stated.names if self.is_acting(name)]
        return not names and reference.points(self.quote, self._subject_span)

    def _is_agent(self, place: int) -> bool:
        return _AGENT.search(self.quote.flat[self.place : place]) is not None

    def _is_nominal(self) -> bool:
        """Return whether the sentence has a noun for what the statement says by a verb: `la fermeture`."""
        return all(other.certainty is None for other in self.predicate.others)
