"""WordPress's export (WXR: RSS with WordPress's own elements) → its published posts and pages.

Source: what WordPress writes (`wp-admin/includes/export.php`). Read item by item, whatever the size of the
file; comments aren't read, and what wasn't published is left. An item that is damaged loses itself alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from lxml import etree

from ingest.decoding.decompression import refuse_entities
from ingest.decoding.html_text import text_of_markup
from ingest.decoding.xml_document import attribute, first, found, local, words, xml_tree
from ingest.exports.moments import with_offset
from ingest.exports.shortcodes import shown_html
from ingest.schema.delivery import DeliveredArticle, LeftOut
from ingest.schema.document import MAX_BYTES
from rag.errors import UserError

_NAMESPACE = b"wordpress.org/export/"
_READ = 262_144
_ROOT = re.compile(r"<rss\b[^>]{0,5000}>")
# Within CDATA nothing is markup: bodies may show XML.
_MARKS = re.compile(r"<!\[CDATA\[|<item(?=[\s>])|</item\s*>")
_LONGEST_MARK = 30
_CDATA_END = "]]>"
# What XML can't hold, and sites have all the same.
_UNUSABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_READ_TYPES = ("post", "page")
_UNSORTED = ("uncategorized", "non-classe", "uncategorised")
_ONCE = ("post_id", "post_type", "status", "post_date")


def is_wordpress_export(head: bytes) -> bool:
    """Return whether XML begins as an export of WordPress does."""
    return _NAMESPACE in head and b"<rss" in head


def read_wordpress_export(text: TextIO) -> Iterator[DeliveredArticle | UserError | LeftOut]:
    """Yield what each item of an export is, in order.

    Raises:
        UserError: It declares entities, or an item is longer than an article may be.
    """
    channel: _Channel | None = None
    for piece in _items(text):
        if channel is None:
            channel = _Channel.of(piece)
            continue
        try:
            yield channel.read(piece)
        except UserError as error:
            yield error


def _items(text: TextIO) -> Iterator[str]:
    """Yield what stands before the first item, then each item; one without an end goes to the next.

    Raises:
        UserError: An item is longer than an article may be.
    """
    held, place, in_cdata = "", 0, False
    while raw := text.read(_READ):
        held += _UNUSABLE.sub("", raw)
        while True:
            if in_cdata:
                end = held.find(_CDATA_END, place)
                if end < 0:
                    place = max(place, len(held) - len(_CDATA_END))
                    break
                in_cdata, place = False, end + len(_CDATA_END)
            mark = _MARKS.search(held, place)
            if mark is None:
                place = max(place, len(held) - _LONGEST_MARK)
                break
            in_cdata, place = mark[0].startswith("<!"), mark.end()
            if not in_cdata:
                cut = mark.end() if mark[0].startswith("</") else mark.start()
                if held[:cut].strip():
                    yield held[:cut]
                held, place = held[cut:], mark.end() - cut
        if len(held) > MAX_BYTES:
            raise UserError(
                f"an item of more than {MAX_BYTES / 1e6:.0f} MB; the rest wasn't read.",
                f"un élément de plus de {MAX_BYTES / 1e6:.0f} Mo ; le reste n'a pas été lu.",
            )
    if "<item" in held:
        yield held


@dataclass(frozen=True, slots=True)
class _Channel:
    """What an export says of its site: for the items, the root element with its namespaces."""

    root: str
    title: str
    language: str
    authors: Mapping[str, str]

    @classmethod
    def of(cls, head: str) -> _Channel:
        """Return what stands before the first item.

        Raises:
            UserError: It isn't well-formed, or declares entities.
        """
        root = _ROOT.search(head)
        if root is None:
            raise UserError("its first element is damaged.", "son premier élément est endommagé.")
        refuse_entities(head)
        # Without the declaration: what it says of the charset is over.
        tree = xml_tree(f"{head[root.start() :]}</channel></rss>".encode())
        channel = first(tree, "channel")
        authors = {
            words(first(one, "author_login")): words(first(one, "author_display_name"))
            for one in found(tree, "author", "wp_author")
        }
        language = words(first(channel, "language"))
        return cls(root[0], words(first(channel, "title")), language, authors)

    def read(self, piece: str) -> DeliveredArticle | LeftOut:
        """Return what an item is.

        Raises:
            UserError: It is damaged, or its text can't be read.
        """
        item = first(xml_tree(f"{self.root}{piece}</rss>".encode()), "item")
        if item is None or any(sum(local(one) == name for one in item) > 1 for name in _ONCE):
            raise UserError("a damaged item.", "un élément endommagé.")
        left = _left_out(item)
        if left:
            return LeftOut(left)
        body = _body(item)
        if not body.strip():
            return LeftOut("empty")
        title = words(first(item, "title"))
        login = words(first(item, "creator"))
        return DeliveredArticle(
            html=shown_html(body),
            title=text_of_markup(title) if title else "",
            outlet=self.title,
            author=self.authors.get(login) or login,
            language=self.language,
            published_at=_moment(item, "post_date"),
            updated_at=_moment(item, "post_modified"),
            url=words(first(item, "link")),
            section=_section(item),
            place=words(first(item, "guid")) or words(first(item, "post_id")),
        )


def _left_out(item: etree._Element) -> str:
    """Return what an item is if it isn't a published post or page: its type or its status; else ''."""
    kind, status = words(first(item, "post_type")), words(first(item, "status"))
    if kind not in _READ_TYPES:
        return kind or "…"
    if status != "publish":
        return "draft" if status in ("auto-draft", "inherit", "") else status
    return "protected" if words(first(item, "post_password")) else ""


def _body(item: etree._Element) -> str:
    """Return the body of a post: the lead that editors may write is in an element of the same name."""
    return next(
        (
            "".join(str(text) for text in one.itertext())
            for one in item
            if local(one) == "encoded" and "content" in (etree.QName(one).namespace or "")
        ),
        "",
    )


def _moment(item: etree._Element, name: str) -> str:
    """Return a moment with the offset of the site, which its two clocks tell; '' for one that is blank."""
    here, there = words(first(item, name)), words(first(item, f"{name}_gmt"))
    if here.startswith("0000"):
        return ""
    return str(with_offset(here, there))


def _section(item: etree._Element) -> str:
    """Return the first category of a post that an editor chose; tags are none."""
    return next(
        (
            name
            for one in item
            if local(one) == "category"
            and attribute(one, "domain") == "category"
            and attribute(one, "nicename") not in _UNSORTED
            and (name := words(one))
        ),
        "",
    )
