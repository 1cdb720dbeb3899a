"""Which people of a sentence the question names itself: they are no answer to `who`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.answer_span.focus import Focus
from rag.answer_span.noun_phrases import SHORT_TITLES, named_people
from rag.answer_span.tokens import ReadSentence, Token
from rag.extraction.names.phonetics import sound
from rag.schema.article import Span
from rag.text.normalization import fold

_OF = re.compile(r"(?:\b(?:de(?: la)?|du|des|aux?|of(?: the)?|for)|\b(?:d|de l)') ?$", re.IGNORECASE)


def asked_people(focus: Focus, read: ReadSentence) -> list[Span]:
    """Return the people of a sentence whom the question names, each with the role beside the name."""
    return [
        phrase
        for phrase, name in named_people(read)
        if is_asked(focus, read.said.text[name.start : name.end], _inside(read.tokens, name))
        and not is_complement(read.flat, name.start)
    ]


def titles(focus: Focus, read: ReadSentence) -> list[Span]:
    """Return what stands beside the name of somebody whom the question names: `l'envoyé spécial du pape`."""
    found = []
    for phrase, name in named_people(read):
        if not is_asked(focus, read.said.text[name.start : name.end]) or is_complement(read.flat, name.start):
            continue
        for start, end in ((phrase.start, name.start), (name.end, phrase.end)):
            inner = read.flat[start:end]
            stripped = inner.strip(" ,(")
            if stripped.lower().rstrip(".") not in {"", *SHORT_TITLES}:
                begin = start + inner.index(stripped)
                found.append(Span(begin, begin + len(stripped)))
    return found


def is_complement(flat: str, start: int) -> bool:
    """Return whether a name says what somebody else's role is of: `l'avocat de Luc Martin`."""
    return _OF.search(flat[:start]) is not None


def is_asked(focus: Focus, name: str, tokens: Sequence[Token] = ()) -> bool:
    """Return whether a name is one that the question has, as it is or as the other language spells it.

    The last word is enough; two different first names are two people.
    """
    *first, last = fold(name).split() or [""]
    known = [fold(word) for word in re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", focus.question.text)]
    places = [place for place, word in enumerate(known) if _same(word, last)]
    if not places:
        return bool(tokens) and tokens[-1].asked == 1.0 and tokens[-1].capital
    before = [known[place - 1] for place in places if place]
    capitals = {fold(word) for word in re.findall(r"\b[A-ZÀ-Ý][\w-]+", focus.question.text)}
    rivals = [word for word in before if first and word in capitals]
    return not rivals or any(_same(word, first[-1]) for word in rivals)


def without(spans: Iterable[Span], people: Sequence[Span]) -> list[Span]:
    """Return the spans that have nothing in common with these people."""
    return [span for span in spans if all(span.end <= one.start or one.end <= span.start for one in people)]


def _same(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) > 3 and sound(word) == sound(other))


def _inside(found: Sequence[Token], span: Span) -> list[Token]:
    return [token for token in found if span.start <= token.start and token.end <= span.end]
