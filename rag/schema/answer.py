"""What is answered: an answer, with all that its claims rest on.

Frozen dataclasses without I/O. All offsets count characters (Unicode code points) of `Article.text`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rag.errors import UserError
from rag.schema.article import Article, DamagedArticle
from rag.schema.evidence import Claim, Disagreement, Evidence, gone
from rag.schema.hit import Hit
from rag.schema.listing import ArticleListing
from rag.schema.question import NO_FILTERS, CitedSpan, Filters, Period, Turn
from rag.schema.quotation import quoted
from rag.schema.shown import as_html, as_text

AnswerStatus = Literal["answered", "partial", "not_found", "conversation", "catalogue"]
FindArticles = Callable[[Sequence[str]], Iterable[Article]]
Verdict = Literal["yes", "no", "disputed"]


def _attributed(claim: Claim) -> str:
    """Return the words as a quotation, with the outlet that printed them."""
    article = claim.evidence[0].article
    marked = quoted(claim.text, article.language)
    return f"{marked} ({article.outlet})" if article.outlet else marked


@dataclass(frozen=True, slots=True, repr=False)
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
    `notice` is what went otherwise than it should: a model's server was down, and what was done without it.
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
    notice: str = ""
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

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], find: FindArticles) -> Answer:
        """Return the answer that `to_dict` gave, but for what was withdrawn and the neighbours of quotes.

        Args:
            values: What was given.
            find: Gives the articles of some ids, such as `chain.library.articles`.

        Raises:
            UserError: It is no answer, or rests on words that the articles don't have any more.
        """
        try:
            return cls._read(values, {one.id: one for one in find(sorted(_pointed_at(values)))})
        except (AttributeError, LookupError, TypeError, ValueError):
            raise UserError(
                "This isn't an answer: it has to be what Answer.to_dict gave.",
                "Ce n'est pas une réponse : il faut ce qu'a donné Answer.to_dict.",
            ) from None

    @classmethod
    def _read(cls, values: Mapping[str, Any], articles: Mapping[str, Article]) -> Answer:
        if lost := [one["title"] for one in values["hits"] if one["article_id"] not in articles]:
            raise gone(lost[0])
        period, listing = values["period"], values["listing"]
        return cls(
            values["question"],
            values["standalone_question"],
            values["language"],
            values["status"],
            tuple(Claim.from_dict(one, articles) for one in values["claims"]),
            tuple(Hit.from_dict(one, articles[one["article_id"]]) for one in values["hits"]),
            timings=dict(values["timings"]),
            model=values["model"],
            plain_text="" if values["claims"] else values["text"],
            filters=Filters.from_dict(values["filters"]),
            period=Period.from_dict(period) if period else None,
            cached=values["cached"],
            disagreements=tuple(Disagreement.from_dict(one, articles) for one in values["disagreements"]),
            missing=tuple(values["missing"]),
            verdict=values["verdict"],
            incomplete=values["incomplete"],
            listing=ArticleListing.from_dict(listing) if listing else None,
            left_out=tuple(map(DamagedArticle.from_dict, values["left_out"])),
            notice=values.get("notice", ""),  # an earlier version's answer has none
            request_id=values["request_id"],
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
        return self._told[0]

    @property
    def claim_spans(self) -> tuple[tuple[int, int], ...]:
        """Where each claim's words stand in `text`, without their markers: `[start, end)`."""
        return self._told[1]

    @property
    def _told(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        if not self.claims:
            return self.plain_text, ()
        said, spans = "", []
        for place, claim in enumerate(self.claims):
            words = _attributed(claim) if claim.is_quote else claim.text
            marks = "".join(f"[{n}]" for n in self.numbers(claim))
            heading = self.heading_over(place)
            gap = "" if not said else "\n\n" if heading else " "
            said += gap + (f"{heading}\n" if heading else "")
            spans.append((len(said), len(said) + len(words)))
            said += f"{words} {marks}"
        return said, tuple(spans)

    def __str__(self) -> str:
        """Return the answer with its references."""
        return as_text(self.text, self.citations)

    def __repr__(self) -> str:
        """Return what it answers to, without the articles."""
        return f"Answer(question={self.question!r}, status={self.status!r}, text={self.text!r})"

    def _repr_html_(self) -> str:
        """Return the answer with its references, as a notebook shows it; escaped."""
        return as_html(self.question, self.text, self.citations, self.language)

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
            "notice": self.notice,
            "request_id": self.request_id,
        }


def _pointed_at(values: Any) -> set[str]:
    """Return the ids of the articles that hits and quotes are of."""
    if isinstance(values, Mapping):
        here = {values["article_id"]} if "article_id" in values and "start" in values else set()
        return here.union(*map(_pointed_at, values.values()))
    if isinstance(values, Sequence) and not isinstance(values, str):
        return set().union(*map(_pointed_at, values))
    return set()
