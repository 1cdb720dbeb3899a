"""The JSON of an answer (`Answer.to_dict`) as a schema: what `sourcier ask --json` prints, too. No I/O."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Told(BaseModel):
    """An object that has exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class CarriedIn(Told):
    """Another article that carries the same."""

    article_id: str
    title: str
    outlet: str | None
    published_at: str | None
    source: str
    canonical_url: str | None


class Evidence(Told):
    """Words of an article that a claim rests on: `article.text[start:end]` is `quote`."""

    article_id: str
    start: int
    end: int
    quote: str
    answer_start: int | None = Field(description="Of the words in it that answer, in the article's text.")
    answer_end: int | None
    title: str
    outlet: str | None
    author: str | None
    published_at: str | None = Field(description="ISO 8601, as the article states it.")
    source: str = Field(description="Where it was read.")
    canonical_url: str | None = Field(description="Where it was published.")
    pages: list[int]
    excerpt: bool
    also_in: list[CarriedIn]


class Claim(Told):
    """One sentence of the answer, and what it rests on."""

    text: str
    heading: str
    status: Literal["supported", "contradicted", "unsupported"]
    reasons: list[str]
    checked: list[str]
    evidence: list[Evidence]


class Hit(Told):
    """A passage that was read: `article.text[start:end]`."""

    passage_id: str
    article_id: str
    start: int
    end: int
    score: float
    title: str
    also_in: list[CarriedIn]


class DossierOfAnswer(Told):
    """A dossier that the question was narrowed to."""

    id: str
    name: str


class FiltersInForce(Told):
    """What the question was narrowed to."""

    date_from: str | None
    date_to: str | None
    undated: bool
    outlets: list[str]
    languages: list[str]
    sources: list[str]
    article_ids: list[str]
    dossiers: list[DossierOfAnswer]


class Period(Told):
    """The days that the question's own words name."""

    date_from: str | None
    date_to: str | None
    start: int
    end: int
    words: str


class ListedArticle(Told):
    """An article as the catalogue names it."""

    article_id: str
    title: str
    outlet: str | None
    author: str | None
    published_at: str | None
    source: str
    canonical_url: str | None


class Listing(Told):
    """Articles that the catalogue has: the first of `total`."""

    articles: list[ListedArticle]
    total: int
    definition: str


class StatedValue(Told):
    """Words that state a value."""

    words: str
    evidence: Evidence


class Disagreement(Told):
    """Articles that give different values for the same thing."""

    sides: list[StatedValue]
    correction: Evidence | None


class DamagedArticle(Told):
    """An article that is damaged, and wasn't answered from."""

    article_id: str
    title: str
    source: str


class AnswerRecord(Told):
    """An answer with all that it rests on, or that the articles don't answer."""

    question: str
    standalone_question: str
    status: Literal["answered", "partial", "not_found", "conversation", "catalogue"]
    language: str
    text: str = Field(description="With [n] after each claim: the nth distinct evidence of the claims.")
    claims: list[Claim]
    hits: list[Hit]
    timings: dict[str, float] = Field(description="Seconds by stage.")
    model: str
    filters: FiltersInForce
    period: Period | None
    missing: list[str]
    short_answer: str
    verdict: Literal["yes", "no", "disputed"] | None
    incomplete: bool
    listing: Listing | None
    cached: bool
    disagreements: list[Disagreement]
    left_out: list[DamagedArticle]
    notice: str
    request_id: str
