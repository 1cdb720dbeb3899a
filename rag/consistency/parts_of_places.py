"""The part of a number that is the asked place's: `320 postes dans le monde, dont 85 à Brémont`. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.numbers.quantities import Quantity
from rag.query.answer_type import ExpectedAnswer
from rag.schema.evidence import Evidence
from rag.text.normalization import words

_PART = re.compile(
    r"\b(?:dont|y compris|parmi lesquel(?:le)?s|including|among them|of which|of them|darunter"
    r"|davon|inklusive"
    r"|incluid[oa]s|incluyendo|entre ell[oa]s|de los cuales|tra cui|di cui|dos quais|incluindo"
    r"|waarvan|waaronder)\b"
    r"(?P<between>[^;.:]*)$"
)
_AT = re.compile(
    r"\b(?:a|au|aux|en|dans|sur|in|at|near|on|bei|am|im|de|du|d'|of|nella?|em|te|op)"
    r"(?: (?:la|le|les|l'|the|der|dem|el|its|son|sa))? ?(?:[a-z'-]+ ){0,3}$"
)


def part_of_place(item: Evidence, asked: ExpectedAnswer, analyses: SentenceAnalyses) -> Quantity | None:
    """Return the number of a quote that is a place's which the question names, part of another, or None.

    It counts what the whole counts.
    """
    if asked.kind != "quantity":
        return None
    said, named = analyses.of(item.quote, item.article.language), set(words(asked.folded))
    flat = said.flat.lower()
    for name in said.names:
        part = _PART.search(flat[: name.start])
        if part is None or not name.tokens or not named.issuperset(words(" ".join(name.tokens))):
            continue
        inside = [one for one in said.quantities if part.start() < one.start and one.end <= name.start]
        whole = [one for one in said.quantities if one.end <= part.start()]
        if len(inside) != 1 or not whole or not _AT.search(flat[inside[0].end : name.start]):
            continue
        one, of = inside[0], whole[-1]
        if one.unit not in ("", of.unit):
            continue
        return replace(one, unit=of.unit, noun=of.noun, aside=False)
    return None
