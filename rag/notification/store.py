"""The outbox in the catalogue's file: which changes were sent over which channel, and which wait to be.

Knows SQL; no channel and no words. A delivery is what is sent at once: its changes are written down before
anything is sent, so that whoever is killed in between sends the same delivery again under the same id. Of
changes there are ids alone: what they say is read when they are sent.
"""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rag.storage.database import Database
from rag.storage.errors import translate_storage_errors

MOST_TRIES = 20
_KEPT = timedelta(days=90)  # what was sent
_TAKEN = timedelta(minutes=15)  # after which whoever took a delivery is taken to be gone

TABLES = """
CREATE TABLE IF NOT EXISTS notification_channels (
    channel TEXT NOT NULL, user TEXT NOT NULL, feed_id TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (channel, user)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notification_deliveries (
    id TEXT PRIMARY KEY, channel TEXT NOT NULL, user TEXT NOT NULL, made_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'given_up')),
    tries INTEGER NOT NULL, taken_at TEXT) STRICT;
CREATE INDEX IF NOT EXISTS notification_deliveries_by_channel
    ON notification_deliveries (channel, user, state);
CREATE TABLE IF NOT EXISTS notification_changes (
    channel TEXT NOT NULL, user TEXT NOT NULL, change_id TEXT NOT NULL,
    delivery_id TEXT NOT NULL REFERENCES notification_deliveries (id) ON DELETE CASCADE,
    PRIMARY KEY (channel, user, change_id)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS notification_changes_by_delivery ON notification_changes (delivery_id);
CREATE TABLE IF NOT EXISTS feed_tokens (
    user TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, feed_id TEXT NOT NULL, made_at TEXT NOT NULL)
    STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to tell a user: `since` when changes are told over it, ISO 8601 in UTC, and its feed's id."""

    name: str
    user: str
    feed_id: str
    since: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent at once. `tries` counts this one; `is_last`: if it fails, it is given up."""

    id: str
    channel: str
    user: str
    made_at: str
    tries: int
    change_ids: tuple[str, ...]

    @property
    def is_last(self) -> bool:
        """Whether it isn't tried again."""
        return self.tries >= MOST_TRIES


@dataclass(frozen=True, slots=True)
class FeedToken:
    """The secret by which a user's feed is asked for, since when it is, and the feed's id, a UUID."""

    user: str
    token: str
    feed_id: str
    made_at: str


