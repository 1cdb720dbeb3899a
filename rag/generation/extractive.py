"""Which sentences answer in their own words, from the scores that they were offered with.

Pure. The weight was chosen on PIAF (`benchmarks/LOG.md`).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.query.anaphora import leans_back
from rag.schema.evidence import Evidence

# How much the sentences' scores weigh, as an exponent.
RANKING = 0.6
# Least part of the first sentence's score that a second has which is shown too: of its article, or another.
AS_LIKELY, AS_LIKELY_ELSEWHERE = 0.5, 0.8
# Least shares, in [0, 1], of the second and later sentences where a question asks for several.
LEAST_OF_SEVERAL = (0.1, 0.1, 0.08, 0.08)
# Sentences that are chosen among, and their characters: of long ones, fewer.
CHOICES, CHARACTERS = 5, 1200
# What a sentence without any score is worth.
_UNSEEN = 1e-4


def likeliest(offered: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the sentences that are chosen among, in the order in which they were offered."""
    ranked = sorted(range(len(offered)), key=lambda place: -offered[place].score)[:CHOICES]
    kept, left = ranked[:1], CHARACTERS - sum(len(offered[place].quote) for place in ranked[:1])
    for place in ranked[1:]:
        if len(offered[place].quote) <= left:
            kept.append(place)
            left -= len(offered[place].quote)
    return tuple(offered[place] for place in sorted(kept))


def shares(offered: Sequence[Evidence]) -> list[float]:
    """Return each sentence's share, in [0, 1], of being the one that answers; they sum to 1."""
    weights = [max(item.score, _UNSEEN) ** RANKING for item in offered]
    return [weight / sum(weights) for weight in weights]


def best(offered: Sequence[Evidence], several: bool, answering: Sequence[bool]) -> list[int]:
    """Return the places of the sentences that are shown, best first, of those that are `answering`.

    One, unless the question asks for several; a second where it is nearly as likely, which is asked less of
    the same article's.
    """
    able = sorted((place for place, gives in enumerate(answering) if gives), key=lambda i: -offered[i].score)
    if several:
        share = shares(offered)
        least = (0.0, *LEAST_OF_SEVERAL)
        return [place for place, needed in zip(able, least, strict=False) if share[place] >= needed]
    first = offered[able[0]] if able else None
    return [*able[:1], *(place for place in able[1:2] if _as_likely(offered[place], first))]


def _as_likely(second: Evidence, first: Evidence) -> bool:
    least = AS_LIKELY if second.article.id == first.article.id else AS_LIKELY_ELSEWHERE
    return second.score >= least * first.score


def in_order(quoted: Sequence[Evidence], in_time: bool) -> list[Evidence]:
    """As they are, or by the day of their articles where a question asks for a course of events."""
    if in_time:
        return sorted(quoted, key=lambda item: (item.article.published_at or "", item.start))
    return list(quoted)


def readable(item: Evidence) -> Evidence:
    """Return the sentence, with the one before it when it opens with `Il`, `Ce` and the like."""
    if leans_back(item):
        return next(wider for wider in item.widened() if wider.start == item.before[0].start)
    return item


def in_turn(items: Sequence[Evidence]) -> list[Evidence]:
    """Return sentences that are shown one after the other, each readable: none is said twice.

    One that opens with `Il` needs nothing more where the sentence that it goes on from is shown just above.
    """
    told: list[Evidence] = []
    for item in items:
        above = told[-1] if told else None
        follows = (
            above is not None
            and bool(item.before)
            and above.article.id == item.article.id
            and above.start <= item.before[0].start
            and item.before[0].end <= above.end <= item.start
        )
        told.append(item if follows else readable(item))
    return told
