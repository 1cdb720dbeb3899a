"""Articles as agencies and press databases deliver them, made up for tests; how a file of them is read."""

from __future__ import annotations

from io import BytesIO

from ingest.containers.expand import expand
from ingest.converters.registry import format_of, read_article
from ingest.schema.document import Failure, Notice, SourceDocument
from rag.errors import UserError
from rag.schema.article import Article

FIRST = "La halle de Lézan sera rénovée pour 890 000 euros, a décidé le conseil municipal jeudi soir."
SECOND = "Le maire, Paul Roumégoux, promet une réouverture avant l'été ; l'opposition en doute."
OTHER = "Le marché de Tornac déménage sur la place haute pendant les travaux, soit quatre mois."


def expanded(data: bytes | str, name: str) -> list[SourceDocument | Failure | Notice]:
    """Everything in a file of this name, as ingestion finds it."""
    held = data.encode() if isinstance(data, str) else data
    format_ = format_of(name)
    assert format_ is not None, name
    file = SourceDocument(
        name, f"/k/{name}", format_, lambda limit: held[: limit + 1], "/k", open=lambda: BytesIO(held)
    )
    return list(expand(file))


def articles(data: bytes | str, name: str) -> list[Article]:
    """The articles of a file; a failure fails the test."""
    return [read(item) for item in expanded(data, name)]


def read(item: SourceDocument | Failure | Notice) -> Article:
    assert isinstance(item, SourceDocument), item
    return read_article(item.read(), item.source, item.key, item.format, item.stated, item.known)


def reasons(data: bytes | str, name: str) -> list[str]:
    """Why what is in a file can't be read, each in both languages."""
    failures = [item for item in expanded(data, name) if isinstance(item, Failure)]
    assert all(failure.reason != failure.reason_fr for failure in failures)
    return [failure.reason for failure in failures]


def outcome(data: bytes | str, name: str) -> list[str]:
    """What a damaged file gives: texts, and '' for each refusal. Anything but a refusal fails the test."""
    texts = []
    for item in expanded(data, name):
        if isinstance(item, Notice):
            continue
        if isinstance(item, Failure):
            assert item.reason.strip() and item.reason_fr.strip() and "\n" not in item.reason
            texts.append("")
            continue
        try:
            texts.append(read(item).text)
        except UserError:
            texts.append("")
    return texts


def damaged(data: bytes, place: int, removed: int, put: bytes) -> bytes:
    """The data with some of it replaced at a place that is counted round."""
    place %= len(data)
    return data[:place] + put + data[place + removed :]
