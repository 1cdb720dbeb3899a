"""Words of the news that say the same thing, in French and in English. A lookup.

The classes are in `synonyms.txt` beside this file, one a line.

Checking compares classes instead of stems where a word has one: irregular forms (`reçu`, `recevoir`),
plain synonyms (`rencontrer`, `s'entretenir`) and translations. Only words that rarely mean another thing;
opposites never share a line. Left of `|` French, right of it English.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from rag.text.analyzer import terms


def _lines() -> list[str]:
    return files("rag.text").joinpath("synonyms.txt").read_text(encoding="utf-8").splitlines()


@cache
def _classes_of() -> dict[tuple[str, str], frozenset[str]]:
    """(language, stem) → the names of its classes; a stem that two words share is in both of theirs."""
    table: dict[tuple[str, str], set[str]] = {}
    for number, line in enumerate(_lines()):
        for language, words in zip(("fr", "en"), line.split("|"), strict=True):
            for stem in terms(words, language):
                table.setdefault((language, stem), set()).add(f"={number}")
    return {key: frozenset(classes) for key, classes in table.items()}


def meanings(stem: str, language: str | None) -> frozenset[str]:
    """Return what a stem may stand for: itself and its classes, such as `=12`.

    Snowball leaves the plural of French participles in -u as it is: `élus` is that of `élu`.
    """
    own = _classes_of().get((language or "", stem), frozenset()) | {stem}
    if language == "fr" and len(stem) > 3 and stem.endswith("us"):
        return own | _classes_of().get(("fr", stem[:-1]), frozenset()) | {stem[:-1]}
    return own


def related(a: str, b: str) -> bool:
    """Return whether two stems are one family by their beginnings: `intervenus`, `intervention`."""
    if a[:4] != b[:4] or len(a) < 4 or len(b) < 4:
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return (
        shared >= 6 or shared == min(len(a), len(b)) or (shared >= 5 and shared >= 0.7 * max(len(a), len(b)))
    )
