"""The list of notes on the Library tab, and the dialog of an answer that is kept → HTML.

Pure; escapes as `ui.html.element` does.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace

from markupsafe import Markup

from rag.notes.reading import FoundNote
from rag.notes.wording import LONGEST_NOTE
from rag.schema.evidence import Evidence
from ui.documents.answers import answers
from ui.documents.files import DOCUMENTS, REFERENCES, cited
from ui.documents.plain import plain
from ui.formatting.i18n import date_text, text
from ui.formatting.source_line import NAME_AND_DATE, source_line
from ui.html.element import element
from ui.notes.desk import NOTHING, Outcome, ShownAnswer
from ui.notes.html import note_form, note_item, outcome_html, ways
from ui.rendering.export_menu import export_menu

ORDERS = ("newest", "article")
DIALOG_TITLE = "keeping-title"


@dataclass(frozen=True, slots=True)
class NotesPage:
    """Notes and kept answers, as they are looked at: a page of those that have `words`, in an order.

    `dossier` is the name of the open one, whose articles' notes are shown alone; `total` counts all pages.
    """

    shown: tuple[FoundNote | ShownAnswer, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 1
    words: str = ""
    order: str = "newest"
    dossier: str = ""
    error: str = ""


def panel_html(page: NotesPage, language: str, outcome: Outcome = NOTHING) -> Markup:
    """Return the list with what it is searched by."""
    items = [
        note_item(one, language) if isinstance(one, FoundNote) else answer_item(one, language)
        for one in page.shown
    ]
    listed = [element("ul", *items, role="list", class_="notes-list")] if items else []
    forms = (*DOCUMENTS, *REFERENCES)
    exporting = [export_menu("notes", forms, language, asks_notes=False)] if page.total else []
    within = [
        element("p", text("notes_in_dossier", language, name=page.dossier), class_="within", dir="auto")
    ]
    return element(
        "section",
        element("h2", text("notes_title", language), id="notes-title", tabindex="-1"),
        *(within if page.dossier else []),
        _searching(page, language),
        element("p", _counted(page, language), role="status", class_="found"),
        element("p", page.error, role="alert", class_="error"),
        outcome_html(outcome, language),
        *listed,
        _pager(page, language),
        *exporting,
        element("div", note_form(language), class_="note-store", hidden=True),
        class_="notes-panel",
        lang=language,
        aria_labelledby="notes-title",
    )


def _counted(page: NotesPage, language: str) -> str:
    if page.total:
        return text("notes_found", language, count=page.total)
    return text("notes_none_found" if page.words else "notes_none", language)


def _searching(page: NotesPage, language: str) -> Markup:
    field = element(
        "input",
        type="search",
        name_="words",
        value=page.words,
        maxlength="200",
        autocomplete="off",
        aria_label=text("notes_words", language),
        placeholder=text("notes_words", language),
    )
    options = [
        element("option", text(f"notes_order_{order}", language), value=order, selected=order == page.order)
        for order in ORDERS
    ]
    order = element("select", *options, name_="order", aria_label=text("notes_order", language))
    go = element("button", text("notes_go", language), type="submit")
    return element("form", field, order, go, role="search", class_="notes-search")


def _pager(page: NotesPage, language: str) -> Markup:
    if page.pages < 2:
        return Markup("")
    ways_ = [
        element("button", text(word, language), type="button", data_page=str(number), disabled=not there)
        for word, number, there in (
            ("notes_before", page.page - 1, page.page > 1),
            ("notes_after", page.page + 1, page.page < page.pages),
        )
    ]
    said = text("notes_page", language, page=page.page, pages=page.pages)
    return element("p", ways_[0], " ", said, " ", ways_[1], class_="pager")


def answer_item(one: ShownAnswer, language: str) -> Markup:
    """Return a kept answer in the list: its question, folded under it the answer, and the reader's note."""
    about = [element("strong", text("answer_kept_kind", language), class_="kind")]
    about.append(element("time", date_text(one.changed_at, language), datetime=one.changed_at))
    question = one.exchange.question
    said = [element("p", one.kept.words, class_="words", dir="auto")] if one.kept.words else []
    links = [_link(place, language) for place in one.exchange.shown.citations]
    whole = element(
        "details",
        element("summary", question, dir="auto"),
        element(
            "p",
            plain(replace(answers("", [one.exchange], language), title="")),
            class_="kept-answer",
            dir="auto",
        ),
        *([element("ul", *links, class_="places")] if links else []),
    )
    forms = (*DOCUMENTS, *(REFERENCES if cited([one.exchange]) else ()))
    menu = export_menu("kept", forms, language, data_kept=one.id)
    of = textwrap.shorten(question, 60, placeholder="…")
    return element(
        "li",
        element("p", Markup(" · ").join(about), class_="about"),
        whole,
        *said,
        element("p", *ways(one.kept.words, of, language), class_="ways"),
        menu,
        class_="note",
        data_note=one.id,
        data_words=one.kept.words or None,
    )


def _link(evidence: Evidence, language: str) -> Markup:
    article, start, end = evidence.article, evidence.start, evidence.end
    link = element(
        "a",
        article.title,
        href="#",
        class_="open-article",
        data_article=article.id,
        data_start=str(start),
        data_end=str(end),
        dir="auto",
    )
    return element("li", link, f" ({source_line(article, language, NAME_AND_DATE)})")


# --- the dialog of an answer that is kept ---


def kept_html(outcome: Outcome, words: str, language: str) -> Markup:
    """Return what is told of an answer that is kept, with the note on it to be written or changed."""
    close = element("button", text("close", language), type="button", class_="close")
    if outcome.error and not outcome.note:
        told = element("p", outcome.error, role="alert", class_="error")
        return _dialog(
            element("h2", text("answer_keep", language), id=DIALOG_TITLE), told, close, language=language
        )
    box = element("textarea", words, name_="words", rows="4", maxlength=str(LONGEST_NOTE), dir="auto")
    form = element(
        "form",
        element("label", text("answer_note", language), box),
        element("p", outcome.error, role="alert", class_="error"),
        element(
            "p", element("button", text("note_save", language), type="submit", class_="main"), " ", close
        ),
        data_note=outcome.note,
    )
    heading = element("h2", outcome.said or text("answer_kept", language), id=DIALOG_TITLE)
    return _dialog(heading, element("p", text("answer_kept_where", language)), form, language=language)


def _dialog(*parts: Markup, language: str) -> Markup:
    return element("div", *parts, class_="keeping", lang=language)
