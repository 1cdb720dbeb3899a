"""What an event leaves as it is costs nothing, and what it changes is sent as Gradio would send it."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from ui.page.blocks import PageBlocks

SAID = {
    "one": [gr.skip(), gr.update(interactive=False), gr.skip(), gr.skip()],
    "none": [gr.skip()] * 4,
    "all": ["a", gr.update(value="b"), "<p>c</p>", gr.update(visible=False)],
    "last": [gr.skip(), gr.skip(), gr.skip(), "d"],
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_an_event_sends_what_gradio_would(said: list[Any], monkeypatch: pytest.MonkeyPatch):
    sent, made = [], []
    of_session = SessionState._update_config

    def noted(self: SessionState, number: int) -> None:
        made.append(number)
        of_session(self, number)

    monkeypatch.setattr(SessionState, "_update_config", noted)
    for kind in (PageBlocks, gr.Blocks):

        async def through(kind: type[gr.Blocks] = kind) -> list[Any]:
            with kind() as page:
                outputs = [gr.Button("w"), gr.Button("x"), gr.HTML(), gr.Button("y")]
                outputs[0].change(lambda: None, None, outputs)
            (event,) = page.fns.values()
            made.clear()
            return await page.postprocess_data(event, deepcopy(said), SessionState(page))

        sent.append(asyncio.run(through()))
        if kind is PageBlocks and said == SAID["one"]:
            assert len(made) == 2  # of four
    ours, theirs = ([_without_empty(one) for one in all_of_it] for all_of_it in sent)
    assert ours == theirs


def _without_empty(sent: Any) -> Any:
    """Return what Gradio sends without the empty properties that it adds to an element left as it is."""
    return gr.skip() if sent == gr.skip() | {"props": gr.skip()} else sent
