"""Names that French and English write differently, found in text, each form with its group.

Pure. The forms are those of the gazetteer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag.extraction.names.gazetteer import names, territory_names
from rag.text.folding import flatten, word_set

# Where a name that both languages know stands, from start to end, and its group: one name for all its forms.
Group = tuple[int, int, str]
_RUN = re.compile(r"\w+")
# Peoples and countries whose lower-case form is another word in French.
_NOT_PEOPLES = word_set("manche bale cologne tripoli chili turin noel senat congres gand eau un")


@dataclass(frozen=True, slots=True)
class _Exonyms:
    """Form → its group; the words that forms begin with; patterns for forms in words and in capitals."""

    groups: dict[str, str]
    plain_starts: frozenset[str]
    plain: re.Pattern[str]
    capital_starts: frozenset[str]
    capital: re.Pattern[str]


@cache
def _exonyms() -> _Exonyms:
    groups: dict[str, str] = {}
    plain, capital = [], []
    for name, forms in names():
        # Text is read with and without its hyphens: `guinee bissau` is not `guinee`.
        for form in dict.fromkeys((*forms, *(one.replace("-", " ") for one in forms))):
            groups.setdefault(form if form.isupper() else form.lower(), name)
            (capital if form.isupper() else plain).append(form)

    def pattern(forms: list[str], flags: int) -> re.Pattern[str]:
        # By initials: at each word only those forms are tried that begin as it does.
        initials: dict[str, list[str]] = {}
        for form in sorted(forms, key=len, reverse=True):
            initials.setdefault(form[0], []).append(re.escape(form[1:]))
        body = "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in initials.items())
        return re.compile(rf"(?<![\w])(?:{body})(?!\w)", flags)

    def starts(forms: list[str]) -> frozenset[str]:
        return frozenset(_RUN.match(form)[0] for form in forms)

    return _Exonyms(
        groups,
        starts([form.lower() for form in plain]),
        pattern(plain, re.IGNORECASE),
        starts(capital),
        pattern(capital, 0),
    )


@cache
def _territories() -> frozenset[str]:
    return frozenset(name for name, _ in territory_names())


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for form, group in _exonyms().groups.items():
        found.setdefault(group, []).append(form)
    return {group: tuple(forms) for group, forms in found.items()}


def forms_of(group: str) -> tuple[str, ...]:
    """Return what stands for a name that languages write differently: `allemagne` → `germany`, `allemand`."""
    return _forms().get(group, ())


def is_territory(group: str) -> bool:
    """Return whether a group's name is that of a country or another territory."""
    return group in _territories()


def group_of(word: str) -> str | None:
    """Return what French and English write differently, by one name.

    `Germany` → `allemagne`; None if unknown.
    """
    groups = _exonyms().groups
    return groups.get(word) or groups.get(word.lower())


def groups_in(flat: str) -> list[Group]:
    """Return the places of names that both languages know, in flattened text, with their groups."""
    known = _exonyms()
    # Without regard to case a pattern's `i` takes a dotless one too.
    words = [(match.start(), match[0], match[0].lower().replace("ı", "i")) for match in _RUN.finditer(flat)]
    capital = [start for start, word, _ in words if word in known.capital_starts]
    plain = [start for start, _, word in words if word in known.plain_starts]
    if not capital and not plain:
        return []
    found: dict[tuple[int, int], str] = {}
    for text in (flat, flat.replace("-", " ")) if "-" in flat else (flat,):
        for pattern, starts in ((known.capital, capital), (known.plain, plain)):
            for match in _matches_at(pattern, text, starts):
                form = match[0] if match[0] in known.groups else match[0].lower()
                if form in known.groups:
                    found.setdefault((match.start(), match.end()), known.groups[form])
    return [(start, end, group) for (start, end), group in sorted(found.items())]


def _matches_at(pattern: re.Pattern[str], text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
    """Yield what `pattern.finditer` finds, where it can only find something at `starts`."""
    end = 0
    for start in starts:
        if start >= end and (match := pattern.match(text, start)):
            end = match.end()
            yield match


def find_peoples(text: str, language: str | None) -> list[tuple[str, str]]:
    """Nationalities written in lower case, as French does, with their group: `norvégien` → `norvege`."""
    if language != "fr":
        return []
    flat = flatten(text)
    return read_peoples(text, flat, groups_in(flat))


def read_peoples(text: str, flat: str, groups: Sequence[Group]) -> list[tuple[str, str]]:
    """Return the same of a French text; `flat` is it flattened."""
    return [
        (text[start:end], group)
        for start, end, group in groups
        if flat[start].islower() and flat[start:end] not in _NOT_PEOPLES
    ]
