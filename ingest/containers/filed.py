"""Articles whose texts are in files beside their export → these files, with what the export states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.containers.delivered import Delivered
from ingest.exports.left_out import FILELESS, MISSING_FILE
from ingest.exports.zotero_rdf import file_names
from ingest.schema.delivery import DeliveredArticle, Filed, LeftOut
from ingest.schema.document import Failure, Notice, SourceDocument
from ingest.schema.formats import format_of
from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    canonical_url,
    clean_line,
    iso_date,
    language_code,
    names,
)


def filed(
    item: SourceDocument, found: Iterable[Filed | LeftOut]
) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield the file of each article, or what stands for it without one; at the end what was left out.

    Raises:
        UserError: There is nothing in it but what is left out.
    """
    delivered, read = Delivered(item), False
    for row, one in enumerate(found, start=1):
        if isinstance(one, LeftOut):
            delivered.tally.add(one)
            continue
        document = _document(delivered, row, one)
        if document is None:
            if one.files:
                delivered.tally.add(MISSING_FILE)
            if one.article.text:
                document = delivered.take(row, one.article)
            elif not one.files:
                delivered.tally.add(FILELESS)
        if document is not None:
            read = True
            yield document
    yield from delivered.tally.notices(item.source, read)


def file_of(item: SourceDocument, one: Filed) -> tuple[str, bytes] | None:
    """Return the name and the bytes of the first file of an article that is there and has a format."""
    if item.beside is None:
        return None
    for name in (variant for listed in one.files for variant in file_names(listed)):
        if format_of(name) and (data := item.beside(name)) is not None:
            return name, data
    return None


def _document(delivered: Delivered, row: int, one: Filed) -> SourceDocument | None:
    found = file_of(delivered.file, one)
    if found is None:
        return None
    name, data = found
    format_ = format_of(name)
    assert format_ is not None
    return SourceDocument(
        f"{delivered.file.source}#{row}",
        delivered.key(row, one.article.place),
        format_,
        lambda limit: data[: limit + 1],
        delivered.file.origin,
        container=delivered.file.key,
        known=_known(one.article),
    )


def _known(article: DeliveredArticle) -> StatedMetadata:
    return StatedMetadata(
        title=clean_line(article.title, TITLE_LENGTH),
        outlet=names(article.outlet),
        author=names(article.author),
        language=language_code(article.language),
        published_at=iso_date(article.published_at),
        canonical_url=canonical_url(article.url),
        section=clean_line(article.section),
        page=clean_line(article.page, 40),
        rights=clean_line(article.rights),
    )
