"""The most named people, organisations and places, and the field that finds one by name → HTML. Pure."""

from __future__ import annotations

from markupsafe import Markup

from ui.entities.desk import NamedMost, Progress
from ui.formatting.i18n import number_text, text
from ui.html.element import element
from ui.rendering.entity_link import entity_links

LONGEST_NAME = 200  # characters


def form_html(language: str) -> Markup:
    """Return the heading and the field; the browser keeps what is in it."""
    field = element(
        "input",
        type="search",
        name_="name",
        id="entity-name",
        class_="plain",
        maxlength=str(LONGEST_NAME),
        autocomplete="off",
        spellcheck="false",
        placeholder=text("entity_name_hint", language),
        aria_label=text("entity_name", language),
    )
    button = element("button", text("entity_show", language), type="submit", class_="plain")
    return element(
        "form",
        element("h2", text("entities_title", language), id="entities-title"),
        element("div", field, button, class_="fields"),
        id="entity-form",
        role="search",
        aria_labelledby="entities-title",
        lang=language,
    )


def waiting_html(language: str) -> Markup:
    """Return what stands there until the script, which asks when it sees this, has the names."""
    return element("p", text("corpus_loading", language), class_="state wanted", role="status", lang=language)


def most_named_html(found: NamedMost, language: str) -> Markup:
    """Return a list for each kind of which there are any."""
    groups = [
        element("div", element("h3", text(f"kinds_{kind}", language)), entity_links(entities, language))
        for kind, entities in found.entities.items()
        if entities
    ]
    told = [progress_html(found.progress, language)]
    if not groups and not found.progress.waiting:
        told.append(element("p", text("entities_none", language), class_="state"))
    return element(
        "div",
        *told,
        element("div", *groups, class_="kinds"),
        data_state=found.state,
        data_making=found.progress.waiting > 0,
        lang=language,
    )


def progress_html(progress: Progress, language: str) -> Markup:
    """Return how many articles are still to be read for names; nothing when all are."""
    if not progress.waiting:
        return Markup("")
    total = number_text(progress.total, language)
    words = text("entities_waiting", language, count=progress.waiting, total=total)
    return element("p", words, class_="state", role="status")
