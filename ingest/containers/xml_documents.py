"""XML → the articles that it holds, by what its first element says it is; other kinds are refused by name."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml import etree

from ingest.containers.delivered import Delivered
from ingest.containers.filed import filed
from ingest.decoding.charset import guess
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.decoding.xml_document import local, xml_tree
from ingest.decoding.xml_root import root_of
from ingest.exports.wordpress import is_wordpress_export, read_wordpress_export
from ingest.exports.zotero_rdf import is_zotero_rdf, read_zotero_rdf
from ingest.feeds.articles import list_of_feeds, read_saved_feed
from ingest.feeds.entries import ROOTS
from ingest.press import factiva_xml
from ingest.schema.delivery import DeliveredArticle
from ingest.schema.document import MAX_BYTES, Failure, Notice, SourceDocument, too_large
from ingest.wires.newsml_1 import read_newsml_1
from ingest.wires.newsml_g2 import read_newsml_g2
from ingest.wires.nitf import read_nitf
from rag.errors import UserError

_Reader = Callable[[etree._Element], Iterator[DeliveredArticle | UserError]]

_G2 = "http://iptc.org/std/nar/2006-10-01/"
_READERS: dict[str, _Reader] = {
    "newsmessage": read_newsml_g2,
    "packageitem": read_newsml_g2,
    "newsml": read_newsml_1,
    "nitf": lambda root: iter([read_nitf(root)]),
    **dict.fromkeys(factiva_xml.ROOTS, factiva_xml.read_factiva_xml),
}
_HEAD = 65_536
# The namespaces of RSS itself, not those of its modules.
_RSS_IN_RDF = re.compile(rb"(?:purl\.org/(?:rss/1\.0/|net/rss1\.1#)|netscape\.com/rdf/simple/0\.9/)[\"']")
_LISTS = ("rss", "feed", "rdf", "urlset", "sitemapindex")


def open_xml(item: SourceDocument, file: BinaryIO) -> Iterator[SourceDocument | Failure | Notice]:
    """Yield the articles of a document; one that is alone has the file's own source and key.

    Raises:
        UserError: It isn't XML, is of a kind that isn't read, or holds no article.
    """
    head = file.read(_HEAD)
    if is_wordpress_export(head):
        yield from _wordpress(item, file, guess(head) or "utf-8-sig")
        return
    data = head + file.read(MAX_BYTES + 1 - len(head))
    if len(data) > MAX_BYTES:
        raise too_large(item.source)
    if item.open is not None and _is_feed(data):  # what is fetched is read from the entries' pages
        with translate_parser_errors(_unreadable):
            yield from Delivered(item).all(read_saved_feed(data))
        return
    root = xml_tree(data)
    if is_zotero_rdf(root):
        with translate_parser_errors(_unreadable):
            yield from filed(item, read_zotero_rdf(root))
        return
    reader = _reader(root)
    delivered = Delivered(item)
    with translate_parser_errors(_unreadable):
        articles = list(reader(root))
    if len(articles) == 1 and isinstance(articles[0], DeliveredArticle):
        yield delivered.whole(articles[0])
    else:
        yield from delivered.all(articles)


def _wordpress(
    item: SourceDocument, file: BinaryIO, encoding: str
) -> Iterator[SourceDocument | Failure | Notice]:
    file.seek(0)
    text = codecs.getreader(encoding)(file, errors="replace")
    with translate_parser_errors(_unreadable):
        yield from Delivered(item).all(read_wordpress_export(text))


def _is_feed(data: bytes) -> bool:
    try:
        root = root_of(data)
        # RDF states many other things, such as Zotero's libraries.
        return root in ROOTS and (root != "rdf" or _RSS_IN_RDF.search(data[:_HEAD]) is not None)
    except UserError:
        return False  # the parser tells why it isn't read


def _reader(root: etree._Element) -> _Reader:
    name = local(root)
    if name == "newsitem":
        return read_newsml_g2 if etree.QName(root).namespace == _G2 else read_newsml_1
    reader = _READERS.get(name)
    if reader is not None:
        return reader
    shown = name[:40]
    if name == "opml":
        raise list_of_feeds()
    if name in _LISTS:
        raise UserError(
            f"a list of addresses (<{shown}>), not articles; give the address that it is fetched from.",
            f"une liste d'adresses (<{shown}>), pas des articles ; donnez l'adresse d'où elle vient.",
        )
    raise UserError(
        f"XML of a kind that isn't read (<{shown}>); NewsML, NITF, feeds, WordPress's, Zotero's and Factiva's"
        " are.",
        f"du XML d'une sorte qui n'est pas lue (<{shown}>) ; NewsML, NITF, les flux, ceux de WordPress, de"
        " Zotero et de Factiva le sont.",
    )


def _unreadable(kind: str) -> UserError:
    return UserError(
        f"its articles can't be read ({kind}).", f"ses articles ne peuvent pas être lus ({kind})."
    )
