"""What becomes of a question of these kinds: claims, what the catalogue says, or why there is neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.answering.subject import SubjectIndex
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.retrieval.passage_reading import Readings
from rag.retrieval.retriever import Retriever
from rag.schema.answer import AnswerStatus
from rag.schema.evidence import Claim, Evidence
from rag.schema.hit import Hit
from rag.schema.listing import ArticleListing

ReadHits = Callable[[str, Sequence[Hit]], Readings]


def _unread(_question: str, _hits: Sequence[Hit]) -> Readings:
    return {}


@dataclass(frozen=True, slots=True)
class Sources:
    """What answers are made from: the catalogue, what finds articles by subject, what finds passages.

    `read` has the trained reader read passages for a question; it says nothing where there is no reader.
    """

    library: Library
    subjects: SubjectIndex
    retriever: Retriever
    embedder: Embedder
    read: ReadHits = _unread


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer as far as its kind decides it. `missing` are the parts of the question that are left open.

    `plain_text` is what is said where there are no claims; empty for what is said of any other question.
    """

    status: AnswerStatus
    claims: tuple[Claim, ...] = ()
    hits: tuple[Hit, ...] = ()
    plain_text: str = ""
    listing: ArticleListing | None = None
    missing: tuple[str, ...] = ()


def quoting(
    evidence: Sequence[Evidence], library: Library, hits: Sequence[Hit] = (), missing: Sequence[str] = ()
) -> Outcome:
    """Return an answer that quotes these; its passages are those that hold them, then `hits`."""
    claims = tuple(Claim.quoting(item) for item in evidence)
    return claiming(claims, library, hits, missing)


def claiming(
    claims: Sequence[Claim], library: Library, hits: Sequence[Hit] = (), missing: Sequence[str] = ()
) -> Outcome:
    """Return an answer that makes these claims; without any, nothing was found."""
    if not claims:
        return Outcome("not_found", hits=tuple(hits))
    found = {hit.passage_id: hit for hit in _holding(claims, library, hits)}
    found |= {hit.passage_id: hit for hit in hits if hit.passage_id not in found}
    return Outcome(
        "partial" if missing else "answered", tuple(claims), tuple(found.values()), missing=tuple(missing)
    )


def _holding(claims: Sequence[Claim], library: Library, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the passage that holds each piece of evidence, as it was found or as the catalogue has it."""
    for item in (item for claim in claims for item in claim.evidence):
        known = next((hit for hit in hits if _holds(hit, item)), None)
        if known is not None:
            yield known
            continue
        for passage in library.passages_of(item.article.id):
            if passage.start <= item.start and item.end <= passage.end:
                yield Hit(passage.id, item.article, passage.start, passage.end, item.score, passage.sentences)
                break


def _holds(hit: Hit, item: Evidence) -> bool:
    return hit.article.id == item.article.id and hit.start <= item.start and item.end <= hit.end
