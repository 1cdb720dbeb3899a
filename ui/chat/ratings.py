"""What happens when the reader says what an answer was worth: it is kept in the library, and shown.

Knows sessions and the library; knows no widget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rag.errors import SourcierError
from rag.library.library import Library
from ui.chat.actions import Explained, Rated
from ui.rendering.updates import Update, page_update
from ui.session.exchange import Exchange
from ui.session.rating import Rating, given, known_reasons, rating_id, record
from ui.session.session import Session


class Ratings:
    """Keeps the ratings of every session in `library`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def rate(self, rated: Rated, session: Session) -> Update:
        """Return a thumb; the same one again takes it back."""
        exchange = _rateable(session, rated.turn)
        if exchange is None:
            return Update()
        before = exchange.rating
        if before is not None and before.verdict == rated.verdict and not before.error:
            return await self._keep(session, exchange, None, self._library.feedback.withdraw, before.id)
        rating = Rating(rated.verdict, id=rating_id(session.conversation, exchange.number))
        return await self._put(session, exchange, rating)

    async def explain(self, explained: Explained, session: Session) -> Update:
        """Return why: reasons and words, beside a thumb that was given."""
        exchange = _rateable(session, explained.turn)
        if exchange is None or exchange.rating is None:
            return Update()
        reasons = known_reasons(exchange.rating.verdict, explained.reasons)
        rating = replace(exchange.rating, reasons=reasons, comment=explained.comment, explained=True)
        return await self._put(session, exchange, rating)

    async def _put(self, session: Session, exchange: Exchange, rating: Rating) -> Update:
        kept = record(rating, exchange.answer, session.user)
        if exchange.lost:  # an article that it rested on has gone, and what was said of it with it
            kept = replace(kept, question="", comment="")
        return await self._keep(session, exchange, rating, self._library.feedback.put, kept)

    async def _keep(
        self,
        session: Session,
        exchange: Exchange,
        rating: Rating | None,
        keep: Callable[[Any], None],
        kept: object,
    ) -> Update:
        """Show what was said once it is kept, or why it could not be."""
        try:
            await asyncio.to_thread(keep, kept)
        except SourcierError as error:
            said = rating or exchange.rating
            rating = replace(said, error=error.text(session.language)) if said else None
        session.rate(exchange.number, rating)
        return page_update(session)


def with_ratings(
    exchanges: tuple[Exchange, ...], conversation: str, user: str, library: Library
) -> tuple[Exchange, ...]:
    """Return a conversation's exchanges, with what its user said of their answers before.

    Args:
        exchanges: The exchanges.
        conversation: The conversation's id.
        user: Whose it is.
        library: The library, which keeps ratings.
    """
    ids = {rating_id(conversation, one.number): one.number for one in exchanges if one.rateable}
    said = {ids[one.id]: given(one) for one in library.feedback.given(user, ids)}
    return tuple(replace(one, rating=said.get(one.number)) for one in exchanges)


def _rateable(session: Session, number: int) -> Exchange | None:
    exchange = session.exchange(number)
    return exchange if exchange is not None and exchange.rateable else None
