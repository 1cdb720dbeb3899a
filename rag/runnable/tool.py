"""The chain as a tool for an agent: it asks a question, and is told the answer with its references."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import StructuredTool, ToolException
from pydantic import BaseModel, Field

from rag.errors import UserError
from rag.schema.answer import Answer
from rag.schema.question import Question

NAME = "ask_articles"
DESCRIPTION = (
    "Ask a question of the reader's own articles. The answer is made of their own words, each sentence with"
    " its number [n] and the quote, article and date behind it; or it says that the articles don't answer."
)


class Arguments(BaseModel):
    """What an agent asks."""

    question: str = Field(description="One question that stands by itself, in any language.")


def tool_of(
    ask: Callable[[Question, RunnableConfig], Answer],
    ask_later: Callable[[Question, RunnableConfig], Awaitable[Answer]],
    name: str | None = None,
    description: str | None = None,
) -> StructuredTool:
    """Return the tool: its content is the answer with its references, its artifact the Answer.

    What is wrong with a question is told to the agent, which may ask another.
    """

    def answered(question: str, config: RunnableConfig) -> tuple[str, Answer]:
        try:
            answer = ask(Question(question), config)
        except UserError as error:
            raise ToolException(str(error)) from error
        return str(answer), answer

    async def answered_later(question: str, config: RunnableConfig) -> tuple[str, Answer]:
        try:
            answer = await ask_later(Question(question), config)
        except UserError as error:
            raise ToolException(str(error)) from error
        return str(answer), answer

    return StructuredTool.from_function(
        answered,
        answered_later,
        name=name or NAME,
        description=description or DESCRIPTION,
        args_schema=Arguments,
        response_format="content_and_artifact",
        handle_tool_error=True,
    )
