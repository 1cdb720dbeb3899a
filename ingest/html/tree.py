"""Elements of a tree of HTML or XHTML: their names, what stands beside them, and taking them out.

Trees may have namespaces (chapters of books) or none (pages). Walks nothing on its own.
"""

from __future__ import annotations

from lxml import etree

INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "ins", "kbd", "label", "mark", "output", "q", "s", "samp", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    }
)  # fmt: skip

_TAKEN_OUT = "taken-out"
_FARTHEST = 40  # empty elements that a text is looked for behind


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace, in lower case; "" of a comment."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return (tag.rpartition("}")[2] if tag[0] == "{" else tag).lower()


def class_contains(*parts: str) -> str:
    """Return the XPath condition that an element's class has one of these parts in it."""
    return " or ".join(f"contains(@class, '{part}')" for part in parts)


def rename(element: etree._Element, name: str) -> None:
    """Give an element another name within its namespace."""
    space, brace, _ = element.tag.rpartition("}")
    element.tag = f"{space}{brace}{name}"


def words_of(element: etree._Element) -> str:
    """Return all text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def take_out(element: etree._Element, instead: str = "") -> None:
    """Mark an element to be removed, with `instead` in its place; what follows it stays, and stays apart.

    `remove_taken_out` removes all of them at once: one by one, each would copy the text around it.
    """
    tail = element.tail or ""
    if not instead and tail[:1].isalnum() and text_before(element)[-1:].isalnum():
        instead = " "
    element.tail = f"{instead}{tail}"
    element.tag = _TAKEN_OUT


def is_taken_out(element: etree._Element) -> bool:
    """Return whether an element is to be removed."""
    return element.tag == _TAKEN_OUT


def remove_taken_out(root: etree._Element) -> None:
    """Remove from a tree what was taken out of it."""
    etree.strip_elements(root, _TAKEN_OUT, with_tail=False)


def text_before(element: etree._Element) -> str:
    """Return the text that ends where an element begins, in its block; "" at the block's start."""
    collected = ""
    for _ in range(_FARTHEST):
        if collected.strip():
            break
        previous = element.getprevious()
        if previous is not None:
            collected = f"{previous.tail or ''}{collected}"
            if is_taken_out(previous):
                element = previous
                continue
            if local_name(previous) not in INLINE:
                break
            collected = "".join(previous.itertext()) + collected
            element = previous
            continue
        parent = element.getparent()
        if parent is None:
            break
        collected = f"{parent.text or ''}{collected}"
        if local_name(parent) not in INLINE:
            break
        element = parent
    return collected


def text_after(element: etree._Element) -> str:
    """Return the text that begins where an element ends, in its block; "" at the block's end."""
    collected = ""
    for _ in range(_FARTHEST):
        if collected.strip():
            break
        collected += element.tail or ""
        following = element.getnext()
        if following is not None:
            if is_taken_out(following):
                element = following
                continue
            if collected.strip() or local_name(following) not in INLINE:
                break
            collected += "".join(following.itertext())
            element = following
            continue
        parent = element.getparent()
        if parent is None or local_name(parent) not in INLINE:
            break
        element = parent
    return collected
