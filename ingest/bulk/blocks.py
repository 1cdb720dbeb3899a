"""Documents → blocks on their way to workers, and what came back, until whoever asked has taken it.

Knows how a failed execution is begun again, with what hadn't come back: nothing is lost, nothing comes twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from time import monotonic
from typing import TYPE_CHECKING

from ingest.bulk.cluster import Cluster
from ingest.bulk.documents import Document, Made
from ingest.bulk.wire import documents_to_bytes, reply_from_bytes
from ingest.bulk.worker import Worker
from rag.config import ChunkingSettings, EmbeddingSettings
from rag.errors import SourcierError

if TYPE_CHECKING:
    from ingest.bulk.execution import Execution, Returned

# What one block has at most: enough to fill the encoder's batches, little to do again.
BLOCK_DOCUMENTS = 16
_BLOCK_BYTES = 1_000_000
# Executions that may fail one after the other with nothing come back in between.
_FAILURES = 3
_STEP = 0.2  # seconds between two looks at who else wants something
_LOOKS = 2.0  # seconds between two looks at how many processors are left
_SHOWN = 3
_log = logging.getLogger(__name__)


class WorkersError(SourcierError):
    """Workers can't do what they are given: look at their machines."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where a document is: the number of its block, and its place there."""

    block: int
    place: int


@dataclass(slots=True)
class _Block:
    """A block that hasn't come back, or some of which hasn't been asked for."""

    data: bytes
    sources: tuple[str, ...]
    left: int
    made: tuple[Made, ...] | None = None


