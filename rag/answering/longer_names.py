"""Over each sentence of an answer of these kinds whom it is of, where its article has a longer name only.

Knows what an answer is about and its claims: `À propos de Newton Abbot`, where Newton was asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.outcome import Outcome
from rag.answering.subject import Subject
from rag.grounding.longer_names import LongerNames
from rag.text.normalization import words


def headed(outcome: Outcome, subjects: Sequence[Subject | None], language: str) -> Outcome:
    """Return an outcome with headings in the reader's language over what longer names are of."""
    names = _names(subjects, outcome)
    cited = [item for claim in outcome.claims for item in claim.evidence]
    claims = (
        replace(claim, heading=claim.heading or names.heading(claim.evidence[0], cited, language))
        for claim in outcome.claims
    )
    return replace(outcome, claims=tuple(claims))


def told_apart(outcome: Outcome, subjects: Sequence[Subject | None]) -> Outcome:
    """Return an outcome with the longer name in the heading of each side: `Vitry (Vitry-sur-Seine)`."""
    names = _names(subjects, outcome)
    return replace(
        outcome,
        claims=tuple(
            replace(claim, heading=f"{claim.heading} ({', '.join(longer)})")
            if claim.heading and (longer := names.names(claim.evidence[0]))
            else claim
            for claim in outcome.claims
        ),
    )


def _names(subjects: Sequence[Subject | None], outcome: Outcome) -> LongerNames:
    about = [subject for subject in subjects if subject is not None]
    units = [unit for subject in about for unit in subject.units]
    # The word that opens a phrase is known as a name by its capital alone.
    own = [unit.words for unit in units if unit.is_name or unit.words[0].isupper()]
    beside = [word for unit in units if not unit.is_name for word in words(unit.words)]
    return LongerNames(own, beside, outcome.hits)
