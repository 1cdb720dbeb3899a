"""What may be asked: a string, a Question, a dict, or messages as LangChain has them. Pure.

Messages are read for what was asked and answered. A system message isn't: nothing but the articles says what
an answer is. What a tool gave isn't either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, convert_to_messages
from langchain_core.prompt_values import PromptValue

from rag.errors import UserError
from rag.runnable.messages import cited_in
from rag.schema.question import Filters, Question, Turn

# A string, a Question, a dict with a question or messages, or a list of messages.
Asked = str | Question | dict | list
_QUESTION = ("question", "input", "query")
_HISTORY = ("history", "chat_history")
_OTHER = ("filters", "infer_dates", "fresh", "language")
_ROLES = frozenset({"human", "user", "ai", "assistant", "system", "developer", "tool", "function"})


def question_of(asked: Any) -> Question:
    """Return what is asked.

    Args:
        asked: A string; a Question; a message; messages, of which the last is the question; or a dict with
            `question` (or `input`, `query`) and maybe `history` (or `chat_history`: Turns, messages, or pairs
            of a question and its answer), `filters`, `infer_dates`, `fresh`, `language`; or one with
            `messages`, such as the state of a graph, whose other keys are left alone.

    Raises:
        UserError: It is none of these, or has no question.
    """
    if isinstance(asked, Question):
        return asked
    if isinstance(asked, str):
        return Question(asked)
    if isinstance(asked, PromptValue):
        return _of_messages(asked.to_messages())
    if isinstance(asked, BaseMessage):
        return _of_messages([asked])
    if isinstance(asked, Mapping):
        return _of_mapping(asked)
    if isinstance(asked, Sequence) and not isinstance(asked, bytes):
        return _of_messages(_messages(asked))
    raise _unreadable(type(asked).__name__)


def _of_mapping(asked: Mapping[str, Any]) -> Question:
    given = [name for name in _QUESTION if name in asked]
    if not given and "messages" in asked:
        question = _of_messages(_messages(asked["messages"]))
        return Question(question.text, question.history, **_others(asked))
    if unknown := [str(name) for name in asked if name not in (*_QUESTION, *_HISTORY, *_OTHER)]:
        known = ", ".join((*_QUESTION, *_HISTORY, *_OTHER, "messages"))
        raise UserError(
            f"A question has no “{unknown[0]}”; known are {known}.",
            f"Une question n'a pas de « {unknown[0]} » ; sont connus : {known}.",
        )
    if len(given) != 1:
        raise _unreadable("dict")
    told = asked[given[0]]
    question = Question(told) if isinstance(told, str) else question_of(told)
    history = [turn for name in _HISTORY if name in asked for turn in _turns(asked[name])]
    return Question(question.text, (*history, *question.history), **_others(asked))


def _others(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes with a question."""
    found = {name: asked[name] for name in ("infer_dates", "fresh", "language") if name in asked}
    if (filters := asked.get("filters")) is not None:
        found["filters"] = filters if isinstance(filters, Filters) else Filters.from_dict(filters)
    return found


def _messages(values: Any) -> list[BaseMessage]:
    """Return messages, whatever form they have.

    One as a pair of role and text is one: langchain-core 1.7 takes it for two messages of a human.
    """
    if isinstance(values, PromptValue):
        return values.to_messages()
    try:
        said = list(values)
        is_one = len(said) == 2 and all(isinstance(part, str) for part in said) and said[0] in _ROLES
        return convert_to_messages([tuple(said)] if is_one else said)
    except (TypeError, ValueError, NotImplementedError, KeyError):
        raise _unreadable("list") from None


def _of_messages(messages: Sequence[BaseMessage]) -> Question:
    """Return the question that the last message asks, after what was said before it."""
    spoken = [one for one in messages if isinstance(one, HumanMessage | AIMessage)]
    if not spoken or not isinstance(spoken[-1], HumanMessage):
        raise UserError(
            "The last message isn't a question: messages end with what a human asks.",
            "Le dernier message n'est pas une question : les messages finissent par ce qu'un humain demande.",
        )
    return Question(spoken[-1].text, tuple(_paired(spoken[:-1])))


def _turns(history: Any) -> Iterable[Turn]:
    """Return what was said before: Turns as they are, messages and pairs put together."""
    if history is None:
        return []
    if isinstance(history, str) or not isinstance(history, Iterable):
        raise _unreadable("history")
    said = list(history)
    if all(isinstance(one, Turn) for one in said):
        return said
    if all(_is_pair(one) for one in said):
        return [Turn(question, answer) for question, answer in said]
    return _paired([one for one in _messages(said) if isinstance(one, HumanMessage | AIMessage)])


def _is_pair(one: Any) -> bool:
    """Return whether it is a question with its answer, and not a message such as `("human", "…")`."""
    return (
        isinstance(one, Sequence)
        and not isinstance(one, str | bytes)
        and len(one) == 2
        and all(isinstance(part, str) for part in one)
        and one[0] not in _ROLES
    )


def _paired(spoken: Sequence[BaseMessage]) -> Iterable[Turn]:
    """Return exchanges: what a human asks, with all that is answered until the next one."""
    place = 0
    while place < len(spoken):
        asked = spoken[place].text if isinstance(spoken[place], HumanMessage) else None
        place += asked is not None
        answers = []
        while place < len(spoken) and isinstance(spoken[place], AIMessage):
            answers.append(spoken[place])
            place += 1
        if asked is None or not asked.strip():  # a greeting that nobody asked for
            continue
        cited = [one for answer in answers for one in cited_in(answer)]
        yield Turn(
            asked,
            "\n".join(filter(None, (one.text for one in answers))),
            cited=tuple(one.span for one in cited),
            article_id=cited[0].span.article_id if cited else None,
            quotes=tuple(one.quote for one in cited),
            titles=tuple(dict.fromkeys(one.title for one in cited if one.title)),
        )


def _unreadable(kind: str) -> UserError:
    return UserError(
        f"This isn't a question ({kind}): ask a string, a Question, a dict with “question”, or messages.",
        f"Ce n'est pas une question ({kind}) : posez une chaîne, une Question, un dict avec « question »"
        " ou des messages.",
    )
