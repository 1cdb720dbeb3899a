"""What is paid for beside the asked thing: its repair, a study of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.query.answer_type import ExpectedAnswer
from rag.schema.evidence import Evidence
from rag.text.folding import flatten

# What is paid for beside the thing itself, and its cost alone isn't that of the thing.
_BESIDE = re.compile(
    r"^\W*(?:(?:la|le|les|the|die|el) |l')?(?P<what>reparations?|etudes?|nettoyage|entretien"
    r"|demolition|depollution"
    r"|expertise|assurance|inauguration|ceremonie|desamiantage|gardiennage|repairs?|study|cleaning|clean-up"
    r"|maintenance|survey|upkeep|insurance|ceremony|reparatur|reparacion|riparazione|reparacao|reparatie)\b"
    r"[^,;.]{0,40}? (?:a coute|ont coute|cout(?:e|ent|era|eront|ait|erait)|cost|costs|will cost|has cost"
    r"|kostete?|cuesta|costo|costara|costera|custou|custara)\b"
)
_BEGINNING = 5  # letters that the forms of a noun share


def costs_beside(item: Evidence, asked: ExpectedAnswer) -> bool:
    """Return whether a quote says what something beside the asked thing costs: `la réparation coûtera`."""
    found = _BESIDE.search(flatten(item.quote).lower())
    return found is not None and found["what"][:_BEGINNING] not in asked.folded


def without_costs_beside(cited: Sequence[Evidence], asked: ExpectedAnswer) -> list[Evidence]:
    """Return evidence without what costs beside the asked thing, if anything else is left."""
    if asked.kind != "quantity":
        return list(cited)
    kept = [item for item in cited if not costs_beside(item, asked)]
    return kept or list(cited)
