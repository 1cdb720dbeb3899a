"""What is answered: evidence, claims, disagreements, answers.

Frozen dataclasses without I/O. All offsets count characters (Unicode code points) of `Article.text`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from rag.schema.article import Article, DamagedArticle, Span
from rag.schema.hit import Hit, Reprint
from rag.schema.question import NO_FILTERS, CitedSpan, Filters, Period, Turn
from rag.schema.quotation import quoted

ClaimStatus = Literal["supported", "contradicted", "unsupported"]
AnswerStatus = Literal["answered", "partial", "not_found", "conversation", "catalogue"]
Verdict = Literal["yes", "no", "disputed"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One or a few whole sentences of an article: a pointer. The quote is read through it.

    `also_in` are the articles that carry the same sentence: the same statement, not another one for it.
    `before` and `after` are its neighbours in the passage, nearest first. `answer_start` and `answer_end`
    bound the answer span, the words of the quote that answer, in the article's offsets: None where the
    quote answers as a whole.
    """

    article: Article
    start: int
    end: int
    score: float = 0.0
    also_in: tuple[Reprint, ...] = ()
    before: tuple[Span, ...] = ()
    after: tuple[Span, ...] = ()
    answer_start: int | None = None
    answer_end: int | None = None

    def __post_init__(self) -> None:
        if self.answer_start is None and self.answer_end is None:
            return
        if None in (self.answer_start, self.answer_end) or not (
            self.start <= self.answer_start < self.answer_end <= self.end
        ):
            raise ValueError("an answer span stands inside its quote")

    def answered_by(self, span: Span | None) -> Evidence:
        """Return this evidence with the words that answer; None takes them away."""
        start, end = (span.start, span.end) if span else (None, None)
        return replace(self, answer_start=start, answer_end=end)

    @property
    def answer_span(self) -> Span | None:
        """The words of the quote that answer, in the article's offsets."""
        if self.answer_start is None or self.answer_end is None:
            return None
        return Span(self.answer_start, self.answer_end)

    @property
    def answer_words(self) -> str:
        """The words of the quote that answer, as published; empty where none are marked."""
        span = self.answer_span
        return self.article.text[span.start : span.end] if span else ""

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
            "answer_start": self.answer_start,
            "answer_end": self.answer_end,
            "title": self.article.title,
            "outlet": self.article.outlet,
            "author": self.article.author,
            "published_at": self.article.published_at,
            "source": self.article.source,
            "canonical_url": self.article.canonical_url,
            "pages": list(self.pages),
            "excerpt": self.article.excerpt,
            "also_in": [reprint.to_dict() for reprint in self.also_in],
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, with what it rests on and what checking it found.

    `heading` names the part of the answer that it belongs to, where there are several: a comparison's side.
    `checked` are the kinds of things in it that were compared with the quotes; a quote itself has none.
    """

    text: str
    evidence: tuple[Evidence, ...]
    status: ClaimStatus = "supported"
    reasons: tuple[str, ...] = ()
    heading: str = ""
    checked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("a claim needs evidence")

    @classmethod
    def quoting(cls, evidence: Evidence, heading: str = "") -> Claim:
        """Evidence that speaks for itself: a claim in its quote's words, on one line."""
        return cls(" ".join(evidence.quote.split()), (evidence,), heading=heading)

    @property
    def is_quote(self) -> bool:
        """Whether its words are the article's."""
        return [" ".join(item.quote.split()) for item in self.evidence] == [self.text]

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "text": self.text,
            "heading": self.heading,
            "status": self.status,
            "reasons": list(self.reasons),
            "checked": list(self.checked),
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


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """An article as the catalogue names it."""

    article_id: str
    title: str
    outlet: str | None
    author: str | None
    published_at: str | None
    source: str
    canonical_url: str | None = None

    @classmethod
    def of(cls, article: Article) -> CatalogueEntry:
        """Return what is named of an article."""
        return cls(
            article.id, article.title, article.outlet, article.author, article.published_at, article.source,
            article.canonical_url,
        )  # fmt: skip

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "article_id": self.article_id,
            "title": self.title,
            "outlet": self.outlet,
            "author": self.author,
            "published_at": self.published_at,
            "source": self.source,
            "canonical_url": self.canonical_url,
        }


