"""A yes/no question answered by sentences, each with the side that it takes. Pure.

Where articles say yes and others no, one sentence of each is shown; where nothing can be told, none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.composition.stance import Stance, stance
from rag.composition.standing import putting_off, with_reply
from rag.composition.statement import Statement, statement
from rag.consistency.matter import Matter
from rag.consistency.replacement import denies_value
from rag.query.question_text import QuestionText
from rag.schema.answer import Verdict
from rag.schema.article import stated_day
from rag.schema.evidence import Evidence
from rag.verification.correspondence import ReadTexts
from rag.verification.premise import EvidenceReader

_SURENESS = ("stated", "reported", "undated", "uncertain", "undecided")


@dataclass(frozen=True, slots=True)
class SidedEvidence:
    """A sentence and the side that it takes; `outdated` where another one says what is so instead."""

    evidence: Evidence
    stance: Stance
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class YesNo:
    """What the articles say to a yes/no question; `sides` is empty where they say nothing of it.

    `verdict` is None where they say nothing, or only what isn't sure.
    """

    verdict: Verdict | None
    sides: tuple[SidedEvidence, ...]


def yes_no(
    question: QuestionText,
    offered: Sequence[Evidence],
    reader: EvidenceReader,
    similarity: Callable[[str, Evidence], float | None] = lambda _text, _item: None,
    read: ReadTexts | None = None,
) -> YesNo:
    """Return what sentences say to a yes/no question.

    Args:
        question: The question.
        offered: The sentences.
        reader: Has read evidence of the same question.
        similarity: The cosine of a statement to a sentence where their languages differ.
        read: An encoder's reading of texts, by which words of two languages are compared.
    """
    claim = statement(question)
    if claim is None:
        return YesNo(None, ())
    taken = [
        SidedEvidence(with_reply(item), found)
        for item in offered
        if (found := stance(claim, item, reader, similarity(claim.text, item), read)) is not None
    ]
    taken.sort(key=lambda one: (_SURENESS.index(one.stance.certainty), -one.evidence.score))
    sure = [one for one in taken if one.stance.certainty in {"stated", "reported"}]
    best = {one.stance.side: one for one in reversed(sure) if one.stance.side is not None}
    if not best:
        return YesNo(None, tuple(taken[:1]))
    if len(best) > 1:
        matter = Matter.of(question, reader.analyses)
        if _is_settled(claim, matter, best["yes"].evidence, best["no"].evidence, reader):
            return overtaken(best["no"], best["yes"])
        return YesNo("disputed", tuple(sorted(best.values(), key=taken.index)))
    ((side, first),) = best.items()
    if side == "yes" and (later := putting_off(claim, first.evidence, offered, reader)) is not None:
        return YesNo("disputed", (first, SidedEvidence(later, Stance("no", "stated"))))
    return YesNo(side, (first,))


def overtaken(no: SidedEvidence, yes: SidedEvidence) -> YesNo:
    """Return that it isn't so, with what was said before."""
    return YesNo("no", (no, replace(yes, outdated=True)))


def _is_settled(
    claim: Statement, matter: Matter, yes: Evidence, no: Evidence, reader: EvidenceReader
) -> bool:
    """Return whether the later of two says of the very day, number or name that it isn't it.

    Who denies a deed disputes it; who says `230, and not 320` knows what was said. Of the museum's car park
    it says nothing of the museum.
    """
    days = [stated_day(item.article.published_at) for item in (yes, no)]
    if not all(days) or days[0] >= days[1]:
        return False
    analyses = reader.analyses
    if not matter.is_meant_in(no, yes, analyses):
        return False
    return denies_value(analyses.of(claim.text, claim.language), analyses.of(no.quote, no.article.language))
