"""Where a sentence enumerates: after a colon, `à savoir`, `dont`, `including`; and what it enumerates.

Pure, by signs and small words. Knows no question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from rag.answer_span.words import ANNOUNCING, COUNTING, GOING_ON, VERBS, finder
from rag.schema.article import Span
from rag.text.folding import flatten

# What stands between items; a name may hold `et` or `and`, which is no matter where the first and last count.
_BETWEEN = re.compile(
    r"\s*,?[”’\"»]?\s*(?:,|;|\b(?:ainsi que|as well as|et aussi|and also|et|and|ou|or)\b)\s*", re.IGNORECASE
)
# An item opens with a sign, a capital, a number or what stands before a noun.
_ITEM = re.compile(
    r"[«“\"‘(]?\s*(?:[A-Z0-9]|(?:l[aes]|les|un|une|des|du|d[eu]|au|aux|son|sa|ses|leurs?|celles?|ceux"
    r"|the|an?|its|his|her|their|novel|one|two|three)\b|[ld]')"
)
# `trois journaux, La Provence …`: what follows the number, up to the items.
_COUNTED = re.compile(r"(?: [\w'-]+){1,4}?\s*[,:]\s*")
_QUOTED = re.compile(r"[«“\"][^»”\"]*[»”\"]")
_COLON, _SIGNS, _STOP = re.compile(":"), re.compile(r"[\s:,]*"), re.compile(r";|\s[–—-]\s|:")
_END = re.compile(r"[.!?;]?\s*[»”\"]?[.!?]?\s*$")
# `, a annoncé le maire`
_SPOKE = re.compile(r"(?:a|ont) (?:\w+é|dit|fait|promis|écrit|prévenu)\b")
_FUTURE = re.compile(r"\w{2,}(?:era|eront|ira|iront|dra|dront)")
_WORD = re.compile(r"\w+")
_RELATIVE = re.compile(r"\b(?:qui|que|dont|ou|which|who|that|where)\b", re.IGNORECASE)
_LONGEST_ITEM = 20  # words
# Longer sentences are read no further.
_LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Enumeration:
    """What a sentence enumerates, in its offsets.

    `announced`: the words that say of what; `items`: the items from the first to the last; `goes_on`: it is
    the sentence before that says of what.
    """

    announced: Span
    items: Span
    count: int
    goes_on: bool


def enumeration(text: str, language: str | None) -> Enumeration | None:
    """Return what a sentence of a language (ISO 639-1) enumerates; None where it doesn't."""
    text = text[:_LONGEST]
    flat, verbs = flatten(text), VERBS.of(language or "")
    announcing = sorted(
        [*_COLON.finditer(flat), *finder(ANNOUNCING).finditer(flat)], key=lambda found: found.start()
    )
    for found in announcing:
        start = _SIGNS.match(flat, found.end()).end()
        counting = finder(COUNTING).match(flat, start)
        counted = counting and _COUNTED.match(flat, counting.end())
        found_items = _items(flat, counted.end() if counted else start)
        best = list(takewhile(lambda span: not _says(text[span.start : span.end], verbs), found_items))
        if len(best) > 1:
            goes_on = finder(GOING_ON).match(flat) is not None
            return Enumeration(Span(0, best[0].start), Span(best[0].start, best[-1].end), len(best), goes_on)
    return None


def _items(flat: str, start: int) -> Iterator[Span]:
    """Yield the items that begin at a place, up to what can't be one."""
    end = _END.search(flat).start()
    stop = _STOP.search(flat, start, end)
    end = stop.start() if stop else end
    place, hidden = start, _QUOTED.sub(lambda found: "_" * len(found[0]), flat)
    for between in [*_BETWEEN.finditer(hidden, start, end), None]:
        close = between.start() if between else end
        if place < close:
            item = flat[place:close]
            if (place > start and not _ITEM.match(item)) or len(item.split()) > _LONGEST_ITEM:
                return
            yield Span(place, close)
        place = between.end() if between else end


def _says(item: str, verbs: frozenset[str]) -> bool:
    """Return whether words are a clause and no item; one may go on with `qui …`."""
    if _SPOKE.match(item):
        return True
    said = _WORD.findall(_RELATIVE.split(_QUOTED.sub("", item))[0])
    plain = [flatten(word) for word in said if word[0].islower() and len(word) > 1]
    # `a` is an article in English, and `à` as often.
    return any(word in verbs or _FUTURE.fullmatch(word) for word in plain)
