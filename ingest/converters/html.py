"""A page of HTML → its article's text and what the page states about it.

The main text is found by trafilatura, offline; dates come from `page.metadata`, because trafilatura's
are guesses when the page states none.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Extractor

from ingest.decoding.parser_errors import translate_parser_errors
from ingest.html.extraction import keep_for_extraction, without_marks
from ingest.html.published import show_as_published
from ingest.page.consent import take_out_consent
from ingest.page.fitting import article_beside, article_part, fits, is_outside, stated_body
from ingest.page.json_ld import json_ld_blocks, json_ld_objects
from ingest.page.lead import lead_of
from ingest.page.links import is_page_of_links
from ingest.page.live import live_text
from ingest.page.metadata import stated_by
from ingest.page.paywall import is_fragment, is_paid, take_out_offer
from ingest.page.saved import saved_from
from ingest.page.teasers import lists_articles
from ingest.schema.metadata import StatedMetadata
from rag.errors import UserError

_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_SHELL = 0.5  # a text that is shorter than so much of what JSON-LD states isn't the article


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
        blocks = json_ld_blocks(page)
        objects = json_ld_objects(blocks)
        found = stated_by(page, objects)
        stated = found.stated.or_else(StatedMetadata(canonical_url=saved_from(markup)))
        take_out_consent(page, markup)
        show_as_published(page)
        paid, fragment = is_paid(blocks, found.article, page), take_out_offer(page, markup)
        body = None if paid or fragment else stated_body(found.article)
        text = live_text(page, objects, markup)
        if text is None:
            if body is None and (lists_articles(page) or is_page_of_links(page, objects)):
                raise UserError(
                    "this page lists articles and is none itself; give the articles' own pages, or the feed.",
                    "cette page énumère des articles et n'en est pas un ; donnez les pages des articles, ou"
                    " le flux.",
                )
            text = _article_text(page, stated.title, body)
            lead = "" if not text or text is body else lead_of(page, stated.title, found.description, text)
            text = f"{lead}\n{text.lstrip()}" if lead else text
    if text is None or not text.strip():
        raise UserError(
            "no article text found in the page.", "aucun texte d'article n'a été trouvé dans la page."
        )
    text = _readable(text)
    fragment = fragment or (paid and is_fragment(text, found.article))
    return HtmlArticle(text, replace(stated, excerpt=fragment))


def _article_text(page: HtmlElement, title: str | None, body: str | None) -> str | None:
    """Return the text of the page's article, from where it is: in the page, beside what hides it, in JSON-LD.

    `body` is what JSON-LD states.
    """
    keep_for_extraction(page)
    text = _extracted(page)
    # The extractor falls back to what is stated as well, and loses its paragraphs.
    if body is not None and (text is None or len(text) < _SHELL * len(body) or text.split() == body.split()):
        return body
    part = article_part(page, title)
    # Teasers around a short article have more paragraphs than it: the extractor takes them along.
    if text and part is not None and is_outside(page, part, text):
        alone = deepcopy(part)
        alone.tail = None
        return _extracted(alone) or text
    if text is None or not fits(title, text):
        beside = article_beside(page, title)
        other = None if beside is None else _extracted(beside)
        if other and (text is None or fits(title, other)):
            return other
    return text


@cache
def _options() -> Extractor:
    """Return how articles are extracted, read from the extractor's own settings once."""
    return Extractor(output_format="python", comments=False, tables=True)


def _extracted(page: HtmlElement) -> str | None:
    found = trafilatura.bare_extraction(page, options=_options())
    return None if found is None or not found.text else without_marks(found.text)


def _unreadable(kind: str) -> UserError:
    return UserError(
        f"the page can't be read as an article ({kind}).",
        f"la page ne peut pas être lue comme un article ({kind}).",
    )


def _readable(text: str) -> str:
    """Table rows as `a | b`, without the rules and outer bars of Markdown tables."""
    lines = (_row(line.rstrip()) for line in _UNUSABLE.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line is not None).strip()


def _row(line: str) -> str | None:
    if len(line) < 2 or not (line.startswith("|") and line.endswith("|")):
        return line
    return None if set(line) <= set("|-: ") and "-" in line else line[1:-1].strip()
