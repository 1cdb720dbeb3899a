"""A tree of HTML → what its readers see of it: the hidden and the struck out, quotation marks in.

Changes the tree in place. For whatever carries HTML: pages, mails, chapters of books, columns of tables.
What markup says without words (`q`, raised numbers, spanning cells, lists of terms) is put in words.
"""

from __future__ import annotations

import re

from lxml import etree

from ingest.html.note_calls import settle_superscripts
from ingest.html.tables import settle_tables
from ingest.html.tree import INLINE, local_name, remove_taken_out, rename, take_out, words_of
from rag.text.language_detection import detect_language

_MAYBE_HIDDEN = etree.XPath(".//*[@hidden or @aria-hidden or @style]")
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))(?![\w-])",
    re.IGNORECASE,
)
_NO_HEIGHT = re.compile(r"(?:^|;)\s*(?:max-)?height\s*:\s*0(?:px)?\s*(?:;|!|$)", re.IGNORECASE)
_CUT_OFF = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
_STRUCK_STYLE = re.compile(r"(?:^|;)\s*text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_CONTENT = ("html", "body", "main", "article", "h1")
_QUOTES = {"fr": ("« ", " »", "“", "”"), "de": ("„", "“", "‚", "‘"), "es": ("«", "»", "“", "”"),
           "it": ("«", "»", "“", "”"), "pt": ("«", "»", "“", "”")}  # fmt: skip
_USUAL_QUOTES = ("“", "”", "‘", "’")
_ANY_QUOTE = "«»“”„\"‘’'‹›"
_APART = tuple(
    f"{{*}}{name}" for name in ("span", "time", "strong", "b", "em", "i", "small", "label", "data")
)
_LITERAL = ("code", "kbd", "samp", "tt", "var", "sub", "sup")
_TERM_LENGTH, _MEANING_LENGTH = 60, 80
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def show_as_published(root: etree._Element) -> None:
    """Make a tree say in its text what its readers see, and nothing else."""
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    _take_out_hidden(root)
    for element in list(root.iter("{*}s", "{*}del", "{*}strike")):
        take_out(element)
    remove_taken_out(root)
    settle_superscripts(root)
    _mark_quotations(root)
    _keep_neighbours_apart(root)
    settle_tables(root)
    _join_terms(root)


def _take_out_hidden(root: etree._Element) -> None:
    for element in _MAYBE_HIDDEN(root):
        style = element.get("style")
        struck = style is not None and _STRUCK_STYLE.search(style)
        if struck or (_is_hidden(element, style) and not _holds_content(element)):
            take_out(element)


def _is_hidden(element: etree._Element, style: str | None) -> bool:
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() not in ("until-found", "false"):
        return True
    if (element.get("aria-hidden") or "").lower() == "true":
        return True
    if style is None:
        return False
    flat = _NO_HEIGHT.search(style)
    return _HIDDEN_STYLE.search(style) is not None or (
        flat is not None and _CUT_OFF.search(style) is not None
    )


def _holds_content(element: etree._Element) -> bool:
    """Return whether scripts must be what shows an element: it holds the page's article."""
    if local_name(element) in ("html", "body", "main", "article"):
        return True
    return next(element.iter(*(f"{{*}}{name}" for name in _CONTENT)), None) is not None


def _mark_quotations(root: etree._Element) -> None:
    """Write the quotation marks that `q` stands for, in its language's form."""
    quotations = list(root.iter("{*}q"))
    if not quotations:
        return
    usual = _language(root) or detect_language(words_of(root)[:5000]) or ""
    for element in quotations:
        said = words_of(element)
        if not said or said[0] in _ANY_QUOTE:
            rename(element, "span")
            continue
        stated = next((code for parent in (element, *element.iterancestors()) if (code := _lang(parent))), "")
        opening, closing, inner, inner_closing = _QUOTES.get(stated or usual, _USUAL_QUOTES)
        if any(local_name(parent) == "q" for parent in element.iterancestors()):
            opening, closing = inner, inner_closing
        element.text = f"{opening}{(element.text or '').lstrip()}"
        if len(element):
            element[-1].tail = f"{(element[-1].tail or '').rstrip()}{closing}"
        else:
            element.text = f"{element.text.rstrip()}{closing}"
    for element in quotations:
        rename(element, "span")


def _language(root: etree._Element) -> str:
    return _lang(root.getroottree().getroot())


def _lang(element: etree._Element) -> str:
    return (element.get("lang") or element.get(_LANG) or "")[:2].lower()


def _keep_neighbours_apart(root: etree._Element) -> None:
    """Put a space between inline elements that style sheets set apart: a date and what happened then."""
    for element in root.iter(*_APART):
        if element.tail or (following := element.getnext()) is None:
            continue
        if local_name(following) not in INLINE or local_name(following) in _LITERAL:
            continue
        if element.tag == following.tag and element.get("class") == following.get("class"):
            continue
        left, right = "".join(element.itertext())[-1:], "".join(following.itertext())[:2]
        if _is_boundary(left, right):
            element.tail = " "


def _is_boundary(left: str, right: str) -> bool:
    """Return whether two words meet: `mars|Début`, `2024|Ouverture`, `Grévistes|42`, not `M|me` or `20|e`."""
    if not right or not left or left.isspace() or right[0].isspace():
        return False
    if right[0].isupper():
        begins_word = right[1:].islower() or right[1:] in ("'", "’") or right in ("À ", "A ", "Y ")
        return begins_word and (left.islower() or left.isdigit() or left in ".!?:;»)")
    return left.islower() and right[0].isdigit()


def _join_terms(root: etree._Element) -> None:
    """Put a short term of a list of terms and what it means on one line."""
    colon = None
    for term in list(root.iter("{*}dt")):
        meanings = []
        for following in term.itersiblings():
            if local_name(following) != "dd":
                break
            meanings.append(following)
        said = [words_of(meaning) for meaning in meanings]
        name = words_of(term)
        if not name or not any(said) or len(name) > _TERM_LENGTH or sum(map(len, said)) > _MEANING_LENGTH:
            continue
        if any(len(meaning) and local_name(inner) not in INLINE for meaning in meanings for inner in meaning):
            continue
        if colon is None:
            colon = " : " if (_language(root) or detect_language(words_of(root)[:5000])) == "fr" else ": "
        joined = f"{' ' if name[-1] in ':?!' else colon}{'; '.join(filter(None, said))}"
        for inner in list(term):
            term.remove(inner)
        term.text = f"{name}{joined}"
        for meaning in meanings:
            meaning.getparent().remove(meaning)
