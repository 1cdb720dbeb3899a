"""What is being brought into the library and what became of it, and how the page shows that.

Pure. Knows no files, threads or widgets. Names of files and reasons are data, escaped by `ui.html.element`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from ingest.schema.document import MAX_BYTES, Failure, Notice
from ingest.schema.events import Reading, seconds_left
from ingest.schema.failure_groups import FailureGroup, grouped
from ingest.schema.formats import known_extensions
from ui.formatting.i18n import list_text, number_text, text
from ui.formatting.library_status import reading_text, remaining_text
from ui.html.element import element

State = Literal["receiving", "waiting", "reading", "done", "stopped"]
FINAL: tuple[State, ...] = ("done", "stopped")
_SHOWN = 100  # entries
_REASONS = 5  # of one entry
_SIGNS = {"refused": "✗", "new": "✓", "changed": "✓", "unchanged": "=", "stopped": "■"}


@dataclass(frozen=True, slots=True)
class IntakeEntry:
    """A file or a URL. `received` of its `size` bytes are here; the counts are of the articles in it."""

    name: str
    state: State
    number: int = 0
    size: int = 0
    received: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[Failure, ...] = ()
    unreadable: int = 0
    notices: tuple[Notice, ...] = ()
    embargoed: int = 0

    @property
    def outcome(self) -> str:
        """What weighs most of what became of it: `refused`, `new`, `changed`, `unchanged` or its state."""
        kinds = ("refused", "new", "changed", "unchanged")
        return next((kind for kind in kinds if getattr(self, kind)), self.state)


@dataclass(frozen=True, slots=True)
class IntakeView:
    """All entries, in order, and what is going on; `rate` is in passages a second.

    `coming` files are known of and have yet to be sent, `unsent` ones were given up before that. `share` is
    how much of the present source has been read, 0 to 1, and `reading` the same in pages or bytes, where it
    takes long; `remaining` are seconds, None if nobody can tell.
    """

    entries: tuple[IntakeEntry, ...] = ()
    busy: bool = False
    stopping: bool = False
    source: str = ""
    passages: int = 0
    rate: float = 0.0
    coming: int = 0
    unsent: int = 0
    share: float = 0.0
    reading: Reading | None = None
    remaining: float | None = None

    @property
    def total(self) -> int:
        """Count what is known of, announced or begun."""
        return len(self.entries) + self.coming

    def seconds_left(self, seconds: float, over_before: int) -> float | None:
        """Return how long the rest takes if it goes as what took `seconds`; None while too little is done.

        `over_before` entries were over when that began. Files count by their bytes, where all are known.
        """
        begun = self.entries[over_before:] if self.done >= over_before else ()
        sizes = [entry.size for entry in begun]
        if not self.coming and all(sizes):
            read = sum(entry.size for entry in begun if entry.state in FINAL)
            now = sum(entry.size for entry in begun if entry.state == "reading")
            return seconds_left(seconds, read + self.share * now, sum(sizes))
        return seconds_left(seconds, self.done - over_before + self.share, self.total - over_before)

    @property
    def is_stopped(self) -> bool:
        """Whether something was given up before it was read to its end."""
        return bool(self.unsent) or any(entry.state == "stopped" for entry in self.entries)

    @property
    def done(self) -> int:
        """Count the files that are finished."""
        return sum(entry.state in FINAL for entry in self.entries)


def intake_html(view: IntakeView, language: str, error: str = "") -> Markup:
    """Return the whole part of the tab that takes articles in; `error` is about the URL that was given."""
    return element(
        "section",
        element("h2", text("intake_title", language), id="intake-title"),
        element("div", _files(language), _url(language, error), class_="ways"),
        _report(view, language),
        class_="intake",
        lang=language,
        aria_labelledby="intake-title",
        data_busy="true" if view.busy else "false",
        data_limit=str(MAX_BYTES),
    )


def _files(language: str) -> Markup:
    accepted = f"{known_extensions()}, .gz, .zst".replace(" ", "")
    limit = text("intake_limit", language, limit=number_text(MAX_BYTES // 1_000_000, language))
    return element(
        "div",
        element(
            "input", type="file", multiple=True, accept=accepted, id="intake-files", class_="unseen",
            aria_describedby="intake-formats",
        ),
        element("label", text("intake_choose", language), for_="intake-files", class_="choose"),
        " ",
        element("input", type="file", webkitdirectory=True, id="intake-folder", class_="unseen"),
        element("label", text("intake_choose_folder", language), for_="intake-folder", class_="choose"),
        element("p", text("intake_drop", language)),
        element("p", f"{limit} {known_extensions()}", id="intake-formats", class_="formats"),
        class_="drop",
    )  # fmt: skip


def _url(language: str, error: str) -> Markup:
    return element(
        "form",
        element("label", text("intake_url", language), for_="intake-url"),
        element(
            "div",
            element(
                "input", type="text", inputmode="url", id="intake-url", maxlength="4000", autocomplete="off",
                placeholder="https://", aria_describedby="intake-hint intake-error",
            ),
            element("button", text("intake_add", language), type="submit"),
            class_="field",
        ),
        element("p", text("intake_url_hint", language), id="intake-hint", class_="formats"),
        element("p", error, id="intake-error", class_="error", role="alert"),
        class_="address",
    )  # fmt: skip


def _report(view: IntakeView, language: str) -> Markup:
    if not view.total:
        return element("div", element("p", "", role="status"), class_="report")
    shown = _first_to_show(view.entries)
    left = len(view.entries) - len(shown)
    more = [element("p", text("intake_more", language, count=left), class_="formats")] if left else []
    return element(
        "div",
        element("p", _summary(view, language), role="status", class_="summary"),
        *_running(view, language),
        element("ul", *(_entry(entry, language) for entry in shown), class_="entries"),
        *more,
        class_="report",
    )


def _first_to_show(entries: tuple[IntakeEntry, ...]) -> list[IntakeEntry]:
    """Return the latest, and before them whatever was refused: nobody should have to look for that."""
    refused = [entry for entry in entries if entry.refused][-_SHOWN:]
    others = [entry for entry in reversed(entries) if not entry.refused]
    return refused + others[: max(0, _SHOWN - len(refused))]


def _summary(view: IntakeView, language: str) -> str:
    told = [text("intake_done", language, done=view.done, total=view.total)]
    if not view.busy:
        told.append(text("intake_over", language) if not view.is_stopped else _stopped(view, language))
    elif view.remaining is not None:
        told.append(f"· {remaining_text(view.remaining, language)}")
    return " ".join(told)


def _stopped(view: IntakeView, language: str) -> str:
    """Return what is in after a stop, and what isn't."""
    is_in = sum(entry.new + entry.changed + entry.unchanged for entry in view.entries)
    parted = [entry for entry in view.entries if entry.state == "stopped"]
    partly = sum(bool(entry.new + entry.changed + entry.unchanged) for entry in parted)
    left = len(parted) - partly + view.unsent
    said = [text("intake_stopped_in", language, count=is_in)]
    said += [text("intake_stopped_partly", language, count=partly)] * bool(partly)
    said += [text("intake_stopped_left", language, count=left)] * bool(left)
    return "— " + list_text(said, language) + "."