@dataclass
class Blocks:
    """Documents are handed in by one thread, in their order, and asked for by another."""

    cluster: Cluster
    embedding: EmbeddingSettings
    chunking: ChunkingSettings
    program: str

    _lock: threading.RLock = field(default_factory=threading.RLock)
    _open: list[Document] = field(default_factory=list)
    _next: int = 0  # the number of the block that is being filled
    _blocks: dict[int, _Block] = field(default_factory=dict)
    _ended: bool = False
    _failures: int = 0
    _looked: float = 0.0
    _execution: Execution | None = None  # until there is something to do

    def __post_init__(self) -> None:
        """Begin with as many workers as there are to be."""
        self._workers = self.cluster.workers

    # --- handing in ---

    def put(self, document: Document) -> Ticket:
        """Hand in a document; it goes with its block, once that is full."""
        with self._lock:
            ticket = Ticket(self._next, len(self._open))
            self._open.append(document)
            size = sum(len(one.data) for one in self._open)
            if len(self._open) == BLOCK_DOCUMENTS or size >= _BLOCK_BYTES:
                self.send()
            return ticket

    def send(self) -> None:
        """Send what was handed in on its way, however little it is."""
        with self._lock:
            if self._open:
                execution = self._execution = self._execution or self._begun(0)
                sources = tuple(document.source for document in self._open)
                block = _Block(documents_to_bytes(self._open), sources, len(self._open))
                self._blocks[self._next] = block
                self._open = []
                self._next += 1
                self._put(execution, self._next - 1, block)

    def end(self) -> None:
        """Say that there are no more documents."""
        with self._lock:
            self.send()
            self._ended = True
            if self._execution is not None:
                self._say_end(self._execution)

    def close(self) -> None:
        """Give up what hasn't come back."""
        with self._lock:
            if self._execution is not None:
                self._execution.close()

    # --- asking ---

    def made(self, ticket: Ticket, waiting: Callable[[], None]) -> Made:
        """Return what was made of a document, once it is there.

        Args:
            ticket: What `put` returned.
            waiting: Called now and then until it is; what it raises ends the waiting.

        Raises:
            WorkersError: They fail again and again, or aren't the same program.
        """
        block = self._found(ticket)
        while block.made is None:
            assert self._execution is not None
            try:
                arrived = self._execution.results.get(timeout=_STEP)
            except Empty:
                waiting()
                self._look()
                continue
            if isinstance(arrived, BaseException):
                self._fail(arrived)
            else:
                self._take(arrived)
        return block.made[ticket.place]

    def take(self, ticket: Ticket) -> None:
        """Note that nobody asks for a document any more."""
        with self._lock:
            block = self._found(ticket)
            block.left -= 1
            if not block.left and block.made is not None:
                del self._blocks[ticket.block]

    def _found(self, ticket: Ticket) -> _Block:
        with self._lock:
            if ticket.block == self._next:
                self.send()
            return self._blocks[ticket.block]

    # --- executions ---

    def _begun(self, first: int) -> Execution:
        # Not before `cluster.connected`: Ray reads its environment once, when it is imported.
        from ingest.bulk.execution import Actors, Execution

        arguments = (self.embedding, self.chunking, self.program)
        return Execution(Actors(Worker, arguments, self._workers), first)

    def _put(self, execution: Execution, number: int, block: _Block) -> None:
        try:
            execution.put(number, block.data)
        except Exception as error:  # the execution has failed: that comes with its results
            execution.results.put(error)

    def _say_end(self, execution: Execution) -> None:
        try:
            execution.end(self._next)
        except Exception as error:
            execution.results.put(error)

    def _take(self, arrived: Returned) -> None:
        try:
            reply = reply_from_bytes(arrived.reply)
        except ValueError as error:
            self._fail(error)
            return
        if reply.other:
            raise WorkersError(
                f"a worker on the Ray cluster isn't the same program ({reply.other}, not {self.program});"
                " install the same version with the same encoder on every machine.",
                f"un ouvrier de la grappe Ray n'est pas le même programme ({reply.other}, et non"
                f" {self.program}) ; installez partout la même version avec le même encodeur.",
            )
        with self._lock:
            block = self._blocks.get(arrived.number)
            if block is None or block.made is not None:
                return  # came twice
            block.made, block.data = reply.made, b""
            if not block.left:
                del self._blocks[arrived.number]
        self._failures = 0
        if self._execution is not None:
            self._execution.done(arrived.number + 1)

    def _look(self) -> None:
        """Begin again if machines are gone on which workers were: Ray waits for others to come."""
        if monotonic() - self._looked < _LOOKS:
            return
        self._looked = monotonic()
        try:
            left = self.cluster.processors
        except Exception as error:  # the cluster itself doesn't answer
            self._fail(error)
            return
        if 0 < left < self._workers:
            _log.warning("%d of %d workers are left", left, self._workers)
            self._workers = left
            self._begin_again()

    def _fail(self, error: BaseException) -> None:
        self._failures += 1
        _log.warning("Ray failed (%s, time %d of %d)", type(error).__name__, self._failures, _FAILURES)
        _log.debug("how it failed", exc_info=error)
        if self._failures >= _FAILURES:
            raise self._given_up(error) from error
        self._begin_again()

    def _begin_again(self) -> None:
        with self._lock:
            if self._execution is not None:
                self._execution.close()
            waiting = {number: block for number, block in self._blocks.items() if block.made is None}
            self._execution = self._begun(min(waiting, default=self._next))
            for number, block in waiting.items():
                self._put(self._execution, number, block)
            if self._ended:
                self._say_end(self._execution)

    def _given_up(self, error: BaseException) -> WorkersError:
        waiting = next((block for block in self._blocks.values() if block.made is None), None)
        names = waiting.sources if waiting else ()
        shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        why = type(error).__name__
        return WorkersError(
            f"Ray's workers failed {_FAILURES} times ({why}) while they read {shown}; what was stored stays;"
            " look at their memory, or ingest these without --ray.",
            f"les ouvriers de Ray ont échoué {_FAILURES} fois ({why}) en lisant {shown} ; ce qui est"
            " enregistré le reste ; regardez leur mémoire, ou ajoutez ceux-ci sans --ray.",
        )
