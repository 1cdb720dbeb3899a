"""What the page does with standing queries, for one user: following, looking at what changed. No widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import UserError
from rag.notification.store import FeedToken
from rag.schema.question import NO_FILTERS, Filters
from rag.schema.standing import Change, StandingKind, StandingQuery
from ui.page.context import AppContext

OLDER = 40  # changes that are shown at once, besides those that weren't seen
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class News:
    """What is shown to a user: `fresh` changed since the last visit, `older` before; both newest first.

    `has_more`: there are older ones yet. `outdated` are the ids of articles whose text is another by now than
    a change points into; `asking` the ids of queries that are being asked.
    """

    queries: tuple[StandingQuery, ...]
    fresh: tuple[Change, ...]
    older: tuple[Change, ...]
    has_more: bool
    outdated: frozenset[tuple[str, str]]
    feed: FeedToken
    asking: frozenset[str] = frozenset()

    def is_outdated(self, article_id: str, content_hash: str) -> bool:
        """Return whether an article's text isn't any more the one with this hash."""
        return (article_id, content_hash) in self.outdated


class NewsDesk:
    """The standing queries of a library, as its page has them."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._table = context.library.standing

    def unseen(self, user: str) -> int:
        """Return how many changes the user hasn't been shown."""
        return self._table.unseen(user)

    def queries(self, user: str) -> list[StandingQuery]:
        """Return what the user follows."""
        return self._table.all(user)

    def arrive(self, user: str) -> tuple[str, ...]:
        """Return the ids of what changed since the last visit, and note that it is seen now."""
        fresh = self._table.changes(user, unseen=True, limit=_MOST)
        if fresh:
            self._table.mark_seen(user, fresh[0].id)
        return tuple(one.id for one in fresh)

    def news(self, user: str, fresh: Sequence[str] = (), shown: int = OLDER) -> News:
        """Return what is shown: `fresh` as new, and so many of the others."""
        self._context.engine.release_due()
        wanted = set(fresh)
        found = self._table.changes(user, limit=min(len(wanted) + shown + 1, _MOST))
        older = [one for one in found if one.id not in wanted]
        return News(
            tuple(self._table.all(user)),
            tuple(one for one in found if one.id in wanted),
            tuple(older[:shown]),
            len(older) > shown,
            self._outdated(found),
            self._context.library.notifications.feed_token(user),
            self._context.standing.asking,
        )

    def _outdated(self, changes: Sequence[Change]) -> frozenset[tuple[str, str]]:
        quoted = {
            (one.article.id, one.article.content_hash)
            for change in changes
            for one in (*change.before, *change.after)
        }
        now = self._context.library.articles(list(dict.fromkeys(article_id for article_id, _ in quoted)))
        return frozenset(quoted - {(one.id, one.content_hash) for one in now})

    def follow(
        self, user: str, kind: StandingKind, words: str, language: str, filters: Filters = NO_FILTERS
    ) -> StandingQuery:
        """Follow a question, a search or an entity; the same one twice is the same one.

        Raises:
            UserError: It can't be followed, or there are too many.
        """
        query = self._table.add(user, kind, words, language, filters)
        if query.asked_at is None:  # from what it finds now on there are changes
            self._context.standing.ask(query.id)
        return query

    def ask_now(self, query_id: str, user: str) -> None:
        """Ask one of the user's queries in the background."""
        if (query := self.found(query_id, user)) is not None and not query.paused:
            self._context.standing.ask(query.id)

    def change(self, act: str, query_id: str, user: str) -> None:
        """Do one of `pause`, `resume`, `remove`; nothing for another word.

        Raises:
            UserError: It is gone.
        """
        match act:
            case "pause":
                self._table.pause(user, query_id)
            case "resume":
                self._table.resume(user, query_id)
                self._context.standing.ask(query_id)
            case "remove":
                self._table.remove(user, query_id)

    def found(self, query_id: str, user: str) -> StandingQuery | None:
        """Return one of the user's; None if it isn't there, or isn't theirs."""
        return next((one for one in self._table.all(user) if one.id == query_id), None)

    def leave(self, query_id: str, user: str) -> None:
        """Follow it no more, if it is followed."""
        try:
            self._table.remove(user, query_id)
        except UserError:  # another page of the user's was faster
            return

    def renew_feed(self, user: str) -> None:
        """Give the user's feed another address."""
        self._context.library.notifications.feed_token(user)
        self._context.library.notifications.renew_feed_token(user)
