"""Standing queries in the catalogue's file: whose they are, what they found last, what changed.

Knows SQL and pointers into articles; not how a query is asked, nor what is a change. A change shows the
quotes of the articles that the library still has; one that is left with none of what it told goes. Every call
names the user, and sees only what is that user's; a user `''` stands for everybody where nobody signs in.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from rag.dossiers.naming import near_names
from rag.errors import UserError
from rag.schema.article import Article
from rag.schema.evidence import Evidence
from rag.schema.question import NO_FILTERS, Filters
from rag.schema.record_id import new_record_id
from rag.schema.standing import Change, StandingKind, StandingQuery
from rag.standing.state import Found, Pointer, State
from rag.standing.wording import checked_words, folded
from rag.storage.database import Connection, Database
from rag.storage.errors import translate_storage_errors
from rag.text.sanitization import storable

log = logging.getLogger(__name__)

MOST_QUERIES = 200  # of a user
# Changes of a user that are kept, latest first: what was told years ago is in the articles.
MOST_CHANGES = 5_000

_QUERY = "id, kind, words, language, filters, made_at, asked_at, paused, failure, failure_fr"
_POINTER = 'article_id, content_hash, start, "end", answer_start, answer_end'

# (article id, content hash) → that version of the article, of those that the library has.
Versions = Callable[[Iterable[tuple[str, str]]], Mapping[tuple[str, str], Article]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A query as it waits to be asked: whose it is, what it found last, and how far articles had come then.

    `number` tells whether anybody asked it meanwhile. `state` is None before the first asking; `found` are
    the articles that a search or an entity was found in.
    """

    user: str
    query: StandingQuery
    number: int
    arrival: int
    state: State | None
    found: frozenset[str] = frozenset()


