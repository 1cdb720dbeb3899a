"""What something costs by now: `la facture s'élève désormais à 2,7 millions`. Pure."""

from __future__ import annotations

import re

from rag.consistency.matter import Matter
from rag.consistency.values import Value, span_of
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.numbers.units import CURRENCIES
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import Span, stated_day
from rag.schema.evidence import Evidence
from rag.text.analyzer import terms
from rag.text.folding import flatten
from rag.text.synonyms import related

_BILL = re.compile(
    r"^\W*(?:(?:la|le|the|its|die|der|el|il|o|a|de|het) |l')(?:\w+ )?"
    r"(?:facture|cout|couts|note|addition|ardoise|budget|devis|prix|montant|bill|costs?|price(?: tag)?"
    r"|rechnung|kosten|gesamtkosten|factura|coste|costo|presupuesto|conto|fattura|custo|conta|rekening)\b"
    r"(?: (?:total|totale|finale?|globale?|overall))?"
    r"(?P<of> (?:de |du |des |d'|of |for |fur |del |della |do |da |van ))?"
)
_NOW = re.compile(
    r"\b(?:desormais|maintenant|a present|finalement|now|inzwischen|mittlerweile|nunmehr|jetzt|ahora|ormai"
    r"|adesso|agora|inmiddels)\b"
)
_BEFORE_OLD = re.compile(
    r"\b(?:au lieu d(?:e|es|u)|contre|et non(?: pas)?|up from|instead of|rather than|statt|gegenuber|frente a"
    r"|contro|contra|tegen|from) (?:les |the |den )?\W?$"
)


def may_be_bill(flat: str) -> bool:
    """Return whether a quote, flattened in lower case, may say what something costs by now: a quick look."""
    return _BILL.search(flat) is not None and _NOW.search(flat) is not None


def bill_now(
    item: Evidence,
    known: Evidence,
    asked: ExpectedAnswer,
    analyses: SentenceAnalyses,
    matter: Matter,
) -> Evidence | None:
    """Return a quote with the amount that a thing costs by now, where `known` gives another, or None.

    A bill that isn't said of what is that of what its article tells of before: the title, and the sentences
    that stand before it, have what the question asks of.
    """
    days = [stated_day(one.article.published_at) for one in (item, known)]
    flat = flatten(item.quote).lower()
    bill = _BILL.search(flat)
    if (
        asked.kind != "quantity"
        or bill is None
        or not _NOW.search(flat)
        or not all(days)
        or days[0] <= days[1]
    ):
        return None
    was = [one for one in Value(known, asked, analyses).of("quantity") if one.unit in CURRENCIES]
    if not was or not _is_of(item, known, analyses, matter, said_of=bill["of"] is not None):
        return None
    for value in Value(item.answered_by(None), asked, analyses).of("quantity"):
        span = span_of(value)
        is_new = value.unit == was[0].unit and value.values != was[0].values
        if is_new and not _BEFORE_OLD.search(flat[: span.start]):
            return item.answered_by(Span(item.start + span.start, item.start + span.end))
    return None


def _is_of(
    item: Evidence, known: Evidence, analyses: SentenceAnalyses, matter: Matter, said_of: bool
) -> bool:
    if said_of:
        return matter.is_in(item, known, analyses)
    question = matter.question
    if item.article.language != question.language:
        return False
    told = f"{item.article.title}\n{item.article.text[: item.start]}"
    here = terms(told, item.article.language)
    names = analyses.of(question.text, question.language).names
    named = [stem for name in names for stem in terms(name.text, question.language)]
    things = [noun for noun in matter.nouns if not matter.is_of_it(noun)]
    if not named and not things:
        return False
    return all(any(stem == one or related(stem, one) for one in here) for stem in (*named, *things))
