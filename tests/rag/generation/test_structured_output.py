"""A provider that takes a schema answers in JSON, which is read as the lines that other models write."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fake_chat_model import FakeChatModel
from hypothesis import given
from hypothesis import strategies as st

from rag.config import ChatModelSettings
from rag.generation.draft_parser import Drafted, DraftParser
from rag.generation.generator import draft
from rag.generation.structured_output import Lines, options, schema
from rag.models.chat_model_factory import load_chat_model
from rag.query.question_text import QuestionText
from rag.schema.evidence import Evidence

ANSWER = {
    "claims": [{"sentences": [2], "text": "Le pont rouvre lundi."}, {"sentences": [1, 3], "text": "Il."}]
}
SAID = "[2] Le pont rouvre lundi.\n[1][3] Il."


def fed(pieces: list[str]) -> list[str]:
    lines = Lines()
    return [lines.feed(piece) for piece in pieces]


def test_claims_come_as_lines():
    assert fed([json.dumps(ANSWER)]) == [SAID]
    assert fed([json.dumps({"claims": []})]) == [""]


def test_text_is_given_as_it_comes_and_only_after_its_numbers():
    pieces = ['{"claims": [{"sentences": [', "1", '2], "te', 'xt": "Le po', "nt rouv", 're."}', "]}"]
    assert fed(pieces) == ["", "", "", "[12] Le po", "nt rouv", "re.", ""]


@given(
    st.lists(st.tuples(st.lists(st.integers(1, 12), max_size=3), st.text(max_size=30)), max_size=4),
    st.booleans(),
    st.integers(1, 7),
)
def test_however_it_is_cut_the_lines_are_the_same(claims, plain, size):
    said = {"claims": [{"sentences": numbers, "text": text} for numbers, text in claims]}
    written = json.dumps(said, ensure_ascii=plain)
    pieces = [written[start : start + size] for start in range(0, len(written), size)]
    whole = "".join(fed([written]))
    assert "".join(fed(pieces)) == whole
    assert whole.count("\n") <= max(0, len(claims) - 1)


@given(st.text(max_size=80))
def test_whatever_comes_is_no_error_and_brings_no_number_that_is_not_on_offer(text):
    parser = DraftParser(3)
    found = [*parser.feed("".join(fed(["{" + text]))), *parser.finish()]
    assert all(set(part.numbers) <= {1, 2, 3} for part in found)


@pytest.mark.parametrize(
    "odd",
    [
        "{}",
        '{"claims": 3}',
        '{"claims": [3, {"text": 4, "sentences": "1"}]}',
        '{"claims": [{"text": ["x"]}]}',
        "[]",
    ],
)
def test_an_answer_of_another_shape_holds_no_claim(odd):
    parser = DraftParser(3)
    assert [*parser.feed("".join(fed([odd]))), *parser.finish()] == []


def test_a_server_that_ignores_the_schema_is_read_as_it_writes():
    assert fed([" ", "[2] Le pont", " rouvre."]) == ["", " [2] Le pont", " rouvre."]


def test_those_that_take_a_schema_are_known_by_their_class():
    ours = load_chat_model(
        ChatModelSettings(model="openai:small", base_url="http://127.0.0.1:9/v1", api_key="k")
    )
    given = options(ours, 4)
    assert given["extra_body"]["response_format"]["json_schema"]["schema"] == schema(4)
    assert given["extra_body"]["response_format"]["json_schema"]["strict"] is True
    assert options(FakeChatModel(respond=[]), 4) is None


def test_every_object_of_the_schema_is_closed_and_whole():
    """OpenAI's strict mode refuses any other."""

    def objects(part) -> Iterator[dict]:
        if isinstance(part, dict):
            if part.get("type") == "object":
                yield part
            for value in part.values():
                yield from objects(value)

    found = list(objects(schema(3)))
    assert len(found) == 2
    for part in found:
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])


# --- over HTTP ---


@contextmanager
def server(reply: str, refuses_schemas: bool) -> Iterator[tuple[str, list[dict]]]:
    """Streams `reply`; gives its address and the requests that it got."""
    asked: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if refuses_schemas and "response_format" in asked[-1]:
                return self._send(
                    400, json.dumps({"error": {"message": "response_format?"}}), "application/json"
                )
            deltas = [{"content": reply[start : start + 5]} for start in range(0, len(reply), 5)]
            events = [json.dumps({"choices": [{"index": 0, "delta": delta}]}) for delta in deltas]
            return self._send(
                200, "".join(f"data: {e}\n\n" for e in [*events, "[DONE]"]), "text/event-stream"
            )

        def _send(self, status: int, body: str, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/v1", asked
        finally:
            listening.shutdown()
            thread.join()


async def drafted(address: str, make_article) -> list[Drafted]:
    article = make_article("Le pont a cent ans. Le pont rouvre lundi.")
    offered = (Evidence(article, 0, 19), Evidence(article, 20, 41))
    question = QuestionText("Quand rouvre le pont ?", "fr")
    model = load_chat_model(ChatModelSettings(model="openai:small", base_url=address, api_key="k"))
    return [part async for part in draft(model, question, offered, {}) if isinstance(part, Drafted)]


async def test_a_provider_is_held_to_the_schema_and_shown_how_to_answer_in_it(make_article):
    with server(json.dumps(ANSWER), refuses_schemas=False) as (address, asked):
        assert await drafted(address, make_article) == [
            Drafted(0, (2,), "Le pont rouvre lundi."),
            Drafted(1, (1,), "Il."),
        ]
    (request,) = asked
    assert request["response_format"]["json_schema"]["schema"] == schema(2)
    examples = [
        json.loads(message["content"]) for message in request["messages"] if message["role"] == "assistant"
    ]
    assert [[claim["sentences"] for claim in example["claims"]] for example in examples] == [[[3]], []]


async def test_a_server_that_refuses_schemas_is_asked_without(make_article):
    with server("[2] Le pont rouvre lundi.", refuses_schemas=True) as (address, asked):
        assert await drafted(address, make_article) == [Drafted(0, (2,), "Le pont rouvre lundi.")]
    assert ["response_format" in request for request in asked] == [True, False]
    assert asked[1]["messages"][2]["content"].startswith("[3] ")
