"""Whom a name, a role or a pronoun stands for in one article.

Pure. A pronoun stands for the one who spoke or acted last, in its paragraph or the one before; a role
(`le maire`) for the only one whom the article calls so. Where two fit, it is nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from rag.schema.article import Span
from rag.schema.entity import ArticleEntity, Gender, Mention
from rag.speech.verbs import PEOPLE
from rag.text.word_lists import WordList, finder

# What makes of a name no subject: `avec le maire de Toury`.
GOVERNED = re.compile(
    r"(?:\b(?:de|du|des|of|from|chez|avec|with|a|au|aux|en|dans|vers|in|at|near|to|into|par|by|pour|for|contre"
    r"|against|about|sur|on|apres|after|et|and|than|comme|like)|\bd['’]|\bjusqu'a)"
    r" ?(?:(?:la|le|les|the|ex|son|sa|ses|his|her) |l['’])?(?:(?:M|Mme|Mr|Mrs|Ms|Dr|Me)\. ?)?$",
    re.IGNORECASE,
)
_OF_SOMEWHERE = re.compile(r" (?:de la |de l'|de |du |des |d'|of the |of )(?P<where>[A-Z][\w-]+)")
_GENDERS: dict[str, Gender] = {"il": "m", "he": "m", "elle": "f", "she": "f"}
_FEMININE = re.compile(r"\w+(?:euse|trice|iere|ienne|onne|esse|ee|ante|ente)$")
_ROLES = WordList("rag.speech", "speakers", ("roles",))
_OPENING = 60  # characters of a sentence in which its subject stands


@dataclass(frozen=True, slots=True)
class _Acting:
    """That an entity is what a sentence is about, or speaks in it; None: somebody without a name is."""

    place: int
    entity: int | None


@dataclass
class References:
    """One article's text with whom it names, and who has spoken so far."""

    text: str
    flat: str
    entities: Sequence[ArticleEntity]
    mentions: Sequence[Mention]
    quoted: Sequence[Span]
    sentences: Sequence[Span]
    _acting: list[_Acting] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._starts = [mention.span.start for mention in self.mentions]
        self._quotes = [span.start for span in self.quoted]
        for sentence in self.sentences:
            if (acting := self._subject_of(sentence)) is not None:
                self._acting.append(acting)

    # --- what stands where ---

    def is_quoted(self, place: int) -> bool:
        """Return whether a place stands in a quotation."""
        at = bisect_right(self._quotes, place) - 1
        return at >= 0 and place < self.quoted[at].end

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """Return the mentions of people and organisations in a part of the text, outside of quotations."""
        return [
            mention
            for mention in self.named_in(start, end)
            if self._kind(mention) != "place" and not self.is_quoted(mention.span.start)
        ]

    def named_in(self, start: int, end: int) -> Sequence[Mention]:
        """Return all mentions in a part of the text."""
        return self.mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _kind(self, mention: Mention) -> str:
        return self.entities[mention.entities[0]].kind

    def is_governed(self, mention: Mention) -> bool:
        """Return whether a preposition stands before a name: it is no subject."""
        return GOVERNED.search(self.flat[max(0, mention.span.start - 30) : mention.span.start]) is not None

    # --- roles ---

    def role_at(self, place: int, end: int) -> re.Match[str] | None:
        """Return the description of somebody that begins at a place: `le maire`, `the council leader`."""
        return _described().match(self.flat, place, end)

    def described(self, found: re.Match[str], place: int) -> int | None:
        """Return whom a description stands for; None if nobody, or if several do."""
        role = found["role"].lower()
        called = [at for at, one in enumerate(self.entities) if role in one.roles]
        where = _OF_SOMEWHERE.match(self.flat, found.end())
        if called:
            only = called[0] if len(called) == 1 else None
            if only is not None and where is not None and not self._is_of(role, where["where"], only):
                return None
            return only
        if where is not None:
            return None
        gender: Gender = "f" if _FEMININE.fullmatch(role) or found["the"].lower().startswith("la") else ""
        return self._only_person(place, gender)

    def _is_of(self, role: str, where: str, entity: int) -> bool:
        """Return whether the article says beside an entity's name that its role is of this place."""
        own = re.compile(rf"\b{re.escape(role)}{_OF_SOMEWHERE.pattern}", re.IGNORECASE)
        for mention in self.mentions:
            if mention.entity == entity:
                start, end = max(0, mention.span.start - 80), mention.span.end + 80
                found = [one["where"] for one in own.finditer(self.flat, start, end)]
                if found:
                    return where in found
        return True

    # --- pronouns ---

    def pronoun(self, pronoun: str, place: int) -> int | None:
        """Return whom `il`, `elle`, `he` or `she` stands for at a place; None where that isn't clear."""
        gender = _GENDERS[pronoun]
        start = self._paragraph(place)
        for since in (start, self._paragraph(max(0, start - 2))):
            last = bisect_left(self._acting, place, key=lambda one: one.place)
            first = bisect_left(self._acting, since, key=lambda one: one.place)
            for acting in reversed(self._acting[first:last]):
                if since <= acting.place < place:
                    if acting.entity is None:
                        return None
                    if self._fits(acting.entity, gender):
                        return self._unrivalled(acting.entity, gender, since, place)
            if (only := self._only_person(place, gender, since)) is not None or self._people(since, place):
                return only
        return None

    def _unrivalled(self, entity: int, gender: Gender, since: int, place: int) -> int | None:
        """Return an entity, unless its gender isn't known and somebody else's here is the pronoun's."""
        if self.entities[entity].gender == gender:
            return entity
        others = self._people(since, place) - {entity}
        return None if any(self.entities[other].gender == gender for other in others) else entity

    def _fits(self, entity: int, gender: Gender) -> bool:
        one = self.entities[entity]
        return one.kind == "person" and (not gender or one.gender in (gender, ""))

    def _people(self, start: int, end: int) -> set[int]:
        found = self.mentions_in(start, end)
        return {at for mention in found for at in mention.entities if self.entities[at].kind == "person"}

    def _only_person(self, place: int, gender: Gender, since: int | None = None) -> int | None:
        """Return the only person whom the paragraph has named so far and whom the gender fits."""
        people = self._people(self._paragraph(place) if since is None else since, place)
        fitting = [one for one in people if self._fits(one, gender)]
        return fitting[0] if len(fitting) == 1 else None

    def _paragraph(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _subject_of(self, sentence: Span) -> _Acting | None:
        """Return who a sentence is about: the first name that no preposition governs, or a role."""
        end = min(sentence.end, sentence.start + _OPENING)
        start = (
            sentence.start
            + len(self.text[sentence.start : end])
            - len(self.text[sentence.start : end].lstrip())
        )
        if self.is_quoted(start):
            return None
        if (role := self.role_at(start, sentence.end)) is not None:
            named = next(
                (m for m in self.mentions_in(role.end(), role.end() + 60) if not self.is_governed(m)), None
            )
            if named is not None and not re.search(
                r"\b(?:a|est|has|is|was)\b", self.flat[role.end() : named.span.start]
            ):
                return _Acting(start, named.entity)
            return _Acting(start, self.described(role, start))
        if _somebody().match(self.flat, start, sentence.end):
            return _Acting(start, None)
        for mention in self.mentions_in(start, end):
            if not self.is_governed(mention) and self._kind(mention) == "person":
                return _Acting(start, mention.entity)
        return None

    def spoke(self, place: int, entity: int | None) -> None:
        """Note who speaks at a place: what stands before it in the text is noted already."""
        insort(self._acting, _Acting(place, entity), key=lambda one: one.place)


@cache
def _described() -> re.Pattern[str]:
    modifiers = r"(?:(?:ancien|ancienne|nouveau|nouvelle|jeune|premier|premiere|former|new|[a-z]+) ){0,2}?"
    return re.compile(
        rf"(?P<the>le |la |l'|the |sa |son )(?:{modifiers})(?P<role>{PEOPLE.pattern})\b", re.IGNORECASE
    )


def is_role(flat: str) -> bool:
    """Return whether words have a noun for somebody: `le maire de Toury, `."""
    return next(finder(PEOPLE.terms | _ROLES.terms).finditer(flat.lower()), None) is not None


@cache
def _somebody() -> re.Pattern[str]:
    """Somebody without a name, or a body that speaks: `une employée`, `la mairie`."""
    return re.compile(
        r"(?:le |la |l'|les |the |un |une |an? |des |sa |son )(?:[a-z]+ )?"
        rf"(?:{PEOPLE.pattern}|{_ROLES.pattern})\b",
        re.IGNORECASE,
    )
