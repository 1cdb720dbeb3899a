"""The form that corrects one article or several → HTML. Pure; escapes as `ui.html.element` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ingest.editing.values import NAMES
from rag.metadata.fields import Field, Records, value_of
from rag.schema.article import Article, stated_day
from rag.text.cldr import language_codes, language_name
from ui.formatting.i18n import text
from ui.formatting.metadata import field_name, value_text
from ui.html.date_field import date_field
from ui.html.element import element

TITLE = "editing-heading"
_NAMED = 20  # articles of a selection
_OF_SEVERAL = ("outlet", "author", "published", "updated", "language")
_DATES: tuple[Field, ...] = ("published_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Correction:
    """What the reader asks for: by the names of `NAMES`, values that were typed, and fields to take back.

    `errors`: name → why its value can't be taken; '' → why nothing could be done.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    undone: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)


def form_html(
    articles: Sequence[tuple[Article, Records]],
    outlets: Sequence[str],
    language: str,
    asked: Correction | None = None,
) -> Markup:
    """Return the form for these articles, as they are filed, with what was typed if that can't be taken.

    Args:
        articles: The articles and their records; at least one.
        outlets: Names to choose an outlet from.
        language: The reader's.
        asked: What the reader asked for before.

    """
    asked = asked or Correction()
    names = list(NAMES) if len(articles) == 1 else list(_OF_SEVERAL)
    boxes = [_box(name, articles, language, asked) for name in names]
    known = element("datalist", *(element("option", value=name) for name in outlets), id="editing-outlets")
    several = text("editing_title_several", language, count=len(articles))
    title = text("editing_title", language) if len(articles) == 1 else several
    return element(
        "form",
        element("h2", title, id=TITLE, tabindex="-1"),
        *_named(articles, language),
        *boxes,
        known,
        element("p", asked.errors.get("", ""), class_="error", role="alert"),
        element(
            "p",
            element("button", text("editing_cancel", language), type="button", class_="close"),
            element("button", text("editing_save", language), type="submit", class_="save"),
            class_="buttons",
        ),
        class_="editing",
        lang=language,
        novalidate=True,
        data_articles=" ".join(article.id for article, _ in articles),
    )


def closed_html(language: str) -> Markup:
    """Return what stands in the dialog as long as it is closed."""
    return element("div", class_="editing", lang=language)


def done_html(count: int, language: str) -> Markup:
    """Return that this many articles were corrected."""
    said = text("edited", language, count=count) if count else text("edited_nothing", language)
    return element("p", said, class_="edited", lang=language)


def _named(articles: Sequence[tuple[Article, Records]], language: str) -> list[Markup]:
    if len(articles) == 1:
        return []
    titles = [
        element("li", article.title, dir="auto", lang=article.language) for article, _ in articles[:_NAMED]
    ]
    if (left := len(articles) - _NAMED) > 0:
        titles.append(element("li", text("removal_more", language, count=left)))
    return [
        element("p", text("editing_several", language)),
        element("details", element("summary", text("editing_which", language)), element("ul", *titles)),
    ]


def _box(name: str, articles: Sequence[tuple[Article, Records]], language: str, asked: Correction) -> Markup:
    field_ = NAMES[name]
    value = value_of(articles[0][0], field_) if len(articles) == 1 else None
    if field_ in _DATES:
        value = (day := stated_day(value)) and day.isoformat()
    stands = asked.typed.get(name, value or "")
    error = asked.errors.get(name, "")
    notes = _notes(name, articles, language, asked)
    said = [f"editing-{name}-error"] * bool(error) + [f"editing-{name}-note"] * bool(notes)
    about = {
        "id": f"editing-{name}",
        "name_": name,
        "data_was": value or "",
        "aria_invalid": "true" if error else None,
        "aria_describedby": " ".join(said) or None,
    }
    several = len(articles) > 1
    box = _language(stands, several, language, about) if name == "language" else _input(
        name, stands, several, language, about
    )  # fmt: skip
    return element(
        "div",
        element("label", field_name(field_, language), for_=f"editing-{name}"),
        box,
        *([element("p", error, class_="error", id=f"editing-{name}-error")] if error else []),
        *([element("div", *notes, class_="note", id=f"editing-{name}-note")] if notes else []),
        class_="field",
    )


def _input(name: str, stands: str, several: bool, language: str, about: Mapping[str, str | None]) -> Markup:
    empty = text("editing_unchanged", language) if several else None
    if NAMES[name] in _DATES:
        own = {key: value for key, value in about.items() if key not in ("id", "aria_describedby")}
        shown = {"placeholder": empty} if several else {}
        described = about["aria_describedby"] or ""
        return date_field(stands, f"editing-{name}", language, described_by=described, **own, **shown)
    kind = "url" if name == "address" else "text"
    return element(
        "input",
        type=kind,
        value=stands,
        placeholder=empty,
        list="editing-outlets" if name == "outlet" else None,
        dir="auto" if kind == "text" else None,
        autocomplete="off",
        maxlength="2000",
        **about,
    )


def _language(stands: str, several: bool, language: str, about: Mapping[str, str | None]) -> Markup:
    none = text("editing_unchanged" if several else "field_nothing", language)
    named = sorted((language_name(code, language) or code, code) for code in language_codes())
    options = [element("option", none, value="", selected=not stands)]
    if stands and stands not in language_codes():  # what a source states needs not be a code of ours
        options.append(element("option", stands, value=stands, selected=True))
    options += [element("option", name, value=code, selected=code == stands) for name, code in named]
    return element("select", *options, **about)


def _notes(
    name: str, articles: Sequence[tuple[Article, Records]], language: str, asked: Correction
) -> list[Markup]:
    """Return what was stated of the field and, where it was corrected, the way back to it."""
    field_ = NAMES[name]
    records = [records[field_] for _, records in articles if field_ in records]
    corrected = [record for record in records if record.is_corrected]
    notes: list[Markup] = []
    if len(articles) == 1 and records:
        stated = value_text(field_, records[0].stated, language)
        notes.append(element("span", text("editing_stated", language, stated=stated), dir="auto"))
    if corrected:
        words = (
            text("editing_undo", language)
            if len(articles) == 1
            else text("editing_undo_several", language, count=len(corrected))
        )
        tick = element("input", type="checkbox", data_undo=name, checked=name in asked.undone)
        notes.append(element("label", tick, " ", words, class_="tick"))
    return notes
