"""Objects of JSON as news services answer with them → the columns of a record.

Pure. Knows the forms of WordPress's REST API, the Guardian's and the New York Times' APIs, and Elasticsearch;
an object in none of them is a row as it is. Sources: the services' own documentation of these answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.decoding.html_text import text_of_markup
from ingest.exports import fields
from ingest.exports.left_out import ADDRESS
from ingest.exports.moments import with_offset
from ingest.schema.delivery import DeliveredArticle, LeftOut
from rag.errors import UserError

_BY = re.compile(r"^by\s+", re.IGNORECASE)
_MOST_WRAPPED = 3

Row = Mapping[str, object]


def columns_of(value: Row) -> Row:
    """Return what an object states under the usual names of columns.

    Raises:
        UserError: Its service says that its text is kept back.
    """
    for _ in range(_MOST_WRAPPED):
        inner = value.get("_source")
        if not isinstance(inner, Mapping):
            break
        value = {"id": value.get("_id"), **inner}
    if _rendered(value, "content") is not None:
        return _wordpress(value)
    if "webTitle" in value and "webPublicationDate" in value:
        return _guardian(value)
    return value


def _wordpress(post: Row) -> Row:
    content = post["content"]
    assert isinstance(content, Mapping)
    html = _rendered(post, "content") or ""
    if content.get("protected") is True and not html.strip():
        raise UserError("its text is protected by a password.", "son texte est protégé par un mot de passe.")
    embedded = post.get("_embedded")
    authors = embedded.get("author") if isinstance(embedded, Mapping) else None
    title = _rendered(post, "title") or ""
    return {
        "id": _rendered(post, "guid") or post.get("link") or post.get("id"),
        "html": html,
        "title": text_of_markup(title) if title.strip() else None,
        "url": post.get("link"),
        "published_at": with_offset(post.get("date"), post.get("date_gmt")),
        "updated_at": with_offset(post.get("modified"), post.get("modified_gmt")),
        "author": authors,
        "language": post.get("lang"),
    }


def _rendered(post: Row, name: str) -> str | None:
    value = post.get(name)
    found = value.get("rendered") if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else None


def _guardian(result: Row) -> Row:
    stated = fields.inner(result, "fields")
    return {
        "id": result.get("id"),
        "title": stated.get("headline") or result.get("webTitle"),
        "text": stated.get("bodyText"),
        "html": stated.get("body"),
        "url": result.get("webUrl"),
        "published_at": result.get("webPublicationDate"),
        "updated_at": stated.get("lastModified"),
        "author": stated.get("byline"),
        "outlet": stated.get("publication"),
        "language": stated.get("lang"),
    }


def is_new_york_times(doc: Row) -> bool:
    """Return whether an object is a result of the New York Times' search for articles."""
    return isinstance(doc.get("headline"), Mapping) and "web_url" in doc


def read_new_york_times(doc: Row) -> DeliveredArticle | LeftOut:
    """Return what the search for articles gives of one: the first paragraph, never the whole text."""
    text = fields.text(doc, "lead_paragraph", "abstract", "snippet")
    byline = doc.get("byline")
    original = byline.get("original") if isinstance(byline, Mapping) else byline
    if not text:
        return ADDRESS
    return DeliveredArticle(
        text=text,
        title=fields.text(fields.inner(doc, "headline"), "main"),
        url=fields.text(doc, "web_url"),
        published_at=fields.text(doc, "pub_date"),
        author=_BY.sub("", original) if isinstance(original, str) else "",
        outlet=fields.text(doc, "source"),
        section=fields.text(doc, "section_name"),
        page=fields.text(doc, "print_page"),
        excerpt=True,
        place=fields.text(doc, "_id"),
    )
