"""The list of conversations → HTML. Pure; escapes as `ui.rendering.exchange` does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup

from rag.conversation.store import Conversation
from ui.documents.files import DOCUMENTS, REFERENCES, Format
from ui.formatting.i18n import date_text, text
from ui.html.element import element
from ui.rendering.export_menu import export_buttons, notes_box

FORMATS: tuple[Format, ...] = (*DOCUMENTS, *REFERENCES, "json")
SHOWN = 100  # conversations; older ones are found by searching


def frame(language: str, user: str, words: str = "") -> Markup:
    """Return what stays while the list changes: its heading, its buttons, `words` that are searched for."""
    toggle = element(
        "button",
        text("conversations", language),
        class_="conv-toggle",
        type="button",
        aria_expanded="false",
        aria_controls="conversations-list",
    )
    new = element(
        "button",
        text("conversation_new", language),
        type="button",
        class_="conv-new",
        data_do="new",
        aria_label=text("conversation_new_help", language),
    )
    label = element("label", text("conversation_search", language), for_="conv-words", class_="unseen")
    field = Markup(
        '<input type="search" id="conv-words" maxlength="200" autocomplete="off" placeholder="{}" value="{}">'
    )
    search = element(
        "div", label, field.format(text("conversation_search", language), words), class_="conv-search"
    )
    heading = element("h2", text("conversations", language), id="conv-heading")
    return element(
        "section",
        *_signed_in(language, user),
        element("div", heading, toggle, new, class_="conv-top"),
        search,
        _rename_dialog(language),
        _delete_dialog(language),
        class_="conv-frame",
        lang=language,
        aria_labelledby="conv-heading",
    )


def _signed_in(language: str, user: str) -> list[Markup]:
    if not user:
        return []
    name = element("span", text("signed_in_as", language, user=user), class_="conv-user", dir="auto")
    leave = element("button", text("sign_out", language), type="submit", class_="conv-leave")
    return [element("form", name, " ", leave, method="post", action="sign-out", class_="conv-account")]


def _rename_dialog(language: str) -> Markup:
    field = Markup(
        '<input type="text" id="conv-title" name="title" maxlength="200" aria-required="true" dir="auto">'
    )
    return element(
        "dialog",
        element(
            "form",
            element("label", text("conversation_title", language), for_="conv-title"),
            field,
            _choices(text("conversation_rename", language), language),
            method="dialog",
        ),
        class_="conv-dialog",
        data_for="rename",
        aria_label=text("conversation_rename", language),
    )


def _delete_dialog(language: str) -> Markup:
    asked = element("p", text("conversation_delete_sure", language), id="conv-sure")
    title = element("p", "", class_="conv-named", dir="auto")
    return element(
        "dialog",
        element(
            "form", asked, title, _choices(text("conversation_delete", language), language), method="dialog"
        ),
        class_="conv-dialog",
        data_for="delete",
        aria_labelledby="conv-sure",
    )


def _choices(words: str, language: str) -> Markup:
    cancel = element("button", text("cancel", language), type="button", class_="conv-cancel")
    return element("div", element("button", words, type="submit"), " ", cancel, class_="conv-choices")


def listing(
    conversations: Sequence[Conversation], current: str, words: str, language: str, failed: str = ""
) -> Markup:
    """Return the conversations, latest first.

    Args:
        conversations: The conversations.
        current: The id of the one that the page shows, and that its tab remembers.
        words: What they are searched for.
        language: That of the words.
        failed: Why what was asked for could not be done.
    """
    items = [_item(one, one.id == current, language) for one in conversations[:SHOWN]]
    more = len(conversations) - SHOWN
    told = [failed] if failed else []
    if not conversations and not failed:
        told = [text("conversations_none_found" if words else "conversations_none", language)]
    elif more > 0:
        told = [text("conversations_more", language, count=more)]
    notes = [element("p", note, class_="conv-note", role="status") for note in told]
    label = text("conversations", language)
    listed = element("ul", *items, class_="conv-items", aria_label=label)
    return element("div", listed, *notes, lang=language, data_shown=current)


@lru_cache(maxsize=1_000)  # a list is drawn at each question, and little of it has changed
def _item(conversation: Conversation, is_current: bool, language: str) -> Markup:
    changed = element("time", date_text(conversation.changed_at, language), datetime=conversation.changed_at)
    opened = element(
        "button",
        element("span", conversation.title, class_="conv-name", dir="auto"),
        " ",
        changed,
        type="button",
        class_="conv-open",
        data_do="open",
        aria_current="true" if is_current else None,
    )
    rename, delete = (
        element("button", text(f"conversation_{do}", language), type="button", data_do=do)
        for do in ("rename", "delete")
    )
    exports = export_buttons("conversation", FORMATS, language, data_conversation=conversation.id)
    forms = element(
        "div", element("span", text("export_as", language)), *exports, notes_box(language), class_="forms",
        role="group", aria_label=text("export", language),
    )  # fmt: skip
    label = text("conversation_actions", language, title=conversation.title)
    menu = element(
        "details",
        element("summary", element("span", "⋯", aria_hidden="true"), aria_label=label, title=label),
        element("div", rename, delete, forms, class_="conv-actions"),
        class_="conv-menu",
    )
    return element("li", opened, menu, class_="conv", data_id=conversation.id, data_title=conversation.title)
