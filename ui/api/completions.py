"""The routes of OpenAI's API: models and chat completions."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from rag.observability import request_id
from rag.runnable.inputs import question_of
from rag.schema.answer import Answer
from rag.schema.question import Question
from ui.api.access import Caller
from ui.api.asking import answer_of, steps_of, unless_gone
from ui.api.openai_records import (
    MODEL,
    NO_USAGE,
    Choice,
    Completion,
    CompletionRequest,
    Model,
    Models,
    ReplyMessage,
    Usage,
    annotations_of,
    model_unknown,
)
from ui.api.services import Services, caller_of, services_of
from ui.api.stream import EventStream, events_of, text_events

router = APIRouter(prefix="/v1", tags=["OpenAI's API"])


@router.get("/models", summary="List the models: there is one")
async def models() -> Models:
    """Return the one model that there is."""
    return Models()


@router.get("/models/{model}", summary="Describe the model")
async def model(model: str) -> Model:
    """Return the model, if it is this one."""
    if model != MODEL:
        raise model_unknown()
    return Model()


@router.post(
    "/chat/completions",
    summary="Answer the last message from the articles",
    response_model=Completion,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "The answer; with `stream`, events."}
    },
)
async def complete(asked: CompletionRequest, request: Request) -> Response | Completion:
    """Answer a question that a program asks as it would ask a chat model."""
    asked.check()
    services, caller = services_of(request), caller_of(request)
    id_, created = f"chatcmpl-{request_id.current()}", int(time.time())
    if (reply := asked.task_reply()) is not None:
        return _task_done(asked, reply, id_, created)
    question = await asyncio.to_thread(_question, asked, services, caller)
    if asked.stream:
        return await _streamed(asked, question, id_, created, request)
    answer = await answer_of(services.questions, caller, question, request)
    usage = await asyncio.to_thread(_usage, services, question, answer)
    message = ReplyMessage(content=answer.text, annotations=annotations_of(answer))
    choices = [Choice(message=message)]
    return Completion(id=id_, created=created, choices=choices, usage=usage, sourcier=answer.to_dict())


def _task_done(asked: CompletionRequest, reply: str, id_: str, created: int) -> Response | Completion:
    """Return the reply to a task; nothing was asked of the articles."""
    if asked.stream:
        return StreamingResponse(
            text_events(reply, id_, created, asked.wants_usage), media_type="text/event-stream"
        )
    choices = [Choice(message=ReplyMessage(content=reply, annotations=[]))]
    return Completion(id=id_, created=created, choices=choices, usage=NO_USAGE, sourcier=None)


def _question(asked: CompletionRequest, services: Services, caller: Caller) -> Question:
    more = asked.sourcier
    return question_of(
        {
            "messages": asked.spoken(),
            "filters": more.filters.resolved(services.context.library, caller.user),
            "infer_dates": more.infer_dates,
            "fresh": more.fresh,
            "language": more.language,
        }
    )


async def _streamed(
    asked: CompletionRequest, question: Question, id_: str, created: int, request: Request
) -> EventStream:
    """Return the stream, once it is known that the question can be asked."""
    services = services_of(request)
    steps = steps_of(services.questions, caller_of(request), question)
    try:
        first = await unless_gone(request, anext(steps))
    except BaseException:
        await steps.aclose()
        raise
    usage = (lambda answer: _usage(services, question, answer)) if asked.wants_usage else None
    events = events_of(first, steps, id_, created, usage, services.language_of(request))
    return EventStream(events, steps)


def _usage(services: Services, question: Question, answer: Answer) -> Usage:
    asked, answered = services.context.engine.embedder.count_tokens([question.text, answer.text])
    return Usage(prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered)
