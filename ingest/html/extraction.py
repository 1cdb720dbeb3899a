"""A tree of HTML → one of which an extractor of articles keeps what it would drop or run together.

Changes the tree in place. trafilatura leaves out `time`, `label`, `button`, `output` and whole figures,
numbers of lists and empty paragraphs; it is given plain elements where they stand in the text.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from ingest.html.list_numbers import item_numbers
from ingest.html.tree import (
    INLINE,
    local_name,
    remove_taken_out,
    take_out,
    text_after,
    text_before,
    words_of,
)

# Stands before the number of an item until its text is made; unprintable characters would be dropped.
_MARK = "\U0001d1aa"
_DROPPED = ("time", "label", "button", "output")
_OF_PAGES = frozenset({"form", "nav", "menu", "footer", "fieldset", "select"})
_HOLDS_TIMES = frozenset({"li", "td", "th", "dt", "dd", "h2", "h3", "h4"})
_CREDIT = re.compile(
    r"(?:©|\(c\)|photo|crédit|credit|image|source|illustration|getty|afp\b|reuters)", re.IGNORECASE
)
_CREDIT_WORDS = 8
CAPTION = "data-caption"  # an attribute of what a caption was made
_NAMES_CAPTION = re.compile(r"(?:^|[^a-z])(?:caption|legende?)(?:$|[^a-z])", re.IGNORECASE)
_MORE = re.compile(
    r"\W*(?:more (?:from|on|must|stories|news|coverage)\b.*|read (?:more|next|also)\b.*|related\b.*"
    r"|(?:à|a) (?:lire|voir|écouter|découvrir)(?: (?:aussi|également|ensuite))?"
    r"|(?:lire|voir|écouter) (?:aussi|également)|(?:sur|dans) le même (?:sujet|thème)|pour aller plus loin"
    r"|nos articles .*|les plus lus.*|most (?:read|popular).*|you (?:may|might) also\b.*|recommended\b.*"
    r"|(?:articles? )?recommandée?s?\b.*)\W*",
    re.IGNORECASE,
)
_FEWEST_LINKS = 2
_MARKED_ITEM = re.compile(
    rf"^([^\S\n]*)(?:- )?{_MARK}(?=[\w-]{{1,16}}\. )|{_MARK}(?=[\w-]{{1,16}}\. )", re.MULTILINE
)


def keep_for_extraction(page: HtmlElement) -> None:
    """Rename what the extractor would leave out of sentences, and give it captions, numbers and breaks."""
    only_links: dict[HtmlElement, bool] = {}
    for element in list(page.iter(*_DROPPED)):
        if _stands_in_text(element, only_links):
            element.tag = "span"
    for heading in page.iter("h1"):
        for outer in heading.iterancestors("aside"):
            outer.tag = "div"  # what has the page's heading in it isn't beside the article
    for items in list(page.iter("ul", "ol")):
        _take_out_more(items)
    remove_taken_out(page)
    for figure in list(page.iter("figure")):
        _keep_caption(figure)
    for items in page.iter("ol"):
        _number(items)
    for empty in list(page.iter("p", "div")):
        if len(empty) == 0 and not (empty.text or "").strip():
            _break(empty)


def names_caption(element: HtmlElement) -> bool:
    """Return whether an element is named for the caption of a picture."""
    return _NAMES_CAPTION.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}") is not None


def without_marks(text: str) -> str:
    """Return extracted text with items under their own numbers instead of bullets."""
    return _MARKED_ITEM.sub(lambda found: found[1] or "", text)


def _stands_in_text(element: HtmlElement, only_links: dict[HtmlElement, bool]) -> bool:
    """Return whether an element is part of a sentence, or a time in an item, cell or heading."""
    parent = element.getparent()
    if parent is None:
        return False
    if any(local_name(outer) in _OF_PAGES for outer in element.iterancestors()):
        return False
    if element.tag == "time" and local_name(parent) in _HOLDS_TIMES:
        if parent not in only_links:
            only_links[parent] = _holds_only_links(parent)
        if only_links[parent]:
            return False
        if not (element.tail or "").strip():
            element.tail = " "
        return True
    return _has_word(text_before(element)) or _has_word(text_after(element))


def _holds_only_links(block: HtmlElement) -> bool:
    """Return whether a block is links to other articles and times."""
    said = sum(len(words_of(link)) for link in block.iter("a"))
    return said > 0 and said + sum(len(words_of(time)) for time in block.iter("time")) + 2 >= len(
        words_of(block)
    )


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _keep_caption(figure: HtmlElement) -> None:
    """Put the caption of a figure in its place, as a paragraph; who took the picture is none."""
    captions = [caption for caption in figure.iter("figcaption") if words_of(caption)]
    if not captions and (named := next(filter(names_caption, figure.iterdescendants("*")), None)) is not None:
        captions = [named] if words_of(named) else []
    if figure.find(".//table") is not None or figure.find(".//blockquote") is not None:
        figure.tag = "div"
        for caption in captions:
            caption.tag = "p"
        return
    kept = [said for caption in captions if not _is_credit(said := words_of(caption))]
    if not kept:
        return
    parent = figure.getparent()
    figure.clear(keep_tail=True)
    figure.tag = "span" if parent is not None and local_name(parent) in (*INLINE, "p") else "p"
    figure.text = " ".join(kept)
    figure.set(CAPTION, "")


def _is_credit(caption: str) -> bool:
    return _CREDIT.match(caption) is not None and len(caption.split()) <= _CREDIT_WORDS


def _take_out_more(items: HtmlElement) -> None:
    """Take out a list of links to other articles with the heading over it that says so."""
    heading = items.getprevious()
    if heading is None or not _MORE.fullmatch(words_of(heading)):
        return
    entries = [item for item in items if local_name(item) == "li"]
    links = [link for item in entries for link in item.iter("a")]
    if len(entries) < _FEWEST_LINKS or any(next(item.iter("a"), None) is None for item in entries):
        return
    if 2 * sum(len(words_of(link)) for link in links) > len(words_of(items)):
        take_out(heading)
        take_out(items)


def _number(items: HtmlElement) -> None:
    children = [item for item in items if local_name(item) == "li"]
    for item, number in zip(children, item_numbers(items), strict=True):
        first = item
        while len(first) and not (first.text or "").strip() and local_name(first[0]) in INLINE:
            first = first[0]  # within a link, where a menu's words are all in links
        first.text = f"{_MARK}{number}. {(first.text or '').lstrip()}"


def _break(empty: HtmlElement) -> None:
    """Make a line break of an empty block between two runs of text."""
    if _has_word(_text_beside(empty)) and _has_word(empty.tail or ""):
        empty.tag, empty.text = "br", None


def _text_beside(block: HtmlElement) -> str:
    """Return the bare text right before a block, in its parent."""
    previous = block.getprevious()
    return (block.getparent().text or "") if previous is None else (previous.tail or "")
