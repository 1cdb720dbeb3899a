"""Markdown → readable plain text, and what its front matter states.

The text keeps paragraphs, lists and tables but no markup: quotes are shown to readers as they stand.
Front matter is data: every scalar in it stays the string that was written, whatever its YAML tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import yaml
from lxml.etree import strip_elements
from lxml.html import HTMLParser, document_fromstring
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    canonical_url,
    clean_line,
    iso_date,
    language_code,
    names,
)
from rag.errors import UserError

# The names that publishing tools give to the same thing, best first.
_KEYS = {
    "title": ("title", "titre"),
    "outlet": ("outlet", "site", "sitename", "site_name", "publication", "publisher", "source"),
    "author": ("author", "authors", "auteur", "auteurs"),
    "published_at": ("date", "published", "published_at", "publish_date", "pubdate"),
    "updated_at": ("updated", "modified", "updated_at", "lastmod", "last_modified"),
    "url": ("canonical_url", "canonical", "url", "link", "source_url", "source"),
    "language": ("language", "lang", "langue"),
}
# How notes link to each other: `[[Jeanne Dubreuil]]`, `[[Jeanne Dubreuil|J. Dubreuil]]`.
_LINK = re.compile(r"\[\[([^\[\]|]{1,200})(?:\|[^\[\]]{0,200})?\]\]")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST_FRONT_MATTER = 64_000
_NARROW_SPACE = "\u202f"  # between thousands in French
_NULLS = ("", "~", "null", "Null", "NULL")
# Deeper lists lose their text; markdown-it's own limit of 20 is six lists within each other.
_DEEPEST = 100
_HTML = HTMLParser(remove_comments=True, remove_pis=True)


@dataclass(frozen=True, slots=True)
class MarkdownArticle:
    """What a Markdown text holds; `heading` is its first heading."""

    text: str
    stated: StatedMetadata
    heading: str | None


def read_markdown(text: str) -> MarkdownArticle:
    """Split off the front matter and render the rest.

    Raises:
        UserError: The front matter is broken.
    """
    front_matter, body = _split_front_matter(text)
    rendered, heading = _render(body)
    return MarkdownArticle(rendered, _stated(front_matter), heading)


def _split_front_matter(text: str) -> tuple[dict, str]:
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    if len(found[1]) > _LONGEST_FRONT_MATTER:
        limit = f"{_LONGEST_FRONT_MATTER:,}"
        raise UserError(
            f"its front matter is longer than {limit} characters; shorten it.",
            f"son en-tête YAML dépasse {limit.replace(',', _NARROW_SPACE)} caractères ; raccourcissez-le.",
        )
    values = _parse_yaml(found[1])
    # A text may also begin with a line of dashes that only separates.
    return (values, text[found.end() :]) if isinstance(values, dict) else ({}, text)


def _parse_yaml(source: str) -> object:
    """Strings, lists and mappings of `source`; tags are ignored and construct nothing."""
    try:
        return yaml.load(source, Loader=yaml.BaseLoader) or {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, ligne = (f" on line {mark.line + 2}", f", ligne {mark.line + 2}") if mark else ("", "")
        raise UserError(
            f"its front matter isn't valid YAML{line} ({error.problem}).",
            f"son en-tête n'est pas du YAML correct{ligne} ({error.problem}).",
        ) from None
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + 2
        raise UserError(
            f"its front matter has a character that YAML forbids on line {line}.",
            f"son en-tête contient, ligne {line}, un caractère que YAML interdit.",
        ) from None
    except (RecursionError, ValueError, OverflowError):
        raise UserError(
            "its front matter isn't valid YAML (nested too deep, or an impossible value).",
            "son en-tête n'est pas du YAML correct (trop d'imbrications, ou une valeur impossible).",
        ) from None


def _stated(front_matter: dict) -> StatedMetadata:
    values = {str(key).lower().replace("-", "_"): value for key, value in front_matter.items()}

    def first(field: str, read: Callable[[object], str | None] = lambda _: "") -> object:
        present = (_without_links(values.get(key)) for key in _KEYS[field])
        stated = (v for v in present if isinstance(v, (str, dict, list)) and v not in _NULLS)
        return next((v for v in stated if read(v) is not None), None)

    return StatedMetadata(
        title=clean_line(first("title"), TITLE_LENGTH),
        outlet=names(first("outlet", names)),
        author=names(first("author", names)),
        language=language_code(first("language")),
        published_at=iso_date(first("published_at")),
        updated_at=iso_date(first("updated_at")),
        canonical_url=canonical_url(first("url", canonical_url)),
    )


def _without_links(value: object) -> object:
    """Return a string, or a list's own strings, with the names of notes in place of links to them.

    What lies deeper is left as it is: aliases may make very much of little.
    """
    if isinstance(value, list):
        return [_LINK.sub(r"\1", one) if isinstance(one, str) else one for one in value]
    return _LINK.sub(r"\1", value) if isinstance(value, str) else value


def _render(body: str) -> tuple[str, str | None]:
    """Return the plain text of Markdown and its first heading."""
    writer = _MarkdownWriter()
    # Struck-through text stays marked: without its `~~` it would read as if it still held.
    for token in MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").parse(body):
        writer.write(token)
    return "".join(writer.parts), writer.heading


class _MarkdownWriter:
    """Turns Markdown's block tokens into lines of text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.heading: str | None = None
        self._lists: list[int | None] = []  # of each open list, the next number or None for bullets
        self._marker = ""
        self._cells: list[str] | None = None
        self._in_heading = False
        self._tight = False  # the block to come belongs to a tight list
        self._first = True  # … or is the first of its list or table

    def write(self, token: Token) -> None:
        """Handle one block token; those without a handler leave no trace in the text."""
        handler = self._HANDLERS.get(token.type)
        if handler:
            handler(self, token)

    def _inline(self, token: Token) -> None:
        line = _inline_text(token.children or [])
        if self._in_heading and self.heading is None:
            self.heading = clean_line(line, TITLE_LENGTH)
        if self._cells is not None:
            self._cells.append(line.replace("\n", " "))
        else:
            self._emit(line, self._tight)

    def _code(self, token: Token) -> None:
        self._emit(token.content.rstrip("\n"))

    def _html(self, token: Token) -> None:
        self._emit(_visible_text(token.content))

    def _heading_open(self, _: Token) -> None:
        self._in_heading, self._tight = True, False

    def _heading_close(self, _: Token) -> None:
        self._in_heading = False

    def _paragraph_open(self, token: Token) -> None:
        self._tight = token.hidden

    def _list_open(self, token: Token) -> None:
        self._first = self._first or not self._lists
        start = token.attrGet("start")
        ordered = token.type == "ordered_list_open"
        self._lists.append((1 if start is None else int(start)) if ordered else None)

    def _list_close(self, _: Token) -> None:
        self._lists.pop()

    def _item_open(self, _: Token) -> None:
        number = self._lists[-1]
        self._marker = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _item_close(self, _: Token) -> None:
        self._marker = ""

    def _table_open(self, _: Token) -> None:
        self._first = True

    def _row_open(self, _: Token) -> None:
        self._cells = []

    def _row_close(self, _: Token) -> None:
        cells, self._cells = self._cells or [], None
        self._emit(" | ".join(cells), tight=True)

    def _emit(self, block: str, tight: bool = False) -> None:
        """Add a block: on a new line inside tight lists and tables, else after an empty line."""
        if not block.strip():
            return
        if self.parts:
            self.parts.append("\n" if tight and not self._first else "\n\n")
        indent = "  " * (len(self._lists) - 1)
        hanging = "  " * len(self._lists)
        first, *rest = block.split("\n")
        lead = indent + self._marker if self._marker else hanging
        self.parts.append("\n".join([lead + first, *(hanging + line for line in rest)]))
        self._marker, self._first = "", False

    _HANDLERS: ClassVar[dict[str, Callable[[_MarkdownWriter, Token], None]]] = {
        "inline": _inline,
        "fence": _code,
        "code_block": _code,
        "html_block": _html,
        "heading_open": _heading_open,
        "heading_close": _heading_close,
        "paragraph_open": _paragraph_open,
        "ordered_list_open": _list_open,
        "bullet_list_open": _list_open,
        "ordered_list_close": _list_close,
        "bullet_list_close": _list_close,
        "list_item_open": _item_open,
        "list_item_close": _item_close,
        "table_open": _table_open,
        "tr_open": _row_open,
        "tr_close": _row_close,
    }


def _inline_text(children: list[Token]) -> str:
    """Return a paragraph's text.

    A line break of the source is a space, a hard one stays, images are left out.
    """
    pieces = []
    for token in children:
        if token.type in ("text", "code_inline", "text_special"):
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak" or (token.type == "html_inline" and token.content.startswith("<br")):
            pieces.append("\n")
    return "".join(pieces).strip()


def _visible_text(markup: str) -> str:
    """Return the text of a block of HTML inside Markdown, without tags, comments, scripts and styles."""
    page = document_fromstring(f"<div>{markup}</div>", parser=_HTML)
    strip_elements(page, "script", "style", with_tail=False)
    return page.text_content().strip()
