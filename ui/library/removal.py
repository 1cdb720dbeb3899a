"""Taking articles out from the page: the question that names what goes, and what came of it.

Knows the dialog's words; no widget.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.library.listing import ListedArticle
from ui.formatting.i18n import date_text, text
from ui.html.element import element
from ui.page.context import AppContext

_NAMED = 20
_TITLE = "removal-title"


def remove(context: AppContext, ids: Sequence[str]) -> int:
    """Take these articles out of the library and its indexes, at once; return how many there were.

    Raises:
        UserError: Articles are being brought in here.
        LibraryBusyError: Another process writes.
    """
    with context.held_for_writing():
        removed = sum(context.engine.indexer.remove(article_id) for article_id in ids)
        context.conversations.erase_removed(context.library)
    context.chain.forget()
    return removed


def question_html(
    articles: Sequence[ListedArticle], language: str, error: str = "", notes: int = 0
) -> Markup:
    """Return which articles are about to go, what goes with them and what stays, and the two ways out."""
    named = [_named(article, language) for article in articles[:_NAMED]]
    if (left := len(articles) - _NAMED) > 0:
        named.append(element("li", text("removal_more", language, count=left)))
    ids = " ".join(article.article_id for article in articles)
    return element(
        "div",
        element("h2", text("removal_title", language, count=len(articles)), id=_TITLE),
        element("ul", *named, class_="going"),
        element("p", text("removal_what", language)),
        *([element("p", text("removal_notes", language, count=notes))] if notes else []),
        element("p", error, class_="error", role="alert"),
        element(
            "p",
            element("button", text("removal_cancel", language), type="button", class_="close"),
            element("button", text("removal_confirm", language), type="button", class_="confirm"),
            class_="buttons",
        ),
        class_="removal",
        lang=language,
        data_articles=ids,
    )


def done_html(count: int, language: str) -> Markup:
    """Return what was taken out."""
    return element(
        "div",
        element("h2", text("removed", language, count=count), id=_TITLE),
        element("p", text("removal_disk", language)),
        element(
            "p", element("button", text("close", language), type="button", class_="close"), class_="buttons"
        ),
        class_="removal done",
        lang=language,
    )


def _named(article: ListedArticle, language: str) -> Markup:
    day = date_text(article.published_at, language)
    about = f" — {article.outlet}, {day}" if article.outlet else f" — {day}"
    return element("li", element("strong", article.title, dir="auto"), about)
