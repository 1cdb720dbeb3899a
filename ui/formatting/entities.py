"""An entity's page and its statements, as lines of plain text in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.entity_store.records import EntityRow
from rag.schema.quotation import quoted
from ui.formatting.i18n import date_text, list_text, text
from ui.formatting.searches import month_text

if TYPE_CHECKING:
    from rag.entities.lookup import Lookup
    from rag.entities.page import EntityPage, Remark, Remarks

_FORMS, _ARTICLES, _STATEMENTS = 6, 10, 10
_SHORT = 8  # words


def lookup_lines(found: Lookup, language: str) -> list[str]:
    """Return whom a name may mean, or that no article has it and which near names they have."""
    if found.entities:
        lines = [text("entity_several", language, name=found.name)]
        return lines + [f"- {entity_text(one, language)}" for one in found.entities]
    if not found.near:
        return [text("entity_unknown", language, name=found.name)]
    return [text("entity_unknown_near", language, name=found.name, near=list_text(found.near, language))]


def entity_text(entity: EntityRow, language: str) -> str:
    """Return an entity's name with its kind and how many articles name it."""
    kind = kind_text(entity, language)
    return f"{entity.name} ({kind}) · {text('entity_in_articles', language, count=entity.articles)}"


def kind_text(entity: EntityRow, language: str) -> str:
    """Return what an entity is: a person, say, or that only a surname is known."""
    return text("entity_bare" if entity.is_bare else f"kind_{entity.kind}", language)


def page_lines(page: EntityPage, others: Sequence[EntityRow], language: str) -> list[str]:
    """Return an entity's page; `others` are those of whom the articles have the same surname alone."""
    lines = [entity_text(page.entity, language)]
    lines += _facts(page, language)
    lines += [text("entity_also_bare", language, name=one.name, count=one.articles) for one in others]
    lines += [text("entity_shared", language, name=name, count=count) for name, count in page.shared]
    if page.statements:
        lines += ["", text("entity_statements", language, count=page.statement_count)]
        for number, one in enumerate(page.statements[:_STATEMENTS], start=1):
            lines += remark_lines(number, one, language)
    if page.companions:
        lines += ["", text("entity_companions", language)]
        for one in page.companions:
            beside = text("entity_beside", language, count=one.sentences)
            same = text("entity_in_articles", language, count=one.articles)
            lines.append(f"- {one.name} ({text(f'kind_{one.kind}', language)}) · {beside} · {same}")
    lines += ["", text("entity_articles", language)]
    for named in page.articles[:_ARTICLES]:
        article = named.article
        parts = (date_text(article.published_at, language), article.outlet, article.title, article.article_id)
        lines.append("- " + " · ".join(part for part in parts if part))
    if page.entity.articles > _ARTICLES:
        lines.append(f"  {text('listing_more', language, count=page.entity.articles - _ARTICLES)}")
    if asked := page.questions.get(language):
        lines += ["", text("entity_questions", language), *(f"- {question}" for question in asked)]
    return lines


def _facts(page: EntityPage, language: str) -> list[str]:
    facts = {
        "entity_forms": [form for form, _ in page.forms[:_FORMS] if form != page.entity.name],
        "entity_roles": [role for role, _ in page.roles[:_FORMS]],
        "entity_months": [
            f"{month_text(int(month[:4]), int(month[5:7]), language)} ({count})"
            for month, count in page.months
        ],
        "entity_outlets": [f"{outlet} ({count})" for outlet, count in page.outlets],
    }
    lines = [text(key, language, items=list_text(items, language)) for key, items in facts.items() if items]
    return lines + ([text("entity_undated", language, count=page.undated)] if page.undated else [])


def statements_lines(entity: EntityRow, statements: Remarks, narrowed: bool, language: str) -> list[str]:
    """Return what an entity says, and how much of it there is; `narrowed`: of a subject, dates or outlets."""
    total, shown = statements.total, statements.found
    if not total:
        key = "said_nothing_so" if narrowed else "said_nothing"
        return [text(key, language, name=entity.name)]
    lines = [f"{entity_text(entity, language)} · {text('entity_statements', language, count=total)}"]
    for number, one in enumerate(shown, start=1):
        lines += remark_lines(number, one, language)
    if total > len(shown):
        lines += ["", text("said_more", language, count=total - len(shown))]
    return lines


def remark_lines(number: int, remark: Remark, language: str) -> list[str]:
    """Return a statement with its form, its verb, its source and where else it stands."""
    form = text(f"said_{remark.form}", language)
    alleged = [text("said_alleged", language)] if remark.is_alleged else []
    day = date_text(remark.published_at, language)
    source = [part for part in (remark.outlet, day, remark.title, remark.article_id) if part]
    lines = ["", f"{number}. {quoted(remark.quote, remark.language)}"]
    lines.append(f"   {' · '.join([f'{form} (« {remark.verb} »)', *alleged, *source])}")
    if remark.form == "direct" and len(remark.quote.split()) < _SHORT:  # says little without its sentence
        lines.append(f"   {text('said_in_sentence', language, sentence=' '.join(remark.context.split()))}")
    if remark.also_in:
        lines.append(f"   {text('said_also_in', language, outlets=list_text(remark.also_in, language))}")
    return lines
