"""What an entity says → HTML: the published words, each a link to where they stand. Pure."""

from __future__ import annotations

from markupsafe import Markup

from rag.entities.page import Remark
from ui.entities.desk import SHOWN, OpenedEntity
from ui.formatting.i18n import date_text, list_text, text
from ui.html.element import element
from ui.rendering.export_menu import copy_quote
from ui.rendering.quotation import quotation

_FIRST = 8  # that aren't folded away
_SHORT = 8  # words of a quotation that say little without their sentence


def statements_html(opened: OpenedEntity, language: str) -> Markup:
    """Return the statements, and the form that narrows them to a subject or to quoted words."""
    count, name = opened.page.statement_count, opened.page.entity.name
    heading = element("h3", text("entity_said", language))
    if not count:
        silent = text("said_nothing", language, name=name)
        return element("section", heading, element("p", silent, class_="state"), class_="said")
    narrowed = opened.narrowed
    told = text("entity_statements", language, count=opened.total)
    if narrowed and not opened.total:
        told = text("said_nothing_so", language, name=name)
    parts = [element("p", told, role="status", class_="told", tabindex="-1")]
    items = [_statement(one, opened, language) for one in opened.statements]
    if items:
        parts.append(element("ol", *items[:_FIRST], role="list"))
    if folded := items[_FIRST:]:
        summary = element("summary", text("entity_more_statements", language, count=len(folded)))
        parts.append(element("details", summary, element("ol", *folded, role="list")))
    if len(items) == SHOWN:
        parts.append(element("p", text("entity_latest", language, count=SHOWN), class_="state"))
    return element("section", heading, _form(opened, language), *parts, class_="said")


def _form(opened: OpenedEntity, language: str) -> Markup:
    about = element(
        "input",
        type="search",
        name_="about",
        class_="plain",
        maxlength="200",
        autocomplete="off",
        value=opened.narrowed.about,
        aria_label=text("entity_about", language),
        placeholder=text("entity_about", language),
    )
    quoted = element("input", type="checkbox", name_="quoted", checked=opened.narrowed.quoted)
    label = element("label", quoted, " ", text("entity_quoted", language))
    button = element("button", text("full_text_go", language), type="submit", class_="plain")
    return element("form", about, button, label, class_="narrow", role="search")


def _statement(remark: Remark, opened: OpenedEntity, language: str) -> Markup:
    kind = element("span", text(f"said_{remark.form}", language), class_=f"form {remark.form}")
    parts: list[Markup | str] = [kind, " "]
    if remark.is_alleged:
        parts += [element("span", text("said_alleged", language), class_="form alleged"), " "]
    verb = element("span", text("said_verb", language, verb=remark.verb), class_="verb", dir="auto")
    source = [remark.outlet, date_text(remark.published_at, language)]
    about = " · ".join(part for part in source if part)
    article = opened.articles.get(remark.article_id)
    copying = [
        copy_quote(article, remark.span.start, remark.span.end, language, about)
    ] if article is not None else []  # fmt: skip
    lines = [
        element("p", _words(remark), class_="words"),
        element("p", *parts, verb, " · ", element("span", about, dir="auto"), " ", *copying, class_="meta"),
    ]
    if remark.form == "direct" and len(remark.quote.split()) < _SHORT:
        sentence = text("said_in_sentence", language, sentence=" ".join(remark.context.split()))
        lines.insert(1, element("p", sentence, class_="meta", dir="auto"))
    if remark.also_in:
        outlets = list_text(remark.also_in, language)
        lines.append(element("p", text("said_also_in", language, outlets=outlets), class_="meta", dir="auto"))
    return element("li", *lines)


def _words(remark: Remark) -> Markup:
    """Return the published words, to the character, as a link to them; quoted ones between marks."""
    quoted = remark.form == "direct"
    plain = element("span", remark.quote, dir="auto", lang=remark.language)
    return element(
        "a",
        quotation(remark.quote, remark.language) if quoted else plain,
        href="#",
        class_="open-article",
        data_article=remark.article_id,
        data_start=str(remark.span.start),
        data_end=str(remark.span.end),
    )
