"""`sourcier dossier`: articles collected under a name, by hand and by what goes on filling it.

Knows arguments and printing. No model is loaded: dossiers are words, filters and ids.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.dossiers.naming import find
from rag.dossiers.rule import Rule
from rag.dossiers.store import Dossier, KeptRule
from rag.errors import LibraryError, UserError
from rag.full_text.query import Query
from rag.full_text.syntax import parse
from rag.library.listing import ListedArticle
from ui.command.ask import filters_of
from ui.command.terminal import print_json, printable
from ui.formatting.dossiers import counts_text, rule_text
from ui.formatting.i18n import text, user_error
from ui.formatting.searches import repairs_text

if TYPE_CHECKING:
    from rag.library.library import Library
    from rag.search.dossier_filling import DossierFilling


def dossier(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier dossier list|show|create|add|remove|rename|describe|empty|delete`."""
    from rag.engine.engine import open_filling
    from rag.library.library import Library

    with closing(Library(settings.place)) as library:
        desk = _Desk(options, settings.ui.language, library, open_filling(settings, library))
        actions: dict[str, Callable[[], None]] = {
            "list": desk.list_all,
            "show": desk.show,
            "create": desk.create,
            "add": desk.add,
            "remove": desk.remove,
            "rename": desk.rename,
            "describe": desk.describe,
            "empty": desk.empty,
            "delete": desk.delete,
        }
        actions[options.action]()
    return 0


