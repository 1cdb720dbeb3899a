"""Which kind of XML document this is, told by its first element, and whether it may be parsed at all.

Pure. Entities that a document defines itself are how XML bombs are made, and no feed needs them.
"""

from __future__ import annotations

import re

from rag.errors import UserError

_PROLOGUE_BYTES = 65_536
_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")


def root_of(data: bytes) -> str:
    """Return the name of the first element in lower case, without its prefix: `rss`, `urlset`, `html`; or ''.

    Raises:
        UserError: The document defines entities.
    """
    head = _text(data[:_PROLOGUE_BYTES])
    place = 0
    while found := _SKIPPED.match(head, place) or _DOCTYPE.match(head, place):
        place = found.end()
    _refuse_entities(head[:place])
    element = _ELEMENT.match(head, place)
    if element is None:
        _refuse_entities(head[place:])  # such as a DOCTYPE that is longer than what is looked at
    return element[1].lower() if element else ""


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4]:
        return data.decode("utf-16-le" if data[:1] != b"\0" else "utf-16-be", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _refuse_entities(text: str) -> None:
    if text.lstrip().startswith("<") and "<!ENTITY" in text.upper():
        raise UserError(
            "it defines XML entities, as attacks do, and isn't read.",
            "ce document définit des entités XML, comme le font des attaques ; il n'est pas lu.",
        )
