"""What an answer rests on: evidence, claims, disagreements.

Frozen dataclasses without I/O. All offsets count characters (Unicode code points) of `Article.text`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from rag.errors import UserError
from rag.schema.article import Article, Span
from rag.schema.hit import Reprint

ClaimStatus = Literal["supported", "contradicted", "unsupported"]


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

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], articles: Mapping[str, Article]) -> Evidence:
        """Return evidence from what `to_dict` gives, with its article of these, by id.

        Raises:
            UserError: The article isn't among them, or doesn't have the quote where it was.
        """
        article, start, end = articles.get(values["article_id"]), values["start"], values["end"]
        if article is None or article.text[start:end] != values["quote"]:
            raise gone(values["title"])
        return cls(
            article, start, end, also_in=tuple(map(Reprint.from_dict, values["also_in"])),
            answer_start=values["answer_start"], answer_end=values["answer_end"],
        )  # fmt: skip


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

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], articles: Mapping[str, Article]) -> Claim:
        """Return a claim from what `to_dict` gives; raises as `Evidence.from_dict` does."""
        evidence = tuple(Evidence.from_dict(one, articles) for one in values["evidence"])
        reasons, checked = tuple(values["reasons"]), tuple(values["checked"])
        return cls(values["text"], evidence, values["status"], reasons, values["heading"], checked)


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

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], articles: Mapping[str, Article]) -> Disagreement:
        """Return a disagreement from what `to_dict` gives; raises as `Evidence.from_dict` does."""
        sides, correction = values["sides"], values["correction"]
        return cls(
            tuple(StatedValue(one["words"], Evidence.from_dict(one["evidence"], articles)) for one in sides),
            Evidence.from_dict(correction, articles) if correction else None,
        )


def gone(title: str) -> UserError:
    """Return the error that an article doesn't have the words any more that were read in it."""
    return UserError(
        f"The article “{title}” doesn't have the words any more that this answer rests on; ask again.",
        f"L'article « {title} » n'a plus les mots sur lesquels repose cette réponse ; posez la question à"
        " nouveau.",
    )
