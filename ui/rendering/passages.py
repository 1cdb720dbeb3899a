"""The passages beside an answer → HTML: one section an exchange, one card an article's part, quotes marked.

Pure; escapes as `ui.rendering.exchange` does. Reads the exchange, decides nothing about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from rag.schema.article import Article
from rag.schema.hit import Reprint
from ui.formatting.i18n import date_text, text
from ui.formatting.page_numbers import pages_text
from ui.formatting.reprints import NAMED, more_text
from ui.formatting.source_line import NAME_AND_DATE, source_line
from ui.html.element import element, web_address
from ui.rendering.export_menu import copy_quote
from ui.rendering.passage_cards import Card, cards, pieces
from ui.session.exchange import Exchange


def source_name(article: Article, language: str) -> str:
    """Return `Outlet, date — title` as plain text."""
    return f"{source_line(article, language, ('outlet', 'date', 'excerpt'))} — {article.title}"


def sources(exchange: Exchange, hidden: bool, language: str) -> Markup:
    """Return one exchange's passages, in a section of their own."""
    shown = cards(exchange.shown)
    about = element(
        "p", text("passages_for", language, question=exchange.question), class_="about", dir="auto"
    )
    return element(
        "section",
        element("h2", _heading(exchange, language)),
        about,
        *(_card(exchange, card, position, language) for position, card in enumerate(shown, start=1)),
        class_="sources",
        id=f"t{exchange.number}-sources",
        data_turn=str(exchange.number),
        hidden=hidden,
    )


def _heading(exchange: Exchange, language: str) -> str:
    if exchange.shown.hits and exchange.answer is not None and exchange.answer.status == "not_found":
        return text("passages_near", language)
    if exchange.shown.hits:
        return text("passages_found", language, count=len(exchange.shown.hits))
    if exchange.stage in ("waiting", "rewriting", "searching"):
        return text("searching", language)
    return text("passages_none", language)


def _card(exchange: Exchange, card: Card, position: int, language: str) -> Markup:
    marked = (
        element("mark", piece.text, data_cites=" ".join(map(str, piece.numbers)), tabindex="-1")
        if piece.numbers
        else escape(piece.text)
        for piece in pieces(card)
    )
    return element(
        "article",
        element("h3", _opening(card.article), dir="auto"),
        _meta(card, language),
        *also_in_html(card.also_in, language),
        _backs(exchange, card, language),
        element("p", *marked, class_="text", dir="auto"),
        class_="passage cited" if card.citations else "passage",
        id=f"t{exchange.number}-p{position}",
        lang=card.article.language,
        tabindex="-1",
    )


def _opening(article: Article) -> Markup:
    """Return the title, which opens the article in the reader."""
    return element("a", article.title, class_="open-article", href="#", data_article=article.id)


def _meta(card: Card, language: str) -> Markup:
    article = card.article
    date = element("time", date_text(article.published_at, language), datetime=article.published_at)
    outlet = [element("span", article.outlet, class_="outlet"), " · "] if article.outlet else []
    pages = pages_text(article.pages(card.span.start, card.span.end), language)
    page = [element("span", pages, class_="pages"), " · "] if pages else []
    excerpt = (
        [element("strong", text("excerpt", language), class_="excerpt"), " · "] if article.excerpt else []
    )
    around = [] if card.is_hit else [" · ", text("surroundings", language)]
    return element(
        "p",
        *outlet,
        date,
        " · ",
        *page,
        *excerpt,
        article_link(article, language),
        *around,
        class_="meta",
        lang=language,
    )


def article_link(article: Article, language: str) -> Markup:
    """Return a link to where an article was published, and where it was read; one place once."""
    if article.canonical_url is None or web_address(article.canonical_url) is None:
        return source_link(article.source, language)
    link = source_link(article.canonical_url, language)
    if article.source == article.canonical_url:
        return link
    read = element("span", text("read_from", language, source=article.source), class_="source", dir="auto")
    return Markup("{} · {}").format(link, read)


def source_link(source: str, language: str) -> Markup:
    """Return a link for an http(s) source, which names its host; plain text for anything else."""
    address = web_address(source)
    if address is None:
        return element("span", text("source_plain", language, source=source), class_="source")
    url, host = address
    words = f"{text('source_link', language)} ({host})"
    return element("a", words, class_="source", href=url, target="_blank", rel="noopener noreferrer nofollow")


def also_in_html(reprints: Sequence[Reprint], language: str) -> list[Markup]:
    """Return a paragraph that names them, with links where sources are web addresses.

    None if there are none.
    """
    if not reprints:
        return []
    names = [_reprint(reprint, language) for reprint in reprints[:NAMED]]
    rest = [element("span", words) for words in more_text(reprints, language)]
    parts = Markup("; ").join([*names, *rest])
    return [element("p", text("also_in", language), " ", parts, class_="also", lang=language)]


def _reprint(reprint: Reprint, language: str) -> Markup:
    address = web_address(reprint.canonical_url or reprint.source)
    words = source_line(reprint, language, NAME_AND_DATE)
    if address is None:
        return element("span", words, title=reprint.title, dir="auto")
    return element(
        "a",
        words,
        href=address[0],
        title=f"{reprint.title} ({address[1]})",
        target="_blank",
        rel="noopener noreferrer nofollow",
        dir="auto",
    )


def _backs(exchange: Exchange, card: Card, language: str) -> Markup:
    """Return, for each quote, the link back to where the answer cites it, with its page, and what copies it.

    A passage that isn't cited is copied whole.
    """
    parts: list[Markup] = []
    for citation in card.citations:
        number, evidence = citation.number, citation.evidence
        words = " ".join(filter(None, (f"[{number}]", pages_text(evidence.pages, language), "↩")))
        href, label = f"#t{exchange.number}-a{number}", text("back_to_answer", language, number=number)
        parts.append(element("a", words, class_="back", href=href, aria_label=label))
        parts.append(copy_quote(card.article, evidence.start, evidence.end, language, f"[{number}]"))
    about = f"({card.article.title})"
    whole = copy_quote(card.article, card.span.start, card.span.end, language, about)
    return element("p", *(parts or [whole]), class_="backs")
