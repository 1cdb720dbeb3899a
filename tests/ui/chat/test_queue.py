"""The line before the model: in order, so many at once, and nobody is forgotten."""

import asyncio
from contextlib import aclosing

from hypothesis import given
from hypothesis import strategies as st

from rag.schema.answer import Answer
from rag.schema.article import Article
from rag.schema.events import EvidenceChosen, HitsFound
from rag.schema.hit import Hit
from ui.chat.chat import Chat
from ui.chat.queue import SHORT, ModelQueue
from ui.session.session import Session


async def wait(line, seen, gate=None):
    """Waits, is served until the gate opens; `seen` are the places that were told."""
    async with aclosing(line.turn()) as turns:
        async for before in turns:
            seen.append(before)
            if before == 0:
                break
        if gate is not None:
            await gate.wait()


async def settled():
    for _ in range(50):
        await asyncio.sleep(0)


def test_everyone_is_told_their_place_as_the_line_moves():
    async def run():
        line, gates, seen = ModelQueue(2), [asyncio.Event() for _ in range(5)], [[] for _ in range(5)]
        tasks = [asyncio.create_task(wait(line, *pair)) for pair in zip(seen, gates, strict=True)]
        await settled()
        assert seen == [[0], [0], [2], [3], [4]]
        gates[1].set()
        await settled()
        assert seen == [[0], [0], [2, 0], [3, 2], [4, 3]]
        tasks[3].cancel()  # stopped while it waits
        await settled()
        assert seen[4] == [4, 3, 2]
        for gate in gates:
            gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert seen[4][-1] == 0

    asyncio.run(run())


@given(st.integers(1, 3), st.lists(st.sampled_from(["come", "end", "leave"]), max_size=30))
def test_whoever_comes_and_goes_the_line_keeps_its_order(places, acts):
    async def run():
        line, people = ModelQueue(places, pause=0), []
        for act in acts:
            if act == "come":
                gate, seen = asyncio.Event(), []
                people.append((asyncio.create_task(wait(line, seen, gate)), gate, seen))
            elif people and act == "end":
                people[0][1].set()  # the first is served already, and now done
                people.pop(0)
            elif people:
                people.pop(len(people) // 2)[0].cancel()
            await settled()
            for position, (_, _, seen) in enumerate(people):
                assert seen[-1] == (0 if position < places else position)
        for task, gate, _ in people:
            gate.set()
            task.cancel()
        await settled()

    asyncio.run(run())


def test_in_a_long_line_places_are_told_now_and_then_and_whoever_is_next_is_served_at_once():
    async def run():
        line, gates = ModelQueue(1, pause=1000), [asyncio.Event() for _ in range(30)]
        seen = [[] for _ in gates]
        tasks = [asyncio.create_task(wait(line, *pair)) for pair in zip(seen, gates, strict=True)]
        await settled()
        assert seen == [[0], *([place] for place in range(1, 30))]
        for served in range(1, 30):
            gates[served - 1].set()
            await settled()
            assert seen[served][-1] == 0
        for place in range(1, 30):
            short = [place - served for served in range(1, place) if 30 - served <= SHORT]
            assert seen[place] == [place, *short, 0]
        gates[-1].set()
        await asyncio.gather(*tasks)

    asyncio.run(run())


async def test_what_was_not_told_at_once_is_told_later():
    line, gates = ModelQueue(1, pause=0.01), [asyncio.Event() for _ in range(20)]
    seen = [[] for _ in gates]
    tasks = [asyncio.create_task(wait(line, *pair)) for pair in zip(seen, gates, strict=True)]
    await settled()
    gates[0].set()
    async with asyncio.timeout(60):
        while [places[-1] for places in seen[1:]] != [*range(19)]:
            await asyncio.sleep(0.01)
    for gate in gates:
        gate.set()
    await asyncio.gather(*tasks)


class Slow:
    """A chain whose model writes one answer at a time, and waits for the gate before it does."""

    at_once = 1
    is_loaded = True

    def __init__(self, gate: asyncio.Event):
        self._gate = gate

    async def astream(self, question):
        article = Article("a", "Le pont ferme.", "Le pont", "pont.txt", "0" * 64)
        yield HitsFound((Hit("p", article, 0, 5, 0.5),), question.text)
        yield EvidenceChosen(())
        await self._gate.wait()
        yield Answer(question.text, question.text, "fr", "not_found", plain_text="Rien.")


async def test_as_many_are_served_as_the_model_says():
    gate, sessions = asyncio.Event(), [Session("fr", ""), Session("fr", "")]
    chat = Chat(Slow(gate))

    async def ask(session):
        async for _ in chat.ask("Qui ?", session):
            pass

    asked = []
    for session in sessions:
        asked.append(asyncio.create_task(ask(session)))
        await settled()
    assert [(one.last.stage, one.last.ahead) for one in sessions] == [("reading", 0), ("waiting", 1)]
    gate.set()
    await asyncio.gather(*asked)
    assert [one.last.stage for one in sessions] == ["answered", "answered"]


async def test_a_page_is_told_again_and_again_that_it_may_be_stopped(monkeypatch):
    """What a page is told while it loads may reach it late, and say that nothing goes on."""
    monkeypatch.setattr("ui.chat.chat.PAUSE", 0.01)
    gate, told = asyncio.Event(), []
    async for update in Chat(Slow(gate)).ask("Qui ?", Session("fr", "")):
        told.append(update.busy)
        if told.count(True) == 5:
            gate.set()
    assert told.count(True) >= 5
    assert told[-1] is False
