"""The dialog that goes to a place by its name, and the sheet of keys, as HTML. Pure."""

from __future__ import annotations

import json

from markupsafe import Markup

from ui.formatting.i18n import text
from ui.html.element import element

# What each key does, by the word that says so: single keys first, which can be switched off.
SINGLE = (
    (("/",), "key_write"),
    (("n",), "key_new"),
    (("j", "k"), "key_citations"),
    (("m",), "key_mark"),
    (("a",), "key_note"),
    (("?",), "key_sheet"),
)
ESC = "Esc"
ALWAYS = ((("Ctrl K", "⌘ K"), "key_go"), ((ESC,), "key_close"))
TABS = ("chat", "search", "news", "library", "corpus", "status")
WORDS = (
    "article",
    "entity",
    "conversation",
    "tab",
    "ask",
    "search",
    "none",
    "failed",
    "count_one",
    "count_other",
)


def shortcuts_html(language: str) -> Markup:
    """Return the button and both dialogs; `shortcuts.js` fills the list in, as text."""
    label = text("shortcuts_open", language)
    button = element(
        "button",
        element("span", "⌕", aria_hidden="true", class_="glass"),
        element("span", text("go_label", language) + "…", aria_hidden="true", class_="words"),
        element("kbd", "Ctrl K", aria_hidden="true"),
        type="button",
        class_="shortcuts-open",
        aria_label=label,
        title=label,
        aria_keyshortcuts="Control+K Meta+K",
    )
    return element("div", button, _go_dialog(language), _sheet(language), lang=language)


def _go_dialog(language: str) -> Markup:
    label = text("go_label", language)
    field = element(
        "input",
        type="text",
        id="go-words",
        class_="plain",
        role="combobox",
        aria_expanded="true",
        aria_controls="go-list",
        aria_autocomplete="list",
        autocomplete="off",
        spellcheck="false",
        maxlength="200",
        placeholder=text("go_hint", language),
    )
    tabs = {name: text(f"tab_{name}", language) for name in TABS}
    words = {name: text(f"go_{name}", language, number="{number}") for name in WORDS}
    keys = element("p", text("go_keys", language), class_="go-keys")
    return element(
        "dialog",
        element("label", label, for_="go-words", class_="unseen"),
        field,
        element("div", id="go-list", role="listbox", aria_label=label),
        element("p", class_="unseen", role="status"),
        keys,
        class_="go-dialog",
        aria_label=label,
        data_tabs=json.dumps(tabs),
        data_words=json.dumps(words),
    )


def _sheet(language: str) -> Markup:
    single = element("input", type="checkbox", name_="single-keys", checked=True)
    close = element("button", text("shortcuts_close", language), type="button", class_="plain sheet-close")
    return element(
        "dialog",
        element("h2", text("shortcuts_title", language), id="shortcuts-title"),
        element("dl", *(_row(keys, word, language) for keys, word in (*ALWAYS, *SINGLE))),
        element("label", single, " ", text("single_keys", language)),
        element("p", text("single_keys_help", language), class_="help"),
        close,
        class_="keys-dialog",
        aria_labelledby="shortcuts-title",
    )


def _row(keys: tuple[str, ...], word: str, language: str) -> Markup:
    shown = Markup(" ").join(element("kbd", text("key_esc", language) if key == ESC else key) for key in keys)
    return element("div", element("dt", shown), element("dd", text(word, language)))
