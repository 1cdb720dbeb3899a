"""Sourcier's own routes: asking, searching, reading."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from rag.library.listing import ListingQuery
from ui.api.access import Caller
from ui.api.answer_records import AnswerRecord
from ui.api.asking import answer_of, unless_gone
from ui.api.errors import ApiError
from ui.api.question_records import FilterFields, ListFields, QuestionFields, SearchFields
from ui.api.services import Services, caller_of, services_of
from ui.formatting.i18n import user_error
from ui.mcp.records import ArticleText, Found, text_of

router = APIRouter(prefix="/api", tags=["Sourcier's own"])
MOST_CHARACTERS = 1_000_000


class ArticleRow(BaseModel):
    """An article of the list."""

    article_id: str
    title: str
    outlet: str | None
    published_at: str | None
    language: str | None
    source: str
    passages: int
    reprints: int
    revisions: int


class ArticlePage(BaseModel):
    """Some of the articles, and how many there are in all."""

    articles: list[ArticleRow]
    page: int
    pages: int
    total: int


@router.post("/ask", summary="Answer a question from the articles", response_model=AnswerRecord)
async def ask(asked: QuestionFields, request: Request) -> Response:
    """Answer a question with every citation, or say that the articles don't answer."""
    services, caller = services_of(request), caller_of(request)
    question = await asyncio.to_thread(asked.asked, services.context.library, caller.user)
    answer = await answer_of(services.questions, caller, question, request)
    return JSONResponse(answer.to_dict())


@router.post("/search", summary="Find passages by meaning or by words")
async def search(asked: SearchFields, request: Request) -> Found:
    """Return passages verbatim, with their offsets, best first."""
    services, caller = services_of(request), caller_of(request)

    def found() -> Found:
        filters = asked.filters.resolved(services.context.library, caller.user)
        reading = services.reading
        find = reading.by_words if asked.by == "words" else reading.by_meaning
        return find(asked.query, asked.limit, filters)

    async with caller.searches:
        return await unless_gone(request, asyncio.to_thread(found))


@router.get("/articles", summary="List the articles")
async def articles(asked: Annotated[ListFields, Query()], request: Request) -> ArticlePage:
    """Return a page of the articles, the newest first unless it is said otherwise."""
    return await asyncio.to_thread(_page, asked, services_of(request), caller_of(request))


def _page(asked: ListFields, services: Services, caller: Caller) -> ArticlePage:
    if asked.date_from and asked.date_to and asked.date_from > asked.date_to:
        raise user_error("dates_reversed", first=asked.date_from, last=asked.date_to)
    library = services.context.library
    services.context.engine.release_due()
    dossier = ""
    if asked.dossier:
        filters = FilterFields(dossiers=[asked.dossier]).resolved(library, caller.user)
        services.context.engine.refresh(filters)
        dossier = filters.dossiers[0].id
    found = library.listing.page(
        ListingQuery(
            outlet=asked.outlet,
            language=asked.language,
            date_from=asked.date_from,
            date_to=asked.date_to,
            dossier=dossier,
            sort=asked.sort,
            descending=asked.descending,
            page=asked.page,
        )
    )
    rows = [
        ArticleRow(**{name: getattr(row, name) for name in ArticleRow.model_fields}) for row in found.rows
    ]
    return ArticlePage(articles=rows, page=found.page, pages=found.pages, total=found.total)


@router.get("/articles/{article_id}", summary="Read an article")
async def article(
    article_id: Annotated[str, Path(max_length=100)],
    request: Request,
    start: Annotated[int, Query(ge=0, le=10**9, description="The first character.")] = 0,
    length: Annotated[int, Query(ge=1, le=MOST_CHARACTERS, description="Characters.")] = MOST_CHARACTERS,
) -> ArticleText:
    """Return an article's text as it was published, or a part of it."""
    found = await asyncio.to_thread(services_of(request).reading.article, article_id)
    if found is None:
        raise ApiError(404, "api_article_unknown", param="article_id")
    return text_of(found, start, length)
