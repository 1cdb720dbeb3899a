"""Looks up an entity by a name as somebody types it, and tells of near names where no article has it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from rag.entities.identity import asked_forms, folded_name
from rag.entities.page import EntityPage, Remarks, make_page, make_remarks
from rag.entity_store.records import EntityRow, StatementFilters
from rag.extraction.names.phonetics import sound
from rag.library.library import Library
from rag.text.stop_words import stop_words

_NEAR, _ALIKE = 5, 0.6
_COMPARED = 400  # names
STATEMENTS = 20
_SMALL = stop_words("fr") | stop_words("en")


@dataclass(frozen=True, slots=True)
class Lookup:
    """The entities that a name may be of, those in most articles first; where none is, `near` names."""

    name: str
    entities: tuple[EntityRow, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def meant(self) -> EntityRow | None:
        """The entity that is meant: the only one, or the only one of whom more than a surname is known."""
        whole = [one for one in self.entities if not one.is_bare]
        if len(self.entities) == 1 or len(whole) == 1:
            return (whole or list(self.entities))[0]
        return None

    @property
    def others(self) -> tuple[EntityRow, ...]:
        """Those of whom the articles have the same surname alone, where somebody else is meant."""
        return tuple(one for one in self.entities if one != self.meant and one.is_bare)


class EntityIndex:
    """The entities of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._table = library.entities

    def find(self, name: str) -> Lookup:
        """Return whose name it is: by any form that articles have, or by a surname.

        A surname that several bear gives all of them.
        """
        found = self.named(name)
        return found if found.entities else Lookup(name, near=self._near(name))

    def named(self, name: str, among: tuple[str, ...] | None = None) -> Lookup:
        """Return whose name it is, without near names; `among` these articles alone."""
        for folded in asked_forms(name):
            if found := self._named(folded, among):
                return Lookup(name, tuple(found))
        return Lookup(name)

    def beginning(self, words: str, count: int) -> list[EntityRow]:
        """Return the entities whose names, or last names, begin with these words."""
        folded = folded_name(words)
        return self._table.beginning(folded, count) if folded else []

    def _named(self, folded: str, among: tuple[str, ...] | None) -> list[EntityRow]:
        called = self._table.with_form(folded, among)
        surnamed = self._table.with_surname(folded, among)
        whole = [one for one in called if folded_name(one.name) == folded and not one.is_bare]
        if whole and not surnamed:
            alone = self._table.with_surname(folded.split()[-1], among)
            return whole + [one for one in alone if one.is_bare and one.kind == "person"]
        ids = {one.id for one in called}
        return called + [one for one in surnamed if one.id not in ids]

    def _near(self, name: str) -> tuple[str, ...]:
        folded = folded_name(name)
        if not folded:
            return ()
        sounds = {sound(word) for word in _words(folded) if word not in _SMALL}
        known = {folded_name(one): one for _, one in self._table.names()}
        likely = [one for one in known if _is_likely(one, folded, sounds)]
        likely.sort(key=lambda one: abs(len(one) - len(folded)))
        close = difflib.get_close_matches(folded, likely[:_COMPARED], _NEAR, _ALIKE)
        longer = [one for one in likely if one.startswith((f"{folded} ", f"{folded}-"))]
        partly = [one for one in likely if sounds & {sound(word) for word in _words(one)}]
        found = dict.fromkeys([*longer, *partly[:_NEAR], *close])
        return tuple(known[one] for one in list(found)[:_NEAR])

    def page(self, entity: EntityRow, among: tuple[str, ...] | None = None) -> EntityPage:
        """Return all that the articles have of an entity; `among` these alone."""
        return make_page(self._library, entity, among)

    def statements(
        self,
        entity: EntityRow,
        about: str = "",
        filters: StatementFilters | None = None,
        count: int = STATEMENTS,
    ) -> Remarks:
        """Return what an entity says, the latest first, on a subject or at all.

        Args:
            entity: Who speaks.
            about: Words of a subject; empty for anything. Statements that say most of them come first.
            filters: From which articles, in which form.
            count: How many at most.
        """
        return make_remarks(self._library, entity, about, filters or StatementFilters(), count)


def _is_likely(known: str, folded: str, sounds: set[str]) -> bool:
    """Return whether a name may be a slip of another: words of both begin or sound alike."""
    return any(
        word[:2] == asked[:2] or sound(word) in sounds for word in _words(known) for asked in _words(folded)
    )


def _words(folded: str) -> list[str]:
    """Return the words of a folded name, those that hyphens join, too: `Vitry-le-François`."""
    return re.split(r"[ -]+", folded)
