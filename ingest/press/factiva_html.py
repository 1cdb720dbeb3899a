"""Factiva in HTML → its articles: with field codes in front of each part, and without them.

Source: how open readers of these exports take them apart (tm.plugin.factiva, newspapers, facteaser). Each
article is a `<div class="article frArticle">`, with the language of its text. Without codes the parts of the
head stand in a fixed order: section, headline, author, count of words, day, time, source, its code, page,
language, rights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

from lxml.html import HtmlElement

from ingest.press.factiva_fields import CODES, article_of, document_number, head_fields, is_count
from ingest.press.pieces import classed, inline, lines_of, page, pieces, run_together
from ingest.schema.delivery import DeliveredArticle
from rag.errors import UserError

_TITLE = re.compile(rb"<title>\s*(?:Dow Jones\s+)?Factiva\b", re.IGNORECASE)
_PARAGRAPH = b"articleParagraph"
_PARAGRAPHS = re.compile(rb"\barticleParagraph\s+[a-z]{2,3}articleParagraph\b")
_TITLED = 4_096  # bytes, in which a page has its title
_MARK = re.compile(r"<div[^>]{0,300}\bclass\s*=\s*[\"']\s*article\s+[a-z]{2,3}Article\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"\barticle\s+([a-z]{2})Article\b")
_HEADLINE = re.compile(r"[a-z]{2}Headline$")


def is_factiva_html(head: bytes) -> bool:
    """Return whether a page begins as Factiva's exports do: by its title, or the class of its paragraphs."""
    if _TITLE.search(head[:_TITLED]):
        return True
    return _PARAGRAPH in head and _PARAGRAPHS.search(head) is not None


def read_factiva_html(text: TextIO) -> Iterator[DeliveredArticle | UserError]:
    """Yield the articles of an export, in order."""
    for piece in pieces(text, _MARK):
        try:
            yield _article(piece)
        except UserError as error:
            yield error


def _article(piece: str) -> DeliveredArticle:
    root = page(piece)
    headlines = [one for one in root.iter() if _HEADLINE.match((one.get("class") or "").strip())]
    coded = [row for row in root.iter("tr") if _code(row) in CODES]
    fields = _coded(coded) if coded else _plain(root, headlines)
    if len(headlines) > 1 or len(fields.get("AN", ())) > 1:
        raise run_together()
    article = article_of(fields)
    language = _LANGUAGE.search(piece[:500])
    return replace(article, language=article.language or (language[1] if language else ""))


def _code(row: HtmlElement) -> str:
    cells = [one for one in row if one.tag in ("td", "th")]
    return inline(cells[0]).strip("\xa0 ") if len(cells) >= 2 else ""


def _coded(rows: list[HtmlElement]) -> dict[str, list[str]]:
    """Return the lines of each field; of one that comes twice, both."""
    fields: dict[str, list[str]] = {}
    for row in rows:
        code, cell = _code(row), [one for one in row if one.tag in ("td", "th")][1]
        fields.setdefault(code, []).extend(lines_of(cell))
    return fields


def _plain(root: HtmlElement, headlines: list[HtmlElement]) -> dict[str, list[str]]:
    """Return the fields of an article without codes, by what each line of its head looks like."""
    fields: dict[str, list[str]] = {"HD": [inline(headlines[0])]} if headlines else {}
    authors = [inline(one) for one in classed(root, "author")]
    numbers = [
        line for one in root.iter("p") if (line := inline(one)) and document_number(line) and len(line) < 80
    ]
    fields |= {"BY": authors[:1]} if authors else {}
    fields |= {"AN": numbers} if numbers else {}
    head = [
        line for one in root.iter("div") if len(one) == 0 and (line := inline(one)) and line not in authors
    ]
    after = next((place for place, line in enumerate(head) if is_count(line)), None)
    if after is not None:
        fields |= head_fields(head[after + 1 :]).fields
    paragraphs = [one for one in classed(root, "articleParagraph") if one.tag == "p"]
    fields["TD"] = [line for one in paragraphs for line in lines_of(one)]
    return fields
