"""Whether a question is about what has happened, what will, or what is always so.

Pure. Knows French and English verb forms as far as a question about the news needs them; it parses
nothing. Used to decide whether date words mean a period of the past.
"""

from __future__ import annotations

import re
from functools import cache

from rag.extraction import cue_words
from rag.text.word_lists import WordList

_SUBJECT = r"(?:-t-(?:il|elle|on)|-(?:ils?|elles?|on|tu|vous|nous|je))?"
_FUTURE = {
    "fr": re.compile(
        r"(?:ra|ront)-(?:t-)?(?:il|elle|on|ils|elles)\b"
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
_GOING = re.compile(rf"\b(?:va|vont){_SUBJECT} (?!mieux)(?:\w+ )?(?P<verb>\w+(?:er|ir|re))\b", re.IGNORECASE)
# Names (`Sandra`, `a Paris`) have capitals.
_SMALL_WORD = re.compile(r"(?<!\w)(?-i:[^\W\dA-Z]\w*)")

_NO_PARTICIPLES = WordList("rag.query", "tense", ("no participles",), accents=True)
_BETWEEN = WordList("rag.query", "tense", ("between",), accents=True)
_WITH_BE = WordList("rag.query", "tense", ("participles with be",), accents=True)
_PAST = WordList("rag.query", "tense", ("past",))
_NO_PAST = WordList("rag.query", "tense", ("no past",))


@cache
def _participle() -> re.Pattern[str]:
    """Read `a dit`, read with its accents: `à dix` is no past. Names (`a Paris`) have capitals."""
    return re.compile(
        rf"(?<!\w)(?:a|ont|as|avez)(?:-t-\w+|-\w+)?(?: {_BETWEEN.pattern}(?= ))? "
        r"(?P<participle>(?-i:[^\W\dA-Z]+(?:é|ée|és|ées|i|is|ie|it|ite|u|us|ue|ues|ert|eint)))\b",
        re.IGNORECASE,
    )


@cache
def _was() -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)(?:s['’]est|se sont|était|étaient|avait|avaient|fut|furent)\b"
        rf"|\b(?:est|sont)(?:-\w+)* {_WITH_BE.pattern}\b",
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
    """Return whether the question is about what is to come: `-ra`, `va …`, `will`, `is due to`."""
    pattern = _FUTURE.get(language)
    if pattern is None or pattern.search(question):
        return pattern is not None
    return language == "fr" and (
        any(cue_words.is_future(word) for word in _SMALL_WORD.findall(question))
        or any(cue_words.is_infinitive(found["verb"].lower()) for found in _GOING.finditer(question))
    )


def is_past(question: str, language: str) -> bool:
    """Return whether a verb of the question is in the past."""
    if language == "en":
        return any(_is_english_past(word) for word in re.findall(r"\w+", question.lower()))
    return _was().search(question) is not None or any(
        found["participle"] not in _NO_PARTICIPLES for found in _participle().finditer(question)
    )


def _is_english_past(word: str) -> bool:
    return word in _PAST or (len(word) > 4 and word.endswith("ed") and word not in _NO_PAST)


def names_news(flat: str) -> bool:
    """Return whether a flattened question asks for `les nouvelles`, `the headlines`."""
    return _NEWS.search(flat) is not None


def names_habit(flat: str) -> bool:
    """Return whether a flattened question has a word of what is so every time.

    `horaires`, `opens`, `quand`.
    """
    return _HABIT.search(flat) is not None
