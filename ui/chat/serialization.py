"""Exchanges as they are kept, and back: what a page shows again after a reload or another day.

Knows exchanges and `rag.conversation.serialization`; not where they are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.conversation.serialization import (
    AnswerDecoder,
    AnswerEncoder,
    ArticleVersion,
    Value,
    versions,
    without,
)
from rag.conversation.store import Pointer, Record, lost, resolve
from rag.library.library import Library
from rag.schema.article import Article
from rag.schema.evidence import Claim, Evidence
from rag.text.normalization import fold
from rag.text.sanitization import storable
from ui.session.exchange import Draft, Exchange


def record(exchange: Exchange, earlier: Sequence[Exchange]) -> Record:
    """Return what is kept of an exchange; how it was understood rests on what `earlier` ones cited.

    Of one that has its answer only that is kept: what led there isn't shown any more.
    """
    writer = AnswerEncoder()
    context = [evidence.article for one in earlier for evidence in one.shown.citations]
    answer = exchange.answer
    body = {
        "stage": exchange.stage,
        "understood": writer.understood(exchange.standalone_question, context),
        "hits": [writer.hit(one) for one in exchange.hits] if answer is None else [],
        "evidence": [writer.evidence(one) for one in exchange.evidence] if answer is None else [],
        "drafts": [_draft(writer, one) for one in exchange.drafts] if answer is None else [],
        "drafted": len(exchange.drafts) if answer is None else 0,
        "answer": writer.answer(answer, context) if answer else None,
        "error": exchange.error,
        "infer_dates": exchange.infer_dates,
        "filters": writer.filters(exchange.filters),
        "period": writer.period(exchange.period, context),
        "lost": exchange.lost,
    }
    cited = tuple(_pointer(one) for one in exchange.shown.citations)
    body["articles"] = writer.articles
    return Record(exchange.number, exchange.question, body, cited, words(exchange))


def words(exchange: Exchange) -> str:
    """Return what a search of conversations finds an exchange by: its question and its answer, folded."""
    return storable(fold(f"{exchange.question} {exchange.shown.text}"))


def without_removed(record: Record, library: Library) -> Record:
    """Return the record without what rests on articles that `library` no longer holds."""
    gone = lost(versions(record.body), library)
    if not gone:
        return record
    cited = tuple(one for one in record.citations if one.version not in gone)
    return Record(record.number, record.question, without(record.body, gone), cited)


def exchanges(records: Sequence[Record], library: Library) -> tuple[Exchange, ...]:
    """Return the exchanges as they were, but for what rests on articles that `library` no longer holds.

    One that was never finished has been interrupted.
    """
    wanted = [version for one in records for version in versions(one.body)]
    found = resolve(list(dict.fromkeys(wanted)), library)
    return tuple(_exchange(one, found) for one in records)


def _exchange(record: Record, found: dict[ArticleVersion, Article]) -> Exchange:
    body = without(record.body, set(versions(record.body)) - set(found))
    reader = AnswerDecoder([found[ArticleVersion(*entry)] if entry else None for entry in body["articles"]])
    answer = reader.answer(body["answer"]) if body["answer"] else None
    drafts = tuple(_read_draft(reader, value) for value in body["drafts"])
    claimed = body["answer"]["claimed"] if body["answer"] else 0
    kept = len(answer.claims) if answer else 0
    exchange = Exchange(
        record.number,
        record.question,
        stage="article_removed" if body["answer"] and answer is None else body["stage"],
        standalone_question=body["understood"]["words"] if "understood" in body else "",
        hits=answer.hits if answer else tuple(reader.hit(value) for value in body["hits"]),
        evidence=tuple(reader.evidence(value) for value in body["evidence"]),
        drafts=drafts,
        answer=answer,
        error=body["error"],
        infer_dates=body["infer_dates"],
        period=reader.period(body["period"]),
        filters=reader.filters(body["filters"]),
        lost=body["lost"] or kept < claimed or len(drafts) < body["drafted"],
    )
    return interrupted(exchange)


def interrupted(exchange: Exchange) -> Exchange:
    """Return the exchange, ended because nobody was there any more; one that has ended stays as it ended."""
    return replace(exchange, stage="interrupted") if exchange.unfinished else exchange


def _draft(writer: AnswerEncoder, draft: Draft) -> Value:
    claim = writer.claim(draft.checked) if draft.checked else None
    rests_on = [*draft.evidence, *(draft.checked.evidence if draft.checked else ())]
    return {
        "on": writer.on(one.article for one in rests_on),
        "index": draft.claim_index,
        "text": writer.words(draft.text, draft.evidence),
        "evidence": [writer.evidence(one) for one in draft.evidence],
        "checked": claim,
        "withdrawn": draft.withdrawn,
    }


def _read_draft(reader: AnswerDecoder, value: Value) -> Draft:
    evidence = tuple(reader.evidence(one) for one in value["evidence"])
    text = reader.words(value["text"], evidence)
    checked: Claim | None = reader.claim(value["checked"]) if value["checked"] else None
    return Draft(value["index"], text, evidence, checked, value["withdrawn"])


def _pointer(evidence: Evidence) -> Pointer:
    version = ArticleVersion(evidence.article.id, evidence.article.content_hash)
    return Pointer(version, evidence.start, evidence.end)
