"""Words put together as French and English write them: `de` and `le pont` are `du pont`.

Pure string functions.
"""

from __future__ import annotations

import re

from rag.text.folding import flatten

_VOWEL = re.compile(r"[aeiouyh]", re.IGNORECASE)
# Before these nothing is elided.
_ASPIRATED = re.compile(
    r"(?:onz|oui|haut|hall|harrow|hong|hollande|huit|hors|haine|hausse|handicap|hero[s ])", re.IGNORECASE
)
_CONTRACTED = {"de": ("du ", "des "), "à": ("au ", "aux ")}


_IMPERATIVE = re.compile(r"\w+-(?:moi|nous|m['’]en)\b|(?:tell|give|show) (?:me|us)\b", re.IGNORECASE)


def elides(words: str) -> bool:
    """Return whether French drops a vowel before these words."""
    flat = flatten(words)
    return _VOWEL.match(flat) is not None and _ASPIRATED.match(flat) is None


def after_preposition(preposition: str, words: str, language: str) -> str:
    """Return a noun phrase behind a preposition: `de` and `Orvanne` are `d'Orvanne`."""
    if language != "fr":
        return f"{preposition} {words}"
    plain = "de" if preposition in ("d'", "d’") else "à" if flatten(preposition) == "a" else preposition
    if plain in _CONTRACTED:
        for article, contracted in zip(("le ", "les "), _CONTRACTED[plain], strict=True):
            if words.lower().startswith(article):
                return contracted + words[len(article) :]
    if plain == "de" and words.lower().startswith(("des ", "du ")):
        return words
    if plain == "de" and elides(words):
        return f"d'{words}"
    if plain == "jusqu'":
        return f"jusqu'{words}" if elides(words) else f"jusqu'à {words}"
    return f"{plain} {words}"


def regarding(subject: str, language: str) -> str:
    """Return what says at a question's end what it is about: `à propos du pont`, `regarding the bridge`."""
    return (
        f"à propos {after_preposition('de', subject, 'fr')}" if language == "fr" else f"regarding {subject}"
    )


def after_que(words: str) -> str:
    """Return `que` and what follows it: `qu'Odile`."""
    return f"qu'{words}" if elides(words) else f"que {words}"


def spliced(text: str, start: int, end: int, words: str, language: str) -> str:
    """Return a text with other words at `[start, end)`; `de` and `que` before them contract or elide."""
    before = text[:start]
    if language == "fr":
        if found := re.search(r"\bqu['’]$|\bque $", before):
            return before[: found.start()] + after_que(words) + text[end:]
        if found := re.search(r"(?:\bd['’]|\bde )$", before):
            return before[: found.start()] + after_preposition("de", words, "fr") + text[end:]
    return before + words + text[end:]


def lower_first(words: str) -> str:
    """Return a phrase as it stands inside a sentence: an article in lower case, a name as it is."""
    first, _, rest = words.partition(" ")
    small = flatten(first).lower()
    articles = (
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "the",
        "a",
        "an",
        "ce",
        "cette",
        "ces",
        "this",
        "its",
    )
    if small in articles or re.match(r"l['’]", small):
        return first[0].lower() + first[1:] + (f" {rest}" if rest else "")
    return words


def upper_first(words: str) -> str:
    """Return a question as it begins a line."""
    return words[:1].upper() + words[1:]


def asked(words: str, language: str) -> str:
    """Return a question with its first letter and its mark, and one space between words."""
    if re.search(r"[^?]\s*[.!]\s*$", words) or _IMPERATIVE.match(words):
        return upper_first(" ".join(words.split()))
    plain = re.sub(r"\s+([,.])", r"\1", " ".join(words.split())).rstrip(" ?!.,;:…")
    return upper_first(plain) + (" ?" if language == "fr" else "?")
