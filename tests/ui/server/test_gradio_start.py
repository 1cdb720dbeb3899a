"""Gradio starts without what nobody asks of it, and works."""

from __future__ import annotations

import subprocess
import sys

import pytest

IMPORT = """
import contextlib, os, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
from ui.server.gradio_start import without_type_stubs
with {manager}:
    import gradio as gr
print(sum(name.endswith(".pyi") for name in opened))
with gr.Blocks() as blocks:
    box = gr.Textbox()
    box.submit(print, box)
print(len(blocks.fns))
import inspect
print(inspect.getfile(gr.Textbox).endswith("textbox.py"))
"""


@pytest.mark.parametrize(
    ("manager", "is_quick"), [("without_type_stubs()", True), ("contextlib.nullcontext()", False)]
)
def test_no_type_stub_is_read_or_written_where_none_is_wanted(manager: str, is_quick: bool):
    """Both ways: what Gradio does by itself is the reason for this, and may change."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT.format(manager=manager)], capture_output=True, text=True, check=True
    )
    stubs, events, source = done.stdout.split()
    assert (int(stubs) == 0) == is_quick
    assert (events, source) == ("1", "True")


SERVE = """
import os, socket, urllib.request
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr
from ui.server.gradio_start import without_unserved_apps
from ui.server.server import close, start
with without_unserved_apps():
    with gr.Blocks() as blocks:
        gr.Markdown("Bonjour")
    blocks.queue(max_size=3)
    print(blocks.app)
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
url = start(blocks, "127.0.0.1", port)
print(b"Bonjour" in urllib.request.urlopen(url).read())
close(blocks)
with gr.Blocks() as usual:
    gr.Markdown("Bonjour")
print(type(usual.app).__name__)
"""


def test_a_page_built_without_apps_is_served():
    done = subprocess.run([sys.executable, "-c", SERVE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "True", "App"]