class NotificationTable:
    """The outbox of a library. What is done inside a transaction of the catalogue belongs to it."""

    def __init__(self, file: Database) -> None:
        self._file = file

    # --- channels ---

    def channel(self, name: str, user: str) -> Channel:
        """Return a channel; from the first time on, what changes then is told over it."""
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            row = (name, user, str(uuid.uuid4()), moment())
            db.execute("INSERT INTO notification_channels VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
            query = "SELECT feed_id, since FROM notification_channels WHERE channel = ? AND user = ?"
            return Channel(name, user, *db.execute(query, (name, user)).fetchone())

    # --- deliveries ---

    def put(self, channel: Channel, change_ids: Iterable[str]) -> str | None:
        """Write down what is to be sent at once, but for what is written down already.

        Returns its id; None if nothing is left of it.
        """
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            delivery = str(uuid.uuid4())
            row = (delivery, channel.name, channel.user, moment())
            insert = "INSERT INTO notification_deliveries VALUES (?, ?, ?, ?, 'waiting', 0, NULL)"
            db.execute(insert, row)
            query = "INSERT INTO notification_changes VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
            rows = [(channel.name, channel.user, one, delivery) for one in change_ids]
            if db.executemany(query, rows).rowcount > 0:
                return delivery
            db.execute("DELETE FROM notification_deliveries WHERE id = ?", (delivery,))
            return None

    def unsent(self, channel: Channel, change_ids: Sequence[str]) -> list[str]:
        """Return those of the changes that are in no delivery of the channel, in their order."""
        with self._file.connection() as db:
            query = "SELECT change_id FROM notification_changes WHERE channel = ? AND user = ?"
            known = {row[0] for row in db.execute(query, (channel.name, channel.user))}
        return [one for one in change_ids if one not in known]

    def take(self, channel: Channel) -> Delivery | None:
        """Return the oldest delivery that waits, counted as tried; nobody else has it meanwhile.

        One that was taken so long ago that whoever did must be gone is taken again.
        """
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            now = datetime.now(UTC)
            query = (
                "UPDATE notification_deliveries SET state = 'sending', tries = tries + 1, taken_at = ?"
                " WHERE id = (SELECT id FROM notification_deliveries WHERE channel = ? AND user = ? AND"
                " (state = 'waiting' OR (state = 'sending' AND taken_at < ?)) ORDER BY made_at, id LIMIT 1)"
                " RETURNING id, made_at, tries"
            )
            values = (moment(now), channel.name, channel.user, moment(now - _TAKEN))
            found = db.execute(query, values).fetchone()
            if found is None:
                return None
            query = "SELECT change_id FROM notification_changes WHERE delivery_id = ?"
            changes = tuple(row[0] for row in db.execute(query, (found[0],)))
            return Delivery(found[0], channel.name, channel.user, found[1], found[2], changes)

    def sent(self, delivery: Delivery) -> None:
        """Note that a delivery arrived, or that nothing is left of it to send."""
        self._end(delivery, "sent")

    def failed(self, delivery: Delivery) -> None:
        """Note that a delivery couldn't be made: it waits for a later round, or is given up."""
        self._end(delivery, "given_up" if delivery.is_last else "waiting")

    def _end(self, delivery: Delivery, state: str) -> None:
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            query = "UPDATE notification_deliveries SET state = ?, taken_at = NULL WHERE id = ?"
            db.execute(query, (state, delivery.id))

    def waiting(self, channel_name: str = "") -> int:
        """Return how many deliveries are yet to be made, over a channel or at all."""
        with self._file.connection() as db:
            query = (
                "SELECT count(*) FROM notification_deliveries WHERE state IN ('waiting', 'sending')"
                " AND (channel = ? OR ? = '')"
            )
            return db.execute(query, (channel_name, channel_name)).fetchone()[0]

    def prune(self) -> None:
        """Forget what was sent long ago; channels tell nothing any more of what changed before."""
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            before = (moment(datetime.now(UTC) - _KEPT),)
            query = "DELETE FROM notification_deliveries WHERE state IN ('sent', 'given_up') AND made_at < ?"
            db.execute(query, before)
            db.execute("UPDATE notification_channels SET since = ?1 WHERE since < ?1", before)

    # --- feeds ---

    def feed_token(self, user: str) -> FeedToken:
        """Return the secret of a user's feed, made the first time."""
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            query = "SELECT token, feed_id, made_at FROM feed_tokens WHERE user = ?"
            found = db.execute(query, (user,)).fetchone()
            if found is None:
                found = (secrets.token_urlsafe(32), str(uuid.uuid4()), moment())
                db.execute("INSERT INTO feed_tokens VALUES (?, ?, ?, ?)", (user, *found))
            return FeedToken(user, *found)

    def renew_feed_token(self, user: str) -> FeedToken:
        """Return another secret of the feed: the one of before opens nothing any more."""
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            query = "UPDATE feed_tokens SET token = ? WHERE user = ?"
            db.execute(query, (secrets.token_urlsafe(32), user))
            return self.feed_token(user)

    def feed_of(self, token: str) -> FeedToken | None:
        """Return whose feed a secret opens; None: nobody's. Takes as long whatever the secret is."""
        with self._file.connection() as db:
            query = "SELECT user, token, feed_id, made_at FROM feed_tokens ORDER BY user"
            rows = db.execute(query).fetchall()
        said = token.encode("utf-8", "replace")
        found = [FeedToken(*row) for row in rows if hmac.compare_digest(row[1].encode(), said)]
        return found[0] if found else None

    def forget_user(self, user: str) -> None:
        """Forget a user who is gone: the feed's secret, and what was yet to be sent."""
        with translate_storage_errors(self._file.folder), self._file.transaction() as db:
            for table in ("feed_tokens", "notification_deliveries", "notification_channels"):
                db.execute(f"DELETE FROM {table} WHERE user = ?", (user,))


def moment(at: datetime | None = None) -> str:
    """Return a moment as it sorts: in UTC, to the microsecond; now if none is given."""
    return (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
