#!/usr/bin/env bash
# Gradio 6.31.0, Python 3.11.
#
# `gr.skip()` for an output reads like "do nothing for it", and costs as much as changing it: it is an update without
# values, and for each the session gets a component of its own, made anew from the arguments of its class, whose
# signature is inspected again, at every step of every event that streams. Returning the value that is already there is
# cheaper: then nothing is made. With twelve outputs and fifty readers who wait, the one loop that serves them all had
# no time left for whoever came.
#
# What it means here: `ui/page/blocks.py` takes what an event leaves as it is out before Gradio looks at it.
#
# Seen:
#   gr.skip() for 4 outputs: 4 components made anew
#   gr.skip() for 4 outputs, again: 4 more
#   their values for 4 outputs: 0 components made anew
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'gradio==6.31.0'
cd "$folder"
cat > run.py <<'PY'
import asyncio

import gradio as gr
from gradio.state_holder import SessionState


async def main() -> None:
    with gr.Blocks() as page:
        outputs = [gr.Button("a"), gr.Textbox("b"), gr.HTML("c"), gr.Button("d")]
        outputs[1].change(lambda: None, None, outputs)
    (event,) = page.fns.values()

    def of_session(state: SessionState) -> list[object]:
        return [state[block._id] if block._id in state else block for block in outputs]

    def made(before: list[object], after: list[object]) -> int:
        return sum(one is not other for one, other in zip(before, after, strict=True))

    state = SessionState(page)
    await page.postprocess_data(event, [gr.skip() for _ in outputs], state)
    once = of_session(state)
    print(f"gr.skip() for 4 outputs: {made(outputs, once)} components made anew")
    await page.postprocess_data(event, [gr.skip() for _ in outputs], state)
    print(f"gr.skip() for 4 outputs, again: {made(once, of_session(state))} more")
    state = SessionState(page)
    await page.postprocess_data(event, ["a", "b", "c", "d"], state)
    print(f"their values for 4 outputs: {made(outputs, of_session(state))} components made anew")


asyncio.run(main())
PY
GRADIO_ANALYTICS_ENABLED=False "$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
gr.skip() for 4 outputs: 4 components made anew
gr.skip() for 4 outputs, again: 4 more
their values for 4 outputs: 0 components made anew
EOF
