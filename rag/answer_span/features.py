"""What speaks for and against a span as the answer, in numbers. Pure.

Whether it is of the asked sort, what stands around it, how near the question's own words are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rag.answer_span.focus import Focus
from rag.answer_span.tokens import Token, enclosed
from rag.schema.article import Span

# How much less a word of the question counts for each word that it is further away.
_NEAR = 0.75

_GENERAL = (
    "words", "content words", "share asked", "starts asked", "ends asked", "near left", "near right",
    "clause left", "clause right", "noun left", "noun right", "opens with determiner",
    "opens with preposition", "opens with conjunction", "opens with verb", "after determiner",
    "after preposition", "after verb", "after copula", "after sign", "after asked", "after coordinator",
    "before sign", "before preposition", "before conjunction", "before verb", "before content",
    "before coordinator", "before asked", "commas", "prepositions", "conjunctions", "verbs", "coordinators",
    "unbalanced", "enclosed", "clause whole", "capital", "number", "sentence start", "after all asked",
    "before all asked", "noun inside", "of the sort", "holds one of the sort", "inside one of the sort",
    "longest of the sort",
)  # fmt: skip
# Those that weigh differently by what is asked for, and by how.
_BY_SORT = (
    "words", "capital", "number", "opens with determiner", "opens with preposition", "clause whole",
    "of the sort", "before verb", "after verb", "clause left", "clause right", "near left", "near right",
    "holds one of the sort",
)  # fmt: skip
_BY_FORM = ("before verb", "after verb", "clause left", "clause right", "after copula", "noun left")
_SORTS = ("person", "name", "time", "quantity", "place", "reason", "manner", "thing")
_AS = {"duration": "quantity", "penalty": "quantity", "title": "name"}
FEATURES = (
    *_GENERAL,
    *(f"{sort}: {name}" for sort in _SORTS for name in _BY_SORT),
    *(f"{form}: {name}" for form in ("inverted", "copular") for name in _BY_FORM),
)


def feature_rows(
    focus: Focus, found: Sequence[Token], places: Mapping[Span, tuple[int, int]], typed: Sequence[Span]
) -> np.ndarray:
    """Return one row for each of `places`, one column for each of FEATURES.

    Args:
        focus: What the question wants to be told.
        found: The sentence's tokens.
        places: Spans, each with its first and its last token.
        typed: The phrases of the asked sort.
    """
    first, last = np.array(list(places.values())).T
    general = {
        **_around(_Marks(focus, found), first, last),
        **_of_the_sort(list(places), typed),
        "enclosed": np.isin(first * len(found) + last, [a * len(found) + b for a, b in enclosed(found)]),
    }
    none = np.zeros(len(places))
    as_sort = _AS.get(focus.sort, focus.sort)
    columns = [general[name] for name in _GENERAL]
    columns += [general[name] if sort == as_sort else none for sort in _SORTS for name in _BY_SORT]
    columns += [
        general[name] if form else none for form in (focus.inverted, focus.copular) for name in _BY_FORM
    ]
    return np.column_stack(columns).astype(float)


class _Marks:
    """What each token of a sentence is, one array a property."""

    def __init__(self, focus: Focus, found: Sequence[Token]) -> None:
        def of(is_so: Callable[[Token], object]) -> np.ndarray:
            return np.array([float(bool(is_so(token))) for token in found])

        self.count = len(found)
        self.asked = np.array([token.asked for token in found])
        self.content = of(lambda t: t.is_content or t.is_number)
        self.ends_clause = of(lambda t: t.is_break)
        self.determiner = of(lambda t: t.is_determiner)
        self.preposition = of(lambda t: t.is_preposition)
        self.conjunction = of(lambda t: t.is_conjunction)
        self.coordinator = of(lambda t: t.is_coordinator)
        self.verb = of(lambda t: t.is_verb)
        self.copula = of(lambda t: t.is_copula)
        self.capital = of(lambda t: t.capital and t.is_content)
        self.number = of(lambda t: t.is_number)
        self.comma = of(lambda t: t.plain == ",")
        self.opening = of(lambda t: t.plain in "«“([")
        self.closing = of(lambda t: t.plain in "»”)]")
        self.noun = of(
            lambda t: focus.noun and (t.plain == focus.noun or focus.noun_terms & {*t.stem.split()})
        )


def _around(marks: _Marks, first: np.ndarray, last: np.ndarray) -> dict[str, np.ndarray]:
    """Return what spans from their `first` to their `last` tokens hold, and what stands beside them."""

    def inside(values: np.ndarray) -> np.ndarray:
        sums = np.concatenate([[0.0], np.cumsum(values)])
        return sums[last + 1] - sums[first]

    def before(values: np.ndarray, edge: float = 0.0) -> np.ndarray:
        return np.where(first > 0, values[np.maximum(first - 1, 0)], edge)

    def after(values: np.ndarray, edge: float = 0.0) -> np.ndarray:
        return np.where(last + 1 < marks.count, values[np.minimum(last + 1, marks.count - 1)], edge)

    content = inside(marks.content)
    asked = np.nonzero(marks.asked)[0]
    after_sign, before_sign = before(marks.ends_clause, 1.0), after(marks.ends_clause, 1.0)
    return {
        "words": np.log1p(last - first + 1),
        "content words": np.log1p(content),
        "share asked": inside(marks.asked * marks.content) / np.maximum(content, 1),
        "starts asked": marks.asked[first],
        "ends asked": marks.asked[last],
        "near left": _reach(marks.asked)[first],
        "near right": _reach(marks.asked[::-1])[::-1][last],
        "clause left": _reach(marks.asked, marks.ends_clause)[first],
        "clause right": _reach(marks.asked[::-1], marks.ends_clause[::-1])[::-1][last],
        "noun left": _reach(marks.noun)[first],
        "noun right": _reach(marks.noun[::-1])[::-1][last],
        "opens with determiner": marks.determiner[first],
        "opens with preposition": marks.preposition[first],
        "opens with conjunction": marks.conjunction[first],
        "opens with verb": marks.verb[first],
        "after determiner": before(marks.determiner),
        "after preposition": before(marks.preposition),
        "after verb": before(marks.verb),
        "after copula": before(marks.copula),
        "after sign": after_sign,
        "after asked": before(marks.asked),
        "after coordinator": before(marks.coordinator),
        "before sign": before_sign,
        "before preposition": after(marks.preposition),
        "before conjunction": after(marks.conjunction),
        "before verb": after(marks.verb),
        "before content": after(marks.content),
        "before coordinator": after(marks.coordinator),
        "before asked": after(marks.asked),
        "commas": inside(marks.comma),
        "prepositions": inside(marks.preposition),
        "conjunctions": inside(marks.conjunction),
        "verbs": inside(marks.verb),
        "coordinators": inside(marks.coordinator),
        "unbalanced": np.abs(inside(marks.opening) - inside(marks.closing)),
        "clause whole": after_sign * before_sign,
        "capital": marks.capital[first],
        "number": inside(marks.number) > 0,
        "sentence start": first == 0,
        "after all asked": first > (asked[-1] if len(asked) else -1),
        "before all asked": last < (asked[0] if len(asked) else marks.count),
        "noun inside": inside(marks.noun) > 0,
    }


def _reach(marks: np.ndarray, ends: np.ndarray | None = None) -> np.ndarray:
    """Return for each place how much is marked before it, nearer marks counting more, within what `ends`."""
    total, values = 0.0, []
    for place, mark in enumerate(marks):
        values.append(total)
        total = 0.0 if ends is not None and ends[place] else total * _NEAR + mark
    return np.array(values)


def _of_the_sort(spans: Sequence[Span], typed: Sequence[Span]) -> dict[str, np.ndarray]:
    """Return how spans lie to the phrases of the asked sort."""
    longest = {span.start: span for span in sorted(typed)}
    known = set(typed)
    return {
        "of the sort": np.array([span in known for span in spans]),
        "longest of the sort": np.array([longest.get(span.start) == span for span in spans]),
        "holds one of the sort": np.array([any(span.holds(other) for other in typed) for span in spans]),
        "inside one of the sort": np.array(
            [any(other.holds(span) and other != span for other in typed) for span in spans]
        ),
    }
