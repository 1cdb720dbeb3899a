"""Secrets planted wherever somebody may write one are told nowhere: by no command, on no page, in no log.

The real commands and the real server, with a chat model's server that repeats all that it is sent.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
import yaml
from ports import free_port
from program import sourcier

NEWS = "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.\n\nElle accueille 300 nageurs."
QUESTION = "Qui a ouvert une piscine ?"
SECRETS = {
    name: f"Planted-{name}-{number}x"
    for number, name in enumerate(
        ("key", "model", "source", "argument", "user", "token", "wrong", "cookie", "bearer", "tried")
    )
}


def told(secrets: dict[str, str], said: str | bytes) -> list[str]:
    """The secrets that are said, as they are or as what is sent for them."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return [
        name
        for name, secret in secrets.items()
        if secret in text or base64.b64encode(f"ada:{secret}".encode()).decode().rstrip("=") in text
    ]


@contextmanager
def repeating() -> Iterator[str]:
    """A server that refuses whatever it is asked, and says what that was; gives its host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            said = f"Refused {self.path}: {self.headers['Authorization']} {dict(self.headers)}"
            body = json.dumps({"error": {"message": said, "type": "x", "code": None}}).encode()
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=["text", "json"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder with an article, and settings that hold secrets."""
    with repeating() as host:
        settings = {
            "data_dir": "data",
            "chat_model": {
                "model": "openai:small",
                "base_url": f"http://ada:{SECRETS['model']}@{host}/v1",
                "api_key": "${PLANTED_KEY}",
            },
            "sources": [{"url": f"https://ada:{SECRETS['source']}@127.0.0.1:9/feed.xml"}],
            "ui": {"language": "fr", "users": {"ada": SECRETS["user"]}},
            "metrics": {"token": SECRETS["token"]},
            "logging": {"format": request.param, "level": "debug", "questions": True},
        }
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        (tmp_path / "a.md").write_text(NEWS, encoding="utf-8")
        yield tmp_path


def run(folder: Path, *arguments: str, **variables: str) -> str:
    environ = os.environ | {"PLANTED_KEY": SECRETS["key"]} | variables
    done = subprocess.run(
        [*sourcier(), *arguments], cwd=folder, env=environ, capture_output=True, text=True, timeout=300
    )
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def asked(client: httpx2.Client, page: str) -> str:
    """All that the page's events tell that need no input, and a question."""
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.S)[1])
    box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
    events = [(one["id"], []) for one in config["dependencies"] if not one["inputs"] and one["backend_fn"]]
    asking = next(one["id"] for one in config["dependencies"] if [box, "submit"] in map(list, one["targets"]))
    said = ""
    for number, (event, data) in enumerate([(asking, [QUESTION]), *events]):
        posted = {"data": data, "fn_index": event, "session_hash": f"page{number}", "event_data": None}
        assert client.post("gradio_api/queue/join", json=posted).status_code == 200
        said += client.get(f"gradio_api/queue/data?session_hash=page{number}").text
    return said


def test_no_secret_is_told_by_commands_page_log_or_library(folder: Path):
    url = f"https://ada:{SECRETS['argument']}@127.0.0.1:9/x"
    said = [
        run(folder, "ingest", "a.md", url),
        run(folder, "ingest", "--json", "a.md", url),
        run(folder, "ingest", url),
        run(folder, "sync"),
        run(folder, "status"),
        run(folder, "status", "--json"),
        run(folder, "ask", QUESTION),
        run(folder, "ask", "--json", QUESTION),
        run(folder, "status", SOURCIER_UI__PORT=f"https://ada:{SECRETS['wrong']}@host"),
        run(folder, "status", SOURCIER_METRICS__TOKEN=SECRETS["wrong"][:8]),
        run(folder, "status", SOURCIER_TRACING__ENDPOINT=f"http://ada:{SECRETS['wrong']}@host:4317"),
        run(folder, "status", SOURCIER_UI__USERS=f"ada:{SECRETS['wrong'][:5]}"),
    ]
    assert "piscine" in said[6]  # it was asked, and the refusal is told
    port = free_port()
    command = [*sourcier(), "serve", "--port", str(port)]
    environ = os.environ | {"PLANTED_KEY": SECRETS["key"]}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ, cwd=folder) as server:
        try:
            said.append(server.stderr.readline())
            assert str(port) in said[-1]
            headers = {"Authorization": f"Bearer {SECRETS['bearer']}"}
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}/", timeout=120, headers=headers) as client:
                wrong = client.post("sign-in", data={"name": "ada", "password": SECRETS["tried"]})
                said.append(wrong.text)
                client.cookies.set("sourcier-session", SECRETS["cookie"])
                said += [client.get(path).text for path in ("", "healthz", "readyz", "metrics", "x")]
                client.cookies.clear()
                right = client.post("sign-in", data={"name": "ada", "password": SECRETS["user"]})
                assert right.status_code == 303
                page = client.get("").text
                drawn = asked(client, page)
                assert "Pas de r" in drawn  # the question was refused by the model's server
                said += [page, drawn, client.get("metrics").text, str(client.get("theme.css").headers)]
            server.send_signal(signal.SIGTERM)
            assert server.wait(60) == 0
        finally:
            server.kill()
        said.append(server.stderr.read())
    assert [told(SECRETS, one) for one in said if told(SECRETS, one)] == []
    kept = [file.name for file in folder.joinpath("data").rglob("*") if file.is_file()
            and told(SECRETS, file.read_bytes())]  # fmt: skip
    assert kept == []