@dataclass(frozen=True, slots=True)
class ArticleListing:
    """Articles that the catalogue has of what was asked for: the first of `total`.

    `definition` says, in the answer's language, which articles were counted.
    """

    articles: tuple[CatalogueEntry, ...]
    total: int
    definition: str

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "articles": [article.to_dict() for article in self.articles],
            "total": self.total,
            "definition": self.definition,
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
    answer (`not_found`), the reply to a greeting and the like (`conversation`), which nothing was searched
    for, or what the catalogue says (`catalogue`), with the articles that it says it of as `listing`.
    `timings` are seconds by stage. `withdrawn` holds drafted claims that failed verification: never part of
    the answer's text. `filters` are those in force, `period` the part of them that was read in the question.
    `cached`: the same question was answered before, and the library hasn't changed since. `disagreements` are
    between the articles cited. `missing` are the parts of the question that the claims leave open. `verdict`
    is what the claims say to a yes/no question; None to any other. `incomplete`: the claims are items of a
    list that may go on. `left_out` are the damaged articles that were met and aren't answered from.
    `request_id` is what this time it was answered is called by in the log; empty for one that was kept.
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
    verdict: Verdict | None = None
    incomplete: bool = False
    listing: ArticleListing | None = None
    left_out: tuple[DamagedArticle, ...] = ()
    request_id: str = field(default="", compare=False)

    @property
    def short_answer(self) -> str:
        """The words that answer, as published: those of the first claim's evidence; empty without any."""
        marked = (item.answer_words for claim in self.claims[:1] for item in claim.evidence)
        return next((words for words in marked if words), "")

    @property
    def citations(self) -> tuple[Evidence, ...]:
        """Each distinct evidence once, in order of first use: citation `[n]` is `citations[n - 1]`."""
        seen: dict[tuple[str, int, int], Evidence] = {}
        for claim in self.claims:
            for evidence in claim.evidence:
                seen.setdefault((evidence.article.id, evidence.start, evidence.end), evidence)
        return tuple(seen.values())

    def turn(self, infer_dates: bool = True) -> Turn:
        """Return what a later question may refer to; `infer_dates` is what this one was asked with."""
        cited = tuple(
            CitedSpan(one.article.id, one.article.content_hash, one.start, one.end) for one in self.citations
        )
        listed = self.listing.articles if self.listing else ()
        told_of = [*(one.article_id for one in cited), *(one.article_id for one in listed)]
        titles = [one.article.title for one in self.citations] + [one.title for one in listed]
        return Turn(
            self.question,
            self.text,
            infer_dates,
            cited,
            told_of[0] if told_of else None,
            self.standalone_question,
            self.period,
            self.short_answer,
            tuple(" ".join(one.quote.split()) for one in self.citations),
            tuple(dict.fromkeys(title for title in titles if title)),
        )

    def numbers(self, claim: Claim) -> tuple[int, ...]:
        """Return the `[n]` of a claim's evidence, in the order of `citations`, from 1."""
        order = {(e.article.id, e.start, e.end): n for n, e in enumerate(self.citations, start=1)}
        return tuple(order[e.article.id, e.start, e.end] for e in claim.evidence)

    @property
    def text(self) -> str:
        """The answer as plain text: each claim followed by its `[n]` markers, else `plain_text`.

        A heading stands on a line of its own before the first of its claims.
        """
        if not self.claims:
            return self.plain_text
        said = ""
        for place, claim in enumerate(self.claims):
            words = _attributed(claim) if claim.is_quote else claim.text
            marks = "".join(f"[{n}]" for n in self.numbers(claim))
            heading = self.heading_over(place)
            gap = "" if not said else "\n\n" if heading else " "
            said += gap + (f"{heading}\n" if heading else "") + f"{words} {marks}"
        return said

    def heading_over(self, place: int) -> str:
        """Return the heading that stands over `claims[place]`; empty if it is the same part's as the last."""
        before = self.claims[place - 1].heading if place else ""
        heading = self.claims[place].heading
        return "" if heading == before else heading

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
            "short_answer": self.short_answer,
            "verdict": self.verdict,
            "incomplete": self.incomplete,
            "listing": self.listing.to_dict() if self.listing else None,
            "cached": self.cached,
            "disagreements": [one.to_dict() for one in self.disagreements],
            "left_out": [one.to_dict() for one in self.left_out],
            "request_id": self.request_id,
        }
