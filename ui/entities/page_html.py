"""An entity's page → HTML, and what stands there for a name that several have or none. Pure.

Names, titles and words are the articles' own: `ui.html.element` escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.entities.lookup import Lookup
from rag.entities.page import EntityPage, NamedIn
from ui.entities.desk import OpenedEntity, Progress
from ui.entities.months import months_html
from ui.entities.section_html import progress_html
from ui.entities.statements_html import statements_html
from ui.formatting.entities import kind_text
from ui.formatting.i18n import date_text, list_text, number_text, text
from ui.html.element import element
from ui.rendering.entity_link import entity_link, entity_links
from ui.rendering.following import follow_button

TITLE = "entity-title"
_FORMS, _OUTLETS, _ARTICLES = 6, 12, 8


def empty_html(language: str) -> Markup:
    """Return the dialog as long as nothing was opened."""
    return element("article", class_="entity", lang=language)


def gone_html(language: str) -> Markup:
    """Return what stands in place of an entity that no article names (any more)."""
    return _frame(text("entity_gone", language), [], language)


def lookup_html(found: Lookup, progress: Progress, language: str) -> Markup:
    """Return whom a name may mean, or that no article has it and which near names they have."""
    if found.entities:
        title = text("entity_several", language, name=found.name)
        return _frame(
            title, [progress_html(progress, language), entity_links(found.entities, language)], language
        )
    words = text("entity_unknown", language, name=found.name)
    parts = [progress_html(progress, language)]
    if found.near:
        near = [
            element("button", name, type="button", class_="plain", data_name=name, dir="auto")
            for name in found.near
        ]
        parts += [element("h3", text("entity_near", language))]
        parts += [element("ul", *(element("li", one) for one in near), class_="entity-links", role="list")]
    return _frame(words, parts, language)


def page_html(opened: OpenedEntity, language: str) -> Markup:
    """Return the whole page."""
    page = opened.page
    parts = [
        _about(opened, language),
        progress_html(opened.progress, language),
        _notes(opened, language),
        _facts(page, language),
        _questions(page, language),
        statements_html(opened, language),
        _where(page, language),
        _companions(page, language),
        _articles(page, language),
    ]
    return _frame(page.entity.name, parts, language, str(page.entity.id))


def _frame(title: str, parts: Sequence[Markup], language: str, entity: str | None = None) -> Markup:
    tools = element(
        "span",
        element("button", text("entity_back", language), type="button", class_="plain back", hidden=True),
        element("button", text("reader_close", language), type="button", class_="plain close"),
        class_="tools",
    )
    heading = element("h2", title, id=TITLE, tabindex="-1", dir="auto")
    head = element("header", tools, heading, class_="head")
    return element("article", head, *parts, class_="entity", lang=language, data_shown=entity)


def _about(opened: OpenedEntity, language: str) -> Markup:
    page = opened.page
    counts = [
        kind_text(page.entity, language),
        text("entity_in_articles", language, count=page.entity.articles),
    ]
    if page.statement_count:
        counts.append(text("entity_statements", language, count=page.statement_count))
    name = page.entity.name
    parts = [
        element("p", " · ".join(counts), class_="meta"),
        element(
            "p",
            follow_button({"entity": name}, "entity", name, language, class_="follow plain"),
            class_="ways",
        ),
    ]
    if opened.dossier:
        within = text("entity_within", language, name=opened.dossier)
        everywhere = element(
            "button", text("entity_everywhere", language), type="button", class_="plain everywhere"
        )
        parts.append(element("p", element("span", within, dir="auto"), " ", everywhere, class_="within"))
    return Markup("").join(parts)


def _notes(opened: OpenedEntity, language: str) -> Markup:
    """Return what nothing in the articles decides: whose a surname is."""
    bare = opened.page.entity.is_bare
    notes = []
    for one in opened.others:
        if bare or one.is_bare:
            key = "entity_maybe" if bare else "entity_also_bare"
            words = text(key, language, name=one.name, count=one.articles)
            notes.append((words, entity_link(one.id, one.name)))
    for name, count in opened.page.shared:
        there = element("button", name, type="button", class_="plain", data_name=name, dir="auto")
        notes.append((text("entity_shared", language, name=name, count=count), there))
    items = [element("li", words, " ", link, dir="auto") for words, link in notes]
    return element("ul", *items, class_="notes", role="list") if items else Markup("")


def _facts(page: EntityPage, language: str) -> Markup:
    facts = {
        "entity_roles": [role for role, _ in page.roles[:_FORMS]],
        "entity_forms": [form for form, _ in page.forms if form != page.entity.name][:_FORMS],
    }
    told = [
        element("p", text(key, language, items=list_text(items, language)), dir="auto")
        for key, items in facts.items()
        if items
    ]
    return Markup("").join(told)


def _questions(page: EntityPage, language: str) -> Markup:
    asked = page.questions.get(language, ())
    if not asked:
        return Markup("")
    items = [
        element("li", element("button", one, type="button", class_="plain", data_question=one, dir="auto"))
        for one in asked
    ]
    heading = element("h3", text("entity_questions", language))
    return element("section", heading, element("ul", *items, class_="entity-links", role="list"))


def _where(page: EntityPage, language: str) -> Markup:
    """Return when and where the articles that name it were published."""
    heading = element("h3", text("entity_where", language))
    outlets = [
        element(
            "li",
            element("span", name, dir="auto"),
            " ",
            element("span", number_text(count, language), class_="count"),
        )
        for name, count in page.outlets[:_OUTLETS]
    ]
    listed = [element("ul", *outlets, class_="outlets", role="list")] if outlets else []
    if rest := len(page.outlets) - len(outlets):
        listed.append(element("p", text("entity_more_outlets", language, count=rest), class_="meta"))
    return element("section", heading, months_html(page.months, page.undated, language), *listed)


def _companions(page: EntityPage, language: str) -> Markup:
    if not page.companions:
        return Markup("")
    items = []
    for one in page.companions:
        beside = [text("entity_beside", language, count=one.sentences)] if one.sentences else []
        same = text("entity_in_articles", language, count=one.articles)
        told = element("span", " · ".join([*beside, same]), class_="meta")
        items.append(element("li", entity_link(one.id, one.name), " ", told))
    heading = element("h3", text("entity_companions", language))
    return element("section", heading, element("ul", *items, class_="companions", role="list"))


def _articles(page: EntityPage, language: str) -> Markup:
    items = [_article(one, language) for one in page.articles]
    heading = element("h3", text("entity_articles", language))
    parts = [element("ul", *items[:_ARTICLES], class_="listing", role="list")]
    if folded := items[_ARTICLES:]:
        summary = element("summary", text("corpus_more", language, count=len(folded)))
        parts.append(element("details", summary, element("ul", *folded, class_="listing", role="list")))
    if page.entity.articles > len(items):
        rest = text("corpus_more", language, count=page.entity.articles - len(items))
        parts.append(element("p", rest, class_="meta"))
    return element("section", heading, *parts)


def _article(named: NamedIn, language: str) -> Markup:
    """Return an article, which opens where it names the entity first."""
    article = named.article
    first = named.spans[0] if named.spans else None
    link = element(
        "a",
        article.title or text("corpus_untitled", language),
        href="#",
        class_="open-article",
        data_article=article.article_id,
        data_start=str(first.start) if first else None,
        data_end=str(first.end) if first else None,
        dir="auto",
    )
    said = [article.outlet, date_text(article.published_at, language)]
    said.append(text("entity_mentions", language, count=article.mentions))
    meta = element("span", " · ".join(word for word in said if word), class_="meta", dir="auto")
    return element("li", link, " ", meta)
