"""What a question is about: its names, the works that it quotes, its dates, the roles that it asks after.

Pure, but for how the library writes words. Knows no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rag.extraction.dates import DateMention
from rag.extraction.names.exonyms import groups_in, is_territory
from rag.extraction.names.recognition import Name
from rag.grounding.unknown import KnownName
from rag.grounding.words import EVENTS, GENERIC, OCCASIONS, OTHER_ROLES, PLACES, RANKS, ROLES
from rag.query.measuring.asked_dates import asked_dates
from rag.query.parsed_question import ParsedQuestion
from rag.query.question_text import QuestionText
from rag.text.folding import flatten
from rag.text.normalization import fold, words

# How a name stands in its sentence: where something is, whose something is, or who acts.
Slot = Literal["place", "of", "plain"]
# What a name is of, as far as the words beside it tell.
NameKind = Literal["place", "person", "organisation", ""]

_DETERMINER = r"(?:la |le |les |l'|the )?"
_IN = re.compile(
    rf"\b(?:a|au|aux|en|dans|vers|pres d[eu]|sur|in|at|near|to|into|from) {_DETERMINER}$", re.IGNORECASE
)
_OF = re.compile(rf"(?:\b(?:de|du|des|of) |\bd'){_DETERMINER}$", re.IGNORECASE)
_COORDINATED = re.compile(
    rf"\W*(?:,|\b(?:et|ou|ni|and|or|nor)\b|&)\W*(?:(?:de|du|d|des|a|en|of|in) ?)?'?{_DETERMINER}",
    re.IGNORECASE,
)
# The noun before `de` and a name; a noun that an article introduces.
_HEAD = re.compile(
    rf"\b(?P<noun>[^\W\d_]{{4,}})(?: [^\W\d_]+)? (?:de |du |des |d'|of ){_DETERMINER}$", re.IGNORECASE
)
_INTRODUCED = re.compile(
    r"\b(?:(?:le|la|les|un|une|des|du|au|aux|ce|cet|cette|ces|the|an?|this) |l')(?P<noun>[^\W\d_]{4,})",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«\s*([^«»]{3,80}?)\s*»|“([^“”]{3,80})”|\"([^\"]{3,80})\"")
_WHO_IS = re.compile(
    r"^\W*(?:et )?(?:qui|comment s'appell\w+|quel(?:le)? est le nom d[eu]|who|what is the name of)\b"
)
# A title is followed by whom it belongs to: a person.
_TITLED = re.compile(
    r"\b(?:m|mm|mme|mlle|mr|mrs|ms|dr|docteur|monsieur|madame|maitre|sir)\.? $", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a question is about, where it stands in the question.

    Attributes:
        kind: What sort of thing.
        text: Its words, a name as the library spells it.
        start: Where it begins in the question.
        end: Where it ends.
        name: The name, of a name.
        of: What the name is of.
        slot: How the name stands in the question.
        dates: The readings of a date.
        terms: The folded words of a work, a role, a noun or an object (`l'allergie aux œufs`); of an
            occasion (`au match aller`), its kinds.
        holding: The folded words of what a role is of (`du collectif`); none where a name says it.
        group: Subjects with the same number are named side by side: what is said of one answers too.

    """

    kind: Literal["name", "work", "date", "role", "noun", "occasion", "object"]
    text: str
    start: int
    end: int
    name: Name | None = None
    of: NameKind = ""
    slot: Slot = "plain"
    dates: tuple[DateMention, ...] = ()
    terms: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    group: int = 0


def slot_of(flat: str, start: int) -> Slot:
    """Return how a name stands that begins at `start` of a flattened sentence."""
    before = flat[max(0, start - 24) : start]
    return "place" if _IN.search(before) else "of" if _OF.search(before) else "plain"


@cache
def _of_place() -> re.Pattern[str]:
    of = r"(?:de |du |d'|des |of )(?:la |l'|the )?"
    return re.compile(rf"\b(?:{ROLES.pattern}|{PLACES.pattern}) (?:\w+ )?{of}$")


def kind_of(name: Name, flat: str) -> NameKind:
    """Return what a name is of, by the words beside it in its flattened sentence and its own."""
    before = flat[max(0, name.start - 40) : name.start].lower()
    own = flatten(name.text)
    if any(is_territory(group) for _, _, group in groups_in(own)) or _of_place().search(before):
        return "place"
    if _TITLED.search(before):
        return "person"
    said = words(name.text)
    if any(word in GENERIC for word in said) or (own.isupper() and len(own) > 1):
        return "organisation"
    if slot_of(flat, name.start) == "place":
        return "place"
    return "person" if len(said) > 1 and "-" not in name.text else ""


def subjects(asked: ParsedQuestion, known: Sequence[KnownName]) -> tuple[Subject, ...]:
    """Return what a question is about, in order; `known` are its names that the library has."""
    question = asked.search
    own = len(question.text) - len(asked.own.text)
    first = own if own > 0 and question.text.endswith(asked.own.text) else 0
    works = [work for work in _works(question) if work.start >= first]
    taken = [(work.start, work.end) for work in works]
    names = [
        _named(one, question)
        for one in known
        if not any(start <= one.name.start < end for start, end in taken)
    ]
    dates = [date for date in _dates(asked) if date.start >= first]
    roles = list(_roles(question, first))
    nouns = [] if roles else _nouns(question, names, first)
    told = [*_occasions(question, first), *_objects(question, first)]
    found = sorted([*works, *names, *dates, *roles, *nouns, *told], key=lambda subject: subject.start)
    return tuple(_grouped(found, question.flat))


