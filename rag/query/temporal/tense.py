"""Whether a question is about what has happened, what will, or what is always so.

Pure. Knows French and English verb forms as far as a question about the news needs them; it parses
nothing. Used to decide whether date words mean a period of the past.
"""

from __future__ import annotations

import re

_SUBJECT = r"(?:-t-(?:il|elle|on)|-(?:ils?|elles?|on|tu|vous|nous|je))?"
# Ends like a French future and isn't one.
_NO_FUTURE = (
    "opera|camera|cholera|extra|ultra|infra|intra|hydra|lira|sierra|contra|tantra|mantra|supra|chimera|cetera"
)
# Read with their accents: `récupéra` is no future.
_FUTURE = {
    "fr": re.compile(
        r"(?:ra|ront)-(?:t-)?(?:il|elle|on|ils|elles)\b"
        rf"|(?<!\w)(?!(?:{_NO_FUTURE})\b)(?-i:(?:[^\W\dA-Z]+(?:[eidptv]r|rr)|ir|s?aur)(?:a|ont))\b"
        rf"|\b(?:va|vont){_SUBJECT} (?!mieux)(?:\w+ )?\w+(?:er|ir|re)\b"
        rf"|\b(?:est|sont|a-t-on|ont-ils){_SUBJECT} prévue?s?\b|\bà venir\b|\bdemain\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:will|shall|won['’]t|tomorrow|upcoming)\b|\w['’]ll\b"
        r"|\b(?:is|are|am)(?: \w+){0,4}? going to\b"
        r"|\b(?:is|are)(?: \w+){0,4}? (?:planned|scheduled|expected|due|about) (?:to|for|on|in|this|next)\b",
        re.IGNORECASE,
    ),
}
# Read on the text with its accents: `a dit` is past, `à dix` isn't. Names (`a Paris`) have capitals.
_PARTICIPLE = (
    r"(?!(?:trois|plus|tous|depuis|puis)\b)"
    r"(?-i:[^\W\dA-Z]+(?:é|ée|és|ées|i|is|ie|it|ite|u|us|ue|ues|ert|eint))\b"
)
_PAST = re.compile(
    rf"(?<!\w)(?:a|ont|as|avez)(?:-t-\w+|-\w+)?(?: (?:pas|jamais|déjà|aussi|bien|été))? {_PARTICIPLE}"
    r"|(?<!\w)(?:s['’]est|se sont|était|étaient|avait|avaient|fut|furent)\b"
    r"|\b(?:est|sont)(?:-\w+)* (?:arriv|mort|né|venu|parti|tomb|pass|devenu|sorti|entr|revenu|survenu|décéd)"
    r"|\b(?:did|was|were|happened|had|won|lost|said|died|began|won|came|went|told|made|took|gave|\w{3,}ed)\b",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"\b(?:quoi de neuf|nouvelles?|actualites?|actus?|infos?|news|headlines|what's new|what is new|articles?"
    r"|latest|today's|titres)\b",
    re.IGNORECASE,
)
_HABIT = re.compile(
    r"\b(?:ouverte?s?|ouvre|ouvrent|ferme|fermee?s?|ferment|horaires?|y a-t-il|a lieu|ont lieu|a-t-il lieu"
    r"|a-t-elle lieu|ont-ils lieu|open|opens|closed|closes|opening hours|is there|are there|takes? place"
    r"|quand|when|il y a)\b",
    re.IGNORECASE,
)


def is_future(question: str, language: str) -> bool:
    """Whether the question is about what is to come: `-ra`, `va …`, `will`, `is due to`."""
    pattern = _FUTURE.get(language)
    return pattern is not None and pattern.search(question) is not None


def is_past(question: str) -> bool:
    """Whether a verb of the question is in the past, in either language."""
    return _PAST.search(question) is not None


def names_news(flat: str) -> bool:
    """Whether a flattened question asks for `les nouvelles`, `the headlines`."""
    return _NEWS.search(flat) is not None


def names_habit(flat: str) -> bool:
    """Whether a flattened question has a word of what is so every time: `horaires`, `opens`, `quand`."""
    return _HABIT.search(flat) is not None
