"""NITF → the article that it is: the IPTC's News Industry Text Format, versions 2 and 3.

Source: the IPTC's NITF 3.6 documentation (https://www.iptc.org/std/NITF/). Of the dates, `date.issue` is that
of this version, and before `date.release` none is to be published.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.decoding.xml_document import attribute, first, found, language_of, words
from ingest.schema.delivery import DeliveredArticle, Delivery, Status, identity_of, status_of
from ingest.wires.news_text import nitf_body, text_of_element, with_dateline
from rag.errors import UserError

_BY = ("by ", "par ")


def read_nitf(root: etree._Element) -> DeliveredArticle:
    """Return the article of an NITF document.

    Raises:
        UserError: It has no body.
    """
    body = nitf_body(root)
    status = _status(root)
    if body is None and status == "usable":
        raise UserError("an NITF document without a body.", "un document NITF sans corps de texte.")
    article = nitf_article(root)
    data = next(found(root, "docdata"), None)
    issued = attribute(first(data, "date.issue"), "norm")
    document = first(data, "doc-id")
    provider = attribute(document, "regsrc") or article.outlet
    publication = next(found(root, "pubdata"), None)
    return DeliveredArticle(
        text=article.text,
        title=article.title,
        outlet=article.outlet or provider,
        author=article.author,
        language=language_of(body if body is not None else root),
        published_at=attribute(publication, "date.publication")
        or issued
        or attribute(_story_date(root), "norm"),
        updated_at=issued if attribute(publication, "date.publication") else "",
        url=attribute(publication, "ex-ref"),
        section=attribute(publication, "position.section"),
        page=attribute(publication, "position.sequence"),
        rights=_rights(data),
        delivery=Delivery(
            identity_of(attribute(document, "id-string"), provider),
            issued or None,
            status,
            attribute(first(data, "date.release"), "norm") or None,
        ),
    )


def nitf_article(root: etree._Element) -> DeliveredArticle:
    """Return what an NITF document itself says: text, title, author, outlet. It may be within another one."""
    body = nitf_body(root)
    publication = next(found(root, "pubdata"), None)
    dateline = words(next(found(root, "dateline"), None))
    return DeliveredArticle(
        text=with_dateline(dateline, text_of_element(body)) if body is not None else "",
        title=_title(root),
        outlet=attribute(publication, "name") or words(next(found(root, "distributor"), None)),
        author=", ".join(_authors(root)),
    )


def _title(root: etree._Element) -> str:
    headline = next(found(root, "hl1"), None)
    if headline is None:
        headline = next(found(root, "hedline"), None)
    return words(headline) or words(next(found(root, "title"), None))


def _authors(root: etree._Element) -> Iterator[str]:
    """Yield the names in the bylines: of those who are marked as persons, else the line without its By."""
    for byline in found(root, "byline"):
        people = [words(person) for person in found(byline, "person")]
        line = words(byline)
        if people:
            yield from people
        elif line.casefold().startswith(_BY):
            yield line.partition(" ")[2]
        elif line:
            yield line


def _status(root: etree._Element) -> Status:
    """Return the publishing status: that of the document's data, else of its type of distribution."""
    data = next(found(root, "docdata"), None)
    return status_of(attribute(data, "management-status"))


def _story_date(root: etree._Element) -> etree._Element | None:
    return next(found(root, "story.date"), None)


def _rights(data: etree._Element | None) -> str:
    holder = attribute(first(data, "doc.copyright"), "holder")
    year = attribute(first(data, "doc.copyright"), "year")
    return " ".join(filter(None, ("©" if holder else "", year if holder else "", holder)))
