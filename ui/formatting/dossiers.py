"""What is said of dossiers: what fills them, and how much is in them, as plain text."""

from __future__ import annotations

from rag.dossiers.rule import Rule
from rag.dossiers.store import DossierCounts, KeptRule
from rag.schema.question import Filters, Period
from rag.text.cldr import language_name
from ui.formatting import dates
from ui.formatting.i18n import text


def rule_text(kept: KeptRule, language: str) -> str:
    """Return a rule in words; of one that can't be understood any more, that it can't."""
    return text("rule_lost", language) if kept.rule is None else " · ".join(rule_parts(kept.rule, language))


def rule_parts(rule: Rule, language: str) -> list[str]:
    """Return what an article must be to fill a dossier, each condition by itself."""
    filters = rule.filters
    parts = [text("rule_search", language, search=rule.search)] if rule.search else []
    parts += [text("rule_words", language, words=rule.words)] if rule.words.split() else []
    if filters.date_from or filters.date_to:
        key = "filter_dates_or_undated" if filters.undated else "filter_dates"
        parts.append(text(key, language, days=_days(filters, language)))
    parts += [text("rule_undated", language)] if rule.only_undated else []
    if filters.outlets:
        parts.append(text("filter_outlet", language, outlet=_either(filters.outlets, language)))
    if filters.languages:
        named = [language_name(code, language) or code for code in filters.languages]
        parts.append(text("filter_language", language, name=_either(named, language)))
    return parts


def counts_text(counts: DossierCounts, language: str) -> str:
    """Return how many articles are in a dossier, and how many of them are new."""
    said = text("dossier_articles", language, count=counts.articles)
    return f"{said}, {text('dossier_new', language, count=counts.new)}" if counts.new else said


def _either(names: tuple[str, ...] | list[str], language: str) -> str:
    return f" {text('rule_or', language)} ".join(names)


def _days(filters: Filters, language: str) -> str:
    return dates.days_text(Period(filters.date_from, filters.date_to, 0, 0, ""), language)
