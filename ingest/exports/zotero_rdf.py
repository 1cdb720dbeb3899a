"""Zotero's RDF → its items, each with the names of its files; notes and collections are the user's.

Source: Zotero's own translator (`Zotero RDF.js`). The files stand in `files/NUMBER/` beside the export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from lxml import etree

from ingest.decoding.xml_document import attribute, first, found, local, words
from ingest.exports.left_out import HIGHLIGHT
from ingest.schema.delivery import DeliveredArticle, Filed, LeftOut
from ingest.schema.formats import format_of

_NAMESPACE = "http://www.zotero.org/namespaces/export#"
_FILE, _NOTE = "attachment", "memo"
_CONTAINERS = ("newspaper", "journal", "periodical", "website", "blog", "forum", "book", "courtreporter")
# A snapshot of a page has its article; a PDF beside it is the print of it.
_BEST = ("html", "mhtml", "pdf")


def is_zotero_rdf(root: etree._Element) -> bool:
    """Return whether RDF is an export of Zotero's."""
    return local(root) == "rdf" and _NAMESPACE in root.nsmap.values()


def read_zotero_rdf(root: etree._Element) -> Iterator[Filed | LeftOut]:
    """Yield each item, in order, then the files that belong to none."""
    nodes = {attribute(one, "about"): one for one in root if attribute(one, "about")}
    files = {about: one for about, one in nodes.items() if _type(one) == _FILE}
    taken: set[str] = set()
    for one in root:
        kind = _type(one)
        if kind == _NOTE:
            yield HIGHLIGHT
        elif kind and kind != _FILE:
            links = [attribute(link, "resource") for link in one if local(link) == "link"]
            taken.update(links)
            names = [name for link in links if link in files and (name := _file(files[link]))]
            yield Filed(_item(one, nodes), _by_rank(names))
    for about, one in files.items():
        if about not in taken and (name := _file(one)):
            yield Filed(DeliveredArticle(url=_address(one), place=about), (name,))


def _type(node: etree._Element) -> str:
    """Return what a node is, '' if it is no item: those say their type, whatever their element."""
    name = local(node)
    return name if name in (_FILE, _NOTE) else words(first(node, "itemtype"))


def _file(node: etree._Element) -> str:
    """Return the name of a file, relative to the export."""
    named = next((one for one in node if local(one) in ("resource", "path")), None)
    return attribute(named, "resource") or words(named)


def _by_rank(names: list[str]) -> tuple[str, ...]:
    """Return the names of files that can be read, the best first."""

    def rank(name: str) -> int:
        format_ = format_of(name)
        return _BEST.index(format_) if format_ in _BEST else len(_BEST)

    return tuple(sorted(filter(format_of, names), key=rank))


def _item(node: etree._Element, nodes: Mapping[str, etree._Element]) -> DeliveredArticle:
    parts = _parts(node, nodes)
    container = next((one for one in parts if local(one) in _CONTAINERS), None)
    section = next((one for one in parts if local(one) == "part"), None)
    abstract = words(first(node, "abstract"))
    return DeliveredArticle(
        text=abstract,
        title=words(first(node, "title")),
        outlet=words(first(container, "title")) or words(first(node, "publisher", "organization", "name")),
        author=_people(first(node, "authors")),
        language=words(first(node, "language")),
        published_at=words(first(node, "date")),
        url=_address(node),
        section=words(first(section, "title")),
        page=words(first(node, "pages")),
        rights=words(first(node, "rights")),
        excerpt=True,
        place=attribute(node, "about"),
    )


def _parts(node: etree._Element, nodes: Mapping[str, etree._Element]) -> list[etree._Element]:
    """Return what an item is part of: its section, the paper around that; referred to, or in its place."""
    parts: list[etree._Element] = []
    for _ in range(3):
        inside: list[etree._Element] = []
        for one in node:
            if local(one) == "ispartof":
                named = nodes.get(attribute(one, "resource"))
                inside += [part for part in (*one, named) if part is not None and local(part)]
        parts += inside
        if not inside:
            break
        node = inside[0]
    return parts


def _people(authors: etree._Element | None) -> str:
    if authors is None:
        return ""
    names = [
        f"{words(first(one, 'givenname'))} {words(first(one, 'surname'))}".strip()
        for one in found(authors, "person")
    ]
    return ", ".join(filter(None, names[:20]))


def _address(node: etree._Element) -> str:
    """Return the address of an item: other identifiers (ISSN, DOI) are no URIs there."""
    for one in node:
        if local(one) == "identifier" and (stated := words(first(one, "uri", "value"))):
            return stated
    return ""


def file_names(name: str) -> tuple[str, ...]:
    """Return the names under which a file may be found: exports write them as they are, or as URIs do."""
    return tuple(dict.fromkeys((name, unquote(name))))
