"""Making HTML that nobody's text can break out of: every string is escaped, in one place.

Knows no page. Markup comes from `element` alone; a plain `str` is text, whatever it looks like.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from markupsafe import Markup, escape

Content = str | Markup
_VOID = ("br", "hr", "input")  # elements without an end


def element(name: str, /, *children: Content, **attributes: str | bool | None) -> Markup:
    """Return `<name …>children</name>`, with children and attribute values escaped unless they are Markup.

    `class_` is written `class`, and `_` inside a name `-`. None and False leave an attribute out, True
    writes its name alone.
    """
    written = "".join(
        f" {_attribute_name(key)}" if value is True else f' {_attribute_name(key)}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    name = escape(name)
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    # Thousands of paragraphs of a long article are made so: joined, which is quicker than formatted.
    return Markup(f"<{name}{written}>{''.join(map(escape, children))}</{name}>")


def web_address(source: str) -> tuple[str, str] | None:
    """Return `(url, host)` when a source is an http(s) address that is safe to link to, else None."""
    if any(ord(character) <= 0x20 or character == "\x7f" for character in source):
        return None
    try:
        parts = urlsplit(source)
        host = parts.hostname
    except ValueError:
        return None
    return (source, host) if parts.scheme in ("http", "https") and host else None


def _attribute_name(key: str) -> str:
    return escape(key.rstrip("_").replace("_", "-"))
