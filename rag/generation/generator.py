"""What the chat model is asked for, over one prompt: a draft.

Knows prompts and streams. What is written is only trusted by those who check it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableConfig

from rag.errors import EmptyReplyError, RequestRefusedError
from rag.generation import prompts, structured_output
from rag.generation.draft_parser import Drafted, DraftParser, DraftPiece
from rag.models.completion import reply
from rag.query.question_text import QuestionText
from rag.schema.evidence import Evidence

log = logging.getLogger(__name__)


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

    Raises:
        EmptyReplyError: It wrote nothing, as servers do at times after a request that was broken off.

    """
    held = structured_output.options(model, len(offered))
    if held is not None:
        chunks = reply(model, prompts.messages(question, offered, as_json=True), config, **held)
        try:
            async with aclosing(_parsed(chunks, len(offered), structured_output.Lines())) as pieces:
                async for piece in pieces:
                    yield piece
            return
        except RequestRefusedError:
            log.debug("asked again without a schema")
    chunks = reply(model, prompts.messages(question, offered), config, **_held(model, offered))
    async with aclosing(_parsed(chunks, len(offered))) as pieces:
        async for piece in pieces:
            yield piece


async def _parsed(
    chunks: AsyncIterator[AIMessageChunk], sentences: int, lines: structured_output.Lines | None = None
) -> AsyncIterator[DraftPiece | Drafted]:
    """Yield the claims that a model writes, as lines or, with `lines`, as JSON."""
    parser, is_empty = DraftParser(sentences), True
    async with aclosing(chunks):
        async for chunk in chunks:
            is_empty = is_empty and not chunk.text.strip()
            for piece in parser.feed(lines.feed(chunk.text) if lines else chunk.text):
                yield piece
    for piece in parser.finish():
        yield piece
    if is_empty:
        raise EmptyReplyError("The chat model wrote nothing.", "Le modèle de langage n'a rien écrit.")


def _held(model: BaseChatModel, offered: Sequence[Evidence]) -> dict[str, object]:
    """Return what holds a model to claims that begin with numbers on offer, if it can be held."""
    return {"grammar": prompts.grammar(len(offered))} if getattr(model, "accepts_grammar", False) else {}
