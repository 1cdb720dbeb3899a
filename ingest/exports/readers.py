"""What read-it-later services export as objects of JSON → articles: wallabag, Readwise Reader, Omnivore.

Pure. Sources: what wallabag serialises of an entry, and Readwise's documentation of its API and clients of it
(readwise, readwise-api). When an entry was saved or changed there says nothing of its article.
"""

from __future__ import annotations

from ingest.exports.fields import Row, has, names, text
from ingest.exports.left_out import ADDRESS, HIGHLIGHT
from ingest.exports.moments import since_1970
from ingest.schema.delivery import DeliveredArticle, Filed, LeftOut

# What wallabag writes in place of a text and of a title that it couldn't fetch.
_UNFETCHED = "wallabag can't retrieve contents for this article"
_UNTITLED = "No title found"
_READER_NOTES = ("highlight", "note")


def is_wallabag(entry: Row) -> bool:
    """Return whether an object is an entry of wallabag's, from its export or its API."""
    return has(entry, "is_archived", "url", "content") and ("domain_name" in entry or "reading_time" in entry)


def read_wallabag(entry: Row) -> DeliveredArticle | LeftOut:
    """Return the article of an entry; annotations are its reader's."""
    html, title = text(entry, "content"), text(entry, "title")
    if not html or html.lstrip().startswith(_UNFETCHED):
        return ADDRESS
    return DeliveredArticle(
        html=html,
        title="" if title.strip() == _UNTITLED else title,
        outlet=text(entry, "domain_name").removeprefix("www."),
        author=names(entry.get("published_by")),
        language=text(entry, "language"),
        published_at=text(entry, "published_at"),
        url=text(entry, "url", "given_url"),
        place=text(entry, "id"),
    )


def is_reader(document: Row) -> bool:
    """Return whether an object is a document of Readwise Reader's API."""
    return has(document, "source_url", "category", "location", "reading_progress")


def read_reader(document: Row) -> DeliveredArticle | LeftOut:
    """Return the article of a document; highlights and notes are documents of their own there."""
    if text(document, "category") in _READER_NOTES:
        return HIGHLIGHT
    html = text(document, "html_content", "html", "content")
    if not html:
        return ADDRESS
    published = since_1970(document.get("published_date"))
    return DeliveredArticle(
        html=html,
        title=text(document, "title"),
        outlet=text(document, "site_name"),
        author=text(document, "author"),
        published_at=published if isinstance(published, str) else "",
        url=text(document, "source_url"),
        place=text(document, "id"),
    )


def is_omnivore(item: Row) -> bool:
    """Return whether an object is an entry of Omnivore's metadata, whose text is in a file beside it."""
    return has(item, "slug", "url", "savedAt", "state")


def read_omnivore(item: Row) -> Filed:
    """Return what Omnivore states of an article."""
    slug = text(item, "slug")
    return Filed(
        DeliveredArticle(
            title=text(item, "title"),
            author=text(item, "author"),
            published_at=text(item, "publishedAt"),
            url=text(item, "url"),
            place=text(item, "id") or slug,
        ),
        (f"content/{slug}.html",) if slug and "/" not in slug else (),
    )
