"""Links to entities' pages → HTML: `static/entity.js` opens them, wherever they stand.

Pure; names are the articles' own, and `ui.html.element` escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.entity_store.records import EntityRow
from ui.formatting.i18n import number_text, text
from ui.html.element import element


def entity_link(entity_id: int, words: str, class_: str = "", count: str = "") -> Markup:
    """Return a link with these words to an entity's page; `count` stands behind the words."""
    counted = [" ", element("span", count, class_="count")] if count else []
    return element(
        "a",
        element("span", words, dir="auto"),
        *counted,
        href="#",
        class_=f"open-entity {class_}".strip(),
        data_entity=str(entity_id),
    )


def entity_links(entities: Sequence[EntityRow], language: str) -> Markup:
    """Return a list of links, each with how many articles name the entity."""
    items = []
    for one in entities:
        articles = text("entity_in_articles", language, count=one.articles)
        unseen = element("span", articles.removeprefix(number_text(one.articles, language)), class_="unseen")
        link = entity_link(one.id, one.name, "plain", number_text(one.articles, language))
        items.append(element("li", link, unseen))
    return element("ul", *items, class_="entity-links", role="list")