def _running(view: IntakeView, language: str) -> list[Markup]:
    if not view.busy:
        left = text("intake_unsent", language, count=view.unsent)
        unsent = [element("p", left, class_="error")] if view.unsent else []
        return [*unsent, element("button", text("intake_clear", language), type="button", data_act="clear")]
    told = [text("intake_passages", language, count=view.passages)]
    if view.rate:
        rate = f"{view.rate:.1f}"
        told.append(text("intake_rate", language, rate=rate.replace(".", ",") if language == "fr" else rate))
    if view.source:
        told.append(view.source)
    if view.reading:
        told.append(reading_text(view.reading, language))
    elif view.share:
        told.append(text("intake_share", language, percent=int(100 * view.share)))
    stop = text("intake_stopping" if view.stopping else "intake_stop", language)
    return [
        element(
            "progress",
            value=f"{view.done + view.share:.3f}",
            max=str(view.total),
            aria_label=text("intake_title", language),
        ),
        element("p", " · ".join(told), class_="now", dir="auto"),
        element("button", stop, type="button", data_act="stop", disabled=view.stopping),
    ]


def _entry(entry: IntakeEntry, language: str) -> Markup:
    sign = element("span", _SIGNS.get(entry.outcome, "…"), class_="sign", aria_hidden="true")
    groups = grouped(entry.refused)
    reasons = [_reason(group, language) for group in groups[:_REASONS]]
    if (left := sum(group.count for group in groups[_REASONS:])) > 0:
        reasons.append(element("li", text("intake_more_reasons", language, count=left)))
    reasons += [element("li", notice.text(language), dir="auto") for notice in entry.notices[:_REASONS]]
    return element(
        "li",
        sign,
        element("span", entry.name, class_="name", dir="auto"),
        " ",
        element("span", _became(entry, language), class_="became"),
        *([element("ul", *reasons, class_="reasons")] if reasons else []),
        class_=f"entry {entry.outcome}",
        data_number=str(entry.number),
    )


def _reason(group: FailureGroup, language: str) -> Markup:
    """Return why something was refused; of a table that needs a mapping with its columns' values."""
    columns = [
        element("li", element("b", one.name), ": ", " · ".join(one.values) or "–", dir="auto")
        for one in (group.first.columns if group.count == 1 else ())
    ]
    listed = [element("ul", *columns, class_="columns")] if columns else []
    return element("li", group.text(language), *listed, dir="auto")


def _became(entry: IntakeEntry, language: str) -> str:
    counts = [
        text(f"entry_{kind}", language, count=count)
        for kind, count in (
            ("new", entry.new),
            ("changed", entry.changed),
            ("unchanged", entry.unchanged),
            ("embargoed", entry.embargoed),
            ("refused", len(entry.refused)),
            ("unreadable", entry.unreadable),
        )
        if count
    ]
    if entry.state == "receiving":
        percent = 100 * entry.received // entry.size if entry.size else 0
        return text("entry_receiving", language, percent=percent)
    if entry.state != "done":
        return " · ".join([text(f"entry_{entry.state}", language), *counts])
    return " · ".join(counts) or text("entry_nothing", language)
