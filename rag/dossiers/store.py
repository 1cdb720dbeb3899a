"""The dossiers in the catalogue's file: whose they are, what fills them, which articles are in them.

Knows SQL and what a rule is; not how articles are found that are as a rule says: those are put in here. In a
dossier are the articles that were put in by hand or match a rule, but for those that were taken out by hand.
An article that leaves the library leaves every dossier with it. Every call names the user, and sees only
what is that user's; a user `''` stands for everybody where nobody signs in.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cachetools import LRUCache

from rag.dossiers.rule import Rule, RuleError
from rag.dossiers.wording import checked_description, checked_name, folded
from rag.errors import UserError
from rag.schema.question import NamedDossier
from rag.schema.record_id import new_record_id
from rag.storage.database import Connection, Database
from rag.storage.errors import translate_storage_errors
from rag.text.sanitization import storable

_MOST_RULES = 20
_REMEMBERED = 8  # dossiers

TABLES = """
CREATE TABLE IF NOT EXISTS dossiers (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
    description TEXT NOT NULL, made_at TEXT NOT NULL, opened_at TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS dossiers_by_name ON dossiers (user, folded);
CREATE TABLE IF NOT EXISTS dossier_rules (
    dossier_id TEXT NOT NULL REFERENCES dossiers (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    rule TEXT NOT NULL, matched_in INTEGER, PRIMARY KEY (dossier_id, number)) STRICT;
CREATE TABLE IF NOT EXISTS dossier_matches (
    dossier_id TEXT NOT NULL, number INTEGER NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, matched_at TEXT NOT NULL,
    PRIMARY KEY (dossier_id, number, article_id),
    FOREIGN KEY (dossier_id, number) REFERENCES dossier_rules ON DELETE CASCADE) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS dossier_matches_by_article ON dossier_matches (article_id);
CREATE TABLE IF NOT EXISTS dossier_choices (
    dossier_id TEXT NOT NULL REFERENCES dossiers (id) ON DELETE CASCADE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE, is_in INTEGER NOT NULL,
    PRIMARY KEY (dossier_id, article_id)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS dossier_choices_by_article ON dossier_choices (article_id);
CREATE TABLE IF NOT EXISTS dossier_changes (
    one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
INSERT INTO dossier_changes VALUES (1, 0) ON CONFLICT DO NOTHING;
"""
# What the articles in dossiers rest on is counted as `rag.library.versioning` counts: by triggers.
COUNTING = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{event.lower()}_counted AFTER {event} ON {table}"
    " BEGIN UPDATE dossier_changes SET number = number + 1; END"
    for table in ("dossier_matches", "dossier_choices")
    for event in ("INSERT", "DELETE", "UPDATE")
)
# The ids of the articles in the dossiers of a JSON array, which is bound twice.
IN_DOSSIERS = (
    "SELECT article_id FROM dossier_choices WHERE is_in = 1 AND dossier_id IN"
    " (SELECT value FROM json_each(?)) UNION"
    " SELECT article_id FROM dossier_matches AS m WHERE dossier_id IN"
    " (SELECT value FROM json_each(?)) AND NOT EXISTS (SELECT 1 FROM dossier_choices AS c"
    " WHERE c.dossier_id = m.dossier_id AND c.article_id = m.article_id AND c.is_in = 0)"
)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as it is listed. Dates are ISO 8601 in UTC; `id` can't be guessed."""

    id: str
    name: str
    description: str
    made_at: str
    opened_at: str

    @property
    def as_filter(self) -> NamedDossier:
        """What a question is narrowed to it by."""
        return NamedDossier(self.id, self.name)


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule of a dossier; `rule` is None if what was kept can't be understood any more.

    `matched_in` is the `Library.version` in which its matches were last looked for; None: never.
    """

    dossier_id: str
    number: int
    rule: Rule | None
    matched_in: int | None = None

    def with_names(self, canonical: Callable[[Iterable[str]], tuple[str, ...]]) -> KeptRule:
        """Return it with the names that its outlets go by now: they may have been merged since."""
        if self.rule is None or not self.rule.filters.outlets:
            return self
        filters = replace(self.rule.filters, outlets=canonical(self.rule.filters.outlets))
        return replace(self, rule=replace(self.rule, filters=filters))


@dataclass(frozen=True, slots=True)
class DossierCounts:
    """How many articles are in a dossier, and how many of them a rule brought since it was last opened."""

    articles: int
    new: int


class DossierTable:
    """The dossiers of a library. What is done inside a transaction of the catalogue belongs to it."""

    def __init__(self, file: Database) -> None:
        self._file = file
        # A question asks several times. What was last read, and the `version` that it was read in.
        self._members: LRUCache[tuple[str, ...], tuple[int, tuple[str, ...]]] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            yield db

    @contextmanager
    def _changing(self, dossier_id: str, user: str) -> Iterator[Connection]:
        """Open a transaction on a dossier.

        Raises:
            UserError: There is none of this id, or it isn't this user's.
        """
        with self._writing() as db:
            query = "SELECT 1 FROM dossiers WHERE id = ? AND user = ?"
            if db.execute(query, (storable(dossier_id), user)).fetchone() is None:
                raise gone()
            yield db

    # --- reading ---

    def listed(self, user: str) -> list[Dossier]:
        """Return the user's dossiers, by name."""
        return self._dossiers("WHERE user = ? ORDER BY folded, id", user)

    def get(self, dossier_id: str, user: str) -> Dossier | None:
        """Return a dossier; None for one that isn't there, or isn't this user's."""
        found = self._dossiers("WHERE id = ? AND user = ?", storable(dossier_id), user)
        return found[0] if found else None

    def named(self, name: str, user: str) -> Dossier | None:
        """Return the user's dossier of this name, whatever its accents and capitals; None: there is none."""
        found = self._dossiers("WHERE folded = ? AND user = ?", folded(name), user)
        return found[0] if found else None

    def _dossiers(self, where: str, *values: str) -> list[Dossier]:
        query = f"SELECT id, name, description, made_at, opened_at FROM dossiers {where}"
        with self._file.connection() as db:
            return [Dossier(*row) for row in db.execute(query, values)]

    def members(self, ids: Collection[str]) -> tuple[str, ...]:
        """Return the ids of the articles that are in any of these dossiers, ascending."""
        wanted = tuple(sorted(ids))
        with self._file.connection() as db:
            version = self.version()  # before reading: what changes meanwhile is read next time
            with self._lock:
                known = self._members.get(wanted)
            if known is None or known[0] != version:
                rows = db.execute(f"{IN_DOSSIERS} ORDER BY article_id", [json.dumps(wanted)] * 2)
                known = version, tuple(row[0] for row in rows)
                with self._lock:
                    self._members[wanted] = known
        return known[1]

    def count(self, dossier_id: str) -> int:
        """Return how many articles are in a dossier."""
        bound = [json.dumps([dossier_id])] * 2
        with self._file.connection() as db:
            return db.execute(f"SELECT count(*) FROM ({IN_DOSSIERS}) AS members", bound).fetchone()[0]

    def counts(self, dossier: Dossier) -> DossierCounts:
        """Count what is in a dossier, and what is new there."""
        return DossierCounts(self.count(dossier.id), len(self.new(dossier)))

    def new(self, dossier: Dossier) -> tuple[str, ...]:
        """Return the ids of the articles that rules brought since the dossier was last opened."""
        query = (
            "SELECT article_id FROM dossier_matches AS m WHERE dossier_id = ?1 AND NOT EXISTS"
            " (SELECT 1 FROM dossier_choices AS c WHERE c.dossier_id = ?1 AND c.article_id = m.article_id)"
            " GROUP BY article_id HAVING min(matched_at) > ?2 ORDER BY article_id"
        )
        with self._file.connection() as db:
            return tuple(row[0] for row in db.execute(query, (dossier.id, dossier.opened_at)))

    def holding(self, article_ids: Sequence[str], user: str) -> set[str]:
        """Return the ids of the user's dossiers that all of these articles are in."""
        chosen = "SELECT is_in FROM dossier_choices WHERE dossier_id = d.id AND article_id = w.value"
        matched = "SELECT 1 FROM dossier_matches WHERE dossier_id = d.id AND article_id = w.value"
        query = (
            "SELECT id FROM dossiers AS d WHERE user = ? AND NOT EXISTS (SELECT 1 FROM json_each(?) AS w"
            f" WHERE coalesce(({chosen}), ({matched} LIMIT 1), 0) = 0)"
        )
        if not article_ids:
            return set()
        with self._file.connection() as db:
            return {row[0] for row in db.execute(query, (user, json.dumps(list(article_ids))))}

    def rules(self, ids: Collection[str] | None = None) -> list[KeptRule]:
        """Return what fills these dossiers, or all dossiers of all users, in order."""
        query = (
            "SELECT dossier_id, number, rule, matched_in FROM dossier_rules"
            " WHERE ?1 IS NULL OR dossier_id IN (SELECT value FROM json_each(?1)) ORDER BY dossier_id, number"
        )
        bound = None if ids is None else json.dumps(list(ids))
        with self._file.connection() as db:
            return [KeptRule(row[0], row[1], _rule(row[2]), row[3]) for row in db.execute(query, (bound,))]

    def version(self) -> int:
        """Return a number that changes whenever an article comes into a dossier, or leaves one."""
        with self._file.connection() as db:
            return db.execute("SELECT number FROM dossier_changes").fetchone()[0]

    # --- writing: each call is one transaction ---

    def create(self, user: str, name: str, description: str = "") -> Dossier:
        """Make an empty dossier.

        Raises:
            UserError: The name is empty, too long, or another dossier's; the description is too long.
        """
        now, name = _now(), checked_name(name)
        description = checked_description(description)
        made = Dossier(new_record_id(), name, description, now, now)
        with self._writing() as db:
            self._refuse_taken(db, user, name)
            row = (made.id, user, name, folded(name), description, now, now)
            db.execute("INSERT INTO dossiers VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return made

    def rename(self, dossier_id: str, user: str, name: str) -> None:
        """Give a dossier another name.

        Raises:
            UserError: As for `create`, or the dossier is gone.
        """
        name = checked_name(name)
        with self._changing(dossier_id, user) as db:
            self._refuse_taken(db, user, name, dossier_id)
            db.execute(
                "UPDATE dossiers SET name = ?, folded = ? WHERE id = ?", (name, folded(name), dossier_id)
            )

    def describe(self, dossier_id: str, user: str, description: str) -> None:
        """Say what a dossier is about.

        Raises:
            UserError: The description is too long, or the dossier is gone.
        """
        description = checked_description(description)
        with self._changing(dossier_id, user) as db:
            db.execute("UPDATE dossiers SET description = ? WHERE id = ?", (description, dossier_id))

    def delete(self, dossier_id: str, user: str) -> None:
        """Delete a dossier; its articles stay in the library.

        Raises:
            UserError: It is gone.
        """
        with self._changing(dossier_id, user) as db:
            db.execute("DELETE FROM dossiers WHERE id = ?", (dossier_id,))

    def forget_user(self, user: str) -> None:
        """Delete all dossiers of a user."""
        with self._writing() as db:
            db.execute("DELETE FROM dossiers WHERE user = ?", (user,))

    def empty(self, dossier_id: str, user: str) -> None:
        """Take out every article and every rule, and forget what was taken out by hand.

        Raises:
            UserError: The dossier is gone.
        """
        with self._changing(dossier_id, user) as db:
            db.execute("DELETE FROM dossier_rules WHERE dossier_id = ?", (dossier_id,))
            db.execute("DELETE FROM dossier_choices WHERE dossier_id = ?", (dossier_id,))

    def add(self, dossier_id: str, user: str, article_ids: Iterable[str]) -> int:
        """Put articles in by hand; return how many of them the library has.

        Raises:
            UserError: The dossier is gone.
        """
        return self._choose(dossier_id, user, article_ids, is_in=True)

    def take_out(self, dossier_id: str, user: str, article_ids: Iterable[str]) -> int:
        """Take articles out by hand; they stay out, whatever the rules say. Return as `add` does.

        Raises:
            UserError: The dossier is gone.
        """
        return self._choose(dossier_id, user, article_ids, is_in=False)

    def _choose(self, dossier_id: str, user: str, article_ids: Iterable[str], is_in: bool) -> int:
        query = (
            "INSERT INTO dossier_choices SELECT ?1, id, ?2 FROM articles"
            " WHERE id IN (SELECT value FROM json_each(?3))"
            " ON CONFLICT (dossier_id, article_id) DO UPDATE SET is_in = excluded.is_in"
        )
        with self._changing(dossier_id, user) as db:
            wanted = json.dumps([storable(one) for one in article_ids])
            return db.execute(query, (dossier_id, int(is_in), wanted)).rowcount

    def add_rule(self, dossier_id: str, user: str, rule: Rule) -> int:
        """Have a dossier filled by a rule; return its number. One that it has already isn't added again.

        Raises:
            UserError: The rule would let every article in, the dossier has too many, or it is gone.
        """
        if rule.is_empty or (rule.search and rule.node is None):
            raise UserError(
                "A dossier is filled by what narrows the articles: give a search or a filter.",
                "Un dossier se remplit de ce qui restreint les articles : donnez une recherche ou un filtre.",
            )
        kept = rule.to_text()
        with self._changing(dossier_id, user) as db:
            query = "SELECT number, rule FROM dossier_rules WHERE dossier_id = ? ORDER BY number"
            there = {text: number for number, text in db.execute(query, (dossier_id,))}
            if kept in there:
                return there[kept]
            if len(there) >= _MOST_RULES:
                raise UserError(
                    f"A dossier has at most {_MOST_RULES} saved searches; take one out first.",
                    f"Un dossier a au plus {_MOST_RULES} recherches enregistrées ; retirez-en une d'abord.",
                )
            number = max(there.values(), default=0) + 1
            row = (dossier_id, number, kept)
            db.execute("INSERT INTO dossier_rules VALUES (?, ?, ?, NULL)", row)
            return number

    def remove_rule(self, dossier_id: str, user: str, number: int) -> bool:
        """Take a rule out, and with it the articles that only it brought; False if there is none.

        Raises:
            UserError: The dossier is gone.
        """
        query = "DELETE FROM dossier_rules WHERE dossier_id = ? AND number = ?"
        with self._changing(dossier_id, user) as db:
            return db.execute(query, (dossier_id, number)).rowcount > 0

    def mark_opened(self, dossier_id: str, user: str) -> None:
        """Note that the user has seen what is in a dossier now.

        Raises:
            UserError: The dossier is gone.
        """
        with self._changing(dossier_id, user) as db:
            db.execute("UPDATE dossiers SET opened_at = ? WHERE id = ?", (_now(), dossier_id))

    def put_matches(self, kept: KeptRule, article_ids: Collection[str], version: int) -> None:
        """Note which articles are as a rule says in this `Library.version`; nothing if it is gone.

        Articles that the library no longer has are left out; an article that matched before keeps its date.
        """
        place = (kept.dossier_id, kept.number)
        query = "UPDATE dossier_rules SET matched_in = ? WHERE dossier_id = ? AND number = ?"
        with self._writing() as db:
            if not db.execute(query, (version, *place)).rowcount:
                return
            matched = "SELECT article_id FROM dossier_matches WHERE dossier_id = ? AND number = ?"
            before = {row[0] for row in db.execute(matched, place)}
            db.execute(
                "DELETE FROM dossier_matches WHERE dossier_id = ? AND number = ?"
                " AND article_id IN (SELECT value FROM json_each(?))",
                (*place, json.dumps(sorted(before - {*article_ids}))),
            )
            db.execute(
                "INSERT INTO dossier_matches SELECT ?, ?, id, ? FROM articles"
                " WHERE id IN (SELECT value FROM json_each(?))",
                (*place, _now(), json.dumps(sorted({*article_ids} - before))),
            )

    def _refuse_taken(self, db: Connection, user: str, name: str, but: str = "") -> None:
        query = "SELECT name FROM dossiers WHERE user = ? AND folded = ? AND id != ?"
        if taken := db.execute(query, (user, folded(name), but)).fetchone():
            raise UserError(
                f"There is a dossier “{taken[0]}” already; take another name.",
                f"Il y a déjà un dossier « {taken[0]} » ; prenez un autre nom.",
            )


def gone() -> UserError:
    """Return the sentence for a dossier that isn't there any more, or is somebody else's."""
    return UserError("This dossier has been deleted meanwhile.", "Ce dossier a été supprimé entre-temps.")


def _rule(kept: str) -> Rule | None:
    try:
        return Rule.from_text(kept)
    except RuleError:
        return None


def _now() -> str:
    # Two changes may share a millisecond, and would stand in no order.
    return datetime.now(UTC).isoformat(timespec="microseconds")
