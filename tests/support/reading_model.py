"""A chat model for tests that reads passages: it knows what answers which question, and copies it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

Asked = list[dict[str, Any]]


def reads(known: Mapping[str, str]) -> Callable[[Asked], str]:
    """Return what such a model says: of a question it knows, every passage with these words answers."""

    def says(messages: Asked) -> str:
        data = asked_of(messages)
        words = next((known[asked] for asked in known if asked in data["question"]), None)
        return json.dumps({name: _verdict(words, own) for name, own in data["passages"].items()})

    return says


def asked_of(messages: Asked) -> dict[str, Any]:
    """Return the question and the passages of a request."""
    return json.loads(messages[-1]["content"])


def _verdict(words: str | None, sentences: Mapping[str, str]) -> dict[str, Any]:
    for number, sentence in sentences.items():
        if words and words in sentence:
            return {"answers": True, "sentence": int(number), "words": words}
    return {"answers": False, "sentence": 0, "words": ""}


def chances_of(yes: float, no: float | None = None) -> Callable[[str], list[dict[str, Any]]]:
    """Return what a server tells of a reply: how probable a yes was where it says yes, and where no."""

    def told(said: str) -> list[dict[str, Any]]:
        return [
            {
                "token": token,
                "logprob": -0.1,
                "top_logprobs": _others(token, yes if no is None or "true" in token else no),
            }
            for token in re.findall(r" ?true| ?false|.", said, re.S)
        ]

    return told


def _others(token: str, yes: float) -> list[dict[str, Any]]:
    if token.strip() not in ("true", "false"):
        return [{"token": token, "logprob": -0.1}]
    return [{"token": " true", "logprob": math.log(yes)}, {"token": " false", "logprob": math.log(1 - yes)}]
