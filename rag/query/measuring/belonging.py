"""Whose a number is in a sentence with several: `6 412 voix, contre 5 987 à X`, `40 blessés, dont 3 à Y`.

Pure. Only where the sentence sets one against another, or a part beside its whole; anywhere else every number
may be of whatever the sentence is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.numbers.quantities import Quantity
from rag.schema.article import Span
from rag.text.analyzer import terms
from rag.text.normalization import words

# What sets somebody against somebody else.
_AGAINST = (
    r"(?:contre|devant|face a(?:ux?)?|tandis que|alors que|ahead of|against|beating|defeating|to beat|while"
    r"|whereas|versus|compared (?:with|to)|gegen|gegenuber|wahrend|vor|contra|frente al?|mientras que|contro"
    r"|davanti a|mentre|tegen|tegenover|terwijl|enquanto)"
)
# What tells a part of the number before; `120 of them` has it behind its number.
_PART = (
    r"(?:dont|parmi (?:eux|elles|lesquel\w+)|including|among (?:them|whom|which)|of (?:whom|which|these)"
    r"|davon|darunter|de (?:los|las) (?:cuales|que)|di cui|(?:dei|delle) quali|(?:dos|das) quais|waarvan"
    r"|onder wie)"
)
_SIGN = re.compile(r"(?<!\d)[,;:()](?!\d)|(?<=\d)[,;:()](?= )|\s[-–—]\s")
_OPENS = re.compile(rf"\b(?:{_AGAINST}|{_PART})\b", re.IGNORECASE)
_OPENS_AGAINST = re.compile(rf"\W*(?:and |et )?{_AGAINST}\b", re.IGNORECASE)
_OPENS_PART = re.compile(rf"\W*(?:and |et )?{_PART}\b", re.IGNORECASE)
# A part's number has the unit of its whole where it states none: `8,4 millions d'euros, dont 2,1 millions`.
_LARGE = 1_000
_OF_THEM = re.compile(r" (?:of (?:them|these|whom|which)|d'entre (?:eux|elles)|de ellos|de ellas|di loro)\b")


@dataclass(frozen=True, slots=True)
class _Segment:
    """What stands between two signs, or opens with a word for a contrast or a part."""

    span: Span
    against: bool
    part: bool


def own_numbers(
    found: Sequence[Quantity], said: AnalysedSentence, asked: str, language: str | None
) -> list[Quantity]:
    """Return the numbers that can be of what is asked about, where a sentence tells which are another's.

    Args:
        found: Numbers of the sentence that could answer.
        said: The sentence.
        asked: The question, folded.
        language: Its language.
    """
    if not found or len(said.quantities) + len(said.names) < 2:
        return list(found)
    segments = _segments(said)
    if len(segments) < 2:
        return list(found)
    parts = _of_asked_part(found, said, segments, asked, language)
    if parts:
        return parts
    return _of_asked_name(found, said, segments, asked)


def _segments(said: AnalysedSentence) -> list[_Segment]:
    flat = said.flat
    cuts = sorted(
        {0, *(sign.end() for sign in _SIGN.finditer(flat)), *(word.start() for word in _OPENS.finditer(flat))}
    )
    found = []
    for start, end in zip(cuts, [*cuts[1:], len(flat)], strict=True):
        if not re.search(r"\w", flat[start:end]):
            continue
        part = _OPENS_PART.match(flat, start, end) is not None
        part = part or any(
            start <= item.start < end and _OF_THEM.match(flat, item.end) for item in said.quantities
        )
        found.append(_Segment(Span(start, end), _OPENS_AGAINST.match(flat, start, end) is not None, part))
    return found


def _number_of(segments: Sequence[_Segment], place: int) -> int:
    return next((n for n, one in enumerate(segments) if one.span.start <= place < one.span.end), 0)


def _of_asked_part(
    found: Sequence[Quantity],
    said: AnalysedSentence,
    segments: Sequence[_Segment],
    asked: str,
    language: str | None,
) -> list[Quantity]:
    """Return the numbers of the part that a question asks about by a word that only that part has.

    Of `8,4 millions, dont 2,1 versés par la région`, 2,1 if it asks about the region.
    """
    if language != said.language:
        return []
    wanted = set(terms(asked, language))
    for number, segment in enumerate(segments):
        if not segment.part:
            continue
        last = next(
            (n for n in range(number + 1, len(segments)) if _begins(segments[n], said)), len(segments)
        )
        end = segments[last - 1].span.end
        own = set(terms(said.text[segment.span.start : end], language))
        rest = set(terms(said.text[: segment.span.start] + " " + said.text[end:], language))
        inside = [item for item in found if segment.span.start <= item.start < end] or [
            item
            for item in said.quantities
            if segment.span.start <= item.start < end and not item.unit and item.value >= _LARGE
        ]
        before = any(item.start < segment.span.start for item in said.quantities)
        if inside and before and wanted & (own - rest):
            return inside
    return []


def _begins(segment: _Segment, said: AnalysedSentence) -> bool:
    """Return whether something else begins: another part, a contrast, or what has a number of its own."""
    inside = any(segment.span.start <= item.start < segment.span.end for item in said.quantities)
    return segment.part or segment.against or inside


def _of_asked_name(
    found: Sequence[Quantity], said: AnalysedSentence, segments: Sequence[_Segment], asked: str
) -> list[Quantity]:
    """Return the numbers without those that are somebody else's whom the asked one is set against."""
    wanted = set(words(asked))
    names = [(_number_of(segments, name.start), _is_asked(name.text, wanted)) for name in said.names]
    own = {number for number, is_asked in names if is_asked}
    others = {number for number, is_asked in names if not is_asked}
    if not own or not others - own:
        return list(found)
    in_own = [item for item in found if _number_of(segments, item.start) in own]
    return [
        item
        for item in found
        if not _is_anothers(_number_of(segments, item.start), segments, own, others, bool(in_own))
    ]


def _is_asked(name: str, wanted: set[str]) -> bool:
    """Return whether a question has a name, maybe without its first words: `Conservative Peter Langdon`."""
    said = words(name)
    return wanted.issuperset(said) or (len(said) > len(said[-2:]) and wanted.issuperset(said[-2:]))


def _is_anothers(
    place: int, segments: Sequence[_Segment], own: set[int], others: set[int], own_has_one: bool
) -> bool:
    """Return whether the number in a segment is another's than those whose segments are `own`."""
    if place in own:
        return False
    # A segment without a name goes on with the one before it: `beating Peter Langdon, who took 10,215`.
    holder = next((n for n in range(place, -1, -1) if n in own or n in others), None)
    if holder is None or holder in own:
        return False
    nearest = min(own, key=lambda number: abs(number - place))
    low, high = sorted((holder, nearest))
    contrasted = any(one.against for one in segments[low + 1 : high + 1])
    return contrasted or own_has_one
