"""The articles that an answer of the catalogue names → HTML: one row an article, which opens in the reader.

Pure; escapes as `ui.rendering.exchange` does.
"""

from __future__ import annotations

from markupsafe import Markup

from rag.schema.listing import ArticleListing, CatalogueEntry
from ui.formatting.i18n import date_text, text
from ui.html.element import element


def listing_html(listing: ArticleListing, language: str) -> list[Markup]:
    """Return the rows, and how many articles there are that have none."""
    rows = [_row(article, language) for article in listing.articles]
    rest = listing.total - len(listing.articles)
    listed = [element("ul", *rows, class_="listing")] if rows else []
    more = [element("p", text("listing_more", language, count=rest), class_="partial")] if rest > 0 else []
    return [*listed, *more]


def _row(article: CatalogueEntry, language: str) -> Markup:
    date = element("time", date_text(article.published_at, language), datetime=article.published_at)
    outlet = [element("span", article.outlet, class_="outlet", dir="auto"), " · "] if article.outlet else []
    author = [" · ", element("span", article.author, class_="author", dir="auto")] if article.author else []
    title = element(
        "a", article.title, class_="open-article", href="#", data_article=article.article_id, dir="auto"
    )
    return element("li", title, " ", element("span", *outlet, date, *author, class_="meta", lang=language))
