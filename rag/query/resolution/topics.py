"""A topic that is said first, and a question about it: `Et la grève, combien de jours ?`.

Pure. Such a question stands alone: its pronouns stand for its own topic and for nothing said before it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from rag.query.follow_ups.openings import opening_of
from rag.query.follow_ups.phrases import Phrase
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import POSSESSIVES, EarlierTurn
from rag.query.resolution.resolution import Resolution
from rag.query.resolution.resolver import resolve

_MARK = re.compile(r"\s*[,:]\s+")
_POINTING = frozenset(("ce", "cet", "cette", "ces", "this", "that", "these", "those"))


def of_topic(text: str, flat: str, language: str, known: frozenset[str], today: date) -> Resolution | None:
    """Return a question of a topic named before it as one question; None for any other.

    Args:
        text: What is said.
        flat: The same, flattened.
        language: `fr` or `en`.
        known: Words that the conversation writes as names.
        today: The day on which it is said.

    """
    whole = Reading(text, language, known, flat).part(opening_of(flat, language).end)
    found = _MARK.search(whole.text)
    if found is None:
        return None
    topic, question = whole.part(0, found.start()), whole.part(found.end())
    asks = question.interrogative
    # `Le maire, qui a été élu en mars, a-t-il démissionné ?` tells more of the mayor.
    if asks.end == asks.start or not question.has_verb or _MARK.search(question.text):
        return None
    if topic.has_verb or not _is_told(topic):
        return None
    resolved = resolve(question.text, question.flat, language, [EarlierTurn(topic)], today)
    return replace(resolved, leans=False)


def _is_told(topic: Reading) -> bool:
    """Return whether words are one noun phrase that needs nothing said before them."""
    first: Phrase | None = next(iter(topic.phrases), None)
    if first is None or first.outer > 0 or first.preposition or first.wide < len(topic.text.rstrip()):
        return False
    return bool(first.names) or first.determiner not in ("", *POSSESSIVES, *_POINTING)
