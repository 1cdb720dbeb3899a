"""Conversations, in a file or a schema of their own beside the library: who asked what, what answers cited.

Every call names the user, and sees only what is that user's. Knows the bodies of exchanges as
`rag.conversation.serialization` makes them; not what is shown of them.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.checksums.checksum import row_checksum
from rag.conversation.serialization import ANY_VERSION, ArticleVersion, Value, versions, without
from rag.errors import LibraryError, reason_of
from rag.library.library import Library
from rag.schema.article import Article
from rag.schema.question import Filters
from rag.storage.database import Connection, Place, place_of, upsert
from rag.storage.errors import storage_error
from rag.storage.migrations import Step, statements
from rag.storage.opening import open_database
from rag.storage.permissions import make_folder
from rag.storage.sqlite import LOOKED_AT_WHOLE
from rag.text.sanitization import storable

log = logging.getLogger(__name__)

FILE_NAME = "conversations.sqlite3"
SCHEMA = "sourcier_conversations"  # in a database
_TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, begun_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conversations_by_user ON conversations (user, changed_at);
CREATE TABLE IF NOT EXISTS exchanges (
    conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT NULL,
    question TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (conversation_id, number)
) STRICT;
CREATE TABLE IF NOT EXISTS resting (
    conversation_id TEXT NOT NULL, number INTEGER NOT NULL, article_id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    FOREIGN KEY (conversation_id, number) REFERENCES exchanges ON DELETE CASCADE
) STRICT;
CREATE INDEX IF NOT EXISTS resting_by_exchange ON resting (conversation_id, number);
CREATE INDEX IF NOT EXISTS resting_by_article ON resting (article_id);
CREATE TABLE IF NOT EXISTS citations (
    conversation_id TEXT NOT NULL, number INTEGER NOT NULL, article_id TEXT NOT NULL,
    content_hash TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    FOREIGN KEY (conversation_id, number) REFERENCES exchanges ON DELETE CASCADE
) STRICT;
CREATE INDEX IF NOT EXISTS citations_by_exchange ON citations (conversation_id, number);
CREATE INDEX IF NOT EXISTS citations_by_article ON citations (article_id)
"""
_WORDS = """
CREATE TABLE IF NOT EXISTS said (
    conversation_id TEXT NOT NULL, number INTEGER NOT NULL, words TEXT NOT NULL,
    PRIMARY KEY (conversation_id, number),
    FOREIGN KEY (conversation_id, number) REFERENCES exchanges ON DELETE CASCADE
) STRICT
"""
_SUMS = (
    "CREATE TABLE IF NOT EXISTS exchange_checksums (conversation_id TEXT NOT NULL, number INTEGER NOT NULL,"
    " crc32 INTEGER NOT NULL, PRIMARY KEY (conversation_id, number)) STRICT, WITHOUT ROWID",
    "CREATE TRIGGER IF NOT EXISTS exchange_checksum_goes AFTER DELETE ON exchanges BEGIN DELETE FROM"
    " exchange_checksums WHERE conversation_id = old.conversation_id AND number = old.number; END",
)
# An answer that is kept by itself is a conversation of one exchange that is in no list of conversations.
_KEPT = (
    "CREATE TABLE IF NOT EXISTS kept_answers (conversation_id TEXT PRIMARY KEY"
    " REFERENCES conversations (id) ON DELETE CASCADE, origin TEXT NOT NULL, words TEXT NOT NULL) STRICT"
)
NOT_KEPT = "id NOT IN (SELECT conversation_id FROM kept_answers)"
_REMEDY = (
    "restore it from a backup, or move it away: conversations begin anew then",
    "restaurez-le d'une sauvegarde, ou mettez-le de côté : les conversations recommenceront à neuf",
)
# Files of before formats were numbered have the first step's tables and number 0.
STEPS: tuple[Step, ...] = (statements(_TABLES), statements(_WORDS), (*_SUMS, _KEPT))
# The column with an exchange's checksum; an earlier version's has none.
_SUM = (
    "(SELECT crc32 FROM exchange_checksums AS s WHERE s.conversation_id = exchanges.conversation_id"
    " AND s.number = exchanges.number)"
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is listed. Dates are ISO 8601 in UTC; `id` can't be guessed."""

    id: str
    title: str
    begun_at: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """`[start, end)` of one version of an article's text."""

    version: ArticleVersion
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Record:
    """One exchange: its place in the conversation, its question, the rest of it, and what it cites.

    `words` are the folded words that a search finds it by. None where they have to be read anew: an earlier
    version kept none, and they go with any article that the exchange rests on.
    """

    number: int
    question: str
    body: Mapping[str, Value]
    citations: tuple[Pointer, ...] = ()
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """What an answer cited an article for: `[start, end)` of the text with this hash."""

    start: int
    end: int
    content_hash: str
    question: str


def new_id() -> str:
    """Return an id that can't be guessed."""
    return secrets.token_urlsafe(24)


class ConversationStore:
    """The conversations at a place. Usable from several threads, processes and machines."""

    def __init__(self, place: Path | Place) -> None:
        """Open the conversations in a file of a folder, or in the database of a place."""
        place = place_of(place)
        self._file = place.folder / FILE_NAME
        self._db = open_database(place, FILE_NAME, SCHEMA, _REMEDY)
        with self._explaining():
            self._db.migrate(STEPS)
        if place.url is not None:
            return
        if self._file.stat().st_size <= LOOKED_AT_WHOLE and (found := self._db.damages()):
            raise self._db.damage(found[0])

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write at once or not at all.

        Raises:
            LibraryError: The disk or the file doesn't let it be; LibraryBusyError when others are writing.
        """
        with self._explaining(), self._db.transaction() as db:
            yield db

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        folder = self._file.parent
        try:
            make_folder(folder)
            yield
        except (OSError, self._db.Error) as error:
            if not isinstance(error, OSError | sqlite3.Error):
                raise _unusable(self._db.name, error) from error
            why = reason_of(error)
            raise storage_error(folder, error) or LibraryError(
                f"{self._file}: the conversations can't be used ({why}); move this file away.",
                f"{self._file} : les conversations sont inutilisables ({why.french}) ; mettez ce fichier"
                " de côté.",
            ) from error

    def connection(self) -> AbstractContextManager[Connection]:
        """Return a connection to read from."""
        return self._db.connection()

    def close(self) -> None:
        """Close the file. A later call opens it again."""
        self._db.close()

    # --- reading ---

    def count(self) -> int:
        """Return how many conversations there are, whoever's they are."""
        with self._db.connection() as db:
            return db.execute(f"SELECT count(*) FROM conversations WHERE {NOT_KEPT}").fetchone()[0]

    def listed(self, user: str) -> list[Conversation]:
        """Return the user's conversations, the one that changed last first."""
        query = (
            f"SELECT id, title, begun_at, changed_at FROM conversations WHERE user = ? AND {NOT_KEPT}"
            " ORDER BY changed_at DESC, rowid DESC"
        )
        with self._db.connection() as db:
            return [Conversation(*row) for row in db.execute(query, (user,))]

    def find(self, conversation_id: str, user: str) -> Conversation | None:
        """Return the conversation; None for one that isn't there, or isn't this user's."""
        query = (
            "SELECT id, title, begun_at, changed_at FROM conversations"
            f" WHERE id = ? AND user = ? AND {NOT_KEPT}"
        )
        with self._db.connection() as db:
            row = db.execute(query, (storable(conversation_id), user)).fetchone()
        return Conversation(*row) if row else None

    def having(self, user: str, word: str) -> set[str]:
        """Return the ids of the user's conversations of which an exchange is known to have `word`, folded."""
        query = (
            "SELECT DISTINCT conversation_id FROM said JOIN conversations ON id = conversation_id"
            f" WHERE user = ? AND instr(words, ?) > 0 AND {NOT_KEPT}"
        )
        with self._db.connection() as db:
            return {row[0] for row in db.execute(query, (user, storable(word)))}

    def without_words(self, user: str) -> dict[str, list[Record]]:
        """Return the user's exchanges whose words aren't known, by conversation, without their citations."""
        query = (
            f"SELECT conversation_id, number, question, body, {_SUM} FROM exchanges"
            " JOIN conversations ON id = conversation_id WHERE user = ? AND NOT EXISTS (SELECT 1 FROM said"
            " WHERE said.conversation_id = id AND said.number = exchanges.number) ORDER BY 1, 2"
        )
        found: dict[str, list[Record]] = {}
        with self._db.connection() as db:
            for conversation_id, number, question, body in _whole(db.execute(query, (user,)).fetchall()):
                found.setdefault(conversation_id, []).append(Record(number, question, body))
        return found

    def records(self, conversation_id: str, user: str) -> list[Record]:
        """Return the exchanges of a conversation in their order, without their citations.

        None for a stranger's.
        """
        query = (
            f"SELECT number, question, body, {_SUM} FROM exchanges JOIN conversations ON id = conversation_id"
            " WHERE id = ? AND user = ? ORDER BY number"
        )
        with self._db.connection() as db:
            rows = db.execute(query, (storable(conversation_id), user)).fetchall()
        return [Record(number, question, body) for number, question, body in _whole(rows)]

    def citations_of(self, article_id: str, user: str) -> tuple[Cited, ...]:
        """Return what the user's answers cited an article for, by place; once for each question."""
        query = (
            'SELECT start, "end", content_hash, question FROM citations'
            " JOIN exchanges USING (conversation_id, number) JOIN conversations ON id = conversation_id"
            ' WHERE article_id = ? AND user = ? GROUP BY start, "end", content_hash, question'
            ' ORDER BY start, "end", min(changed_at), min(number)'
        )
        with self._db.connection() as db:
            return tuple(Cited(*row) for row in db.execute(query, (storable(article_id), user)))

    # --- writing: each call is one transaction ---

    def begin(self, user: str, title: str, conversation_id: str = "") -> Conversation:
        """Begin a conversation without exchanges, under an id from `new_id`; one that has begun goes on.

        By default the id is made here.
        """
        now = _now()
        begun = Conversation(conversation_id or new_id(), storable(title), now, now)
        with self.transaction() as db:
            values = (begun.id, user, begun.title, begun.begun_at, begun.changed_at)
            db.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING", values)
        return begun

    def rename(self, conversation_id: str, user: str, title: str) -> bool:
        """Rename a conversation; return whether it was there, and this user's."""
        query = "UPDATE conversations SET title = ? WHERE id = ? AND user = ?"
        with self.transaction() as db:
            return db.execute(query, (storable(title), storable(conversation_id), user)).rowcount > 0

    def delete(self, conversation_id: str, user: str) -> bool:
        """Delete a conversation; return whether it was there, and this user's."""
        query = "DELETE FROM conversations WHERE id = ? AND user = ?"
        with self.transaction() as db:
            return db.execute(query, (storable(conversation_id), user)).rowcount > 0

    def put(self, conversation_id: str, user: str, record: Record) -> bool:
        """Keep an exchange in place of the one with its number.

        False if the conversation isn't there (any more), or isn't this user's: nothing is kept then.
        """
        with self.transaction() as db:
            owned = "UPDATE conversations SET changed_at = ? WHERE id = ? AND user = ?"
            if not db.execute(owned, (_now(), storable(conversation_id), user)).rowcount:
                return False
            write(db, conversation_id, record)
            return True

    def keep_only(self, conversation_id: str, user: str, numbers: Sequence[int]) -> None:
        """Exchanges with other numbers go: they were asked anew, in other words or of other articles."""
        query = (
            "DELETE FROM exchanges WHERE conversation_id = (SELECT id FROM conversations WHERE id = ? AND"
            " user = ?) AND number NOT IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
        )
        with self.transaction() as db:
            db.execute(query, (storable(conversation_id), user, json.dumps(list(numbers))))

    def put_words(self, conversation_id: str, number: int, body: Mapping[str, Value], words: str) -> None:
        """Note the words of an exchange, if it is still the one with this body.

        Args:
            conversation_id: The conversation.
            number: The exchange.
            body: Its body, as it was read.
            words: The folded words.
        """
        query = (
            "INSERT INTO said SELECT conversation_id, number, ? FROM exchanges"
            " WHERE conversation_id = ? AND number = ? AND body = ?"
            " ON CONFLICT (conversation_id, number) DO UPDATE SET words = excluded.words"
        )
        with self.transaction() as db:
            db.execute(query, (storable(words), conversation_id, number, _encoded(body)))

    # --- erasing ---

    def forget_words(self, library: Library) -> None:
        """Forget the words of every exchange that rests on what `library` doesn't hold at the moment."""
        query = (
            "SELECT DISTINCT article_id, content_hash FROM resting JOIN said USING (conversation_id, number)"
        )
        with self._db.connection() as db:
            pairs = [ArticleVersion(*row) for row in db.execute(query)]
        gone = set(pairs) - held(pairs, library)
        if not gone:
            return
        with self.transaction() as db:
            db.executemany(
                "DELETE FROM said WHERE (conversation_id, number) IN (SELECT conversation_id, number"
                " FROM resting WHERE article_id = ? AND content_hash = ?)",
                [(one.article_id, one.content_hash) for one in gone],
            )

    def erase_removed(self, library: Library) -> int:
        """Take out all that rests on what `library` no longer holds; gives how many exchanges it was in."""
        with self._db.connection() as db:
            pairs = db.execute("SELECT DISTINCT article_id, content_hash FROM resting").fetchall()
        gone = lost([ArticleVersion(*pair) for pair in pairs], library)
        with self.transaction() as db:
            query = f"SELECT conversation_id, number, question, body, {_SUM} FROM exchanges"
            changed = 0
            for conversation_id, number, question, before in _whole(db.execute(query).fetchall()):
                after = _known(without(before, gone), library)
                if after != before:
                    still = [one for one in cited(db, conversation_id, number) if one.version not in gone]
                    write(db, conversation_id, Record(number, question, after, tuple(still)))
                    changed += 1
        return changed

    def compact(self) -> None:
        """Leave no byte on disk of what was taken out.

        Raises:
            LibraryBusyError: Others are reading.
        """
        self._db.compact()


def _unusable(name: str, error: Exception) -> LibraryError:
    said = str(error).partition("\n")[0]  # what follows tells what was to be kept
    return LibraryError(
        f"{name}: the conversations can't be used ({said}).",
        f"{name} : les conversations sont inutilisables ({said}).",
    )


def held(wanted: Sequence[ArticleVersion], library: Library) -> set[ArticleVersion]:
    """Return those of these versions that `resolve` finds, without reading a text."""
    hashes = library.content_hashes([one.article_id for one in wanted])
    return {
        one
        for one in wanted
        if one.article_id in hashes and one.content_hash in {ANY_VERSION, *hashes[one.article_id]}
    }


def resolve(wanted: Sequence[ArticleVersion], library: Library) -> dict[ArticleVersion, Article]:
    """Return these versions as articles; those that the library no longer holds are left out.

    An article that has changed is read as `Library.versions` does.
    """
    known = library.versions((one.article_id, one.content_hash) for one in wanted)
    latest = {one.article_id for one in wanted if one.content_hash == ANY_VERSION}
    current = {article.id: article for article in library.articles(sorted(latest))}
    found = {}
    for one in wanted:
        if one.content_hash == ANY_VERSION:
            article = current.get(one.article_id)
        else:
            article = known.get((one.article_id, one.content_hash))
        if article:
            found[one] = article
    return found


def lost(wanted: Sequence[ArticleVersion], library: Library) -> set[ArticleVersion]:
    """Return those that will not come back. An article that is damaged will be read again."""
    damaged = library.damaged([one.article_id for one in wanted])
    return {one for one in set(wanted) - set(resolve(wanted, library)) if one.article_id not in damaged}


def _known(body: Mapping[str, Value], library: Library) -> dict[str, Value]:
    """Return `body` without the outlets and sources, among its filters, that no article has any more."""
    told = dict(body)
    if "filters" in body:
        told["filters"] = _known_filters(body["filters"], library)
    if answer := body.get("answer"):
        told["answer"] = {**answer, "filters": _known_filters(answer["filters"], library)}
    return told


def _known_filters(filters: Mapping[str, Value], library: Library) -> dict[str, Value]:
    sources = [one for one in filters["sources"] if library.ids_from_sources(Filters(sources=(one,)))]
    outlets = [one for one in library.metadata.canonical(filters["outlets"]) if library.has_outlet(one)]
    return {**filters, "sources": sources, "outlets": outlets}


def write(db: Connection, conversation_id: str, record: Record) -> None:
    """Write an exchange of a conversation, in place of the one with its number."""
    place = (conversation_id, record.number)
    db.execute("DELETE FROM exchanges WHERE conversation_id = ? AND number = ?", place)
    values = (*place, storable(record.question), _encoded(record.body))
    db.execute("INSERT INTO exchanges VALUES (?, ?, ?, ?)", values)
    summed = (*place, row_checksum(values[2:]))
    columns, key = "conversation_id, number, crc32", "conversation_id, number"
    db.execute(upsert("exchange_checksums", columns, key), summed)
    if record.words is not None:
        db.execute("INSERT INTO said VALUES (?, ?, ?)", (*place, storable(record.words)))
    resting = [(*place, one.article_id, one.content_hash) for one in versions(record.body)]
    db.executemany("INSERT INTO resting VALUES (?, ?, ?, ?)", resting)
    cited = [
        (*place, one.version.article_id, one.version.content_hash, one.start, one.end)
        for one in record.citations
    ]
    db.executemany("INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?)", cited)


def _whole(rows: Iterable[tuple]) -> Iterator[tuple]:
    """Yield rows, each without its checksum and its body read, but for those that aren't what was stored."""
    for *place, question, body, summed in rows:
        if summed is None or row_checksum((question, body)) == summed:
            yield *place, question, json.loads(body)
        else:
            log.warning("the exchange %s of a conversation is damaged and left out", place[-1])


def _encoded(body: Mapping[str, Value]) -> str:
    return json.dumps(body, separators=(",", ":"))


def cited(db: Connection, conversation_id: str, number: int) -> list[Pointer]:
    """Return what an exchange cites."""
    query = (
        'SELECT article_id, content_hash, start, "end" FROM citations'
        " WHERE conversation_id = ? AND number = ?"
    )
    rows = db.execute(query, (conversation_id, number))
    return [Pointer(ArticleVersion(row[0], row[1]), row[2], row[3]) for row in rows]


def _now() -> str:
    # Two changes may share a millisecond, and would stand in no order.
    return datetime.now(UTC).isoformat(timespec="microseconds")
