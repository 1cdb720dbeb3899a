"""Followed sources → HTML: their list, the form, and what is being read. Pure.

Escapes as `ui.html.element` does: names, addresses and reasons come from others.
"""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from ingest.following.opml import MAX_BYTES
from ingest.following.sources import EVERY_NEW, Imported, ListedSource
from rag.followed.readings import Reading
from rag.followed.store import LONGEST_NAME
from ui.following.desk import ShownSources, is_failing
from ui.following.reader import ReadingView
from ui.following.wording import (
    ago_text,
    counts_text,
    every_text,
    interval_text,
    next_text,
    reading_text,
    source_name,
)
from ui.formatting.i18n import text
from ui.html.element import element, web_address

_INTERVALS = ("15m", "1h", "6h", "1d")
_REFUSED = 20  # outlines that are told of


def panel_html(
    shown: ShownSources,
    language: str,
    now: datetime,
    automatic: bool = False,
    may_read_paths: bool = False,
    is_open: bool = False,
    error: str = "",
    imported: Imported | None = None,
) -> Markup:
    """Return the sources that are followed, the way to follow another, and lists in and out.

    Args:
        shown: The page of them.
        language: That of the words.
        now: The moment that everything is said of.
        automatic: Whether they are read by themselves.
        may_read_paths: Whether folders may be followed.
        is_open: Whether it is unfolded.
        error: Why what was asked for can't be done.
        imported: What came of a list, if one was just taken in.
    """
    entries = [
        _entry(one, history, language, now, automatic)
        for one, history in zip(shown.sources, shown.histories, strict=True)
    ]
    listed = element("ul", *entries, role="list", class_="list")
    none = element("p", text("sources_none", language), class_="hint")
    return element(
        "details",
        _summary(shown, language),
        element("p", text("sources_what", language), class_="hint what"),
        _form(language, may_read_paths),
        element("p", error, class_="error", role="alert"),
        *(_imported(imported, language) if imported else []),
        _tools(shown, language, automatic),
        listed if entries else none,
        *_pager(shown, language),
        _lists(language, has_any=bool(shown.count)),
        class_="sources",
        lang=language,
        open=is_open,
        data_page=str(shown.page),
    )


def _summary(shown: ShownSources, language: str) -> Markup:
    told = [text("sources_summary", language, count=shown.count)] if shown.count else []
    if shown.paused:
        told.append(text("sources_paused", language, count=shown.paused))
    failing = text("sources_failing", language, count=shown.failing)
    return element(
        "summary",
        element("h2", text("sources_title", language), id="sources-title"),
        *([" ", element("span", " · ".join(told), class_="count")] if told else []),
        *([" ", element("strong", failing, class_="failing")] if shown.failing else []),
    )


def _form(language: str, may_read_paths: bool) -> Markup:
    label = text("sources_place_or_path" if may_read_paths else "sources_place", language)
    place = element(
        "input", type="text", inputmode="url", id="source-place", maxlength="4000", autocomplete="off",
        placeholder="https://", aria_describedby="source-hint", aria_required="true",
    )  # fmt: skip
    name = element("input", type="text", id="source-name", maxlength=str(LONGEST_NAME), autocomplete="off")
    return element(
        "form",
        element("div", element("label", label, for_="source-place"), place, class_="field place"),
        element(
            "div", element("label", text("sources_name", language), for_="source-name"), name, class_="field"
        ),
        element(
            "div",
            element("label", text("sources_every", language), for_="source-every"),
            _intervals(EVERY_NEW, language, id="source-every"),
            class_="field",
        ),
        element("button", text("sources_follow", language), type="submit"),
        element("p", text("sources_place_hint", language), id="source-hint", class_="formats"),
        class_="add",
        aria_label=text("sources_add", language),
    )


def _intervals(chosen: str, language: str, **attributes: str | bool) -> Markup:
    listed = [*_INTERVALS] if chosen in _INTERVALS else [chosen, *_INTERVALS]
    options = [
        element(
            "option",
            interval_text(one, language) if one else text("every_change", language),
            value=one,
            selected=one == chosen,
        )
        for one in listed
    ]
    return element("select", *options, **attributes)


def _tools(shown: ShownSources, language: str, automatic: bool) -> Markup:
    if not shown.count:
        return Markup("")
    tick = element(
        "input", type="checkbox", id="sources-automatic", checked=automatic, aria_describedby="automatic-hint"
    )
    return element(
        "div",
        element("button", text("sources_read_all", language), type="button", data_read="all"),
        element("label", tick, " ", text("sources_automatic", language), class_="tick"),
        element("p", text("sources_automatic_what", language), id="automatic-hint", class_="formats"),
        class_="tools",
    )


def _entry(
    source: ListedSource, history: tuple[Reading, ...], language: str, now: datetime, automatic: bool
) -> Markup:
    kind = "failing" if is_failing(source) else "paused" if source.is_paused else "sound"
    return element(
        "li",
        element("h3", source_name(source), dir="auto"),
        *_about(source, language, now),
        element("p", reading_text(source.reading, now, language), class_="reading", dir="auto"),
        *_moved(source, language),
        *_next(source, language, now, automatic),
        element("div", *_buttons(source, language), class_="buttons"),
        *_history(history, language, now),
        class_=f"source {kind}",
        data_place=source.place,
    )


def _about(source: ListedSource, language: str, now: datetime) -> list[Markup]:
    """Return where a source is, what it is filed under, and whether it is paused or the configuration's."""
    link = web_address(source.place) if source.is_url else None
    place = (
        element("a", source.place, href=link[0], target="_blank", rel="noreferrer noopener")
        if link
        else element("span", source.place)
    )
    told = [source.category] if source.category else []
    if source.in_config:
        told += [every_text(source.settings, language), text("sources_in_config", language)]
    if source.paused_at is not None:
        told.append(text("sources_is_paused", language, ago=ago_text(source.paused_at, now, language)))
    return [element("p", place, *(f" · {one}" for one in told), class_="about", dir="auto")]


