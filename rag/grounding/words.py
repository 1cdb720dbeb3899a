"""The word lists of `data/`: roles, places, words of institutions' names, openings of requests."""

from __future__ import annotations

from rag.text.word_lists import KindsOfTerms, WordList


def _listed(heading: str) -> WordList:
    return WordList("rag.grounding", "subjects", (heading,))


ROLES = _listed("roles")
# Roles that may be held for a person too.
OTHER_ROLES = _listed("other roles")
# What makes another role of a role: `the deputy mayor`, `l'ancien maire`.
RANKS = _listed("ranks")
PLACES = _listed("places")
# Words of names that name nobody by themselves.
GENERIC = _listed("generic")
# What happens somewhere.
EVENTS = _listed("events")
# What opens a request.
OPENING = _listed("openers")
# What makes a deed undone that is named after it.
UNDOING = _listed("undoing")
# Which of several events of a kind is meant; those with the same first word are never two at a time.
OCCASIONS = KindsOfTerms(
    "rag.grounding",
    "occasions",
    (
        *("leg first", "leg second", "round first", "round second", "stage quarter", "stage semi"),
        *("instance first", "instance appeal"),
    ),
)
