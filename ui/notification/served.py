"""A user's feed as the page's server serves it: to who has its secret, as long as the user is one.

Knows the library and who may sign in; no HTTP.
"""

from __future__ import annotations

from collections.abc import Callable

from rag.library.library import Library
from ui.notification import atom


class ServedFeeds:
    """`is_user` says of a name whether it may sign in; of '' whether nobody has to."""

    def __init__(self, library: Library, is_user: Callable[[str], bool], page_url: str | None = None) -> None:
        self._library = library
        self._is_user = is_user
        self._page_url = page_url

    def __call__(self, language: str, token: str, address: str) -> bytes | None:
        """Return the feed that a secret opens; None: it opens none, or that of who has gone.

        Args:
            language: That of its words.
            token: The secret.
            address: Where it was asked for.
        """
        found = self._library.notifications.feed_of(token)
        if found is None or not self._is_user(found.user):
            return None
        changes = self._library.standing.changes(found.user, limit=atom.MOST_ENTRIES)
        asked, path = address.split("/feed/", 1)
        page = self._page_url or f"{asked}/"  # behind a proxy's prefix nothing else knows it
        here = f"{page.rstrip('/')}/feed/{path}"
        return atom.feed(changes, found.feed_id, language, found.made_at, page, here)
