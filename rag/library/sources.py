"""Where sources were found and what servers said of them: the part of the catalogue that keeps it.

What is done inside a transaction of the catalogue belongs to it.
An *origin* is what the user named (a folder, a
pattern, a table, a feed); the sources found in it are remembered, so that what it no longer has is known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from rag.storage.database import Database, upsert

_DISMISS = "INSERT INTO dismissed VALUES (?) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said to recognise a page by, and the digest of the page that it said it of."""

    url: str
    digest: str
    fetched_at: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Visits:
    """When a page was last read, and when its server was last asked whether it is still there, if ever."""

    read_at: str | None
    asked_at: str | None


class OriginTable:
    """Where sources were found, when they were asked for, and which of them the user took out."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def put(self, key: str, origin: str) -> None:
        """Note that a listed source was found in `origin`; a source that isn't listed is left out."""
        self.put_all([(key, origin)])

    def put_all(self, found: Iterable[tuple[str, str]]) -> None:
        """Note of listed sources, by key, where they were found."""
        query = "INSERT INTO found_in SELECT key, ?2 FROM sources WHERE key = ?1 ON CONFLICT DO NOTHING"
        with self._file.transaction() as db:
            db.executemany(query, list(found))

    def keys(self, origin: str) -> frozenset[str]:
        """Return the keys of all sources that were found in `origin`."""
        with self._file.connection() as db:
            return frozenset(
                row[0] for row in db.execute("SELECT key FROM found_in WHERE origin = ?", (origin,))
            )

    def only_from(self, origin: str) -> tuple[str, ...]:
        """Return the ids of the articles all of whose sources were found in `origin`, and nowhere else."""
        elsewhere = (
            "SELECT 1 FROM sources AS other LEFT JOIN found_in AS place USING (key)"
            " WHERE other.article_id = sources.article_id AND place.origin IS NOT ?1"
        )
        query = (
            "SELECT DISTINCT article_id FROM found_in JOIN sources USING (key)"
            f" WHERE origin = ?1 AND NOT EXISTS ({elsewhere}) ORDER BY article_id"
        )
        with self._file.connection() as db:
            return tuple(row[0] for row in db.execute(query, (origin,)))

    def leave(self, origin: str, gone: Iterable[str]) -> list[str]:
        """Forget that these sources are in `origin`, and the sources that no other origin has.

        Returns the ids of the articles that no source brings any more: the caller removes them.
        """
        wanted = "(SELECT value FROM json_each(?1))"
        listed = json.dumps(sorted(gone))
        here = f"key IN {wanted} AND key IN (SELECT key FROM found_in WHERE origin = ?2)"
        elsewhere = "key IN (SELECT key FROM found_in WHERE origin != ?2)"
        query = f"SELECT key, article_id FROM sources WHERE {here} AND NOT {elsewhere}"
        with self._file.transaction() as db:
            left = db.execute(query, (listed, origin)).fetchall()
            db.execute(f"DELETE FROM found_in WHERE origin = ?2 AND key IN {wanted}", (listed, origin))
            db.executemany("DELETE FROM sources WHERE key = ?", ((key,) for key, _ in left))
            db.executemany("DELETE FROM responses WHERE url = ?", ((key,) for key, _ in left))
            query = (
                "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
                " AND NOT EXISTS (SELECT 1 FROM sources WHERE article_id = id) ORDER BY id"
            )
            return [
                row[0] for row in db.execute(query, (json.dumps([article_id for _, article_id in left]),))
            ]

    def rename(self, origin: str, to: str) -> None:
        """Have what was found in `origin` be in `to` in its place: it has moved."""
        with self._file.transaction() as db:
            there = "key IN (SELECT key FROM found_in WHERE origin = ?2)"
            db.execute(f"DELETE FROM found_in WHERE origin = ?1 AND {there}", (origin, to))
            db.execute("UPDATE found_in SET origin = ?2 WHERE origin = ?1", (origin, to))

    def visits(self, origin: str) -> dict[str, Visits]:
        """Key → visits, of every source that was found in `origin`."""
        query = (
            "SELECT found_in.key, fetched_at, asked_at FROM found_in"
            " LEFT JOIN responses ON url = found_in.key LEFT JOIN asked_for USING (key) WHERE origin = ?"
        )
        with self._file.connection() as db:
            return {key: Visits(*moments) for key, *moments in db.execute(query, (origin,))}

    def put_asked(self, key: str, moment: str) -> None:
        """Note when it was last asked whether a listed source is still there."""
        query = (
            "INSERT INTO asked_for SELECT key, ?2 FROM sources WHERE key = ?1"
            " ON CONFLICT (key) DO UPDATE SET asked_at = excluded.asked_at"
        )
        with self._file.transaction() as db:
            db.execute(query, (key, moment))

    def dismiss(self, article_id: str) -> None:
        """Remember, by their hashes alone, the sources of an article that the user takes out."""
        with self._file.transaction() as db:
            rows = db.execute("SELECT key FROM sources WHERE article_id = ?", (article_id,)).fetchall()
            db.executemany(_DISMISS, [(_hash(key),) for (key,) in rows])

    def dismiss_source(self, key: str) -> None:
        """Remember, by its hash alone, a source that the user takes out."""
        with self._file.transaction() as db:
            db.execute(_DISMISS, (_hash(key),))

    def is_dismissed(self, key: str) -> bool:
        """Return whether the user took out what this source brings."""
        with self._file.connection() as db:
            row = db.execute("SELECT 1 FROM dismissed WHERE key_sha256 = ?", (_hash(key),)).fetchone()
            return row is not None

    def welcome(self, keys: Iterable[str]) -> None:
        """Take back dismissals: the user brings these sources in again."""
        query = "DELETE FROM dismissed WHERE key_sha256 IN (SELECT value FROM json_each(?))"
        with self._file.transaction() as db:
            db.execute(query, (json.dumps([_hash(key) for key in keys]),))


def _hash(key: str) -> str:
    """Not the hash of the key alone, which would be an article's id: of that no byte is to stay."""
    return hashlib.sha256(b"dismissed " + key.encode("utf-8", "surrogatepass")).hexdigest()


class ResponseTable:
    """What servers said to recognise their pages by."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def get(self, url: str) -> Response | None:
        """Return what the server last said of `url`."""
        query = "SELECT url, digest, fetched_at, etag, last_modified FROM responses WHERE url = ?"
        with self._file.connection() as db:
            row = db.execute(query, (url,)).fetchone()
            return Response(*row) if row else None

    def put(self, said: Response) -> None:
        """Remember what the server said of `said.url`, in place of what it said before."""
        query = upsert("responses", "url, digest, fetched_at, etag, last_modified", "url")
        with self._file.transaction() as db:
            db.execute(query, (said.url, said.digest, said.fetched_at, said.etag, said.last_modified))


class FactTable:
    """What is noted of the library as a whole, such as when it was last brought up to date."""

    def __init__(self, file: Database) -> None:
        self._file = file

    def get(self, name: str) -> str | None:
        """Return what was last noted under `name`."""
        with self._file.connection() as db:
            row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
            return row[0] if row else None

    def put(self, name: str, value: str) -> None:
        """Note `value` under `name`."""
        with self._file.transaction() as db:
            db.execute(upsert("facts", "name, value", "name"), (name, value))
