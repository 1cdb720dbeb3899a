"""Dialogs that ask for consent to cookies: taken out of a page, whatever stands first in it."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from ingest.html.tree import remove_taken_out, take_out, words_of

_TOKENS = ("ookie", "onsent", "gdpr", "GDPR", "rgpd", "didomi", "onetrust", "axeptio", "tarteaucitron",
           "sp_message", "cmp-", "cmp_", "rivacy", "borlabs")  # fmt: skip
_IN_ATTRIBUTE = re.compile(r"\b(?:id|class|role)\s*=\s*[\"']?[^\"'<>]*$|<$|\baria-$")
_BEFORE, _MOST_PLACES = 300, 200
_ABOUT_CONSENT = re.compile(
    r"\bcookies?\b|\bconsent|vie privée|données (?:personnelles|à caractère personnel)|\bprivacy\b"
    r"|personal data|\btraceurs\b|\btrackers?\b",
    re.IGNORECASE,
)
_LONGEST = 8_000
_CONTENT = ("h1", "main", "article", "body")


def take_out_consent(page: HtmlElement, markup: str) -> None:
    """Remove what asks for consent; an article about cookies is none: it has a heading of its own.

    `markup` is what the page was parsed from: searching it is faster than walking the tree.
    """
    tokens = tuple(token for token in _TOKENS if _names_elements(token, markup))
    if not tokens and not _names_elements("dialog", markup) and not _names_elements("modal", markup):
        return
    for element in _dialogs(tokens)(page):
        if element.tag == "html" or next(element.iter(*_CONTENT), None) is not None:
            continue
        said = words_of(element)
        if len(said) <= _LONGEST and _ABOUT_CONSENT.search(said):
            take_out(element)
    remove_taken_out(page)


@lru_cache(maxsize=64)
def _dialogs(tokens: tuple[str, ...]) -> etree.XPath:
    """Return what finds dialogs, and elements that are named by one of these tokens."""
    named = "".join(f" or contains(@id, '{token}') or contains(@class, '{token}')" for token in tokens)
    dialog = "self::dialog or @role='dialog' or @role='alertdialog' or @aria-modal='true'"
    return etree.XPath(f".//*[{dialog}{named}]")


def _names_elements(token: str, markup: str) -> bool:
    """Return whether a token stands in the name of an element, not only in words and scripts."""
    place = markup.find(token)
    for _ in range(_MOST_PLACES):
        if place < 0:
            return False
        if _IN_ATTRIBUTE.search(markup[max(0, place - _BEFORE) : place]):
            return True
        place = markup.find(token, place + 1)
    return True
