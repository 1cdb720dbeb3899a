"""The status tab → HTML. Pure; escapes as `ui.html.element` does."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rag.errors import SourcierError
from rag.library.failures import FailedSource
from ui.formatting.i18n import number_text, text
from ui.formatting.library_status import LibraryStatus, finding_line, held_lines, moment, sizes_line
from ui.html.element import element
from ui.status.check import Checked

FAILURES = 20  # a page


def status_html(
    now: LibraryStatus,
    embedding: str,
    chat: str,
    checked: Checked,
    page: int,
    language: str,
    refused: SourcierError | None = None,
) -> Markup:
    """Return the whole status.

    Args:
        now: The library as it stands.
        embedding: The encoder that is loaded.
        chat: The chat model that is loaded.
        checked: What the last check found.
        page: Which page of failures, from 1.
        language: That of the words.
        refused: Why a failure that was to be forgotten is still listed.
    """
    return element(
        "section",
        _section(
            "status_library", [*_paragraphs(held_lines(now, language)), *_advice(now, language)], language
        ),
        _section("status_models", [_models(embedding, chat, language)], language),
        _section("status_disk", _paragraphs([sizes_line(now.sizes, language)]), language),
        _section("status_failures", _failures(now.failures, page, refused, language), language),
        _section("status_check", _check(checked, language), language),
        class_="standing",
        lang=language,
        data_busy="true" if checked.running else "false",
    )


def _section(word: str, inside: Sequence[Markup], language: str) -> Markup:
    return element("section", element("h2", text(word, language)), *inside, class_=word.replace("_", "-"))


def _paragraphs(sentences: Sequence[str]) -> list[Markup]:
    return [element("p", sentence) for sentence in sentences]


def _advice(now: LibraryStatus, language: str) -> list[Markup]:
    """Return what to do about what isn't as it should be."""
    said = [text("status_empty", language)] if not now.articles else []
    if now.waiting:
        said.append(text("articles_waiting", language, waiting=number_text(now.waiting, language)))
    if not now.facts.get("last_sync"):
        said.append(text("status_no_sync", language))
    return [element("p", sentence, class_="advice") for sentence in said]


def _models(embedding: str, chat: str, language: str) -> Markup:
    model = text("no_model", language) if chat == "none" else chat
    return element(
        "dl",
        element("dt", text("status_embedding", language)),
        element("dd", embedding),
        element("dt", text("status_chat", language)),
        element("dd", model),
    )


# --- what couldn't be read ---


def _failures(
    failures: Sequence[FailedSource], page: int, refused: SourcierError | None, language: str
) -> list[Markup]:
    if not failures:
        return _paragraphs([text("status_no_failures", language)])
    pages = -(-len(failures) // FAILURES)
    here = min(max(1, page), pages)
    shown = failures[(here - 1) * FAILURES : here * FAILURES]
    parts = [
        element("p", text("failures_listed", language, count=len(failures))),
        element("p", text("status_failures_advice", language), class_="advice"),
        element("ul", *(_failure(failure, language) for failure in shown), class_="failures"),
    ]
    if refused is not None:
        parts.insert(0, element("p", refused.text(language), class_="error", role="alert"))
    return parts + ([_pager(here, pages, language)] if pages > 1 else [])


def _failure(failure: FailedSource, language: str) -> Markup:
    label = text("status_forget_this", language, source=failure.source)
    return element(
        "li",
        element("span", failure.text(language), dir="auto"),
        " ",
        element("time", moment(failure.failed_at, language), datetime=failure.failed_at),
        " ",
        element(
            "button", text("status_forget", language), type="button", data_forget=failure.source,
            aria_label=label,
        ),
    )  # fmt: skip


def _pager(here: int, pages: int, language: str) -> Markup:
    shown = text("status_page", language, page=here, pages=pages)
    return element(
        "nav",
        _turn("pager_previous", here - 1, here == 1, language),
        element("span", shown, class_="here", aria_current="page"),
        _turn("pager_next", here + 1, here == pages, language),
        class_="pager",
        aria_label=text("status_failures", language),
    )


def _turn(word: str, page: int, disabled: bool, language: str) -> Markup:
    return element("button", text(word, language), type="button", data_page=str(page), disabled=disabled)


# --- the check ---


def _check(checked: Checked, language: str) -> list[Markup]:
    button = element(
        "button", text("check_start", language), type="button", data_act="check", disabled=checked.running
    )
    return [
        element("p", text("check_what", language)),
        element("p", button),
        element("div", *_outcome(checked, language), role="status", class_="outcome"),
    ]


def _outcome(checked: Checked, language: str) -> list[Markup]:
    if checked.running:
        return _paragraphs([text("check_running", language)])
    if checked.error:
        return [element("p", checked.error.text(language), class_="error")]
    if not checked.done:
        return []
    counts = {
        "articles": number_text(checked.articles, language),
        "passages": number_text(checked.passages, language),
    }
    looked = element("p", text("doctor_looked", language, **counts))
    if not checked.findings:
        return [looked, element("p", f"✓ {text('doctor_sound', language)}", class_="sound")]
    found = [element("li", finding_line(finding, language)) for finding in checked.findings]
    return [looked, element("ul", *found, class_="findings"), *_paragraphs([text("check_repair", language)])]
