"""A reader's notes in the reader → HTML: their list, and what stands at the bottom while words are selected.

Pure; escapes as `ui.html.element` does. `static/reader.js` says what pressing does.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.notes.reading import FoundNote
from rag.notes.store import KINDS
from rag.schema.article import Article
from ui.formatting.i18n import text
from ui.html.element import element
from ui.notes.desk import Outcome
from ui.notes.html import note_form, note_item, outcome_html
from ui.rendering.export_menu import copy_quote

_MOST_OPEN = 12  # notes that aren't folded away


def notes_html(notes: Sequence[FoundNote], before: int, language: str) -> Markup:
    """Return the notes on an article, and the way to write one on the whole.

    Args:
        notes: The notes, by place.
        before: How many other marks there are in the text: the numbers of these come after.
        language: The reader's.
    """
    items, number = [], before
    for one in notes:
        number += one.span is not None
        items.append(note_item(one, language, number if one.span else -1))
    write = element("button", text("note_on_article", language), type="button", data_note_act="article")
    listed = element("ul", *items, role="list", class_="notes-list")
    summary = element("summary", text("notes_here", language, count=len(notes)))
    folded = [element("details", summary, listed, open=len(notes) <= _MOST_OPEN)] if notes else []
    return element("section", *folded, element("p", write, class_="on-article"), class_="notes")


def bottom_html(article: Article, outcome: Outcome, language: str) -> Markup:
    """Return what stays in sight below the text: what was done, a pressed mark's notes, what is selected."""
    close = element(
        "button", "✕", type="button", class_="unpress", aria_label=text("note_pressed_close", language)
    )
    pressed = element(
        "div",
        close,
        element("ul", role="list", class_="notes-list"),
        class_="pressed",
        role="region",
        aria_label=text("note_pressed", language),
        hidden=True,
    )
    form = element("div", note_form(language), class_="note-store", hidden=True)
    return element(
        "div", outcome_html(outcome, language), pressed, _selected(article, language), form, class_="bottom"
    )


def _selected(article: Article, language: str) -> Markup:
    """Return what can be done with words that are selected: the script says which they are."""
    marks = [
        element(
            "button",
            element("span", text(f"note_kind_{kind}", language), class_=f"kind kind-{kind}"),
            type="button",
            data_note_act="mark",
            data_kind=kind,
            aria_label=text("note_mark_as", language, kind=text(f"note_kind_{kind}", language)),
        )
        for kind in KINDS
    ]
    write = element("button", text("note_write", language), type="button", data_note_act="write")
    copying = copy_quote(article, 0, 0, language, words=text("copy_selection", language))
    buttons = element("div", *marks, write, copying, class_="buttons")
    label = text("note_bar", language)
    return element("div", buttons, class_="selected", role="group", aria_label=label, hidden=True)
