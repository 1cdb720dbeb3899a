"""One open page: its language, its filters, its conversation, and what of the page changes with them.

Knows the renderer; knows no widget and no chain.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from markupsafe import Markup

from rag.question import NO_FILTERS, Filters, Turn
from ui import render
from ui.exchange import Exchange, Stage, stop


@dataclass(frozen=True, slots=True)
class Update:
    """What changes on the page; None leaves a part as it is. `asked` empties the question box."""

    past: Markup | None = None
    current: Markup | None = None
    panel: Markup | None = None
    busy: bool | None = None
    asked: bool = False


class Session:
    """One open page. What is shown is derived from its language, its filters and its conversation.

    `user` is who has signed in; empty when nobody has to. `conversation` is the id under which it is kept;
    empty until something was asked.
    """

    def __init__(self, language: str, user: str = "") -> None:
        self.language = language
        self.user = user
        self.filters: Filters = NO_FILTERS
        self.exchanges: tuple[Exchange, ...] = ()
        self.conversation = ""
        self._asked = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def last(self) -> Exchange | None:
        return self.exchanges[-1] if self.exchanges else None

    @property
    def history(self) -> tuple[Turn, ...]:
        """The answered exchanges before the last one, oldest first."""
        return tuple(turn for exchange in self.exchanges[:-1] if (turn := exchange.turn))

    def begin(self, question: str, stage: Stage = "searching") -> Exchange:
        """A new exchange at the end; numbers are never used twice, even after `clear`."""
        self.stop()
        return self._add(Exchange(self._asked + 1, question, stage))

    def begin_again(self, number: int, stage: Stage = "searching") -> Exchange | None:
        """The last exchange anew, in its place, without the period that was read in its question.

        None if it isn't `number`, or has no period: the reader has asked something else meanwhile.
        """
        last = self.last
        if last is None or last.number != number or last.period is None:
            return None
        self.stop()
        self.exchanges = self.exchanges[:-1]
        return self._add(Exchange(self._asked + 1, last.question, stage, infer_dates=False))

    def _add(self, exchange: Exchange) -> Exchange:
        self._asked = exchange.number
        self.exchanges += (exchange,)
        return exchange

    def put(self, before: Exchange, after: Exchange) -> bool:
        """Replace the last exchange, unless it isn't `before` any more: the reader stopped or cleared."""
        if self.last is not before:
            return False
        self.exchanges = (*self.exchanges[:-1], after)
        return True

    def runs(self, task: asyncio.Task[None]) -> None:
        """What answers the last exchange: to be cancelled when that is stopped, cleared or asked anew."""
        self._running = task

    def stop(self) -> None:
        """End the last exchange where it is, and free the model at once."""
        if self._running is not None:
            self._running.cancel()
        if self.last is not None:
            self.exchanges = (*self.exchanges[:-1], stop(self.last))

    def clear(self) -> None:
        """Leave the conversation: what is asked next begins another."""
        self.stop()
        self.exchanges = ()
        self.conversation = ""

    def take_up(self, conversation: str, exchanges: tuple[Exchange, ...]) -> None:
        """Go on with a conversation that was kept."""
        self.conversation, self.exchanges = conversation, exchanges
        self._asked = max([self._asked, *(exchange.number for exchange in exchanges)])

    def page(self) -> Update:
        """The whole page as it stands."""
        return Update(
            past=render.conversation(self.exchanges[:-1], self.language),
            current=render.current(self.last, self.language),
            panel=render.panel(self.exchanges, self.language),
            busy=self.last is not None and self.last.unfinished,
        )

    def progress(self, before: Exchange, after: Exchange) -> Update:
        """What the last exchange's step from `before` to `after` changes on the page.

        Most steps are a piece of a word, and change nothing in the panel: it isn't drawn for them.
        """
        same = render.panel_subject(before) == render.panel_subject(after)
        return Update(
            current=render.current(after, self.language),
            panel=None if same else render.panel(self.exchanges, self.language),
        )
