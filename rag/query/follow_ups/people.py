"""The people whom a question names, and those who say what is quoted, by names and verbs of speech. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rag.extraction import cue_words
from rag.query.follow_ups.reading import Reading
from rag.text.folding import flatten
from rag.text.stop_words import stop_words


def named_people(reading: Reading) -> Iterator[str]:
    """Yield the names of people in a question."""
    for phrase in reading.phrases:
        if phrase.names and phrase.sort != "place" and (phrase.bare_name or phrase.sort == "person"):
            start, end = phrase.names[0]
            yield phrase.text[start:end]


@cache
def _speaking() -> re.Pattern[str]:
    """Return a name right behind a verb of speech, or before one: `a déclaré le maire Paul Guérin`."""
    verb = rf"(?i:{cue_words.SPEECH.pattern})"
    name = r"[A-Z][\w-]+(?: [A-Z][\w-]+)*"
    has = r"(?:a |avait |has |had |s'est )?"
    return re.compile(
        rf"\b{verb},? (?:[a-z][\w'-]*,? ){{0,4}}(?P<behind>{name})"
        rf"|\b(?P<before>{name})(?:,[^,]{{1,60}},)? {has}{verb}\b"
    )


def speakers(quote: str) -> Iterator[str]:
    """Yield the names of those who say what is quoted, in whatever language."""
    for found in _speaking().finditer(flatten(quote)):
        start, end = found.span(found.lastgroup or 0)
        name = quote[start:end]
        if not {*stop_words("fr"), *stop_words("en")} & {flatten(word).lower() for word in name.split()}:
            yield name
