"""Whether a drafted claim stands, and on which sentences: those it cites, what is around them, the others.

Knows one question, the sentences on offer and the rules of `verification` and `relevance`; no model that
writes and no order of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.generation.draft_parser import Drafted, closed_up
from rag.grounding.bearing import Bearing
from rag.models.embedder import Embedder
from rag.query import answer_type
from rag.query.parsed_question import ParsedQuestion
from rag.retrieval.scoring import covered
from rag.schema.evidence import Claim, Evidence
from rag.text.analyzer import terms
from rag.verification import verifier
from rag.verification.premise import EvidenceReader

# The reason of a claim that is borne out by its evidence and yet gives nothing of what was asked for.
OFF_QUESTION = "question"
# Least share of the question's term weight in a claim, its quotes and their titles.
MIN_ADDRESSED = 0.25


@dataclass(frozen=True, slots=True)
class ClaimChecker:
    """Checks the claims of the answer to one question.

    `idf` weighs the question's terms; `reader` keeps what has been read for the question; `bearing` tells
    whether evidence is of what the question is about, where that is known.
    """

    question: ParsedQuestion
    offered: tuple[Evidence, ...]
    idf: Mapping[str, float]
    embedder: Embedder
    reader: EvidenceReader = field(default_factory=EvidenceReader)
    bearing: Bearing | None = None

    def check(self, drafted: Drafted) -> Claim:
        """Return the claim on the first of these that bears it out, with its status.

        These are what it cites; that with the sentences around it; another sentence on offer. A claim that
        the cited sentence contradicts stays so. A small model often writes what one sentence says and cites
        its neighbour, and puts a name for the pronoun of the sentence after it: the citation then shows both.
        """
        cited = tuple(self.offered[number - 1] for number in drafted.numbers)
        claim = self._judged(drafted.text, cited)
        if claim.status != "unsupported" or OFF_QUESTION in claim.reasons:
            return claim
        rest = sorted((item for item in self.offered if item not in cited), key=lambda item: -item.score)
        others = (self._judged(drafted.text, (item,)) for item in rest)
        return next((other for other in others if other.status == "supported"), claim)

    def verified(self, said: str, cited: tuple[Evidence, ...]) -> Claim:
        """Return a claim as its quotes bear it out, made as wide as it takes to show whom it means."""
        claim = self._verified(said, cited)
        if claim.status == "unsupported" and all(reason.startswith("reference:") for reason in claim.reasons):
            wider = zip(*(item.widened() for item in cited), strict=False)
            language = self.question.language
            shown = (w for w in wider if verifier.refers(claim.text, w, language, self.reader))
            wide = (Claim(claim.text, evidence, checked=claim.checked) for evidence in shown)
            claim = next(wide, claim)
        return claim

    def _judged(self, said: str, cited: tuple[Evidence, ...]) -> Claim:
        """Return the claim as verified; not supported if it gives nothing of what was asked for."""
        claim = self.verified(said, cited)
        if claim.status == "supported" and not self._addresses(claim.text, claim.evidence):
            return Claim(claim.text, claim.evidence, "unsupported", (OFF_QUESTION,))
        return claim

    def _verified(self, said: str, cited: tuple[Evidence, ...]) -> Claim:
        said = closed_up(said, [item.quote for item in cited])
        verdict = verifier.verify(
            said,
            cited,
            asked=self.question.full.terms,
            language=self.question.language,
            read=self.embedder.read_queries,
            reader=self.reader,
        )
        return Claim(said, cited, verdict.status, verdict.reasons, checked=verdict.checked)

    def similarity(self, said: str, item: Evidence) -> float | None:
        """Cosine of a statement to a sentence in another language than the question's; None in the same."""
        if item.article.language == self.question.language:
            return None
        vectors = self.embedder.embed_queries([said, item.quote])
        return float(vectors[0] @ vectors[1])

    def answers(self, item: Evidence) -> bool:
        """Return whether a quote could stand as the answer by itself."""
        gives = answer_type.gives(
            self.question.expected_answer, self.reader.analyses.of(item.quote, item.article.language)
        )
        return gives and self._is_about(item.quote, (item,))

    def is_of_the_subject(self, *cited: Evidence) -> bool:
        """Return whether evidence is of what the question is about."""
        return self.bearing is None or self.bearing.bears(*cited)

    def _addresses(self, said: str, cited: tuple[Evidence, ...]) -> bool:
        """Return whether a claim gives the kind of thing that was asked for, about what was asked."""
        expected, language = self.question.expected_answer, self.question.language
        read = self.reader.analyses.of
        # The quotes must give it too: a date that only the article's own bears out is no answer to "when".
        quoted = any(answer_type.gives(expected, read(item.quote, item.article.language)) for item in cited)
        if not quoted or not answer_type.gives(expected, read(said, language)):
            return False
        return self._is_about(said, cited)

    def _is_about(self, said: str, cited: tuple[Evidence, ...]) -> bool:
        """Return whether a claim has enough of the question's words, and its quotes what it is about."""
        language = self.question.language
        if not self.is_of_the_subject(*cited):
            return False
        if self.question.searched_in != language or any(e.article.language != language for e in cited):
            return True  # words of two languages can't be compared
        # What a sentence is about is often said by its neighbours only: "He retook the place."
        around = [max(item.widened(), key=lambda wide: wide.end - wide.start, default=item) for item in cited]
        shown = [said, *(item.quote for item in around), *(item.article.title for item in cited)]
        present = set(terms("\n".join(shown), language))
        return covered(present, self.idf) >= MIN_ADDRESSED


def made_up(withdrawn: list[Claim]) -> bool:
    """Return whether a claim has a number, date or name that its evidence lacks.

    Then the model found no answer in it. Claims that failed otherwise may still point at the sentence that
    answers.
    """
    kinds = {reason.partition(":")[0] for claim in withdrawn for reason in claim.reasons}
    return not kinds.isdisjoint({"number", "date", "name"})
