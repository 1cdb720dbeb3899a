"""OpenAI's chat completions: what is read of a request, and what is written. Pure.

What a request has beside this is taken and left alone: a program says much that has no meaning here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.schema.answer import Answer
from rag.schema.evidence import Evidence
from ui.api.clients.sources import CitedSource, sources_of, title_in
from ui.api.clients.tasks import has_own_sources, reply_to
from ui.api.errors import ApiError
from ui.api.question_records import LONGEST_ANSWER, Asked, FilterFields, Words, is_text

MODEL = "sourcier"
_WRITTEN = ("text", "input_text", "output_text")
_SPOKEN = {"user": "user", "assistant": "assistant"}
_TOOL_FREE = (None, "none", "auto")


class Part(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: Words | None = None


class Message(BaseModel):
    """What somebody said. Of roles other than user and assistant nothing is read."""

    model_config = ConfigDict(extra="ignore")

    role: str = Field(max_length=40)
    content: Words | list[Part] | None = None
    annotations: list[dict[str, Any]] | None = Field(
        None, description="Of an answer of ours, as it was given."
    )


class StreamOptions(BaseModel):
    """What a stream tells beside the answer."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool | None = False


class Extension(Asked):
    """What only Sourcier understands (`extra_body={"sourcier": …}`)."""

    filters: FilterFields = FilterFields()
    infer_dates: bool = True
    fresh: bool = False
    language: Literal["fr", "en"] | None = None


class CompletionRequest(BaseModel):
    """A request as OpenAI has it. Whatever isn't here is ignored."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(MODEL, max_length=200)
    messages: Annotated[list[Message], Field(min_length=1, max_length=1_000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    tool_choice: Any = None
    response_format: Any = None
    sourcier: Extension = Extension()

    @property
    def wants_usage(self) -> bool:
        """Whether a stream is to tell tokens."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    def check(self) -> None:
        """Refuse what is asked for and would not be given.

        Raises:
            ApiError: It is such a request.
        """
        if self.model != MODEL:
            raise model_unknown()
        if self.n not in (None, 1):
            raise ApiError(400, "api_one_choice", param="n")
        if not isinstance(self.tool_choice, str | None) or self.tool_choice not in _TOOL_FREE:
            raise ApiError(400, "api_no_tools", param="tool_choice")
        form = self.response_format
        if form is not None and not (isinstance(form, dict) and form.get("type") == "text"):
            raise ApiError(400, "api_text_only", param="response_format")

    def task_reply(self) -> str | None:
        """Return what the last message gets if it is a task about the conversation, and no question.

        Raises:
            ApiError: It brings along what it is to be answered from.
        """
        last = self.spoken()[-1:]
        if not last or last[0]["role"] != "user":
            return None
        if has_own_sources(last[0]["content"]):
            raise ApiError(400, "api_own_sources", param="messages")
        return reply_to(last[0]["content"])

    def spoken(self) -> list[dict[str, Any]]:
        """Return the messages of people and of ours, as LangChain takes them.

        Raises:
            ApiError: Something other than text is asked.
        """
        return [_spoken(one) for one in self.messages if one.role in _SPOKEN]


def model_unknown() -> ApiError:
    """Return the error that there is no such model."""
    return ApiError(404, "api_model_unknown", code="model_not_found", param="model", name=MODEL)


def _spoken(message: Message) -> dict[str, Any]:
    parts = message.content if isinstance(message.content, list) else []
    if message.role == "user" and any(part.type not in _WRITTEN for part in parts):
        raise ApiError(400, "api_words_only", param="messages")
    said = message.content if isinstance(message.content, str) else ""
    said = said or "\n".join(part.text or "" for part in parts if part.type in _WRITTEN)
    if message.role == "user":
        return {"role": "user", "content": said}
    said = said[:LONGEST_ANSWER]
    notes = [note for one in message.annotations or () if (note := _as_langchain(one)) is not None]
    return {"role": "assistant", "content": [{"type": "text", "text": said, "annotations": notes}]}


def _as_langchain(annotation: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a citation of ours as `rag.runnable.messages` writes it; None for anybody else's."""
    cited = annotation.get("url_citation")
    if not isinstance(cited, Mapping):
        return None
    extras = {name: cited.get(name) for name in ("article_id", "content_hash", "start", "end")}
    title = cited.get("title")
    title = title_in(title, cited.get("number")) if isinstance(title, str) else title
    said = (*extras.values(), title, cited.get("quote"))
    if not all(is_text(one) for one in said if isinstance(one, str)):
        return None
    return {
        "type": "citation", "title": title, "cited_text": cited.get("quote"), "extras": extras
    }  # fmt: skip


# --- what is written ---


class UrlCitation(BaseModel):
    """The sentence of the answer that rests on it, and what it points at.

    `start_index` and `end_index` bound the sentence in the answer's text; `article.text[start:end]` is
    `quote`, of the article `article_id`.
    """

    url: str = Field(
        description=(
            "Where it was published, else its URI: sourcier://articles/ID. With a fragment that leads to the"
            " words, if other words of it are cited, too."
        )
    )
    title: str = Field(description="The article's; with [n] after it, if another citation has the same.")
    start_index: int
    end_index: int
    number: int = Field(description="The [n] in the answer's text.")
    article_id: str
    content_hash: str
    start: int
    end: int
    quote: str
    outlet: str | None
    author: str | None
    published_at: str | None


class Annotation(BaseModel):
    """A citation as OpenAI writes it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Usage(BaseModel):
    """Tokens, as the embedding model counts them: of the question, and of the answer's text."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


NO_USAGE = Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)  # the articles weren't asked


class ReplyMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer that a question has."""

    index: Literal[0] = 0
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(BaseModel):
    """An answer in OpenAI's form. `sourcier` is the whole of it, as `/api/ask` gives it; a task has none."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    sourcier: dict[str, Any] | None


class Model(BaseModel):
    """The one model that there is."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "sourcier"


class Models(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[Model] = [Model()]


def annotations_of(answer: Answer, shift: int = 0) -> list[Annotation]:
    """Return a citation for each evidence of each claim, in the order of the text.

    Args:
        answer: The answer.
        shift: How many characters stand before its text.
    """
    sources = sources_of(answer.citations)
    return [
        Annotation(url_citation=_citation(evidence, number, sources[number - 1], start + shift, end + shift))
        for claim, (start, end) in zip(answer.claims, answer.claim_spans, strict=True)
        for number, evidence in zip(answer.numbers(claim), claim.evidence, strict=True)
    ]


def _citation(evidence: Evidence, number: int, source: CitedSource, start: int, end: int) -> UrlCitation:
    article = evidence.article
    return UrlCitation(
        url=source.url,
        title=source.title,
        start_index=start,
        end_index=end,
        number=number,
        article_id=article.id,
        content_hash=article.content_hash,
        start=evidence.start,
        end=evidence.end,
        quote=evidence.quote,
        outlet=article.outlet,
        author=article.author,
        published_at=article.published_at,
    )


def chunk(id_: str, created: int, delta: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Return a piece of a stream: what is added to the message, None once all was; `more` is beside it."""
    choices = [] if delta is None else [{"index": 0, "delta": dict(delta), "logprobs": None}]
    for choice in choices:
        choice["finish_reason"] = more.pop("finish_reason", None)
    piece = {"id": id_, "object": "chat.completion.chunk", "created": created, "model": MODEL}
    return {**piece, "choices": choices, **more}
