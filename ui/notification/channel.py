"""What a channel is to whoever sends over it, and what it says when it can't. Knows no channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.errors import UserError
from rag.notification.store import Delivery
from rag.schema.standing import Change

MOST_TOLD = 50  # changes of a delivery that are told one by one; of the others there is the number


class NotSentError(UserError):
    """A delivery couldn't be made; `reason` in English and French says why, without the channel's name."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery with what its changes are now, newest first; those that are gone aren't in it."""

    delivery: Delivery
    changes: tuple[Change, ...]

    @property
    def told(self) -> Sequence[Change]:
        """Those that are told one by one."""
        return self.changes[:MOST_TOLD]

    @property
    def rest(self) -> int:
        """How many more there are."""
        return len(self.changes) - len(self.told)


class Sender(Protocol):
    """Sends what changed for some users over one channel."""

    name: str
    users: tuple[str, ...]

    def send(self, parcel: Parcel) -> NotSentError | None:
        """Send it; return what part of it arrived nowhere and won't, if any did.

        The same delivery, sent again, has the same id.

        Raises:
            NotSentError: It couldn't be sent, or it isn't known whether it was.
        """
        ...