def _moved(source: ListedSource, language: str) -> list[Markup]:
    moved_to = source.reading.moved_to if source.reading else ""
    if not moved_to:
        return []
    said = text("sources_moved_to", language, address=moved_to)
    if source.in_config:
        return [
            element("p", said, " — ", text("sources_moved_in_config", language), class_="moved", dir="auto")
        ]
    button = element("button", text("sources_follow_moved", language), type="button", data_act="move")
    return [element("p", said, " ", button, class_="moved", dir="auto")]


def _next(source: ListedSource, language: str, now: datetime, automatic: bool) -> list[Markup]:
    said = next_text(source, now, language) if automatic else ""
    return [element("p", said, class_="next")] if said else []


def _buttons(source: ListedSource, language: str) -> list[Markup]:
    name = source_name(source)
    buttons = [] if source.is_paused else [_button("sources_read_one", name, language, data_read="one")]
    if source.in_config:
        return buttons
    pausing = "resume" if source.is_paused else "pause"
    sure = text("sources_remove_sure", language)
    label = text("sources_every_of", language, name=name)
    return [
        *buttons,
        _button(f"sources_{pausing}", name, language, data_act=pausing),
        _button("sources_remove", name, language, data_act="remove", data_sure=sure),
        element(
            "label",
            text("sources_every", language),
            " ",
            _intervals(source.settings.every or "", language, aria_label=label, class_="every"),
            class_="again",
        ),
    ]


def _button(word: str, name: str, language: str, **attributes: str) -> Markup:
    verb = text(word, language)
    label = text("sources_verb_of", language, verb=verb, name=name)
    return element("button", verb, type="button", aria_label=label, **attributes)


def _history(history: tuple[Reading, ...], language: str, now: datetime) -> list[Markup]:
    if len(history) < 2:
        return []
    items = [element("li", reading_text(one, now, language), dir="auto") for one in history]
    return [
        element(
            "details",
            element("summary", text("sources_history", language)),
            element("ul", *items),
            class_="past",
        )
    ]


def _pager(shown: ShownSources, language: str) -> list[Markup]:
    if shown.pages == 1:
        return []
    here = text("sources_pager_here", language, page=shown.page, pages=shown.pages)
    before, after = shown.page - 1, shown.page + 1
    return [
        element(
            "nav",
            element(
                "button", text("pager_previous", language), type="button", data_page=str(before),
                disabled=before < 1,
            ),
            element("span", here, class_="here"),
            element(
                "button", text("pager_next", language), type="button", data_page=str(after),
                disabled=after > shown.pages,
            ),
            class_="pager",
            aria_label=text("sources_pager", language),
        )
    ]  # fmt: skip


def _lists(language: str, has_any: bool) -> Markup:
    export = element("button", text("sources_export", language), type="button", data_export_sources=True)
    return element(
        "div",
        element("h3", text("sources_opml", language)),
        element("p", text("sources_opml_what", language), id="opml-hint", class_="hint"),
        element(
            "input", type="file", accept=".opml,.xml,text/x-opml", id="opml-file", class_="unseen",
            aria_describedby="opml-hint", data_limit=str(MAX_BYTES),
        ),
        element("label", text("sources_import", language), for_="opml-file", class_="choose"),
        *([" ", export] if has_any else []),
        class_="lists",
    )  # fmt: skip


def _imported(imported: Imported, language: str) -> list[Markup]:
    """Return what came of a list, each outline that was left out with why."""
    told = [element("p", text("sources_imported", language, count=len(imported.added)), class_="became")]
    if refused := imported.refused:
        items = [element("li", one.text(language), dir="auto") for one in refused[:_REFUSED]]
        if (left := len(refused) - _REFUSED) > 0:
            items.append(element("li", text("sources_refused_more", language, count=left)))
        told += [
            element("p", text("sources_refused", language, count=len(refused))),
            element("ul", *items, class_="refused"),
        ]
    return [element("div", *told, class_="imported", role="status")]


# --- what is being read ---


def reading_html(view: ReadingView, language: str) -> Markup:
    """Return how far a reading has come, with the way to stop it; once it is over, what it brought."""
    return element(
        "div",
        element("p", _told(view, language), role="status", class_="summary"),
        *(_running(view, language) if view.busy else []),
        class_="sources-reading",
        lang=language,
        data_busy="true" if view.busy else "false",
    )


def _told(view: ReadingView, language: str) -> str:
    if view.error is not None:
        return view.error.text(language)
    brought = counts_text(view.brought, language)
    if view.busy:
        return text("sources_reading", language, done=view.done, count=view.total)
    if view.stopped:
        return text("sources_read_stopped", language, brought=brought)
    return text("sources_read_done", language, count=view.done, brought=brought) if view.done else ""


def _running(view: ReadingView, language: str) -> list[Markup]:
    told = [text("sources_reading_place", language, place=view.place)] if view.place else []
    told.append(counts_text(view.brought, language))
    return [
        element(
            "progress",
            value=str(view.done),
            max=str(max(1, view.total)),
            aria_label=text("sources_title", language),
        ),
        element("p", " · ".join(told), class_="now", dir="auto"),
        element(
            "button",
            text("intake_stopping" if view.stopping else "sources_stop", language),
            type="button",
            data_act="stop",
            disabled=view.stopping,
        ),
    ]
