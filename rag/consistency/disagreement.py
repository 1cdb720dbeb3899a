"""Where two articles give different numbers for the same thing that was asked. Pure.

Only what can be told by words: the same counted noun or unit, asked for by the question, with values that
don't bear each other out. Reprints of one story are one article. Knows no model and no page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations

from rag.consistency.costs_beside import costs_beside
from rag.consistency.parts_of_places import part_of_place
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.extraction.corrections import CORRECTION_WORDS
from rag.extraction.numbers.quantities import Quantity
from rag.query.answer_type import ExpectedAnswer
from rag.schema.article import stated_day
from rag.schema.evidence import Disagreement, Evidence, StatedValue
from rag.text.normalization import fold
from rag.verification.quantity_match import matches

# Least likeness (Dice's coefficient) of the terms of two quotes that are held to be about the same thing.
LIKENESS = 0.28
_CORRECTS = re.compile(
    rf"\b({CORRECTION_WORDS}|corrige(?:e?s?|r|ons|ez|ent|a|ait|aient|ant)|nous avions"
    r"|contrairement a ce que nous|comme nous l'avons|we had|as we (?:wrote|reported|stated|said))\b"
)


def disagreements(
    cited: Sequence[Evidence], expected: ExpectedAnswer, analyses: SentenceAnalyses
) -> tuple[Disagreement, ...]:
    """Return what the articles among `cited` give different numbers for.

    Nothing unless the question asks for a number.
    """
    if expected.kind != "quantity":
        return ()
    found = []
    for one, two in combinations(cited, 2):
        if same_story(one, two) or not alike(one, two, analyses):
            continue
        if costs_beside(one, expected) != costs_beside(two, expected):
            continue
        pairs = _differing(_numbers(one, expected, analyses), _numbers(two, expected, analyses))
        if told := [(a, b) for a, b in pairs if expected.fits(a.unit)]:
            mine, theirs = (", ".join(map(_words, numbers)) for numbers in zip(*told, strict=True))
            found.append(
                Disagreement((StatedValue(mine, one), StatedValue(theirs, two)), _correction(one, two))
            )
    return tuple(found)


def others(
    cited: Sequence[Evidence],
    offered: Sequence[Evidence],
    expected: ExpectedAnswer,
    analyses: SentenceAnalyses,
    is_of_it: Callable[[Evidence], bool] = lambda _: True,
) -> list[Evidence]:
    """Return the sentences on offer that contradict the first citation, best first, one an article.

    They are of articles that aren't cited.

    Args:
        cited: What the answer cites.
        offered: The sentences on offer.
        expected: What the question asks for.
        analyses: The sentences as they were analysed.
        is_of_it: Whether a sentence speaks of what the question asks of.
    """
    known = {item.article.id for item in cited}
    found: dict[str, Evidence] = {}
    for item in filter(is_of_it, sorted(offered, key=lambda other: -other.score)):
        if item.article.id not in known and disagreements((*cited[:1], item), expected, analyses):
            found.setdefault(item.article.id, item)
    return list(found.values())


def _numbers(item: Evidence, expected: ExpectedAnswer, analyses: SentenceAnalyses) -> list[Quantity]:
    part = part_of_place(item, expected, analyses)
    if part is not None:
        return [part]
    return [
        number
        for number in analyses.of(item.quote, item.article.language).quantities
        if (number.unit or number.noun) and not (number.ordinal or number.anaphoric or number.aside)
    ]


def _words(number: Quantity) -> str:
    return f"{number.text} {number.noun}".strip()


def _differing(mine: Sequence[Quantity], theirs: Sequence[Quantity]) -> list[tuple[Quantity, Quantity]]:
    """For each thing that both sides count: their first numbers, if none bears out one of the other side."""
    pairs: dict[tuple[str, str], list[tuple[Quantity, Quantity]]] = {}
    for a in mine:
        for b in theirs:
            if (a.unit, a.noun) == (b.unit, b.noun):
                pairs.setdefault((a.unit, a.noun), []).append((a, b))
    return [same[0] for same in pairs.values() if not any(matches(a, b) or matches(b, a) for a, b in same)]


def alike(one: Evidence, two: Evidence, analyses: SentenceAnalyses) -> bool:
    """Return whether two quotes tell of the same thing, as far as their words show."""
    mine, theirs = (
        {term for term in analyses.of(item.quote, item.article.language).terms if not term[0].isdigit()}
        for item in (one, two)
    )
    return 2 * len(mine & theirs) >= LIKENESS * (len(mine) + len(theirs)) > 0


def same_story(one: Evidence, two: Evidence) -> bool:
    """Return whether two quotes are of one article or of reprints of it."""
    carriers = {reprint.article_id for reprint in one.also_in} | {one.article.id}
    return two.article.id in carriers or one.article.id in {r.article_id for r in two.also_in}


def _correction(one: Evidence, two: Evidence) -> Evidence | None:
    """Return the later of the two, if it says that it corrects something."""
    if not (stated_day(one.article.published_at) and stated_day(two.article.published_at)):
        return None
    later = max(one, two, key=lambda item: item.article.published_at or "")
    if one.article.published_at == two.article.published_at:
        return None
    return later if corrects(later) else None


def corrects(item: Evidence) -> bool:
    """Return whether a quote, or the title over it, says that it corrects something."""
    return _CORRECTS.search(fold(f"{item.article.title}\n{item.quote}")) is not None
