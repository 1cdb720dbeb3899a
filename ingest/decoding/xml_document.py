"""Bytes of XML → its tree, parsed so that nothing is fetched and nothing grows.

Knows no kind of document. Entities that a document declares are refused; those of HTML, which no XML parser
knows without the DTD that documents name, stand for their characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from ingest.decoding.charset import decode
from ingest.decoding.decompression import declares_entities, refuse_entities
from rag.errors import UserError

_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_ENTITIES = (b"amp", b"lt", b"gt", b"quot", b"apos")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def xml_tree(data: bytes) -> etree._Element:
    """Return the root of a document. Text without a declared charset is decoded as its bytes look.

    Raises:
        UserError: It isn't well-formed, or declares entities.
    """
    if data.startswith(_MARKS) or b"\0" in data[:4]:
        data = _recoded(data)
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    refuse_entities(data.decode("latin-1"))
    data = _ENTITY.sub(_character, data)
    try:
        return _parsed(data)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if not _is_undecoded(error):
            raise _broken(error) from error
    try:
        return _parsed(_recoded(data))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _broken(error) from error


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace, in lower case; '' of a comment."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def found(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield each element below `root`, not itself, of one of these names, whatever its namespace and case."""
    for element in root.iterdescendants():
        if local(element) in names:
            yield element


def first(root: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first child of this name, then of it the next; None where there is none."""
    for name in path:
        if root is None:
            return None
        root = next((child for child in root if local(child) == name), None)
    return root


def words(element: etree._Element | None) -> str:
    """Return all text of an element on one line: names and line ends that are marked within count too."""
    if element is None:
        return ""
    parts = []
    for piece in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        event, node = piece
        if event == "start":
            parts.append(" " if local(node) in ("br", "p") else "")
            parts.append(node.text or "")
        elif event == "end" and local(node) == "p":
            parts.append(" ")
        if event in ("end", "comment", "pi") and node is not element:
            parts.append(node.tail or "")
    return " ".join("".join(parts).split())


def attribute(element: etree._Element | None, *names: str) -> str:
    """Return the first of these attributes that an element has, whatever their namespace; '' if none."""
    if element is None:
        return ""
    stated = {str(name).rpartition("}")[2].lower(): str(value) for name, value in element.attrib.items()}
    return next((value.strip() for name in names if (value := stated.get(name.lower(), "")).strip()), "")


def language_of(element: etree._Element | None) -> str:
    """Return the language that an element or the nearest one around it declares (`xml:lang`); '' if none."""
    while element is not None:
        if stated := attribute(element, "lang"):
            return stated
        element = element.getparent()
    return ""


def _parsed(data: bytes) -> etree._Element:
    root = etree.fromstring(data, parser=_parser())
    declared = root.getroottree().docinfo.internalDTD
    # Some charsets (UTF-7) write a declaration without its letters: only the parser sees those.
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise declares_entities()
    return root


def _recoded(data: bytes) -> bytes:
    return _DECLARATION.sub("", decode(data)).lstrip("\ufeff").encode()


def _character(entity: re.Match[bytes]) -> bytes:
    name = entity[1]
    if name in _XML_ENTITIES:
        return entity[0]
    characters = html5.get(f"{name.decode('ascii')};")
    return entity[0] if characters is None else "".join(f"&#{ord(c)};" for c in characters).encode()


def _is_undecoded(error: Exception) -> bool:
    return isinstance(error, LookupError) or "ncoding" in str(error) or "not proper UTF-8" in str(error)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)


def _broken(error: Exception) -> UserError:
    line = getattr(error, "lineno", None)
    where, ou = (f" (line {line})", f" (ligne {line})") if line else ("", "")
    return UserError(f"it isn't well-formed XML{where}.", f"ce n'est pas du XML bien formé{ou}.")