def _works(question: QuestionText) -> Iterator[Subject]:
    for match in _QUOTED.finditer(question.text):
        said = next(filter(None, match.groups()))
        if any(letter.isupper() for letter in said):
            yield Subject("work", said, match.start(), match.end(), terms=tuple(words(said)))


def _named(one: KnownName, question: QuestionText) -> Subject:
    name = one.name if one.spelled == one.name.text else _respelled(one)
    flat = question.flat
    return Subject(
        "name",
        one.spelled,
        one.name.start,
        one.name.end,
        name=name,
        of=kind_of(one.name, flat),
        slot=slot_of(flat, one.name.start),
    )


def _respelled(one: KnownName) -> Name:
    tokens = tuple(word if word.isupper() else word.lower() for word in one.spelled.split())
    return Name(one.name.start, one.name.end, one.spelled, tokens)


def _dates(asked: ParsedQuestion) -> Iterator[Subject]:
    """Yield the dates that the question states and that don't narrow the articles already."""
    question = asked.search
    by_place: dict[tuple[int, int], list[DateMention]] = {}
    for when in asked_dates(question.text, question.language):
        by_place.setdefault((when.start, when.end), []).append(when)
    if asked.period is None:
        for (start, end), readings in by_place.items():
            yield Subject("date", question.text[start:end], start, end, dates=tuple(readings))


# What a role is of, where no name says it: `le porte-parole du collectif`, `the lawyer for the victims`.
ROLE_OF = re.compile(
    r" (?:de la |de l'|des |du |de |d'|a la |a l'|aux? |charge des? "
    r"|of (?:the |his |her |their )?|for (?:the )?)(?P<noun>[a-z][\w-]{2,})"
)


def _roles(question: QuestionText, first: int) -> Iterator[Subject]:
    """Yield the role whose holder is asked for: `qui est le maire de`."""
    flat = question.flat.lower()
    asks = _WHO_IS.match(flat[first:])
    match = asks and _role().match(flat, first)
    if match:
        start, end = match.span("role")
        held = ROLE_OF.match(question.flat, end)  # in the question's own case: a name is a subject by itself
        of = (held["noun"],) if held else ()
        asked = (fold(match["role"]), *(word for word in [fold(match["rank"] or "")] if word in RANKS.terms))
        yield Subject("role", question.text[start:end], start, end, terms=asked, holding=of)


def _occasions(question: QuestionText, first: int) -> Iterator[Subject]:
    """Yield which of several events of a kind is asked about: `au match aller`."""
    for match, kinds in OCCASIONS.find(question.flat.lower(), question.language):
        if match.start() >= first:
            start, end = match.span()
            yield Subject("occasion", question.text[start:end], start, end, terms=tuple(sorted(kinds)))


# What is had against something, or taken for it, and what that is.
_OBJECT = re.compile(
    r"\b(?:allergies?|allergiques?|vaccins?|vaccination|intolerances?) (?:au|aux|a|contre) "
    r"(?:la |le |les |l')?(?P<fr>[^\W\d_]{3,})"
    r"|\b(?P<en>[^\W\d_]{3,}) (?:allerg(?:y|ies)|vaccines?|intolerances?)\b"
    r"|\b(?:allergic|vaccines?|vaccinated|intolerant) (?:to|against) (?:the )?(?P<other>[^\W\d_]{3,})",
    re.IGNORECASE,
)
_ANY_OBJECT = frozenset(("new", "the", "food", "this", "his", "her", "their", "une", "des", "cette"))


def _objects(question: QuestionText, first: int) -> Iterator[Subject]:
    """Yield what an illness or a remedy is of: `l'allergie aux œufs` isn't that to peanuts."""
    for match in _OBJECT.finditer(question.flat, first):
        named = next(group for group in ("fr", "en", "other") if match[group])
        start, end = match.span(named)
        plain = question.text[start:end].lower()
        if plain not in _ANY_OBJECT:
            yield Subject("object", question.text[start:end], start, end, terms=(plain,))


@cache
def _role() -> re.Pattern[str]:
    return re.compile(
        rf"\W*(?:et |and )?(?:[\w']+ ){{1,4}}?(?:le |la |l'|the )(?:(?P<rank>\w+)[ -])?"
        rf"(?P<role>{ROLES.pattern}|{OTHER_ROLES.pattern})\b"
    )


def _nouns(question: QuestionText, names: Sequence[Subject], first: int) -> list[Subject]:
    """Return the places and events that are asked about, those of a name: `la maternité de Brécy`."""
    flat = question.flat
    if names:
        found = [_HEAD.search(flat, first, name.start) for name in names if name.slot == "of"]
    else:
        found = [_INTRODUCED.search(flat, first)]
    return [
        Subject("noun", question.text[slice(*match.span("noun"))], *match.span("noun"), terms=(plain,))
        for match in found
        if match is not None and ((plain := fold(match["noun"])) in PLACES or plain in EVENTS)
    ]


def _grouped(found: Sequence[Subject], flat: str) -> Iterator[Subject]:
    """Yield the subjects with their numbers: those that `et`, `ou` or a comma joins have the same."""
    number = 0
    for place, subject in enumerate(found):
        before = found[place - 1] if place else None
        joined = (
            before is not None
            and before.kind == subject.kind == "name"
            and _COORDINATED.fullmatch(flat[before.end : subject.start]) is not None
        )
        number += not joined
        yield replace(subject, group=number)
