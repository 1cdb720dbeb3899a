"""The menu of formats, and the button that copies a quote with its reference → HTML.

Pure; escapes as `ui.html.element` does. `static/export.js` does what they say, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.schema.article import Article
from ui.documents.files import Format
from ui.formatting.i18n import text
from ui.html.element import element


def export_menu(
    kind: str,
    forms: Sequence[Format],
    language: str,
    asks_notes: bool = True,
    **attributes: str | bool | None,
) -> Markup:
    """Return a menu that unfolds to a button for each format.

    Args:
        kind: What is exported: `answer`, `articles`.
        forms: The formats.
        language: That of the words.
        asks_notes: Whether the reader's own notes may be left out.
        attributes: What its buttons say of what they are for.
    """
    summary = element("summary", text("export", language))
    buttons = export_buttons(kind, forms, language, **attributes)
    asked = [notes_box(language)] * asks_notes
    return element("details", summary, element("div", *buttons, *asked, class_="forms"), class_="export-menu")


def notes_box(language: str) -> Markup:
    """Return the box by which the reader's own notes are left out."""
    box = element("input", type="checkbox", class_="with-notes", checked=True)
    return element("label", box, " ", text("export_notes", language))


def export_buttons(
    kind: str, forms: Sequence[Format], language: str, **attributes: str | bool | None
) -> list[Markup]:
    """Return the buttons of such a menu."""
    return [
        element(
            "button",
            form_name(form, language),
            type="button",
            data_export=kind,
            data_format=form,
            **attributes,
        )
        for form in forms
    ]


def form_name(form: Format, language: str) -> str:
    """Return what a format is called."""
    return text(f"format_{form.replace('-', '_')}", language)


def copy_quote(
    article: Article, start: int, end: int, language: str, about: str = "", words: str = ""
) -> Markup:
    """Return the button that copies `article.text[start:end]` with its reference, and what it says then.

    `about` tells it from others to those who hear it; empty where it needs no telling. `words` are on it.
    """
    words = words or text("copy_quote", language)
    button = element(
        "button",
        words,
        type="button",
        class_="copy-quote",
        data_article=article.id,
        data_hash=article.content_hash,
        data_start=str(start),
        data_end=str(end),
        aria_label=f"{words} {about}" if about else None,
        title=text("copy_quote_help", language),
        lang=language,
    )
    return element("span", button, element("span", class_="copied", role="status"), class_="copying")
