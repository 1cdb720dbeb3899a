"""Tells over every configured channel what changed: in rounds, each change once, none lost.

Knows the outbox and what senders are; no channel's own ways. A delivery is written down before it is sent, so
that one that couldn't be made, or whose sender was killed, is made in a later round under the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from rag.config import AtomSettings, NotifySettings, Settings
from rag.errors import reason_of
from rag.library.library import Library
from rag.notification.store import Channel, Delivery
from rag.schema.standing import Change
from rag.storage.durability import replacing
from ui.formatting.i18n import text
from ui.notification import atom
from ui.notification.channel import NotSentError, Parcel, Sender
from ui.notification.mail import MailSender
from ui.notification.webhook import WebhookSender
from ui.notification.wording import told_moment

log = logging.getLogger(__name__)

_LOOKED_AT = 1_000  # changes of a user that may yet have to be told
_MOST_DELIVERIES = 10  # of a channel and user, in a round
_ATOM = "atom"

Tell = Callable[[str], object]


class Changes(Protocol):
    """Where a user's changes are: newest first."""

    def changes(self, user: str, *, limit: int) -> list[Change]:
        """Return them."""
        ...


@contextmanager
def opened(settings: Settings, wanted: bool = True) -> Iterator[Callable[[Tell], None]]:
    """Yield what makes a round over the library of the settings; it does nothing unless that is wanted.

    Raises:
        LibraryError: The library can't be opened.
    """
    if not wanted:
        yield lambda _: None
        return
    with closing(Library(settings.place)) as library:
        yield Notifier(library, library.standing, settings.notify, settings.ui.language).round


def senders(settings: NotifySettings, language: str) -> list[Sender]:
    """Return what sends over the channels that are configured."""
    found: list[Sender] = []
    if settings.email is not None:
        found.append(MailSender(settings.email, language, settings.page_url))
    if settings.webhook is not None:
        found.append(WebhookSender(settings.webhook))
    return found


class Notifier:
    """Tells users of a library what changed in what their standing queries find."""

    def __init__(
        self,
        library: Library,
        changes: Changes,
        settings: NotifySettings,
        language: str,
        by: Sequence[Sender] | None = None,
    ) -> None:
        """Prepare, and begin: what changes from now on is told.

        Args:
            library: The library whose outbox it is.
            changes: Where changes are.
            settings: The channels.
            language: That of what is told.
            by: What sends; by default what the settings say.
        """
        self._table = library.notifications
        self._changes = changes
        self._atom = settings.atom
        self._page_url = settings.page_url
        self._language = language
        self._senders = senders(settings, language) if by is None else by
        for sender in self._senders:
            for user in sender.users:
                self._table.channel(sender.name, user)

    def round(self, tell: Tell) -> None:
        """Tell what has changed, and what couldn't be told before; `tell` hears what went wrong.

        Raises:
            LibraryError: The outbox can't be written to.
        """
        if self._atom is not None:
            self._write_feed(self._atom, tell)
        for sender in self._senders:
            for user in sender.users:
                if not self._by(sender, user, tell):
                    break  # the next user's would fail as well
        self._table.prune()

    def _by(self, sender: Sender, user: str, tell: Tell) -> bool:
        """Make the deliveries of a channel to a user; return whether it goes on."""
        channel = self._table.channel(sender.name, user)
        found = self._changes.changes(user, limit=_LOOKED_AT)
        for _ in range(_MOST_DELIVERIES):
            delivery = self._table.take(channel) or self._new(channel, found)
            if delivery is None:
                return True
            if not self._deliver(sender, delivery, found, tell):
                return False
        return True

    def _new(self, channel: Channel, found: Sequence[Change]) -> Delivery | None:
        """Write a delivery down of what changed since the channel began and is in none; None: nothing did."""
        since = datetime.fromisoformat(channel.since)
        ids = [one.id for one in found if told_moment(one) >= since]
        if not (unsent := self._table.unsent(channel, ids)) or self._table.put(channel, unsent) is None:
            return None
        return self._table.take(channel)

    def _deliver(self, sender: Sender, delivery: Delivery, found: Sequence[Change], tell: Tell) -> bool:
        changes = tuple(one for one in found if one.id in set(delivery.change_ids))
        if not changes:  # their articles are gone, or the query is
            self._table.sent(delivery)
            return True
        try:
            refused = sender.send(Parcel(delivery, changes))
        except Exception as failed:
            error = failed if isinstance(failed, NotSentError) else _unforeseen(failed)
            self._table.failed(delivery)
            key = "notify_given_up" if delivery.is_last else "notify_later"
            tell(self._said(key, sender.name, error, tries=delivery.tries))
            return False
        self._table.sent(delivery)
        if refused is not None:
            tell(self._said("notify_partly", sender.name, refused))
        return True

    def _said(self, key: str, channel: str, error: NotSentError, **values: object) -> str:
        name = text(f"channel_{channel}", self._language)
        return text(key, self._language, channel=name, reason=error.text(self._language), **values)

    def _write_feed(self, settings: AtomSettings, tell: Tell) -> None:
        channel = self._table.channel(_ATOM, settings.user)
        found = self._changes.changes(settings.user, limit=atom.MOST_ENTRIES)
        feed = atom.feed(found, channel.feed_id, self._language, channel.since, self._page_url)
        try:
            _write(settings.path, feed)
        except OSError as error:
            values = {"file": settings.path, "reason": reason_of(error)}
            tell(text("feed_not_written", self._language, **values))


def _unforeseen(failed: Exception) -> NotSentError:
    """Return the sentence of what no channel foresaw: whoever watches goes on."""
    log.error("a delivery has failed", exc_info=failed)
    return NotSentError(text("notify_unforeseen", "en"), text("notify_unforeseen", "fr"))


def _write(file: Path, feed: bytes) -> None:
    """Write a feed as a whole or not at all, and only if it isn't what is there.

    Who may read it stays as it is: a web server may be let in.
    """
    if file.is_file() and file.read_bytes() == feed:
        return
    mode = file.stat().st_mode & 0o777 if file.is_file() else None
    with replacing(file) as new:
        new.write(feed)
    if mode is not None:
        file.chmod(mode)
