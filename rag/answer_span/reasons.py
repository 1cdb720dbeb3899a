"""Phrases that say why: after a word of reason, before a verb that blames or causes, or as an aim. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answer_span import words
from rag.answer_span.clauses import clause_ends
from rag.answer_span.tokens import ReadSentence, Token
from rag.schema.article import Span

# That it isn't the reason: `n'est pas en cause`, `not because of`.
_DENIED = re.compile(
    r"(?:\b(?:n'|ne |pas |non |jamais |aucunement |not |never )|n't )(?:[\w']+ ){0,2}$", re.IGNORECASE
)
_DENIED_AFTER = re.compile(r"n(?:'|e )\w+ (?:pas|plus|jamais)\b", re.IGNORECASE)
# How much of the question a word must have to be of what is asked about.
_ASKED = 0.7


def reasons(read: ReadSentence) -> Iterator[Span]:
    """Yield what says why; an aim where nothing else does."""
    stated = False
    for span in stated_reasons(read):
        stated = True
        yield span
    if not stated:
        for match in _terms(read, words.AIMS):
            yield from (Span(match.start(), end) for end in clause_ends(read.tokens, match.end()))


def stated_reasons(read: ReadSentence) -> Iterator[Span]:
    """Yield what a word says to be the reason: from a word like `car`, or beside a verb like `blame`."""
    for listed in (words.REASONS, words.CAUSES):
        for match in _terms(read, listed):
            start = match.end() if listed is words.CAUSES else match.start()
            yield from (Span(start, end) for end in clause_ends(read.tokens, match.end()))
    for match in _terms(read, words.BLAMED):
        yield from _before(read, match.start())
    for match in _terms(read, words.CAUSING):
        after = [token for token in read.tokens if token.start >= match.end()]
        if any(token.asked >= _ASKED for token in after):
            yield from _before(read, match.start())


def gives_reason_for(flat: str) -> bool:
    """Return whether a text begins with a word that gives a reason for what stands before: `because …`."""
    return words.finder(words.REASONS).match(flat) is not None


def _terms(read: ReadSentence, listed: words.WordList) -> Iterator[re.Match[str]]:
    """Yield where words of a list stand that aren't denied, and are no noun after all: `un car`."""
    for match in words.finder(listed).finditer(read.flat):
        denied = _DENIED.search(read.flat[: match.start()]) or _DENIED_AFTER.match(match[0])
        if not denied and not _is_noun(read.tokens, match.start()):
            yield match


def _before(read: ReadSentence, end: int) -> Iterator[Span]:
    """Yield the subject of a verb that begins at `end`: what stands before it in its clause."""
    before = [token for token in read.tokens if token.end <= end]
    first = max((place + 1 for place, token in enumerate(before) if token.is_break), default=0)
    subject = before[first:]
    while subject and (subject[0].is_conjunction or subject[0].is_coordinator):
        subject = subject[1:]
    if any(token.is_content and token.asked < _ASKED for token in subject):
        yield Span(subject[0].start, subject[-1].end)


def _is_noun(found: Sequence[Token], start: int) -> bool:
    before = next((token for token in reversed(found) if token.end <= start), None)
    return before is not None and (before.is_determiner or before.is_number)
