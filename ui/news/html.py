"""What changed → HTML: new things first, then by day; what is followed; the feed. Pure.

Questions are the reader's, quotes the articles': `ui.html.element` escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from markupsafe import Markup

from rag.schema.evidence import Evidence
from rag.schema.standing import Change, StandingQuery
from ui.formatting.claims import printed_by
from ui.formatting.filters import chips
from ui.formatting.i18n import date_text, text
from ui.html.element import element
from ui.news.desk import News
from ui.notification.wording import gone, kind_text, side_label, told_moment, value_text
from ui.rendering.export_menu import copy_quote
from ui.rendering.quotation import answering, quotation

_FOLDED = 2  # quotes of a side that aren't folded away


def news_html(news: News, language: str, error: str = "") -> Markup:
    """Return the whole tab."""
    parts = [
        element("h2", text("news_title", language), id="news-title", tabindex="-1"),
        element("p", error, class_="error", role="alert"),
    ]
    if not news.queries:
        parts.append(_beginning(language))
        return _frame(parts, language)
    listed = element("div", *_changes(news, language), class_="changes")
    aside = element("div", _followed(news, language), _feed(news, language), class_="followed")
    parts.append(element("div", listed, aside, class_="columns"))
    return _frame(parts, language)


def _frame(parts: Sequence[Markup], language: str) -> Markup:
    return element("section", *parts, class_="news", lang=language, aria_labelledby="news-title")


def _beginning(language: str) -> Markup:
    """Return what it is for, as long as nothing is followed."""
    ways = [element("li", text(f"news_way_{name}", language)) for name in ("question", "search", "entity")]
    return element(
        "div",
        element("p", text("news_nothing_followed", language)),
        element("ul", *ways),
        element("p", text("news_then", language), class_="hint"),
        class_="beginning",
    )


# --- what changed ---


def _changes(news: News, language: str) -> list[Markup]:
    told = text("news_fresh", language, count=len(news.fresh))
    if not news.fresh:
        told = text("news_none_fresh" if news.older else "news_none", language)
    parts = [element("p", told, role="status", class_="told")]
    if news.fresh:
        items = [_change(one, news, language, fresh=True) for one in news.fresh]
        parts.append(element("ol", *items, role="list", class_="fresh"))
    if news.older:
        parts.append(element("h3", text("news_before", language)))
    for day, changes in groupby(news.older, key=_day):
        items = [_change(one, news, language) for one in changes]
        heading = element("h4", element("time", date_text(day, language), datetime=day))
        parts.append(element("section", heading, element("ol", *items, role="list")))
    if news.has_more:
        more = text("news_more", language)
        parts.append(element("button", more, type="button", class_="plain", data_act="more"))
    return parts


def _day(change: Change) -> str:
    return told_moment(change).astimezone().date().isoformat()


def _change(change: Change, news: News, language: str, fresh: bool = False) -> Markup:
    badge = [element("span", text("news_new", language), class_="new"), " "] if fresh else []
    kind = element("span", kind_text(change, language), class_=f"kind {change.kind}")
    values = value_text(change)
    shown = [" ", element("span", values, class_="values", dir="auto")] if values else []
    if change.query.kind != "question":
        badge += [element("span", text(f"following_{change.query.kind}", language), class_="of"), " "]
    head = element("p", *badge, kind, *shown, " ", _moment(told_moment(change), language), class_="about")
    words = element("h5" if not fresh else "h3", change.query.words, class_="asked", dir="auto")
    sides = [
        _side(name, side_label(change, name, language), side, news, language)
        for name, side in (("before", change.before), ("after", change.after))
        if side
    ]
    lost = [element("p", one, class_="gone") for one in gone(change, language)]
    class_ = "sides two" if len(sides) == 2 else "sides"
    return element(
        "li",
        words,
        head,
        element("div", *sides, class_=class_),
        *lost,
        class_="change fresh" if fresh else "change",
    )


def _moment(moment: datetime, language: str) -> Markup:
    here = moment.astimezone()
    said = text(
        "news_moment", language, day=date_text(here.date().isoformat(), language), time=f"{here:%H:%M}"
    )
    return element("time", said, datetime=moment.isoformat(timespec="seconds"))


def _side(name: str, label: str, side: Sequence[Evidence], news: News, language: str) -> Markup:
    items = [_quote(one, news, language) for one in side]
    parts = [*([element("p", label, class_="side")] if label else []), *items[:_FOLDED]]
    if folded := items[_FOLDED:]:
        summary = element("summary", text("news_more_quotes", language, count=len(folded)))
        parts.append(element("details", summary, *folded))
    return element("div", *parts, class_=name)


def _quote(evidence: Evidence, news: News, language: str) -> Markup:
    """Return a quote as a link to where its words stand, as long as the article's text is that one."""
    article = evidence.article
    outdated = news.is_outdated(article.id, article.content_hash)
    words = quotation(" ".join(evidence.quote.split()), article.language, "words", answering(evidence))
    link = element(
        "a",
        words,
        href="#",
        class_="open-article",
        data_article=article.id,
        data_start=None if outdated else str(evidence.start),
        data_end=None if outdated else str(evidence.end),
    )
    about = printed_by(evidence, language)
    note = [" · ", element("em", text("news_outdated", language))] if outdated else []
    copying = copy_quote(article, evidence.start, evidence.end, language, about)
    source = element("p", element("cite", about, dir="auto"), *note, " ", copying, class_="meta")
    return element("blockquote", element("p", link), source)