class _Desk:
    """One run of the command, on an open library."""

    def __init__(
        self, options: argparse.Namespace, language: str, library: Library, filling: DossierFilling
    ) -> None:
        self._options = options
        self._user = options.user
        self._language = language
        self._library = library
        self._filling = filling
        self._table = library.dossiers

    # --- reading ---

    def list_all(self) -> None:
        """Print the dossiers, each with how many articles it has."""
        listed = self._table.listed(self._user)
        self._fill_if_possible([one.id for one in listed])
        if self._options.json:
            print_json([self._values(one) for one in listed])
            return
        for one in listed:
            about = " ".join(one.description.split())
            counted = counts_text(self._table.counts(one), self._language)
            self._print(f"{one.name}  ({counted})" + (f"  {about}" if about else ""))
        if not listed:
            self._print(text("dossiers_none", self._language))

    def show(self) -> None:
        """Print what fills a dossier, and its articles, newest first."""
        found = self._found()
        self._fill_if_possible([found.id])
        rows = self._rows(found)
        if self._options.json:
            values = {"rules": [_rule_values(kept, self._language) for kept in self._rules(found)]}
            print_json(self._values(found) | values | {"listed": [_row_values(row) for row in rows]})
            return
        self._print(f"{found.name}  ({counts_text(self._table.counts(found), self._language)})")
        for line in found.description.splitlines():
            self._print(line)
        rules = self._rules(found)
        if rules:
            self._print(text("dossier_filled_by", self._language))
        for kept in rules:
            self._print(f"  {kept.number}. {rule_text(kept, self._language)}")
        for row in rows:
            day = (row.published_at or "")[:10]
            self._print(f"{row.article_id}  {day:10}  {row.outlet or '—'}  {row.title}")

    def _rules(self, found: Dossier) -> list[KeptRule]:
        """Return what fills a dossier, with the names that outlets go by now."""
        canonical = self._library.metadata.canonical
        return [kept.with_names(canonical) for kept in self._table.rules([found.id])]

    def _fill_if_possible(self, ids: Sequence[str]) -> None:
        """Bring dossiers up to date; of those that can't be, why is told, once."""
        told = set()
        for one in ids:
            try:
                self._filling.fill([one])
            except LibraryError as error:
                told.add(error.text(self._language))
        for said in sorted(told):
            print(printable(said), file=sys.stderr)

    def _rows(self, found: Dossier) -> list[ListedArticle]:
        listing = self._library.listing
        ids = self._table.members([found.id])
        ordered = sorted(listing.rows(ids), key=lambda row: row.article_id)
        ordered.sort(key=lambda row: row.published_at or "", reverse=True)
        return ordered

    # --- changing ---

    def create(self) -> None:
        """Make a dossier, and have it filled by what is given."""
        rule = self._given_rule()
        made = self._table.create(self._user, self._options.name, self._options.description)
        if rule is not None:
            self._table.add_rule(made.id, self._user, rule)
            self._filling.fill([made.id])
            self._table.mark_opened(made.id, self._user)
        self._say("dossier_created", made)

    def add(self) -> None:
        """Put articles in, or what goes on filling it."""
        found, rule = self._found(), self._given_rule()
        if rule is None and not self._options.article:
            raise user_error("dossier_nothing_given")
        self._refuse_unknown(self._options.article)
        if self._options.article:
            self._table.add(found.id, self._user, self._options.article)
        if rule is not None:
            self._table.add_rule(found.id, self._user, rule)
        self._filling.fill([found.id])
        self._say("dossier_has", found)

    def remove(self) -> None:
        """Take articles out, or what fills it."""
        found, number = self._found(), self._options.rule
        if number is None and not self._options.article:
            raise user_error("dossier_nothing_removed")
        self._refuse_unknown(self._options.article)
        if number is not None and not self._table.remove_rule(found.id, self._user, number):
            raise user_error("dossier_no_rule", name=found.name, number=number)
        if self._options.article:
            self._table.take_out(found.id, self._user, self._options.article)
        self._filling.fill([found.id])
        self._say("dossier_has", found)

    def rename(self) -> None:
        """Give a dossier another name."""
        self._table.rename(self._found().id, self._user, self._options.new_name)
        self._say("dossier_renamed", find(self._table, self._options.new_name, self._user))

    def describe(self) -> None:
        """Say what a dossier is about."""
        found = self._found()
        self._table.describe(found.id, self._user, self._options.description)
        self._say("dossier_described", find(self._table, found.name, self._user))

    def empty(self) -> None:
        """Empty a dossier."""
        found = self._found()
        self._table.empty(found.id, self._user)
        self._say("dossier_emptied", found)

    def delete(self) -> None:
        """Delete a dossier."""
        found = self._found()
        self._table.delete(found.id, self._user)
        if self._options.json:
            print_json({"deleted": found.name})
        else:
            self._print(text("dossier_deleted", self._language, name=found.name))

    # --- shared ---

    def _found(self) -> Dossier:
        return find(self._table, self._options.name, self._user)

    def _refuse_unknown(self, article_ids: Sequence[str]) -> None:
        known = {row.article_id for row in self._library.listing.rows(article_ids)}
        unknown = next((one for one in article_ids if one not in known), None)
        if unknown is not None:
            raise user_error("no_such_article", article=unknown)

    def _given_rule(self) -> Rule | None:
        """Return what is given to fill a dossier with; None if nothing is.

        Raises:
            UserError: A search isn't understood as it is written, or a date is none.
            LibraryError: It can't be searched yet: then nothing of the command is done.
        """
        rule = Rule(self._options.search, filters=filters_of(self._options))
        query = parse(self._options.search)
        if self._options.search and (query.repairs or query.node is None):
            raise UserError(_not_understood(query, "en"), _not_understood(query, "fr"))
        if rule.is_empty:
            return None
        self._filling.matching(rule)
        return rule

    def _values(self, one: Dossier) -> dict:
        return asdict(one) | asdict(self._table.counts(one))

    def _say(self, key: str, found: Dossier) -> None:
        found = self._table.get(found.id, self._user) or found  # as it is by now
        if self._options.json:
            print_json(self._values(found))
            return
        counted = counts_text(self._table.counts(found), self._language)
        self._print(text(key, self._language, name=found.name, articles=counted))

    def _print(self, line: str) -> None:
        print(printable(line))


def _not_understood(query: Query, language: str) -> str:
    return " ".join(repairs_text(query, language)) or text("full_text_nothing", language)


def _rule_values(kept: KeptRule, language: str) -> dict:
    return {
        "number": kept.number,
        "understood": kept.rule is not None,
        "words": rule_text(kept, language),
        "search": kept.rule.search if kept.rule else None,
    }


def _row_values(row: ListedArticle) -> dict:
    return {
        "id": row.article_id,
        "title": row.title,
        "outlet": row.outlet,
        "language": row.language,
        "published_at": row.published_at,
        "source": row.source,
    }
