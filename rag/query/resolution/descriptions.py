"""Definite descriptions of what a turn before named, in full: `la piscine`, `le second`, `celle de Brécy`.

Pure. Replaces words of one follow-up; makes no question of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.query.follow_ups.composing import after_preposition, lower_first, spliced
from rag.query.follow_ups.reading import Reading
from rag.query.follow_ups.referents import EarlierTurn

# A quote that is no longer may be a list, of which `le second` is one.
_LONGEST_LIST = 20  # words
_ORDINALS = {
    "premier": 0, "premiere": 0, "first": 0, "deuxieme": 1, "second": 1, "seconde": 1,
    "troisieme": 2, "third": 2, "quatrieme": 3, "fourth": 3,
    "dernier": -1, "derniere": -1, "last": -1, "1er": 0, "2e": 1, "3e": 2,
}  # fmt: skip
_ORDINAL = re.compile(
    rf"\b(?P<article>l'|le |la |the )(?P<ordinal>{'|'.join(_ORDINALS)})"
    r"(?: (?P<noun>articles?|textes?|papiers?|sources?|story|stories|pieces?|one)\b"
    r"|(?=\s*$|\s*[?!.,]|\s+[a-z']+-(?:t-)?(?:ils?|elles?)\b))",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b(?:cet|l'|this|the|that) ?article\b(?! [«\"“])", re.IGNORECASE)
_ONE_OF = {
    "fr": re.compile(
        r"(?<!\w)(?P<pronoun>celui|celle|ceux|celles)(?= (?:de|du|des|d')\b| d'| a\b| en\b)", re.IGNORECASE
    ),
    "en": re.compile(
        r"\b(?P<pronoun>the ones?|those|that)(?= (?:of|in|at|near|from)\b)|\bthe \w+ (?P<noun>ones?)(?=\W*$)",
        re.IGNORECASE,
    ),
}
_ONES = {"celui": ("m", False), "celle": ("f", False), "ceux": (None, True), "celles": ("f", True)}


def names_article(flat: str) -> bool:
    """Return whether flattened words name an article by its number: `le deuxième article`."""
    found = _ORDINAL.search(flat)
    return found is not None and found["noun"] not in (None, "one")


def with_article(said: Reading, turns: Sequence[EarlierTurn]) -> Reading:
    """Put the title of `le deuxième article`, and the item of `le second`, in its place."""
    found = _ORDINAL.search(said.flat) or _ARTICLE.search(said.flat)
    if found is None:
        return said
    number = _ORDINALS[found["ordinal"].lower()] if "ordinal" in found.groupdict() else 0
    noun = found.groupdict().get("noun") or ("article" if "ordinal" not in found.groupdict() else "")
    last = turns[-1]
    titles = next((turn.titles for turn in reversed(turns) if turn.titles), ())
    items: Sequence[str] = titles
    if noun in ("", "one"):
        listed = last.answer or (last.quote if len(last.quote.split()) <= _LONGEST_LIST else "")
        items = [
            one.strip(" .") for one in re.split(r",? (?:et|and|puis|then) |, ", listed) if one.strip(" .")
        ]
        items = items if len(items) > 1 else titles if noun else ()
    if not -len(items) <= number < len(items):
        return said
    words = items[number]
    if items is not titles:
        words = lower_first(words)
    else:
        words = f"l'article « {words} »" if said.language == "fr" else f"the article “{words}”"
    return Reading(
        spliced(said.text, found.start(), found.end(), words, said.language), said.language, said.known
    )


def with_complement(said: Reading, turns: Sequence[EarlierTurn]) -> str | None:
    """Return a question with a noun told as the last turn told it: `la piscine` is `la piscine d'Orvanne`."""
    if said.names or any(character.isdigit() for character in said.text):
        return None
    for turn in reversed(turns[-2:]):
        for phrase in said.phrases:
            if phrase.determiner not in ("le", "la", "les", "l'", "du", "au", "the") or not phrase.head:
                continue
            if len(re.findall(r"\w+", phrase.words)) > 2:
                continue
            for other in turn.question.phrases:
                if other.head == phrase.head and other.names and other.language == phrase.language:
                    words = other.words
                    if phrase.preposition:
                        words = after_preposition(phrase.preposition, words, said.language)
                    return said.text[: phrase.outer] + words + said.text[phrase.end :]
    return None


def with_noun(said: Reading, turns: Sequence[EarlierTurn]) -> Reading:
    """Put the noun that was spoken of in the place of `celle de Brécy`, `the one in Brécy`."""
    found = _ONE_OF[said.language].search(said.flat)
    if found is None:
        return said
    if "noun" in found.groupdict() and found["noun"]:
        return _with_bare_noun(said, found, turns)
    gender, plural = _ONES.get(found["pronoun"].lower(), (None, None))
    for turn in reversed(turns):
        for phrase in turn.question.phrases:
            fits = phrase.head and gender in (
                None,
                phrase.gender,
                *((gender,) if phrase.gender is None else ()),
            )
            if not fits or phrase.language != said.language or phrase.plural not in (plural, None):
                continue
            noun = re.match(r"(?:l['’]|\w+\s+)\S+", phrase.words) if phrase.determiner else None
            if noun is not None:
                words = noun[0] if said.language == "fr" else f"the {phrase.head}"
                text = said.text[: found.start()] + words + said.text[found.end("pronoun") :]
                return Reading(text, said.language, said.known)
    return said


def _with_bare_noun(said: Reading, found: re.Match[str], turns: Sequence[EarlierTurn]) -> Reading:
    """Put the noun that was spoken of in the place of `one`: `the old one`."""
    heads = [
        one.head
        for turn in reversed(turns)
        for one in turn.question.phrases
        if one.head and one.language == "en"
    ]
    if not heads or _ORDINAL.search(said.flat):
        return said
    start, end = found.span("noun")
    return Reading(said.text[:start] + heads[0] + said.text[end:], said.language, said.known)
