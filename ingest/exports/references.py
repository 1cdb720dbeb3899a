"""References in JSON (CSL-JSON, Zotero's API, Better BibTeX) → the abstracts that they have, as excerpts.

Pure. Sources: the schema of CSL-JSON and Zotero's documentation of its API. A reference has no text but its
abstract; with their files, references are exported as RDF.
"""

from __future__ import annotations

from ingest.exports.fields import Row, has, inner, people, rows, text
from ingest.exports.left_out import HIGHLIGHT, REFERENCE
from ingest.schema.delivery import DeliveredArticle, LeftOut

_NOTES = ("note", "annotation")
_FILE = "attachment"


def is_csl(item: Row) -> bool:
    """Return whether an object is an item of CSL-JSON."""
    stated = has(item, "id", "type") and isinstance(item.get("type"), str)
    return stated and ("container-title" in item or "date-parts" in inner(item, "issued"))


def read_csl(item: Row) -> DeliveredArticle | LeftOut:
    """Return the abstract of an item."""
    abstract = text(item, "abstract")
    if not abstract:
        return REFERENCE
    issued = inner(item, "issued")
    return DeliveredArticle(
        text=abstract,
        title=text(item, "title"),
        outlet=text(item, "container-title", "publisher"),
        author=people(rows(item, "author"), "given", "family", "literal"),
        language=text(item, "language"),
        published_at=_day(issued.get("date-parts")) or text(issued, "raw", "literal"),
        url=text(item, "URL"),
        section=text(item, "section"),
        page=text(item, "page"),
        excerpt=True,
        place=text(item, "id"),
    )


def is_zotero(item: Row) -> bool:
    """Return whether an object is an item of Zotero's, of its API or as Better BibTeX exports them."""
    data = inner(item, "data") or item
    return has(data, "itemType") and (has(data, "creators") or has(data, "key") or has(data, "itemKey"))


def read_zotero(item: Row) -> DeliveredArticle | LeftOut:
    """Return the abstract of an item."""
    data = inner(item, "data") or item
    kind = text(data, "itemType")
    if kind in _NOTES:
        return HIGHLIGHT
    if kind == _FILE:
        return LeftOut(_FILE)
    abstract = text(data, "abstractNote")
    if not abstract:
        return REFERENCE
    creators = rows(data, "creators")
    authors = [one for one in creators if text(one, "creatorType") == "author"]
    return DeliveredArticle(
        text=abstract,
        title=text(data, "title"),
        outlet=text(data, "publicationTitle", "websiteTitle", "blogTitle", "publisher"),
        author=people(authors or creators, "firstName", "lastName", "name"),
        language=text(data, "language"),
        published_at=text(data, "date"),
        url=text(data, "url"),
        section=text(data, "section"),
        page=text(data, "pages"),
        rights=text(data, "rights"),
        excerpt=True,
        place=text(data, "key", "itemKey", "itemID"),
    )


def _day(parts: object) -> str:
    """Return the day of `[[2026, 2, 5]]`; '' of less than a day."""
    first = parts[0] if isinstance(parts, list) and parts else None
    if not isinstance(first, list) or len(first) < 3:
        return ""
    numbers = [str(one) for one in first[:3]]
    if not all(one.isascii() and one.isdigit() and len(one) <= 4 for one in numbers):
        return ""
    return f"{numbers[0]:0>4}-{numbers[1]:0>2}-{numbers[2]:0>2}"
