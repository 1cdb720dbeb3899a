"""One open page: its language, its filters and its conversation.

Knows no widget, no markup and no chain.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rag.schema.question import NO_FILTERS, Filters, Turn
from ui.session.exchange import Exchange, Stage, fail, stop
from ui.session.rating import Rating


class Session:
    """One open page. What is shown is derived from its language, its filters and its conversation.

    `language_chosen` says that the reader has switched the language on this page. `user` is who has signed
    in; empty when nobody has to. `conversation` is the id under which it is kept; empty until something was
    asked. `editing` is the exchange that the next question replaces. `unkept`: something of the conversation
    could not be kept so far.
    """

    def __init__(self, language: str, user: str) -> None:
        self.language = language
        self.language_chosen = False
        self.user = user
        self.filters: Filters = NO_FILTERS
        self.exchanges: tuple[Exchange, ...] = ()
        self.conversation = ""
        self.editing: int | None = None
        self.unkept = False
        self._asked = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def last(self) -> Exchange | None:
        """Return the last exchange; None if there is none."""
        return self.exchanges[-1] if self.exchanges else None

    @property
    def history(self) -> tuple[Turn, ...]:
        """The answered exchanges before the last one, oldest first."""
        return tuple(turn for exchange in self.exchanges[:-1] if (turn := exchange.turn))

    def begin(self, question: str, stage: Stage = "searching") -> Exchange:
        """Return a new exchange at the end, or in place of the last one if that is being edited.

        Numbers are never used twice, even after `clear`.
        """
        self.stop()
        if self.last is not None and self.last.number == self.editing:
            self.exchanges = self.exchanges[:-1]
        return self._add(Exchange(self._asked + 1, question, stage, filters=self.filters))

    def begin_again(
        self, number: int, stage: Stage = "searching", unfiltered: bool = False
    ) -> Exchange | None:
        """Begin the last exchange anew, in its place, without its period or (`unfiltered`) its filters.

        The period is the one that was read in its question. None if it isn't `number`, or has no such thing:
        the reader has asked something else meanwhile.
        """
        last = self.last
        if last is None or last.number != number:
            return None
        if last.filters == NO_FILTERS if unfiltered else last.period is None:
            return None
        self.stop()
        self.exchanges = self.exchanges[:-1]
        filters, dates = (NO_FILTERS, last.infer_dates) if unfiltered else (last.filters, False)
        return self._add(Exchange(self._asked + 1, last.question, stage, infer_dates=dates, filters=filters))

    def retry(self, number: int, stage: Stage = "searching") -> Exchange | None:
        """Return the last exchange anew, in its place, for an answer that wasn't given before.

        None if it isn't `number`, or hasn't ended.
        """
        last = self.last
        if last is None or last.number != number or last.unfinished:
            return None
        self.exchanges = self.exchanges[:-1]
        again = Exchange(self._asked + 1, last.question, stage, infer_dates=last.infer_dates, fresh=True)
        return self._add(replace(again, filters=last.filters))

    def edit(self, number: int) -> str | None:
        """Return the next question replaces the last exchange.

        Its words; None if that isn't `number`, or runs.
        """
        last = self.last
        if last is None or last.number != number or last.unfinished:
            return None
        self.editing = number
        return last.question

    def keep(self) -> None:
        """Keep the exchange: the next question replaces nothing, after all."""
        self.editing = None

    def exchange(self, number: int) -> Exchange | None:
        """Return the exchange of this number."""
        return next((one for one in self.exchanges if one.number == number), None)

    def rate(self, number: int, rating: Rating | None) -> None:
        """Keep what the reader says of an answer; nothing if it is gone."""
        self.exchanges = tuple(
            replace(one, rating=rating) if one.number == number else one for one in self.exchanges
        )

    def _add(self, exchange: Exchange) -> Exchange:
        self._asked = exchange.number
        self.editing = None
        self.exchanges += (exchange,)
        return exchange

    def put(self, before: Exchange, after: Exchange) -> bool:
        """Replace the last exchange, unless it isn't `before` any more: the reader stopped or cleared."""
        if self.last is not before:
            return False
        self.exchanges = (*self.exchanges[:-1], after)
        return True

    def runs(self, task: asyncio.Task[None]) -> None:
        """Note what answers the last exchange: to be cancelled when it is stopped, cleared or asked anew."""
        self._running = task

    def stop(self) -> None:
        """End the last exchange where it is, and free the model at once."""
        if self._running is not None:
            self._running.cancel()
        if self.last is not None:
            self.exchanges = (*self.exchanges[:-1], stop(self.last))

    def end(self, error: str) -> None:
        """End the last exchange where it is, told as an error, and free the model."""
        if self._running is not None:
            self._running.cancel()
        if self.last is not None and self.last.unfinished:
            self.exchanges = (*self.exchanges[:-1], fail(self.last, error))

    def clear(self) -> None:
        """Leave the conversation: what is asked next begins another."""
        self.stop()
        self.exchanges = ()
        self.conversation = ""
        self.editing = None
        self.unkept = False

    def take_up(self, conversation: str, exchanges: tuple[Exchange, ...]) -> None:
        """Go on with a conversation that was kept."""
        self.conversation, self.exchanges = conversation, exchanges
        self.unkept = False
        self._asked = max([self._asked, *(exchange.number for exchange in exchanges)])