class StandingTable:
    """The standing queries of a library. What is done inside a transaction of the catalogue belongs to it."""

    def __init__(self, file: Database, versions: Versions) -> None:
        """Open the table; `versions` reads the articles that changes point into."""
        self._file = file
        self._versions = versions

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            yield db

    # --- the queries of a user ---

    def add(
        self, user: str, kind: StandingKind, words: str, language: str, filters: Filters = NO_FILTERS
    ) -> StandingQuery:
        """Keep a query to be asked again, and return it; the same one twice is the same one.

        Raises:
            UserError: It has no words, too many, is no query of its kind, or the user has too many.
        """
        words = checked_words(kind, words)
        narrowed = json.dumps(filters.to_dict(), ensure_ascii=False)
        same = (user, kind, folded(kind, words), storable(narrowed))
        with self._writing() as db:
            query = (
                "SELECT id FROM standing_queries WHERE user = ? AND kind = ? AND folded = ? AND filters = ?"
            )
            if there := db.execute(query, same).fetchone():
                return self._queries("id = ?", there[0])[0]
            count = "SELECT count(*) FROM standing_queries WHERE user = ?"
            if db.execute(count, (user,)).fetchone()[0] >= MOST_QUERIES:
                raise UserError(
                    f"There are {MOST_QUERIES} standing queries already; remove one first.",
                    f"Il y a déjà {MOST_QUERIES} requêtes permanentes ; supprimez-en une d'abord.",
                )
            row = (new_record_id(), user, kind, words, same[2], language, same[3], _now())
            db.execute(
                "INSERT INTO standing_queries VALUES"
                " (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, NULL, NULL, 0, 0, NULL)",
                row,
            )
            return self._queries("id = ?", row[0])[0]

    def all(self, user: str) -> list[StandingQuery]:
        """Return the user's standing queries, in the order in which they were made."""
        return self._queries("user = ?", user)

    def find(self, user: str, id_or_words: str) -> StandingQuery:
        """Return the user's standing query with this id, or these words whatever their accents and capitals.

        Raises:
            UserError: There is none, or there are several of these words.
        """
        known = self.all(user)
        wanted = id_or_words.strip()
        found = [one for one in known if one.id == wanted]
        found = found or [one for one in known if folded(one.kind, one.words) == folded(one.kind, wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(one.id for one in found)
            raise UserError(
                f"Several standing queries have these words; name one by its id: {ids}.",
                f"Plusieurs requêtes permanentes ont ces mots ; nommez-en une par son identifiant : {ids}.",
            )
        near = near_names(wanted, [one.words for one in known])
        raise UserError(
            f"No standing query is “{wanted}”; see `sourcier standing list`."
            + (f" Near: {', '.join(f'“{one}”' for one in near)}." if near else ""),
            f"Aucune requête permanente n'est « {wanted} » ; voir `sourcier standing list`."
            + (f" Proches : {', '.join(f'« {one} »' for one in near)}." if near else ""),
        )

    def remove(self, user: str, query_id: str) -> None:
        """Forget a standing query and all that it told.

        Raises:
            UserError: It is gone.
        """
        self._change(user, query_id, "DELETE FROM standing_queries")

    def pause(self, user: str, query_id: str) -> None:
        """Have a standing query asked no more until it is resumed.

        Raises:
            UserError: It is gone.
        """
        self._change(user, query_id, "UPDATE standing_queries SET paused = 1")

    def resume(self, user: str, query_id: str) -> None:
        """Have a standing query asked again; what came while it was paused is told the next time.

        Raises:
            UserError: It is gone.
        """
        self._change(user, query_id, "UPDATE standing_queries SET paused = 0")

    def _change(self, user: str, query_id: str, what: str) -> None:
        with self._writing() as db:
            if not db.execute(f"{what} WHERE id = ? AND user = ?", (storable(query_id), user)).rowcount:
                raise UserError(
                    "This standing query has been removed meanwhile.",
                    "Cette requête permanente a été supprimée entre-temps.",
                )

    def forget_user(self, user: str) -> None:
        """Forget all standing queries of a user."""
        with self._writing() as db:
            db.execute("DELETE FROM standing_queries WHERE user = ?", (user,))

    def _queries(self, where: str, *values: str) -> list[StandingQuery]:
        query = f"SELECT {_QUERY} FROM standing_queries WHERE {where} ORDER BY made_at, id"
        with self._file.connection() as db:
            return [_query(row) for row in db.execute(query, values)]

    # --- what changed ---

    def changes(
        self,
        user: str,
        *,
        query_id: str | None = None,
        unseen: bool = False,
        limit: int = 50,
        before: str | None = None,
    ) -> list[Change]:
        """Return what changed for a user, the latest first.

        Args:
            user: Whose queries.
            query_id: Of this query alone.
            unseen: Only what its reader hasn't been shown.
            limit: The most changes.
            before: The id of a change: only those that were told before it.
        """
        where = [
            "user = ?1", "(?2 IS NULL OR query_id = ?2)", "(?3 = 0 OR seen = 0)",
            "(?4 IS NULL OR number < (SELECT number FROM standing_changes WHERE id = ?4))",
        ]  # fmt: skip
        return self._told(" AND ".join(where), limit, user, query_id, int(unseen), before)

    def told(self, ids: Collection[str]) -> list[Change]:
        """Return these changes, whoever's they are, the latest first."""
        where = "standing_changes.id IN (SELECT value FROM json_each(?))"
        return self._told(where, len(ids), json.dumps(list(ids)))

    def _told(self, where: str, limit: int, *values: str | int | None) -> list[Change]:
        columns = ", ".join(f"standing_queries.{name.strip()}" for name in _QUERY.split(","))
        query = (
            "SELECT number, standing_changes.id, standing_changes.kind, told_at, seen, gone,"
            f" {columns} FROM standing_changes JOIN standing_queries ON standing_queries.id = query_id"
            f" WHERE {where} ORDER BY number DESC LIMIT {limit:d}"
        )
        quoted = (
            f"SELECT change_number, is_after, {_POINTER} FROM standing_quotes WHERE change_number IN"
            " (SELECT CAST(value AS BIGINT) FROM json_each(?)) ORDER BY change_number, is_after, place"
        )
        with self._file.connection() as db:
            rows = db.execute(query, values).fetchall()
            quotes = db.execute(quoted, (json.dumps([row[0] for row in rows]),)).fetchall()
        evidence = self.evidence([Pointer(*row[2:]) for row in quotes])
        sides: dict[tuple[int, int], list[Evidence]] = {}
        for number, is_after, *pointer in quotes:
            if (item := evidence.get(Pointer(*pointer))) is not None:
                sides.setdefault((number, is_after), []).append(item)
        lost = {row[0] for row in quotes if row[1]} - {number for number, is_after in sides if is_after}
        return [
            Change(
                row[1], _query(row[6:]), row[2], row[3],
                tuple(sides.get((row[0], 0), ())), tuple(sides.get((row[0], 1), ())),
                bool(row[4]), tuple(json.loads(row[5])),
            )
            for row in rows
            if row[0] not in lost
        ]  # fmt: skip

    def evidence(self, pointers: Collection[Pointer]) -> dict[Pointer, Evidence]:
        """Return pointers with what they point at, as it was published; those that lead nowhere left out."""
        known = self._versions({(one.article_id, one.content_hash) for one in pointers})
        found = {}
        for one in pointers:
            article = known.get((one.article_id, one.content_hash))
            if article is not None and 0 <= one.start < one.end <= len(article.text):
                spans = one.start, one.end
                found[one] = Evidence(
                    article, *spans, answer_start=one.answer_start, answer_end=one.answer_end
                )
        return found

    def unseen(self, user: str, query_id: str | None = None) -> int:
        """Return how many changes the user hasn't been shown, of all queries or of one."""
        query = (
            "SELECT count(*) FROM standing_changes JOIN standing_queries ON standing_queries.id = query_id"
            " WHERE user = ?1 AND seen = 0 AND (?2 IS NULL OR query_id = ?2)"
        )
        with self._file.connection() as db:
            return db.execute(query, (user, query_id)).fetchone()[0]

    def mark_seen(self, user: str, up_to: str) -> None:
        """Note that the user has been shown this change, and all that were told before it."""
        query = (
            "UPDATE standing_changes SET seen = 1 WHERE seen = 0 AND"
            " number <= (SELECT number FROM standing_changes WHERE id = ?)"
            " AND query_id IN (SELECT id FROM standing_queries WHERE user = ?)"
        )
        with self._writing() as db:
            db.execute(query, (storable(up_to), user))

    # --- asking again ---

    def arrival(self) -> int:
        """Return how far articles have come: whatever comes after this has a greater number."""
        with self._file.connection() as db:
            return db.execute("SELECT coalesce(max(number), 0) FROM arrivals").fetchone()[0]

    def arrived(self, since: int) -> list[str]:
        """Return the ids of the articles that came, or came to say other things, after `since`, in order."""
        query = "SELECT article_id FROM arrivals WHERE number > ? ORDER BY number"
        with self._file.connection() as db:
            return [row[0] for row in db.execute(query, (since,))]

    def turns(self, ids: Collection[str] | None = None) -> list[Turn]:
        """Return the queries of all users that are to be asked, those that are paused left out.

        Args:
            ids: These queries alone; None for all.
        """
        query = (
            f"SELECT user, turn, arrival, state, {_QUERY} FROM standing_queries WHERE paused = 0"
            " AND (?1 IS NULL OR id IN (SELECT value FROM json_each(?1))) ORDER BY made_at, id"
        )
        found = "SELECT article_id FROM standing_found WHERE query_id = ?"
        bound = None if ids is None else json.dumps(list(ids))
        with self._file.connection() as db:
            rows = db.execute(query, (bound,)).fetchall()
            each = self._file.each(found, [(row[4],) for row in rows])
        return [
            Turn(user, _query(row), turn, arrival, _state(state), frozenset(i for (i,) in ids))
            for (user, turn, arrival, state, *row), ids in zip(rows, each, strict=True)
        ]

    def put(
        self,
        turn: Turn,
        arrival: int,
        state: State,
        changes: Sequence[Found] = (),
        found: Collection[str] = frozenset(),
    ) -> list[str] | None:
        """Keep what a query finds now, and tell what changed: both, or neither.

        Args:
            turn: What it was when it was asked.
            arrival: How far articles had come when it was.
            state: What it finds now.
            changes: What changed.
            found: The articles that a search or an entity is found in now.

        Returns:
            The ids of the changes; None if the query is gone or somebody else has asked it meanwhile.
        """
        query = (
            "UPDATE standing_queries SET turn = turn + 1, arrival = ?, state = ?, asked_at = ?,"
            " failure = NULL, failure_fr = NULL WHERE id = ? AND turn = ?"
        )
        with self._writing() as db:
            row = (arrival, state.to_text(), _now(), turn.query.id, turn.number)
            if not db.execute(query, row).rowcount:
                return None
            _put_found(db, turn, found)
            told = [one for change in changes if (one := _tell(db, turn.query.id, change))]
            _forget_oldest(db, turn.user)
            return told

    def put_failure(self, turn: Turn, english: str, french: str) -> None:
        """Note why a query couldn't be asked; what it found before stays, and so does what is to be told."""
        query = "UPDATE standing_queries SET failure = ?, failure_fr = ? WHERE id = ? AND turn = ?"
        with self._writing() as db:
            db.execute(query, (storable(english), storable(french), turn.query.id, turn.number))


def _put_found(db: Connection, turn: Turn, found: Collection[str]) -> None:
    place = turn.query.id
    db.execute(
        "DELETE FROM standing_found WHERE query_id = ? AND article_id IN (SELECT value FROM json_each(?))",
        (place, json.dumps(sorted(turn.found - {*found}))),
    )
    db.execute(
        "INSERT INTO standing_found SELECT ?, id FROM articles"
        " WHERE id IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING",
        (place, json.dumps(sorted({*found} - turn.found))),
    )


def _tell(db: Connection, query_id: str, change: Found) -> str | None:
    """Keep a change; None if all that it tells of has left the library meanwhile."""
    sides = [
        (is_after, place, Pointer.of(item))
        for is_after, side in enumerate((change.before, change.after))
        for place, item in enumerate(side)
    ]
    there = "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    wanted = json.dumps([pointer.article_id for *_, pointer in sides])
    listed = {row[0] for row in db.execute(there, (wanted,))}
    kept = [one for one in sides if one[2].article_id in listed]
    if change.after and not any(is_after for is_after, *_ in kept):
        return None
    name = new_record_id()
    row = (name, query_id, change.kind, _now(), json.dumps(list(change.gone)))
    (number,) = db.execute(
        "INSERT INTO standing_changes (id, query_id, kind, told_at, seen, gone) VALUES (?, ?, ?, ?, 0, ?)"
        " RETURNING number",
        row,
    ).fetchone()
    db.executemany(
        "INSERT INTO standing_quotes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(number, is_after, place, *astuple(pointer)) for is_after, place, pointer in kept],
    )
    return name


def _forget_oldest(db: Connection, user: str) -> None:
    db.execute(
        "DELETE FROM standing_changes WHERE number IN (SELECT number FROM standing_changes JOIN"
        " standing_queries ON standing_queries.id = query_id WHERE user = ?"
        " ORDER BY number DESC LIMIT 1000000000 OFFSET ?)",
        (user, MOST_CHANGES),
    )


def _query(row: Sequence) -> StandingQuery:
    query_id, kind, words, language, filters, made_at, asked_at, paused, english, french = row
    failure = (english, french or english) if english is not None else None
    narrowed = Filters.from_dict(json.loads(filters))
    return StandingQuery(query_id, kind, words, language, narrowed, made_at, asked_at, bool(paused), failure)


def _state(kept: str | None) -> State | None:
    if kept is None:
        return None
    try:
        return State.from_text(kept)
    except ValueError:
        log.warning("what a standing query found last can't be read; it is asked as if for the first time")
        return None


def _now() -> str:
    # Two changes may share a millisecond, and would stand in no order.
    return datetime.now(UTC).isoformat(timespec="microseconds")
