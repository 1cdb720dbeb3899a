"""Many questions at once: what is found comes to each of them, while the passages of a few are read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from pathlib import Path

from desk import Desk
from fake_embedder import FakeEmbedder

from rag.engine.factory import build_chain
from rag.models.embedder import TokenVectors
from rag.reading.network import questions_at_once
from rag.reading.reader import Reader
from rag.reading.schema import PassageWindow, Reading
from rag.runnable.chain import Chain
from rag.schema.answer import Answer
from rag.schema.events import HitsFound

QUESTIONS = 40


class GatedReader(Reader):
    """Reads only while its gate is open; notes how many read at once."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.lock = threading.Lock()
        self.reading = self.most = 0

    def read(self, question: str, passages: Sequence[PassageWindow]) -> list[Reading]:
        with self.lock:
            self.reading += 1
            self.most = max(self.most, self.reading)
        assert self.gate.wait(300)
        try:
            return super().read(question, passages)
        finally:
            with self.lock:
                self.reading -= 1


def test_searches_do_not_wait_for_what_is_read(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.write("a.txt", "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.")
    desk.ingest()
    reader = GatedReader()
    made = build_chain(desk.parts, None)
    with closing(Chain(replace(made._components, reader=reader), made._pipeline._options)) as chain:
        answers = asyncio.run(all_asked(chain, reader))
    assert len(answers) == QUESTIONS
    assert all(answer.hits for answer in answers)
    assert reader.most == questions_at_once()


class GatedEmbedder(FakeEmbedder):
    """Reads questions only while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.waiting = 0

    def read_queries(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.waiting += 1
        assert self.gate.wait(300)
        return super().read_queries(texts)


def test_what_else_the_event_loop_does_in_threads_does_not_wait_for_searches(tmp_path: Path):
    embedder = GatedEmbedder()
    desk = Desk(tmp_path, embedder=embedder)
    desk.write("a.txt", "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.")
    desk.ingest()

    async def ask_all(chain: Chain) -> list[Answer]:
        questions = (f"Quelle piscine de {number} mètres a ouvert ?" for number in range(QUESTIONS))
        asked = [asyncio.create_task(chain.ainvoke(question)) for question in questions]
        while not embedder.waiting:
            await asyncio.sleep(0.01)
        async with asyncio.timeout(60):  # a conversation is kept, an answer refused
            assert await asyncio.to_thread(lambda: 1) == 1
        embedder.gate.set()
        return await asyncio.gather(*asked)

    with closing(build_chain(desk.parts, None)) as chain:
        assert len(asyncio.run(ask_all(chain))) == QUESTIONS


async def all_asked(chain: Chain, reader: GatedReader) -> list[Answer]:
    """Ask all questions; nothing is read before each was told what is found."""
    found = 0

    async def ask(number: int) -> Answer:
        nonlocal found
        async with aclosing(
            chain.astream(f"Quelle piscine de {number} mètres a ouvert à Malvoisy ?")
        ) as events:
            async for event in events:
                if isinstance(event, HitsFound):
                    found += 1
                    if found == QUESTIONS:
                        reader.gate.set()
        return event

    async with asyncio.timeout(300):
        return await asyncio.gather(*(ask(number) for number in range(QUESTIONS)))
