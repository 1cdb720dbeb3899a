"""The page's frame for Gradio: each event has the id of its request, and what fails is told in one sentence.

The framework itself writes its tracebacks past the log, and tells the reader nothing.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import gradio as gr

from rag.errors import SourcierError, panics_as_errors
from rag.observability import request_id
from ui.formatting.i18n import text
from ui.server.operations.request_ids import id_of

log = logging.getLogger(__name__)

_SKIP = gr.skip()


class PageBlocks(gr.Blocks):
    """Gradio's, but for that.

    `language_of` says which language the page of a request is in; `end_work` ends what is under way.
    `questions` (`ui.chat.line`) and `intake` (`ui.library.intake`) are what it shares with programs.
    """

    language_of: Callable[[gr.Request], str]
    end_work: Callable[[], Coroutine[None, None, None]]
    questions: Any
    intake: Any

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """Return what an event sends for each of its outputs; those that it leaves as they are cost nothing.

        Gradio 6.31 makes each of them anew at every step of every reader (`gr.skip` is an update of nothing):
        where many wait, that was most of the loop's time.
        """
        outputs = block_fn.outputs
        if not isinstance(predictions, (list, tuple)) or not 2 < len(outputs) == len(predictions):
            return await super().postprocess_data(block_fn, predictions, state)
        skipped = [number for number, one in enumerate(predictions) if isinstance(one, dict) and one == _SKIP]
        # Of fewer than two outputs Gradio takes the value for all there is.
        told = set(range(len(outputs))) - set(skipped[: len(outputs) - 2])
        fewer = copy.copy(block_fn)
        fewer.outputs = [outputs[number] for number in sorted(told)]
        said = iter(await super().postprocess_data(fewer, [predictions[n] for n in sorted(told)], state))
        return [next(said) if number in told else dict(_SKIP) for number in range(len(outputs))]

    async def process_api(self, block_fn: Any, inputs: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Do what an event asks, one step of it where there are several."""
        asked = kwargs.get("request")
        request = asked[0] if isinstance(asked, list) else asked
        # A reader's words are among the inputs, and may be in what fails.
        with request_id.bound(id_of(request), private=True):
            try:
                with panics_as_errors():
                    return await super().process_api(block_fn, inputs, *args, **kwargs)
            except gr.Error:
                raise
            except SourcierError as error:
                raise gr.Error(error.text(self.language_of(request)), print_exception=False) from None
            except Exception:
                log.exception("an event of the page failed")
                said = text("event_failed", self.language_of(request), reference=request_id.current())
                raise gr.Error(said, print_exception=False) from None
