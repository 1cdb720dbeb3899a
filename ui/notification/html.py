"""A change → HTML for feed readers and mail programs: no style, no script, nothing to load.

Pure; `ui.html.element` escapes what is the articles' and the reader's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.schema.evidence import Evidence
from rag.schema.quotation import quotation_marks
from rag.schema.standing import Change
from ui.formatting.i18n import text
from ui.html.element import element, web_address
from ui.notification.wording import MOST_QUOTES, ToldQuote, gone, quotes, side_label


def sides_html(change: Change, language: str) -> Markup:
    """Return what stood and what stands, each with its quotes."""
    sides = (("before", change.before), ("after", change.after))
    told = [_side(side_label(change, name, language), side, language) for name, side in sides if side]
    return Markup("").join([*told, *(element("p", one) for one in gone(change, language))])


def _side(label: str, side: Sequence[Evidence], language: str) -> Markup:
    parts = [element("p", element("strong", label))] if label else []
    parts += [_quote(told) for told in quotes(side, language)]
    if (rest := len(side) - MOST_QUOTES) > 0:
        parts.append(element("p", text("told_more_quotes", language, count=rest)))
    return element("div", *parts)


def _quote(told: ToldQuote) -> Markup:
    words, (start, end) = told.words, told.marked or (0, 0)
    first, last = quotation_marks(words, told.article.language)
    marked = [element("mark", element("strong", words[start:end]))] if told.marked else []
    cut = [" […]"] if told.is_cut else []
    said = element("p", first, words[:start], *marked, words[end:], *cut, last)
    source: list[Markup | str] = [told.source]
    if address := web_address(told.article.canonical_url or told.article.source):
        source = [element("a", told.source, href=address[0])]
    return element(
        "blockquote",
        said,
        element("footer", "— ", *source),
        lang=told.article.language,
    )
