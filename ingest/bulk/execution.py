"""One execution of Ray Data: numbered blocks go in while there are any, replies come out in order.

Knows Ray, and nothing of articles. A block that was put stays with the spool, beside the driver, until what
was made of it has come back: whatever Ray computes again after a worker or a machine is gone finds it there.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from typing import Any

import pyarrow as pa
import ray
import ray.data
from ray.data.block import BlockMetadata
from ray.data.datasource import Datasource, ReadTask
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

# Times that an actor is begun again, and a block given to one again, before the execution fails.
_RETRIES = 2
_PATIENCE = 20.0  # seconds that closing waits for what is being done


@dataclass(frozen=True, slots=True)
class Actors:
    """`count` actors of `kind`, made with `arguments`, each on a processor of its own."""

    kind: type
    arguments: tuple[Any, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Returned:
    """What an actor made of a block."""

    number: int
    reply: bytes


class Execution:
    """Blocks numbered from `first` on. `results` gets each one's Returned in order, or how it all failed."""

    def __init__(self, actors: Actors, first: int = 0) -> None:
        """Begin: actors are started, and wait for blocks."""
        self.results: SimpleQueue[Returned | BaseException] = SimpleQueue()
        self._closing = threading.Event()
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._spool = ray.remote(_Spool).options(num_cpus=0, scheduling_strategy=here).remote(first)
        self._dataset = self._planned(actors, first)
        self._reader = threading.Thread(target=self._read, name="ray results", daemon=True)
        self._reader.start()

    def put(self, number: int, block: bytes) -> None:
        """Hand in the next block."""
        ray.get(self._spool.put.remote(number, block))

    def end(self, after: int) -> None:
        """Say that there are no blocks from `after` on."""
        ray.get(self._spool.end.remote(after))

    def done(self, before: int) -> None:
        """Let go of the blocks before this one: what was made of them is here."""
        self._spool.done.remote(before)

    def close(self) -> None:
        """Give up what hasn't come back."""
        self._closing.set()
        with suppress(Exception):
            ray.kill(self._spool)
        self._reader.join(_PATIENCE)

    def _planned(self, actors: Actors, first: int) -> ray.data.Dataset:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        # A block is a row, and stays the block that it is: computed again, each has the number that it had.
        context.target_max_block_size = 1
        context.target_min_block_size = 0
        read = ray.data.read_datasource(_Blocks(self._spool, first), num_cpus=0, override_num_blocks=1)
        return read.map_batches(
            actors.kind,
            fn_constructor_args=actors.arguments,
            batch_size=None,
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(size=actors.count),
            num_cpus=1,
            max_restarts=_RETRIES,  # without, what ends every worker would do so for ever
            max_task_retries=_RETRIES,
        )

    def _read(self) -> None:
        try:
            batches = self._dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0)
            for batch in batches:
                if self._closing.is_set():
                    return
                for number, reply in zip(batch["number"], batch["reply"], strict=True):
                    self.results.put(Returned(number.as_py(), reply.as_py()))
        except BaseException as error:  # whoever waits for results is told
            self.results.put(error)


class _Spool:
    """An actor beside the driver: holds blocks until they are done, and has readers wait for the next."""

    def __init__(self, first: int) -> None:
        self._blocks: dict[int, bytes] = {}
        self._first = first
        self._end: int | None = None
        self._changed = asyncio.Condition()

    async def put(self, number: int, block: bytes) -> None:
        async with self._changed:
            self._blocks[number] = block
            self._changed.notify_all()

    async def end(self, after: int) -> None:
        async with self._changed:
            self._end = after
            self._changed.notify_all()

    async def done(self, before: int) -> None:
        for number in range(self._first, before):
            self._blocks.pop(number, None)
        self._first = max(self._first, before)

    async def get(self, number: int) -> bytes | None:
        """Return a block once it is there; nothing of one that is done; None if there is none any more."""
        if number < self._first:
            return b""
        async with self._changed:
            await self._changed.wait_for(
                lambda: number in self._blocks or (self._end is not None and number >= self._end)
            )
        return self._blocks.get(number)


class _Blocks(Datasource):
    """The blocks of a spool, one row each, as they come; read on the driver's machine."""

    def __init__(self, spool: Any, first: int) -> None:
        super().__init__()
        self._spool = spool
        self._first = first

    @property
    def supports_distributed_reads(self) -> bool:
        return False

    def estimate_inmemory_data_size(self) -> None:
        return None

    def get_read_tasks(self, *_: Any, **__: Any) -> list[ReadTask]:
        spool, first = self._spool, self._first

        def read() -> Iterator[pa.Table]:
            for number in count(first):
                block = ray.get(spool.get.remote(number))
                if block is None:
                    return
                documents = pa.array([block], pa.large_binary())
                yield pa.table({"number": pa.array([number], pa.int64()), "documents": documents})

        return [ReadTask(read, BlockMetadata(None, None, None, None))]
