"""Dossiers → HTML: their list, one that is open, and the dialog. Pure; escapes as `ui.html.element` does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rag.dossiers.store import Dossier, DossierCounts, KeptRule
from rag.dossiers.wording import LONGEST_DESCRIPTION, LONGEST_NAME
from ui.documents.files import DOCUMENTS, REFERENCES
from ui.formatting.dossiers import rule_text
from ui.formatting.i18n import text
from ui.html.element import element
from ui.rendering.export_menu import export_menu

TITLE = "dossier-dialog-title"


@dataclass(frozen=True, slots=True)
class ListedDossier:
    """A dossier with what is in it; `error` says why it couldn't be filled."""

    dossier: Dossier
    counts: DossierCounts
    error: str = ""


@dataclass(frozen=True, slots=True)
class OpenedDossier:
    """A dossier that is shown, with what fills it; `counts.new` came in since it was opened before."""

    listed: ListedDossier
    rules: tuple[KeptRule, ...]


# --- on the Library tab ---


def panel_html(
    listed: Sequence[ListedDossier], opened: OpenedDossier | None, language: str, error: str = ""
) -> Markup:
    """Return the user's dossiers, the one that is open, and a way to make another."""
    shown = opened.listed.dossier.id if opened else ""
    items = [element("li", _entry(one, one.dossier.id == shown, language)) for one in listed]
    hint = [] if items else [element("p", text("dossiers_hint", language), class_="hint")]
    return element(
        "section",
        element("h2", text("dossiers_title", language), id="dossiers-title"),
        *hint,
        *([element("ul", *items, role="list", class_="dossiers")] if items else []),
        _form("create", text("dossier_make", language), text("dossier_new_one", language)),
        element("p", error, class_="error", role="alert"),
        *([_opened(opened, language)] if opened else []),
        class_="dossier-panel",
        lang=language,
        aria_labelledby="dossiers-title",
        data_opened=shown,
    )


def _entry(one: ListedDossier, is_open: bool, language: str) -> Markup:
    new = element("strong", text("dossier_new", language, count=one.counts.new), class_="new")
    return element(
        "button",
        element("span", one.dossier.name, class_="name", dir="auto"),
        " ",
        element("span", text("dossier_articles", language, count=one.counts.articles), class_="count"),
        *([" ", new] if one.counts.new else []),
        type="button",
        data_open=one.dossier.id,
        aria_pressed="true" if is_open else "false",
    )


def _opened(opened: OpenedDossier, language: str) -> Markup:
    dossier, counts = opened.listed.dossier, opened.listed.counts
    new = (
        [element("p", text("dossier_new_since", language, count=counts.new), class_="new")]
        if counts.new
        else []
    )
    about = (
        [element("p", dossier.description, class_="description", dir="auto")] if dossier.description else []
    )
    failed = [element("p", opened.listed.error, class_="error", role="alert")] if opened.listed.error else []
    heading = element("h3", dossier.name, id="dossier-name", tabindex="-1", dir="auto")
    buttons = [
        element("button", text("dossier_ask", language), type="button", data_ask=dossier.id, class_="main"),
        export_menu("dossier", (*REFERENCES, *DOCUMENTS), language, data_dossier=dossier.id),
        element("button", text("dossier_close", language), type="button", data_open=""),
    ]
    return element(
        "article",
        heading,
        *about,
        *new,
        *failed,
        element("div", *buttons, class_="buttons"),
        _rules(opened, language),
        _managing(dossier, language),
        class_="opened",
        aria_labelledby="dossier-name",
    )


def _rules(opened: OpenedDossier, language: str) -> Markup:
    """Return what fills a dossier, each with the way to take it out."""
    if not opened.rules:
        return element("p", text("dossier_by_hand", language), class_="hint")
    items = []
    for kept in opened.rules:
        said = rule_text(kept, language)
        words = element("span", said, class_="lost" if kept.rule is None else "rule", dir="auto")
        button = element(
            "button",
            "✕",
            type="button",
            data_unrule=str(kept.number),
            aria_label=text("dossier_rule_remove", language, rule=said),
        )
        items.append(element("li", words, " ", button))
    return element(
        "div",
        element("h4", text("dossier_filled_by", language)),
        element("ul", *items, role="list", class_="rules"),
    )


def _managing(dossier: Dossier, language: str) -> Markup:
    """Return the ways to rename, describe, empty and delete a dossier, folded away."""
    name, about = text("dossier_name", language), text("dossier_about", language)
    area = element(
        "textarea",
        dossier.description,
        name_="description",
        id="dossier-description",
        rows="3",
        maxlength=str(LONGEST_DESCRIPTION),
        dir="auto",
    )
    describe = element(
        "form",
        element("label", about, for_="dossier-description"),
        area,
        element("button", text("dossier_save", language), type="submit"),
        data_act="describe",
    )
    ways = [
        element(
            "button",
            text(f"dossier_{act}", language),
            type="button",
            data_act=act,
            data_sure=text(f"dossier_{act}_sure", language),
        )
        for act in ("empty", "delete")
    ]
    return element(
        "details",
        element("summary", text("dossier_manage", language)),
        _form("rename", text("dossier_rename", language), name, dossier.name),
        describe,
        element("p", *ways, class_="buttons"),
    )


def _form(act: str, button: str, label: str, value: str = "") -> Markup:
    name = f"dossier-{act}"
    box = element(
        "input",
        type="text",
        name_="name",
        id=name,
        value=value,
        maxlength=str(LONGEST_NAME),
        autocomplete="off",
        aria_required="true",
        dir="auto",
    )
    words = element("label", label, for_=name)
    return element(
        "form", words, box, element("button", button, type="submit"), class_="naming", data_act=act
    )


# --- the dialog ---


def choosing_html(
    what: str, listed: Sequence[Dossier], holding: Collection[str], language: str, error: str = ""
) -> Markup:
    """Return the dossiers to choose from; `what` says what would come into the one that is chosen."""
    items = []
    for one in listed:
        there = (
            [" ", element("span", text("dossier_has_it", language), class_="count")]
            if one.id in holding
            else []
        )
        name = element("span", one.name, dir="auto")
        items.append(element("li", element("button", name, *there, type="button", data_into=one.id)))
    chosen = [element("ul", *items, role="list", class_="choices")] if items else []
    return element(
        "div",
        element("h2", text("dossier_add_title", language), id=TITLE),
        element("p", what, dir="auto"),
        *chosen,
        _form("into", text("dossier_make", language), text("dossier_new_one", language)),
        element("p", error, class_="error", role="alert"),
        element(
            "p",
            element("button", text("dossier_cancel", language), type="button", class_="close"),
            class_="buttons",
        ),
        class_="choosing",
        lang=language,
    )


def done_html(said: str, language: str) -> Markup:
    """Return what has come into which dossier."""
    close = element("button", text("close", language), type="button", class_="close")
    return element(
        "div",
        element("h2", text("dossier_done_title", language), id=TITLE),
        element("p", said, role="status", dir="auto"),
        element("p", close, class_="buttons"),
        class_="choosing done",
        lang=language,
    )


# --- a list to choose from ---


def choice_html(listed: Sequence[Dossier], chosen: str, language: str) -> list[Markup]:
    """Return the options of a list to choose a dossier in, or none."""
    options = [element("option", text("dossier_all", language), value="")]
    return options + [element("option", one.name, value=one.id, selected=one.id == chosen) for one in listed]
