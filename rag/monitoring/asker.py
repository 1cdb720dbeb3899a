"""Asks all standing queries again once articles have come, and tells what changed, each change once.

Nothing is locked: what a query finds is kept together with what it tells, in one transaction, unless
somebody else has asked it meanwhile. Killed between two queries, the next asking goes on; killed within one,
it is asked anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from rag.engine.engine import Engine
from rag.engine.factory import build_chain
from rag.errors import SourcierError, UserError
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.monitoring.found import Asking
from rag.monitoring.questions import QuestionAsker
from rag.monitoring.searches import ask_entity, ask_search
from rag.schema.standing import Change, StandingQuery
from rag.standing.store import Turn

log = logging.getLogger(__name__)

_BROKEN = (
    "something unforeseen has failed; it is asked again the next time (the log says more).",
    "un incident imprévu s'est produit ; elle sera reposée la prochaine fois (le journal en dit plus).",
)


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What asking again gave: user → what changed, oldest first; and what couldn't be asked."""

    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    failed: Mapping[str, tuple[StandingQuery, ...]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many changes there are, of all users."""
        return sum(map(len, self.changes.values()))


def ask_again(
    engine: Engine,
    ids: Collection[str] | None = None,
    today: Callable[[], date] = date.today,
    stop: Callable[[], bool] = lambda: False,
) -> AskedAgain:
    """Ask standing queries of what the library has now, and keep and return what changed.

    What came since a query was last asked is all that can be new to it. The first asking of a query tells
    nothing. A query that can't be asked says so, and stops no other.

    Args:
        engine: The open library.
        ids: The queries, whoever's they are; None for all that aren't paused.
        today: The clock by which `la semaine dernière` is read.
        stop: Asked before each query; what is left is asked the next time.

    """
    turns = engine.library.standing.turns(ids)
    if not turns:
        return AskedAgain()
    engine.release_due()
    asker = _Asker(engine, today)
    told: list[str] = []
    failed: dict[str, list[StandingQuery]] = {}
    try:
        for turn in turns:
            if stop():
                break
            try:
                told += asker.ask(turn)
                continue
            except SourcierError as error:
                log.warning("standing query %s can't be asked (%s)", turn.query.id, type(error).__name__)
                reason = error.text("en"), error.text("fr")
            except Exception:  # whatever it is, the others are asked
                log.exception("standing query %s can't be asked", turn.query.id)
                reason = _BROKEN
            engine.library.standing.put_failure(turn, *reason)
            failed.setdefault(turn.user, []).append(replace(turn.query, failure=reason))
    finally:
        asker.close()
    users = {turn.query.id: turn.user for turn in turns}
    changes: dict[str, list[Change]] = {}
    for change in reversed(engine.library.standing.told(told)):
        changes.setdefault(users[change.query.id], []).append(change)
    return AskedAgain(
        {user: tuple(found) for user, found in changes.items()},
        {user: tuple(found) for user, found in failed.items()},
    )


class _Asker:
    """Asks queries of one library. Models are loaded for the first question."""

    def __init__(self, engine: Engine, today: Callable[[], date]) -> None:
        self._engine = engine
        self._today = today
        self._questions: QuestionAsker | None = None
        self._analyses = SentenceAnalyses()

    def close(self) -> None:
        """Begin nothing more."""
        if self._questions is not None:
            self._questions.close()

    def ask(self, turn: Turn) -> list[str]:
        """Ask one query, keep what it finds; return the ids of what is told."""
        standing = self._engine.library.standing
        arrival = standing.arrival()  # before asking: what comes meanwhile is new the next time, too
        new = standing.arrived(turn.arrival) if turn.state is not None else []
        self._refuse_without_dossiers(turn)
        asking = self._asked(turn, new)
        if asking is None:
            if arrival == turn.arrival and turn.query.failure is None:
                return []
            asking = Asking(turn.state, found=turn.found)
        return standing.put(turn, arrival, asking.state, asking.changes, asking.found) or []

    def _asked(self, turn: Turn, new: list[str]) -> Asking | None:
        if turn.query.filters.dossiers:
            self._engine.refresh(turn.query.filters)
        if turn.query.kind == "search":
            return ask_search(self._engine, turn, new, self._analyses)
        if turn.query.kind == "entity":
            return ask_entity(self._engine, turn, new, self._analyses)
        if self._questions is None:
            chain = build_chain(self._engine, None, self._today)
            self._questions = QuestionAsker(chain, self._engine.retriever, self._today)
        return self._questions.ask(turn, new, self._analyses)

    def _refuse_without_dossiers(self, turn: Turn) -> None:
        """Refuse a query whose dossier is gone: without it, it would be asked of nothing."""
        table = self._engine.library.dossiers
        for one in turn.query.filters.dossiers:
            if table.get(one.id, turn.user) is None:
                raise UserError(
                    f"The dossier “{one.name}” that this query is asked of has been deleted.",
                    f"Le dossier « {one.name} » dans lequel cette requête est posée a été supprimé.",
                )