# --- what is followed ---


def _followed(news: News, language: str) -> Markup:
    items = [_query(one, one.id in news.asking, language) for one in news.queries]
    heading = element("h3", text("news_followed", language, count=len(news.queries)))
    return element("section", heading, element("ul", *items, role="list"), class_="queries")


def _query(query: StandingQuery, asking: bool, language: str) -> Markup:
    kind = element("span", text(f"following_{query.kind}", language), class_="kind")
    narrowed = [chip.words for chip in chips(query.filters, language)]
    within = [element("p", " · ".join(narrowed), class_="meta", dir="auto")] if narrowed else []
    failed = []
    if query.failure:
        said = query.failure[1 if language == "fr" else 0]
        failed = [element("p", text("news_failed", language, reason=said), class_="failed", dir="auto")]
    return element(
        "li",
        element("p", kind, " ", _opening(query), class_="asked", dir="auto"),
        *within,
        element("p", _state(query, asking, language), class_="meta", role="status" if asking else None),
        *failed,
        element("div", *_buttons(query, asking, language), class_="buttons"),
        class_="paused" if query.paused else None,
        data_asking=asking,
    )


def _opening(query: StandingQuery) -> Markup:
    """Return the words, which open: a conversation, the search, the entity."""
    dossier = query.filters.dossier_ids[0] if query.filters.dossier_ids else ""
    how = {
        "question": {"data_standing": query.id},
        "search": {"data_search": query.words, "data_dossier": dossier},
        "entity": {"data_name": query.words},
    }[query.kind]
    return element("button", query.words, type="button", class_="open", data_id=query.id, dir="auto", **how)


def _state(query: StandingQuery, asking: bool, language: str) -> str:
    if asking:
        return text("news_asking", language)
    if query.paused:
        return text("news_paused", language)
    if query.asked_at is None:
        return text("news_not_asked", language)
    moment = datetime.fromisoformat(query.asked_at).astimezone()
    day = date_text(moment.date().isoformat(), language)
    said = text("news_moment", language, day=day, time=f"{moment:%H:%M}")
    return text("news_asked", language, moment=said)


def _buttons(query: StandingQuery, asking: bool, language: str) -> list[Markup]:
    acts = ["resume"] if query.paused else ["ask", "pause"]
    buttons = [
        element(
            "button",
            text(f"news_act_{act}", language),
            type="button",
            class_="plain",
            data_act=act,
            data_query=query.id,
            disabled=act == "ask" and asking,
            aria_label=text(f"news_act_{act}_of", language, words=query.words),
        )
        for act in acts
    ]
    removing = element(
        "button",
        text("news_act_remove", language),
        type="button",
        class_="plain",
        data_act="remove",
        data_query=query.id,
        data_sure=text("news_sure", language),
        aria_label=text("news_act_remove_of", language, words=query.words),
    )
    return [*buttons, removing]


def _feed(news: News, language: str) -> Markup:
    """Return the address of the feed: relative, so that it holds behind a proxy's prefix, too."""
    link = element(
        "a",
        text("feed_link", language),
        href=f"feed/{language}/{news.feed.token}",
        type="application/atom+xml",
        class_="plain",
        target="_blank",
        rel="noopener",
    )
    copy = element(
        "button",
        text("feed_copy", language),
        type="button",
        class_="plain",
        data_act="copy-feed",
        data_done=text("copy_done", language),
        data_failed=text("copy_failed", language),
    )
    renew = element(
        "button",
        text("feed_renew", language),
        type="button",
        class_="plain",
        data_act="renew-feed",
        data_sure=text("feed_renew_sure", language),
    )
    return element(
        "details",
        element("summary", text("news_elsewhere", language)),
        element("p", text("feed_hint", language), class_="hint"),
        element("div", link, " ", copy, " ", renew, class_="buttons"),
        element("p", text("channels_hint", language), class_="hint"),
        class_="feed",
    )


# --- following ---


def following_html(
    keys: Sequence[str], language: str, told: str = "", query_id: str = "", error: str = ""
) -> Markup:
    """Return what is said after something was followed or left, and the keys of all that is followed."""
    parts: list[Markup] = []
    if told or error:
        parts.append(element("span", error or told, class_="error" if error else None, dir="auto"))
    if query_id:
        undo = text("follow_undo", language)
        parts.append(element("button", undo, type="button", class_="plain", data_undo=query_id))
    if told:
        parts.append(
            element("button", text("follow_see", language), type="button", class_="plain", data_see=True)
        )
    if parts:
        close = text("reader_close", language)
        parts.append(element("button", close, type="button", class_="plain close"))
    return element("div", *parts, class_="toast", data_keys=" ".join(keys), lang=language, hidden=not parts)
