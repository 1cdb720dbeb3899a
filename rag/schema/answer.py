"""What is answered: evidence, claims, disagreements, answers.

Frozen dataclasses without I/O. All offsets count characters (Unicode code points) of `Article.text`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.schema.article import Article, Span
from rag.schema.hit import Hit, Reprint
from rag.schema.question import NO_FILTERS, Filters, Period
from rag.schema.quotation import quoted

ClaimStatus = Literal["supported", "contradicted", "unsupported"]
AnswerStatus = Literal["answered", "partial", "not_found", "conversation"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One or a few whole sentences of an article: a pointer. The quote is read through it.

    `also_in` are the articles that carry the same sentence: the same statement, not another one for it.
    `before` and `after` are its neighbours in the passage, nearest first.
    """

    article: Article
    start: int
    end: int
    score: float = 0.0
    also_in: tuple[Reprint, ...] = ()
    before: tuple[Span, ...] = ()
    after: tuple[Span, ...] = ()

    def widened(self) -> Iterator[Evidence]:
        """With the sentences around it, a few at a time: what it follows on, what it is followed by."""
        starts = [self.start, *(span.start for span in self.before)]
        ends = [self.end, *(span.end for span in self.after)]
        widths = sorted((i + j, j, i) for i in range(len(starts)) for j in range(len(ends)))
        for _, j, i in widths[1:]:
            # Another article may carry this sentence without its neighbours.
            yield replace(self, start=starts[i], end=ends[j], also_in=(), before=(), after=())

    @property
    def quote(self) -> str:
        """Return the words that the evidence points at."""
        return self.article.text[self.start : self.end]

    @property
    def pages(self) -> range:
        """The pages that the quote stands on, counted from 1; none for an article without pages."""
        return self.article.pages(self.start, self.end)

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "article_id": self.article.id,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "title": self.article.title,
            "outlet": self.article.outlet,
            "published_at": self.article.published_at,
            "source": self.article.source,
            "pages": list(self.pages),
            "also_in": [reprint.to_dict() for reprint in self.also_in],
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, with what it rests on and what checking it found."""

    text: str
    evidence: tuple[Evidence, ...]
    status: ClaimStatus = "supported"
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("a claim needs evidence")

    @classmethod
    def quoting(cls, evidence: Evidence) -> Claim:
        """Evidence that speaks for itself: a claim in its quote's words, on one line."""
        return cls(" ".join(evidence.quote.split()), (evidence,))

    @property
    def is_quote(self) -> bool:
        """Whether its words are the article's."""
        return [" ".join(item.quote.split()) for item in self.evidence] == [self.text]

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "text": self.text,
            "status": self.status,
            "reasons": list(self.reasons),
            "evidence": [evidence.to_dict() for evidence in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class StatedValue:
    """Words of a quote that state a value: `340 habitants`."""

    words: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Articles that give different values for the same thing; `correction` is the later one that corrects."""

    sides: tuple[StatedValue, ...]
    correction: Evidence | None = None

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "sides": [{"words": side.words, "evidence": side.evidence.to_dict()} for side in self.sides],
            "correction": self.correction.to_dict() if self.correction else None,
        }


def _attributed(claim: Claim) -> str:
    """Return the words as a quotation, with the outlet that printed them."""
    article = claim.evidence[0].article
    marked = quoted(claim.text, article.language)
    return f"{marked} ({article.outlet})" if article.outlet else marked


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets. It has claims exactly when its `status` is `answered` or `partial`.

    Else `plain_text` is what is said in their place, in the question's language: that the articles don't
    answer (`not_found`), or the reply to a greeting and the like (`conversation`), which nothing was
    searched for. `timings` are seconds by stage. `withdrawn` holds drafted claims that failed
    verification: never part of the answer's text. `filters` are those in force, `period` the part of
    them that was read in the question. `cached`: the same question was answered before, and the library
    hasn't changed since. `disagreements` are between the articles cited. `missing` are the parts of the
    question that the claims leave open.
    """

    question: str
    standalone_question: str
    language: str
    status: AnswerStatus
    claims: tuple[Claim, ...] = ()
    hits: tuple[Hit, ...] = ()
    withdrawn: tuple[Claim, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    model: str = ""
    plain_text: str = ""
    filters: Filters = NO_FILTERS
    period: Period | None = None
    cached: bool = False
    disagreements: tuple[Disagreement, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def citations(self) -> tuple[Evidence, ...]:
        """Each distinct evidence once, in order of first use: citation `[n]` is `citations[n - 1]`."""
        seen: dict[tuple[str, int, int], Evidence] = {}
        for claim in self.claims:
            for evidence in claim.evidence:
                seen.setdefault((evidence.article.id, evidence.start, evidence.end), evidence)
        return tuple(seen.values())

    def numbers(self, claim: Claim) -> tuple[int, ...]:
        """Return the `[n]` of a claim's evidence, in the order of `citations`, from 1."""
        order = {(e.article.id, e.start, e.end): n for n, e in enumerate(self.citations, start=1)}
        return tuple(order[e.article.id, e.start, e.end] for e in claim.evidence)

    @property
    def text(self) -> str:
        """The answer as plain text: each claim followed by its `[n]` markers, else `plain_text`."""
        if not self.claims:
            return self.plain_text
        return " ".join(
            f"{_attributed(claim) if claim.is_quote else claim.text} "
            + "".join(f"[{n}]" for n in self.numbers(claim))
            for claim in self.claims
        )

    def to_dict(self) -> dict:
        """Return the JSON that the command, the API and the tests share."""
        return {
            "question": self.question,
            "standalone_question": self.standalone_question,
            "status": self.status,
            "language": self.language,
            "text": self.text,
            "claims": [claim.to_dict() for claim in self.claims],
            "hits": [hit.to_dict() for hit in self.hits],
            "timings": dict(self.timings),
            "model": self.model,
            "filters": self.filters.to_dict(),
            "period": self.period.to_dict() if self.period else None,
            "missing": list(self.missing),
            "cached": self.cached,
            "disagreements": [one.to_dict() for one in self.disagreements],
        }
