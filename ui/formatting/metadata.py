"""What was stated and what was corrected of an article, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from rag.metadata.fields import Field, FieldRecord, value_of
from rag.schema.article import Article
from ui.formatting.i18n import date_text, text

_DATES: tuple[Field, ...] = ("published_at", "updated_at")


def field_name(field: Field, language: str) -> str:
    """Return what a field is called: `Journal`, `Date de parution`."""
    return text(f"field_{field}", language)


def value_text(field: Field, value: str | None, language: str) -> str:
    """Return a field's value as it is shown; a word for none."""
    if value is None:
        return text("field_nothing", language)
    return date_text(value, language) if field in _DATES else value


def stated_text(field: Field, record: FieldRecord, language: str) -> str:
    """Return `corrigé ; indiqué : lemonde.fr`; `indiqué : lemonde.fr` of a name that was merged."""
    stated = value_text(field, record.stated, language)
    return text("record_corrected" if record.is_corrected else "record_merged", language, stated=stated)


def record_text(article: Article, field: Field, record: FieldRecord, language: str) -> str:
    """Return `Journal : Le Monde (corrigé ; indiqué : lemonde.fr)`."""
    return text(
        "record_line",
        language,
        field=field_name(field, language),
        value=value_text(field, value_of(article, field), language),
        stated=stated_text(field, record, language),
    )


def records_values(records: Mapping[Field, FieldRecord]) -> dict:
    """Return the records of an article as JSON has them: field → what was stated, and what was corrected."""
    return {field: record.to_dict() for field, record in records.items()}
