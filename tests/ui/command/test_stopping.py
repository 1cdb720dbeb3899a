"""SIGTERM while a question is being answered, to the real server with a chat model that doesn't end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from asking import said_in
from ports import free_port
from program import sourcier
from slow_model import slow_model

NEWS = "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.\n\nElle accueille 300 nageurs."
ROOT = Path(__file__).parents[3]
RUN = "import sys; from ui.command.main import main; sys.exit(main())"
SAID = {
    "fr": "Le serveur s'arrête ; posez de nouveau la question dans un moment.",
    "en": "The server is stopping; ask again in a moment.",
}


def event_of(page: str) -> int:
    """The number of the event that asks, as the page's own configuration has it."""
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.S)[1])
    box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
    return next(one["id"] for one in config["dependencies"] if [box, "submit"] in map(list, one["targets"]))


@pytest.mark.parametrize("language", SAID)
def test_an_answer_under_way_ends_with_a_sentence_and_the_server_within_five_seconds(
    tmp_path: Path, language: str
):
    (tmp_path / "a.md").write_text(NEWS, encoding="utf-8")
    port = free_port()
    with slow_model() as model:
        settings = {
            "SOURCIER_DATA_DIR": str(tmp_path / "data"),
            "SOURCIER_UI__LANGUAGE": language,
            "SOURCIER_CHAT_MODEL__MODEL": "openai:slow",
            "SOURCIER_CHAT_MODEL__BASE_URL": model.address,
            "SOURCIER_CHAT_MODEL__API_KEY": "a-key-of-the-tests",
            "SOURCIER_LOGGING__FORMAT": "json",
        }
        started = {"env": os.environ | settings | {"PYTHONPATH": str(ROOT)}, "cwd": tmp_path}
        subprocess.run([*sourcier(), "ingest", "a.md"], check=True, capture_output=True, **started)
        # A process of its own, to its very end: taking it down is a part of stopping.
        command = [sys.executable, "-c", RUN, "serve", "--port", str(port)]
        with (
            subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **started) as server,
            httpx2.Client(base_url=f"http://127.0.0.1:{port}/", timeout=60) as client,
        ):
            try:
                first = json.loads(server.stderr.readline())
                assert str(port) in first["message"]
                event = {"data": ["Qui a ouvert une piscine ?"], "fn_index": event_of(client.get("").text)}
                event |= {"session_hash": "page", "event_data": None}
                joined = client.post("gradio_api/queue/join", json=event)
                told = ""
                with client.stream("GET", "gradio_api/queue/data?session_hash=page") as stream:
                    pieces = stream.iter_text()
                    while not model.asked.is_set():
                        told += next(pieces)
                    begun = time.monotonic()
                    server.send_signal(signal.SIGTERM)
                    for piece in pieces:
                        told += piece
                assert server.wait(60) == 0
                took = time.monotonic() - begun
            finally:
                server.kill()
            log = [json.loads(line) for line in server.stderr.read().splitlines()]
    said = json.dumps(said_in(told), ensure_ascii=False)
    assert SAID[language].replace("'", "&#39;") in said or SAID[language] in said
    assert said_in(told)[-1]["msg"] == "close_stream"
    assert took < 5
    print(f"stopped in {took:.1f} s")
    assert [line for line in log if "exception" in line or line["level"] in ("warning", "error")] == []
    (ended,) = [line for line in log if line["message"] == "a question has ended"]
    assert (ended["outcome"], ended["request_id"]) == ("stopped", joined.headers["x-request-id"])
    assert "piscine" not in json.dumps(log)
