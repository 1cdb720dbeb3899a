"""Notes → HTML: one of them, the form that they are written in, their list. Pure; escapes as `element` does.

The page's scripts read `data-note` and `data-note-act`, and put the form where it is wanted.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from markupsafe import Markup

from rag.notes.reading import FoundNote
from rag.notes.store import KINDS
from rag.notes.wording import LONGEST_NOTE
from ui.formatting.i18n import date_text, text
from ui.formatting.source_line import source_line
from ui.html.element import element
from ui.notes.desk import Outcome
from ui.rendering.quotation import quotation

_MOST_SEARCHED = 25  # notes
_SHORT = 240  # characters of a quote that are shown of a longer one


def note_item(one: FoundNote, language: str, number: int = 0, changeable: bool = True) -> Markup:
    """Return a note in a list.

    Args:
        one: The note.
        language: The reader's.
        number: In the reader, the number of its mark there, which it leads to, or -1 where it has none; 0
            elsewhere, where it opens the reader at its words.
        changeable: Whether it can be changed and deleted here.
    """
    note = one.note
    here = number != 0
    about = [_kind(one, language)] if note.kind else []
    if not here:
        about.append(_article(one, language))
    day = date_text(note.changed_at, language)
    about.append(element("time", day, datetime=note.changed_at))
    said = [element("p", note.words, class_="words", dir="auto")] if note.words else []
    acts = ways(note.words, _short(note.words or one.quote, 60), language) if changeable else []
    return element(
        "li",
        element("p", Markup(" · ").join(about), class_="about"),
        _quote(one, language, number),
        *said,
        *([element("p", *acts, class_="ways")] if acts else []),
        class_="note",
        data_note=note.id,
        data_kind=note.kind or None,
        data_words=note.words or None,
    )


def _kind(one: FoundNote, language: str) -> Markup:
    return element(
        "strong", text(f"note_kind_{one.note.kind}", language), class_=f"kind kind-{one.note.kind}"
    )


def _article(one: FoundNote, language: str) -> Markup:
    """Return a link to where a note is; of an article that is gone no word is left to say."""
    if one.article is None:
        return element("em", text("note_removed", language))
    place = {"data_start": str(one.span.start), "data_end": str(one.span.end)} if one.span else {}
    link = element(
        "a",
        one.article.title,
        href="#",
        class_="open-article",
        data_article=one.article.id,
        dir="auto",
        **place,
    )
    line = source_line(one.article, language, ("outlet", "known_date"))
    return Markup("{} ({})").format(link, element("bdi", line)) if line else link


def _quote(one: FoundNote, language: str, number: int) -> Markup:
    if one.standing == "lost":
        return element("p", text("note_lost", language), class_="lost")
    if not one.quote or one.article is None:
        return Markup("")
    shown = _short(one.quote, _SHORT)
    quote = quotation(shown, one.article.language)
    if number <= 0:
        return element("p", quote, class_="quote")
    there = element("button", quote, type="button", data_mark=str(number), title=text("note_go", language))
    return element("p", there, class_="quote")


def ways(words: str, of: str, language: str) -> list[Markup]:
    """Return the buttons of a note with these words; each says of which note it is to those who hear it."""
    change = "note_change" if words else "note_write"
    return [
        element(
            "button",
            text(word, language),
            type="button",
            data_note_act=act,
            aria_label=f"{text(word, language)}: {of}",
        )
        for act, word in (("change", change), ("delete", "note_delete"))
    ]


def note_form(language: str) -> Markup:
    """Return the form that a note is written in; the scripts put it where it is wanted."""
    kinds = [element("option", text(f"note_kind_{kind}", language), value=kind) for kind in KINDS]
    words = element("textarea", name_="words", rows="3", maxlength=str(LONGEST_NOTE), dir="auto")
    kind = element("select", *kinds, name_="kind", class_="plain")
    return element(
        "form",
        element("p", element("q", dir="auto"), class_="quote", hidden=True),
        element("label", text("note_words", language), words),
        element("label", text("note_kind", language), " ", kind, class_="kinds"),
        element("button", text("note_save", language), type="submit", class_="main"),
        " ",
        element("button", text("note_cancel", language), type="button", class_="cancel"),
        class_="note-form",
        hidden=True,
    )


def outcome_html(outcome: Outcome, language: str) -> Markup:
    """Return what is told of what was pressed, with the way to take a deletion back."""
    undo = element(
        "button", text("note_undo", language), type="button", data_note_act="undo", data_note=outcome.note
    )
    told = [outcome.said, *([" ", undo] if outcome.undo else [])]
    return element(
        "div",
        element("p", *told, role="status", class_="told"),
        element("p", outcome.error, role="alert", class_="error"),
        class_="outcome",
        data_noted=outcome.note or None,
    )


def searched_html(found: Sequence[FoundNote], language: str) -> Markup:
    """Return the notes that have the words of a search, folded away behind how many there are."""
    if not found:
        return Markup("")
    items = [note_item(one, language, changeable=False) for one in found[:_MOST_SEARCHED]]
    summary = element("summary", text("notes_searched", language, count=len(found)))
    listed = element("ul", *items, role="list", class_="notes-list")
    return element("details", summary, listed, class_="searched-notes")


def _short(words: str, most: int) -> str:
    return textwrap.shorten(words, most, placeholder=" […]")
