"""What the page does with dossiers, for one user: listing, opening, changing them. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.dossiers.rule import Rule
from rag.dossiers.store import Dossier, gone
from rag.errors import LibraryError
from rag.schema.question import NO_FILTERS, Filters
from ui.dossiers.html import ListedDossier, OpenedDossier
from ui.page.context import AppContext


class DossierDesk:
    """The dossiers of a library, as its page has them."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._table = context.library.dossiers

    def names(self, user: str) -> list[Dossier]:
        """Return the user's dossiers, by name, without looking into them."""
        return self._table.listed(user)

    def listed(self, user: str, language: str) -> list[ListedDossier]:
        """Return the user's dossiers with what is in them now."""
        return [self._listed(one, language) for one in self._table.listed(user)]

    def fill(self, dossier_id: str, language: str) -> str:
        """Bring a dossier up to date; return why it couldn't be, in which case it is as it was before."""
        try:
            self._context.engine.filling.fill([dossier_id])
        except LibraryError as failed:
            return failed.text(language)
        return ""

    def _listed(self, one: Dossier, language: str) -> ListedDossier:
        error = self.fill(one.id, language)
        return ListedDossier(one, self._table.counts(one), error)

    def opened(self, dossier_id: str, since: str, user: str, language: str) -> OpenedDossier | None:
        """Return a dossier that the user looks at; what came in after `since` is new in it, this once.

        None for one that isn't there, or isn't this user's.
        """
        found = self._table.get(dossier_id, user)
        if found is None:
            return None
        listed = self._listed(replace(found, opened_at=since or found.opened_at), language)
        self._table.mark_opened(found.id, user)
        canonical = self._context.library.metadata.canonical
        rules = (kept.with_names(canonical) for kept in self._table.rules([found.id]))
        return OpenedDossier(listed, tuple(rules))

    def create(self, name: str, user: str) -> Dossier:
        """Make a dossier.

        Raises:
            UserError: The name can't be used.
        """
        return self._table.create(user, name)

    def change(self, act: str, dossier_id: str, user: str, words: str = "", number: int = 0) -> None:
        """Do one of `rename`, `describe`, `empty`, `delete`, `unrule`; nothing for another word.

        Raises:
            UserError: The name or the description can't be used, or the dossier is gone.
        """
        match act:
            case "rename":
                self._table.rename(dossier_id, user, words)
            case "describe":
                self._table.describe(dossier_id, user, words)
            case "empty":
                self._table.empty(dossier_id, user)
            case "delete":
                self._table.delete(dossier_id, user)
            case "unrule":
                self._table.remove_rule(dossier_id, user, number)

    def put(self, dossier: Dossier, user: str, article_ids: Sequence[str], rule: Rule | None) -> int:
        """Put articles in, or what goes on filling it; return how many articles are in it then.

        Raises:
            UserError: The rule can't be kept, or the dossier is gone.
            LibraryError: The full-text index can't be searched yet; the rule is kept.
        """
        if article_ids:
            self._table.add(dossier.id, user, article_ids)
        if rule is not None:
            self._table.add_rule(dossier.id, user, rule)
        self._context.engine.filling.fill([dossier.id])
        return self._table.counts(dossier).articles

    def take_out(self, dossier_id: str, user: str, article_ids: Sequence[str]) -> None:
        """Take articles out; they stay out, and stay in the library.

        Raises:
            UserError: The dossier is gone.
        """
        self._table.take_out(dossier_id, user, article_ids)

    def found(self, dossier_id: str, user: str) -> Dossier:
        """Return the user's dossier.

        Raises:
            UserError: It isn't there, or isn't this user's.
        """
        if (dossier := self._table.get(dossier_id, user)) is None:
            raise gone()
        return dossier

    def held(self, dossier_id: str, user: str) -> tuple[str, tuple[str, ...]]:
        """Return the name of the user's dossier and the ids of its articles, newest first.

        Raises:
            UserError: The dossier is gone, or isn't this user's.
            LibraryError: It can't be filled yet.
        """
        dossier, filters = self.found(dossier_id, user), self.filters(dossier_id, user)
        library = self._context.library
        among = library.among(filters)
        return dossier.name, library.listing.chosen(NO_FILTERS, among, limit=len(among or ())).ids

    def holding(self, article_ids: Sequence[str], user: str) -> set[str]:
        """Return the ids of the user's dossiers that have all of these articles."""
        return self._table.holding(article_ids, user)

    def filters(self, dossier_id: str, user: str) -> Filters:
        """Return what narrows to a dossier, filled; nothing narrows without one.

        Raises:
            UserError: The dossier is gone, or isn't this user's.
            LibraryError: It can't be filled yet.
        """
        if not dossier_id:
            return NO_FILTERS
        filters = Filters(dossiers=(self.found(dossier_id, user).as_filter,))
        self._context.engine.refresh(filters)
        return filters
