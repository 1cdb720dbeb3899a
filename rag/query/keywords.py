"""Questions typed as keywords, as the questions that they stand for: `nombre de blessés N12`. Pure."""

from __future__ import annotations

import re

from rag.text.folding import flatten
from rag.text.word_lists import WordList


def _listed(heading: str) -> WordList:
    return WordList("rag.query", "keywords", (heading,))


# What opens a question for each sort of noun, also before a vowel.
_OPENINGS = {
    "fr": (
        (_listed("masculine"), "Quel est le ", "Quel est l'"),
        (_listed("feminine"), "Quelle est la ", "Quelle est l'"),
        (_listed("plural"), "Quelles sont les ", "Quelles sont les "),
    ),
    "en": ((_listed("measured"), "What is the ", "What is the "),),
}
_COUNTED = {
    "fr": re.compile(r"^\W*(?:le )?(?:nombre|nb)(?: total| exact)? (?:de |du |des |d')", re.IGNORECASE),
    "en": re.compile(r"^\W*(?:the )?(?:total |exact )?number of ", re.IGNORECASE),
}
_HOW_MANY = {"fr": ("Combien de ", "Combien d'"), "en": ("How many ", "How many ")}
_OPENED = re.compile(r"^\W*(?:le |la |les |l'|the )?", re.IGNORECASE)
_OF = re.compile(
    r" (?:(?:exacte?|totale?|precise?|officielle?|exact|total) )?(?:de|du|des|d'|of|for)\b", re.IGNORECASE
)
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


def as_question(text: str, flat: str, language: str) -> str:
    """Return what is asked in a question's words: `prix du pain` → `Quel est le prix du pain ?`.

    What doesn't begin with a noun for something that can be asked, and says of what, is left as it is.
    `flat` is the text flattened.
    """
    mark = " ?" if language == "fr" else "?"
    if counted := _COUNTED[language].match(flat) if language in _COUNTED else None:
        rest = text[counted.end() :].strip(" ?\u00a0\u202f")
        elided = counted[0].endswith("'") or _opens_with_vowel(rest)
        return f"{_HOW_MANY[language][elided]}{rest}{mark}" if rest else text
    start = _OPENED.match(flat).end()
    for nouns, *before in _OPENINGS.get(language, ()):
        noun = re.compile(rf"(?:{nouns.pattern})(?![\w-])", re.IGNORECASE).match(flat, start)
        if noun and _OF.match(flat, noun.end()):
            rest = text[start:].strip(" ?\u00a0\u202f")
            return f"{before[_opens_with_vowel(rest)]}{rest}{mark}"
    return text


def _opens_with_vowel(text: str) -> bool:
    return _VOWEL.match(flatten(text)) is not None
