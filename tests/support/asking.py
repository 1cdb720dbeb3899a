"""Asking over the real server, as the page does, without a browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
from served_page import ServedPage


@dataclass(frozen=True)
class Told:
    """All that a page was told of its question, and the id that the server gave it."""

    text: str
    request_id: str


def asking(served: ServedPage) -> int:
    """The number of the event that asks."""
    config = served.app.config
    box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
    return next(one["id"] for one in config["dependencies"] if (box, "submit") in map(tuple, one["targets"]))


def ask(served: ServedPage, name: str, question: str, cookies: Mapping[str, str] | None = None) -> Told:
    """What a page of this name is told of a question, until that is all."""
    event = {"data": [question], "fn_index": asking(served), "session_hash": name, "event_data": None}
    with httpx2.Client(base_url=served.url, timeout=60, cookies=dict(cookies or {})) as client:
        joined = client.post("gradio_api/queue/join", json=event)
        assert joined.status_code == 200, joined.text
        told = client.get(f"gradio_api/queue/data?session_hash={name}").text
    return Told(json.dumps(said_in(told), ensure_ascii=False), joined.headers["x-request-id"])


def said_in(stream: str) -> list[dict]:
    """The messages of a stream of events."""
    return [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
