"""A page of HTML → its article's text and what the page states about it.

The main text is found by trafilatura, offline; dates come from `html_metadata`, because trafilatura's
are guesses when the page states none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import trafilatura
from lxml.html import HtmlElement

from ingest.converters.html_metadata import stated_by
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.schema.metadata import TITLE_LENGTH, StatedMetadata, clean_line
from rag.errors import UserError

_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_BYLINE = re.compile(r"^(?:par|by)\s*:?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HtmlArticle:
    """What a page holds. `text` has a line for each paragraph, list item and table row."""

    text: str
    stated: StatedMetadata


def read_html(markup: str) -> HtmlArticle:
    """Extract the article of a page.

    Raises:
        UserError: There is none or the markup can't be parsed.
    """
    with translate_parser_errors(_unreadable):
        page = trafilatura.load_html(markup)
        if page is None:  # trafilatura refuses fragments, such as an <article> alone
            page = trafilatura.load_html(f"<html><body>{markup}</body></html>")
        if page is None:
            raise UserError("this isn't an HTML page.", "ce n'est pas une page HTML.")
        stated = _completed(stated_by(page), page)
        text = trafilatura.bare_extraction(page, include_comments=False, include_tables=True)
    if text is None or not (text.text or "").strip():
        raise UserError(
            "no article text found in the page.", "aucun texte d'article n'a été trouvé dans la page."
        )
    return HtmlArticle(_readable(text.text), stated)


def _unreadable(kind: str) -> UserError:
    return UserError(
        f"the page can't be read as an article ({kind}).",
        f"la page ne peut pas être lue comme un article ({kind}).",
    )


def _completed(stated: StatedMetadata, page: HtmlElement) -> StatedMetadata:
    """Title and author from the visible page, where its metadata has none."""
    if stated.title and stated.author:
        return stated
    visible = trafilatura.extract_metadata(page, date_config={"extensive_search": False})
    byline = _BYLINE.sub("", clean_line(visible.author) or "") or None
    title = clean_line(visible.title, TITLE_LENGTH)
    return replace(stated, title=stated.title or title, author=stated.author or byline)


def _readable(text: str) -> str:
    """Table rows as `a | b`, without the rules and outer bars of Markdown tables."""
    lines = (_row(line.rstrip()) for line in _UNUSABLE.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line is not None).strip()


def _row(line: str) -> str | None:
    if len(line) < 2 or not (line.startswith("|") and line.endswith("|")):
        return line
    return None if set(line) <= set("|-: ") and "-" in line else line[1:-1].strip()
