"""The bundled chat model behind llama.cpp's own server, in a process of its own, as others run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from run import CHAT_MODEL_THREADS

from rag.models.bundled import chat_model_file

_SERVER = """
import sys
import xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.model_alias = sys.argv[1], {"small"}
params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [sys.stdin.readline().strip()]
params.n_ctx, params.n_parallel, params.n_batch, params.n_ubatch = 4096, 1, 64, 64
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(sys.argv[2])
params.cache_ram_mib, params.fit_params, params.enable_reasoning = 0, False, 0
params.verbosity, params.ui, params.endpoint_slots = -1, False, True
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@contextmanager
def llama_process(key: str) -> Iterator[str]:
    """Run the server, which wants this key; gives the address of its OpenAI API."""
    threads = CHAT_MODEL_THREADS or min(2, os.cpu_count() or 1)
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(chat_model_file()), str(threads)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        process.stdin.write(f"{key}\n")
        process.stdin.flush()
        try:
            yield f"{process.stdout.readline().strip()}/v1"
        finally:
            process.kill()
