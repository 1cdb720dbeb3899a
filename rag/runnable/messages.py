"""An answer as a LangChain message with its citations, and such a message read again. Pure.

A citation is LangChain's standard block: `start_index` and `end_index` bound the sentence of the answer that
rests on it, `cited_text` is the quote, and `extras` has the pointer: `article.text[start:end]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.content import Citation

from rag.schema.answer import Answer
from rag.schema.evidence import Evidence
from rag.schema.question import CitedSpan


@dataclass(frozen=True, slots=True)
class Cited:
    """What a message cites: where it stands, its words, and the article's title."""

    span: CitedSpan
    quote: str
    title: str


def message_of(answer: Answer) -> AIMessage:
    """Return an answer as a message: its text, whose annotations are its citations."""
    block: dict[str, Any] = {"type": "text", "text": answer.text, "annotations": list(_citations(answer))}
    return AIMessage(
        content=[block],
        response_metadata={
            "model_name": answer.model,
            "status": answer.status,
            "language": answer.language,
            "request_id": answer.request_id,
        },
    )


def _citations(answer: Answer) -> Iterator[Citation]:
    """Yield one citation for each evidence of each claim, in the order of the text."""
    for claim, (start, end) in zip(answer.claims, answer.claim_spans, strict=True):
        for number, evidence in zip(answer.numbers(claim), claim.evidence, strict=True):
            yield _citation(evidence, number, start, end)


def _citation(evidence: Evidence, number: int, start: int, end: int) -> Citation:
    article = evidence.article
    address = {"url": article.canonical_url} if article.canonical_url else {}
    return {
        "type": "citation",
        **address,
        "title": article.title,
        "start_index": start,
        "end_index": end,
        "cited_text": evidence.quote,
        "extras": {
            "number": number,
            "article_id": article.id,
            "content_hash": article.content_hash,
            "start": evidence.start,
            "end": evidence.end,
            "outlet": article.outlet,
            "author": article.author,
            "published_at": article.published_at,
            "source": article.source,
        },
    }


def cited_in(message: AIMessage) -> list[Cited]:
    """Return what a message of ours cites, each once; nothing for a message of anybody else."""
    found: dict[CitedSpan, Cited] = {}
    for block in message.content if isinstance(message.content, list) else ():
        for note in (block.get("annotations") or ()) if isinstance(block, dict) else ():
            if (cited := _cited(note)) is not None:
                found.setdefault(cited.span, cited)
    return list(found.values())


def _cited(note: Any) -> Cited | None:
    extras = note.get("extras") if isinstance(note, dict) and note.get("type") == "citation" else None
    if not isinstance(extras, dict):
        return None
    names, numbers = ("article_id", "content_hash"), ("start", "end")
    if not all(isinstance(extras.get(name), str) for name in names):
        return None
    if not all(type(extras.get(name)) is int for name in numbers):
        return None
    quote, title = (str(note.get(name) or "") for name in ("cited_text", "title"))
    span = CitedSpan(*(extras[name] for name in (*names, *numbers)))
    return Cited(span, " ".join(quote.split()), title)
