"""What the chat model is asked for, over one prompt: a draft, or the sentence that it points at.

Knows prompts and streams. What is written is only trusted by those who check it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableConfig

from rag.errors import RequestRefusedError
from rag.generation import extractive, prompts, structured_output
from rag.generation.draft_parser import Drafted, DraftParser, DraftPiece
from rag.generation.extractive import SentenceChoice
from rag.models.completion import reply
from rag.query.question_text import QuestionText
from rag.schema.answer import Claim, Evidence

log = logging.getLogger(__name__)

_RIVALS = 15  # tokens whose chances are asked for beside the one written


async def draft(
    model: BaseChatModel, question: QuestionText, offered: Sequence[Evidence], config: RunnableConfig
) -> AsyncIterator[DraftPiece | Drafted]:
    """Give the model's answer from the sentences on offer, as it comes. Closing this stops the model.

    Held to a grammar or to a schema where that can be done, else as it writes; a server that won't have
    a schema is asked without.

    Args:
        model: Who writes.
        question: What is answered, in the language of the answer.
        offered: The sentences, in the order of their numbers.
        config: LangChain's, with its callbacks.

    """
    held = structured_output.options(model, len(offered))
    if held is not None:
        chunks = reply(model, prompts.messages(question, offered, as_json=True), config, **held)
        try:
            async with aclosing(_parsed(chunks, len(offered), structured_output.Lines())) as pieces:
                async for piece in pieces:
                    yield piece
            return
        except RequestRefusedError as error:
            log.debug("Asked again without a schema: %s", error)
    chunks = reply(model, prompts.messages(question, offered), config, **_held(model, offered))
    async with aclosing(_parsed(chunks, len(offered))) as pieces:
        async for piece in pieces:
            yield piece


async def _parsed(
    chunks: AsyncIterator[AIMessageChunk], sentences: int, lines: structured_output.Lines | None = None
) -> AsyncIterator[DraftPiece | Drafted]:
    """Yield the claims that a model writes, as lines or, with `lines`, as JSON."""
    parser = DraftParser(sentences)
    async with aclosing(chunks):
        async for chunk in chunks:
            for piece in parser.feed(lines.feed(chunk.text) if lines else chunk.text):
                yield piece
    for piece in parser.finish():
        yield piece


async def point(
    model: BaseChatModel,
    question: QuestionText,
    offered: Sequence[Evidence],
    check: Callable[[Drafted], Claim],
    config: RunnableConfig,
) -> SentenceChoice:
    """Ask the model which sentence answers and, if it nearly said none, whether its first claim stands.

    Where it has no such doubt it is stopped once it has given its number.

    Args:
        model: Who chooses.
        question: What is answered, in the language of the answer.
        offered: The sentences, in the order of their numbers.
        check: What judges a claim about these sentences.
        config: LangChain's, with its callbacks.

    """
    # To point, a model doesn't need the sentences before: it chose no better with them, and read longer.
    alone = [replace(item, before=()) for item in offered]
    said = prompts.messages(question, alone)
    options = _held(model, offered)
    if getattr(model, "gives_logprobs", False):
        options |= {"logprobs": True, "top_logprobs": _RIVALS}
    written, logprobs, choice = "", [], SentenceChoice({})
    async with aclosing(reply(model, said, config, **options)) as chunks:
        async for chunk in chunks:
            written += chunk.text
            logprobs += (chunk.response_metadata.get("logprobs") or {}).get("content") or []
            choice = SentenceChoice(extractive.first_digits(logprobs) or extractive.written_digit(written))
            if (choice.digits and not choice.doubts) or "\n" in written:
                break
    # In a thread: checking compares words, and may embed them, while others are being answered.
    stands = not choice.doubts or await asyncio.to_thread(_stands, written, len(offered), check)
    return SentenceChoice(choice.digits, stands)


def _stands(written: str, sentences: int, check: Callable[[Drafted], Claim]) -> bool:
    """Return whether the first claim of a draft is borne out."""
    parser = DraftParser(sentences)
    claims = [part for part in (*parser.feed(written), *parser.finish()) if isinstance(part, Drafted)]
    return any(check(claim).status == "supported" for claim in claims[:1])


def _held(model: BaseChatModel, offered: Sequence[Evidence]) -> dict[str, object]:
    """Return what holds a model to claims that begin with numbers on offer, if it can be held."""
    return {"grammar": prompts.grammar(len(offered))} if getattr(model, "accepts_grammar", False) else {}
