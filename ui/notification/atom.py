"""Changes → an Atom feed (RFC 4287). Pure: bytes, the same for the same changes.

Ids never change: an entry's is made of its change's, the feed's is the library's own for it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from rag.schema.standing import Change
from ui.formatting.i18n import text
from ui.html.element import web_address
from ui.notification.html import sides_html
from ui.notification.wording import headline, kind_text, told_moment

MEDIA_TYPE = "application/atom+xml"
MOST_ENTRIES = 100
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
# What no XML document may have, escaped or not.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTRIES = uuid.UUID("6f6c8f0e-5f2f-4c53-9a55-0d3c9a1f7a10")  # the name space of entries' ids


def feed(
    changes: Sequence[Change],
    feed_id: str,
    language: str,
    since: str,
    page_url: str | None = None,
    self_url: str | None = None,
) -> bytes:
    """Return a feed of changes, newest first.

    Args:
        changes: What changed; `MOST_ENTRIES` at most are told.
        feed_id: The feed's id, a UUID.
        language: That of its words, `fr` or `en`.
        since: When the feed began, ISO 8601: it was updated then if nothing changed.
        page_url: Where the page is opened.
        self_url: Where the feed itself is read.
    """
    ElementTree.register_namespace("", _ATOM)
    newest = sorted(changes, key=told_moment, reverse=True)[:MOST_ENTRIES]
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {f"{{{_XML}}}lang": language})
    _add(root, "id", uuid.UUID(feed_id).urn)
    _add(root, "title", text("feed_title", language))
    _add(root, "subtitle", text("feed_about", language))
    _add(root, "updated", _stamp(told_moment(newest[0]) if newest else datetime.fromisoformat(since)))
    _add(_add(root, "author"), "name", "Sourcier")
    _add(root, "generator", "Sourcier")
    if self_url:
        _add(root, "link", rel="self", type=MEDIA_TYPE, href=self_url)
    if page_url:
        _add(root, "link", rel="alternate", type="text/html", href=page_url)
    for change in newest:
        _entry(root, change, language, page_url)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: ElementTree.Element, change: Change, language: str, page_url: str | None) -> None:
    entry = _add(root, "entry")
    _add(entry, "id", uuid.uuid5(_ENTRIES, change.id).urn)
    _add(entry, "title", headline(change, language))
    told = _stamp(told_moment(change))
    _add(entry, "updated", told)
    _add(entry, "published", told)
    _add(entry, "category", term=change.kind, label=kind_text(change, language))
    if page_url:
        _add(entry, "link", rel="alternate", type="text/html", href=page_url)
    quoted = [one.article for one in (*change.after, *change.before)]
    places = [web_address(one.canonical_url or one.source) for one in quoted]
    for address in dict.fromkeys(place[0] for place in places if place):
        _add(entry, "link", rel="related", href=address)
    _add(entry, "content", str(sides_html(change, language)), type="html")


def _add(
    parent: ElementTree.Element, name: str, words: str | None = None, **attributes: str
) -> ElementTree.Element:
    said = {key: _possible(value) for key, value in attributes.items()}
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", said)
    child.text = None if words is None else _possible(words)
    return child


def _possible(words: str) -> str:
    return _IMPOSSIBLE.sub("\ufffd", words)


def _stamp(at: datetime) -> str:
    """Return a moment as RFC 3339 has it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
