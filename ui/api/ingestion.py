"""Bringing articles in by a program: on the same way, and under the same lock, as the page does."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import BaseModel, Field

from rag.errors import UserError
from ui.api.access import Caller
from ui.api.asking import unless_gone
from ui.api.errors import ApiError
from ui.api.services import Services, caller_of, services_of
from ui.formatting.i18n import text
from ui.library.intake_report import FINAL, IntakeEntry

router = APIRouter(prefix="/api", tags=["Sourcier's own"])
MOST_AT_ONCE = 50  # files, and addresses
_PIECE = 2**20  # bytes
_LOOK = 0.2  # seconds between two looks at what is being brought in


class Became(BaseModel):
    """What came of a file or an address: how many articles of it were what to the library."""

    name: str
    state: Literal["done", "stopped"]
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    embargoed: int = 0
    refused: list[str] = Field([], description="Why something of it couldn't be read, a sentence each.")
    notices: list[str] = []
    unreadable: int = Field(0, description="Characters that its file has broken.")


class Report(BaseModel):
    """What came of each, in the order in which they were sent: files first."""

    entries: list[Became]


@router.post("/ingest", summary="Add articles: files, or addresses of pages and feeds")
async def ingest(
    request: Request,
    file: Annotated[list[UploadFile], File(max_length=MOST_AT_ONCE, description="Files of articles.")] = [],  # noqa: B006
    url: Annotated[list[str], Form(max_length=MOST_AT_ONCE, description="Addresses to fetch.")] = [],  # noqa: B006
) -> Report:
    """Bring articles in, and return what came of each once that is known.

    Whoever hangs up before has what was received brought in all the same.
    """
    if not file and not any(one.strip() for one in url):
        raise ApiError(400, "api_nothing_to_add", param="file")
    services, caller = services_of(request), caller_of(request)
    language = services.language_of(request)
    sent = [await _received(one, services, caller, language) for one in file]
    sent += [_queued(one, services, caller, language) for one in url if one.strip()]
    tokens = [one for one in sent if isinstance(one, str)]
    try:
        await unless_gone(request, _settled(tokens, services))
        became = [one if isinstance(one, Became) else _became(services, one, language) for one in sent]
    finally:
        for token in tokens:
            services.intake.leave(token)
    return Report(entries=became)


async def _received(file: UploadFile, services: Services, caller: Caller, language: str) -> str | Became:
    """Hand a file to the intake; return what it is known by there, or that there is no room."""
    name = file.filename or "?"
    token = services.intake.followed(name, file.size or 0, caller.user, f"key {caller.id}")
    if token is None:
        return Became(name=name, state="stopped", refused=[text("intake_full", language)])
    left = max(file.size or 0, 1)
    while left > 0:
        piece = await file.read(_PIECE)
        left -= len(piece) or left
        if not await asyncio.to_thread(services.intake.append, token, piece, caller.user):
            break  # refused by its name or its length: the report says why
    return token


def _queued(url: str, services: Services, caller: Caller, language: str) -> str | Became:
    try:
        return services.intake.followed_url(url, caller.user, f"key {caller.id}")
    except UserError as error:
        return Became(name=url, state="stopped", refused=[error.text(language)])


async def _settled(tokens: list[str], services: Services) -> None:
    while any(services.intake.became(token).state not in FINAL for token in tokens):
        services.intake.view()  # gives up what nobody sends any more
        await asyncio.sleep(_LOOK)


def _became(services: Services, token: str, language: str) -> Became:
    entry: IntakeEntry = services.intake.became(token)
    return Became(
        name=entry.name,
        state="done" if entry.state == "done" else "stopped",
        new=entry.new,
        changed=entry.changed,
        unchanged=entry.unchanged,
        embargoed=entry.embargoed,
        refused=[one.text(language) for one in entry.refused],
        notices=[one.text(language) for one in entry.notices],
        unreadable=entry.unreadable,
    )
