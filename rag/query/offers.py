"""What a refusal offers instead, and that it is taken up: `oui` after `… parlent d'Odile Sarrazy`.

Pure. Says which names the nearest articles have, and reads that again in an answer; knows no articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.query.follow_ups.reading import Reading
from rag.text.normalization import fold

_VOWEL = re.compile(r"[aeiouyàâäéèêëîïôöûüœæ]", re.IGNORECASE)
_SAID = {"fr": "Les articles les plus proches parlent {}.", "en": "The nearest articles mention {}."}
_OFFERS = {
    "fr": re.compile(r"Les articles les plus proches parlent (?:de |d['’])(?P<names>.+)\.$"),
    "en": re.compile(r"The nearest articles mention (?P<names>.+)\.$"),
}
_NEXT = {"fr": re.compile(r"(?:,| et) (?:de |d['’])"), "en": re.compile(r", | and ")}
_TOLD = {"fr": "Que disent les articles {} ?", "en": "What do the articles say about {}?"}
# Names at least so alike are spellings of one: `Odile Sarazi` and `Odile Sarrazy`.
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Offer:
    """The question that an answer offers to have asked, and its language (ISO 639-1)."""

    question: str
    language: str


def of_name(name: str) -> str:
    """Put French `de` before a name, or a role: `d'Alès`, `du préfet`."""
    for article, contracted in (("le ", "du "), ("les ", "des ")):
        if name.startswith(article):
            return contracted + name[len(article) :]
    return f"d'{name}" if _VOWEL.match(name) else f"de {name}"


def joined(parts: Sequence[str], word: str) -> str:
    """Join parts by commas, the last by a word."""
    return f" {word} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def offering(names: Sequence[str], language: str) -> str:
    """Say which names the nearest articles have; nothing without any."""
    if not names:
        return ""
    french = language == "fr"
    told = joined([of_name(name) for name in names], "et") if french else joined(names, "and")
    return _SAID["fr" if french else "en"].format(told)


def offered(answer: str, question: str) -> Offer | None:
    """Return what an answer to a question offers; None if it offers nothing.

    The question again with the name that is spelled like one of its own, else what articles say of the first.
    """
    for language, pattern in _OFFERS.items():
        found = pattern.search(answer)
        if found is None:
            continue
        name = _NEXT[language].split(found["names"])[0]
        meant = _with_name(question, name, language)
        told = of_name(name) if language == "fr" else name
        return Offer(meant or _TOLD[language].format(told), language)
    return None


def _with_name(question: str, name: str, language: str) -> str | None:
    """Return a question with a name in the place of one that is spelled like it."""
    for own in Reading(question, language).names:
        if SequenceMatcher(None, fold(own), fold(name)).ratio() >= _ALIKE:
            return question.replace(own, name)
    return None
