"""What the tools give, as structured output: each is a schema that a client sees. No I/O.

Offsets count characters (Unicode code points) of the article's text, which `get_article` gives:
`text[start:end]` is what is said to stand there.
"""

from __future__ import annotations

from pydantic import BaseModel, Field

from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.schema.listing import CatalogueEntry
from rag.search.result import SearchHit

SCHEME = "sourcier://articles/"


class Place(BaseModel):
    """An article, and how it is called."""

    article_id: str
    title: str
    outlet: str | None
    author: str | None
    language: str | None
    published_at: str | None = Field(description="ISO 8601, as the article states it.")
    url: str | None = Field(description="Where it was published.")
    source: str = Field(description="Where it was read.")
    resource: str = Field(description="Its URI among this server's resources.")


class Passage(BaseModel):
    """Words of an article, verbatim: `article.text[start:end]`."""

    article: Place
    start: int
    end: int
    text: str


class Found(BaseModel):
    """What a search found, best first."""

    passages: list[Passage]
    articles: int = Field(
        description="How many articles have what was sought; of a question, those that are listed."
    )


class Citation(Passage):
    """The words that a sentence of an answer rests on."""

    number: int = Field(description="The [n] in the answer's text.")


class Sentence(BaseModel):
    """One sentence of an answer, and the citations that it rests on."""

    text: str
    status: str = Field(description="`supported`: checked against its citations.")
    numbers: list[int]


class Answered(BaseModel):
    """An answer made from the articles alone, or that they don't answer."""

    status: str = Field(description="answered, partial, not_found, conversation or catalogue.")
    text: str
    sentences: list[Sentence]
    citations: list[Citation]
    missing: list[str] = Field(description="The parts of the question that are left open.")
    listed: list[Place] = Field(description="The articles that the answer lists, if it is about the library.")
    disagreements: list[list[str]] = Field(description="Values that articles give for the same thing.")


class ArticleText(BaseModel):
    """A part of an article's text, as it was published."""

    article: Place
    start: int
    end: int
    length: int = Field(description="Characters of the whole text.")
    text: str


def place_of(article: Article) -> Place:
    """Return how an article is called."""
    return Place(
        article_id=article.id,
        title=article.title,
        outlet=article.outlet,
        author=article.author,
        language=article.language,
        published_at=article.published_at,
        url=article.canonical_url,
        source=article.source,
        resource=SCHEME + article.id,
    )


def found_by_meaning(hits: tuple[Hit, ...]) -> Found:
    """Return the passages that a question found."""
    passages = [
        Passage(article=place_of(hit.article), start=hit.start, end=hit.end, text=hit.text) for hit in hits
    ]
    return Found(passages=passages, articles=len({hit.article.id for hit in hits}))


def found_by_words(hits: tuple[SearchHit, ...], total: int, limit: int) -> Found:
    """Return the places where words stand, at most `limit`; `total` articles have them."""
    passages = [
        Passage(
            article=place_of(hit.article),
            start=one.span.start,
            end=one.span.end,
            text=hit.article.text[one.span.start : one.span.end],
        )
        for hit in hits
        for one in hit.snippets
    ]
    return Found(passages=passages[:limit], articles=total)


def answered(answer: Answer) -> Answered:
    """Return an answer with its citations."""
    return Answered(
        status=answer.status,
        text=answer.text,
        sentences=[_sentence(answer, claim) for claim in answer.claims],
        citations=[_citation(number, one) for number, one in enumerate(answer.citations, start=1)],
        missing=list(answer.missing),
        listed=[_listed(one) for one in (answer.listing.articles if answer.listing else ())],
        disagreements=[[side.words for side in one.sides] for one in answer.disagreements],
    )


def _listed(entry: CatalogueEntry) -> Place:
    return Place(
        article_id=entry.article_id,
        title=entry.title,
        outlet=entry.outlet,
        author=entry.author,
        language=None,
        published_at=entry.published_at,
        url=entry.canonical_url,
        source=entry.source,
        resource=SCHEME + entry.article_id,
    )


def _sentence(answer: Answer, claim: Claim) -> Sentence:
    return Sentence(text=claim.text, status=claim.status, numbers=list(answer.numbers(claim)))


def _citation(number: int, evidence: Evidence) -> Citation:
    place = place_of(evidence.article)
    return Citation(number=number, article=place, start=evidence.start, end=evidence.end, text=evidence.quote)


def text_of(article: Article, start: int, most: int) -> ArticleText:
    """Return at most `most` characters of an article's text from `start` on."""
    start = min(max(start, 0), len(article.text))
    end = min(start + most, len(article.text))
    return ArticleText(
        article=place_of(article),
        start=start,
        end=end,
        length=len(article.text),
        text=article.text[start:end],
    )
