"""Superscripts: calls of notes are left out of the sentence, powers stay powers, ordinals stay as they are.

A call of a note isn't part of what a sentence says, and `300<sup>1</sup>` isn't 3001. What may be either is
written in superscript characters, which are no digits of the number before them.
"""

from __future__ import annotations

import re

from lxml import etree

from ingest.html.tree import (
    is_taken_out,
    local_name,
    remove_taken_out,
    take_out,
    text_after,
    text_before,
    words_of,
)

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_CALL = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[*†‡§]{1,3}|(?:note|nb|n)\s?\d{1,3})[\])]?", re.IGNORECASE)
_BRACKETED = re.compile(r"[\[(].{1,8}[\])]|[*†‡§]{1,3}")
_POWER = re.compile(r"[+\-−–]?\d{1,3}")
_UNIT = re.compile(r"(?:^|[\s\d.,/(·×])(?:[kchdmµμn]?m|ha|s|in|ft|yd|mi|pouces?|pieds?)$")
_NUMBER = re.compile(r"(?:^|[^\d.,])(\d+)$")
_PART_OF_NUMBER = re.compile(r"\s*(?:[€$£¥%°]|[/⁄]|h\b|(?:EUR|USD|CHF|GBP)\b)")
_CURRENCY = re.compile(r"[€$£¥]\s?\d+$")
_NOTES = re.compile(
    r"(?:foot|end)?-?note(?:ref|[-_]?(?:ref|call|link))?\b|noteref|reference\b|appel", re.IGNORECASE
)
_TARGET = re.compile(r"#_?(?:cite[-_]note|fn|ftn|note|nb|edn|footnote|endnote|sdfootnote|ref)", re.IGNORECASE)
_LONGEST = 12  # of a call or a power
_BEFORE = 200
_ROLE = "{http://www.idpf.org/2007/ops}type"


def settle_superscripts(root: etree._Element) -> None:
    """Take the calls of notes out of a tree and write powers in superscript characters."""
    for element in list(root.iter("{*}sup")):
        _settle(element)
    for link in [link for link in root.iter("{*}a") if "#" in (link.get("href") or "")]:
        if not is_taken_out(link) and _is_call(link) and text_before(link).strip():
            _drop_brackets(link)
            take_out(link)
    remove_taken_out(root)


def _drop_brackets(link: etree._Element) -> None:
    """Remove the brackets that a call is in but that its link leaves outside: `[<a>4</a>]`."""
    previous, parent = link.getprevious(), link.getparent()
    before = parent.text if previous is None else previous.tail
    after = link.tail or ""
    if not (before or "").endswith(("[", "(")) or not after.startswith(("]", ")")):
        return
    kept = before[:-1]
    if previous is None:
        parent.text = kept
    else:
        previous.tail = kept
    link.tail = after[1:].lstrip() if kept[-1:].isspace() else after[1:]


def _settle(element: etree._Element) -> None:
    value = words_of(element)
    if not value or len(value) > _LONGEST or is_taken_out(element):
        return
    before = text_before(element)[-_BEFORE:]
    if not before.strip():
        # The number of a note at its beginning (`1 Source: …`), or an isotope's (14C).
        if _POWER.fullmatch(value):
            take_out(element, value.translate(_RAISED))
        return
    if _is_call(element) or any(map(_is_call, element.iter("{*}a"))) or _BRACKETED.fullmatch(value):
        take_out(element)
    elif _POWER.fullmatch(value):
        take_out(
            element,
            "" if _stands_after_word(before, value, text_after(element)) else value.translate(_RAISED),
        )


def _stands_after_word(before: str, value: str, after: str) -> bool:
    """Return whether a raised number is the call of a note: after a word, or a number that it can't raise."""
    if not value.isdigit() or value.startswith("0") or _UNIT.search(before):
        return False
    if _PART_OF_NUMBER.match(after) or after[:1].isalnum() or _CURRENCY.search(before):
        return False
    before = before.rstrip()
    if before[-1:].isdigit():
        number = _NUMBER.search(before)
        return number is not None and len(number[1]) > 1 and number[1] != "10" and len(value) < 3
    word = re.search(r"[^\W\d_]+$", before)
    # Formulas: CO, x; a word of the language has more letters, and small ones.
    return word is None or (len(word[0]) > 1 and not word[0].isupper())


def _is_call(element: etree._Element) -> bool:
    """Return whether markup says that an element calls a note."""
    if not _CALL.fullmatch(words_of(element)):
        return False
    if element.get("role") == "doc-noteref" or element.get(_ROLE) == "noteref":
        return True
    if local_name(element) == "a":
        return _TARGET.search(element.get("href") or "") is not None
    return _NOTES.search(element.get("class") or "") is not None
