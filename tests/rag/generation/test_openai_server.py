"""A chat model behind an OpenAI-compatible server: failures told in one sentence, and the bundled model's own
server asked over HTTP by the same code."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Iterator
from contextlib import aclosing, closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import httpx2
import pytest
from langchain_core.messages import HumanMessage
from llama_process import llama_process

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag import Answer
from rag.config import ChatModelSettings, Settings
from rag.engine.engine import Engine, open_engine
from rag.engine.factory import build_chain
from rag.errors import ContextOverflowError, ModelError, ModelUnavailableError, RequestRefusedError
from rag.models.chat_model_factory import load_chat_model
from rag.models.completion import reply
from rag.schema.events import ClaimChecked, TokenDrafted
from ui.command.main import main

KEY = "sk-7f3a-not-to-be-shown"
# Not what the prompt's own examples are about: a model that isn't held may copy their numbers.
QUESTION = "Combien coûtera l'abonnement à la bibliothèque de Malvoisy ?"
ARTICLES = {
    "livres.txt": "La bibliothèque de Malvoisy ouvrira aussi le dimanche. L'abonnement à la bibliothèque"
    " coûtera 12 euros par an. Elle compte 40 000 livres.\n",
    "cirque.txt": "Le cirque Balto s'installe à Port-Salin jusqu'au 20 mai. Trente artistes y présentent un"
    " spectacle sans animaux.\n",
}


@pytest.fixture(scope="module")
def parts(tmp_path_factory, embedder) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("library")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(data_dir=folder)
    parts = open_engine(settings, embedder)
    texts = [str(folder / name) for name in ARTICLES]
    assert ingest(texts, parts.indexer, Chunker(embedder, settings.chunking), lambda _: None).new == 2
    yield parts
    parts.close()


def provider(base_url: str, key: str = KEY) -> ChatModelSettings:
    return ChatModelSettings(model="openai:small", base_url=base_url, api_key=key)


def chain_over(parts: Engine, chat_model: ChatModelSettings):
    """The chain of these settings, over a library that is open already."""
    settings = parts.settings.model_copy(update={"chat_model": chat_model})
    return build_chain(replace(parts, settings=settings), load_chat_model(settings.chat_model))


# --- a server that fails ---


@contextmanager
def stub(status: int, body: str, kind: str = "application/json") -> Iterator[str]:
    """A server on the loopback that answers every request alike; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # which keeps connections

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.send_header("x-should-retry", "false")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


def refused(message: str) -> str:
    return json.dumps({"error": {"message": message, "type": "x", "code": None, "param": None}})


@pytest.mark.parametrize(
    ("status", "said", "english", "french"),
    [
        (
            401,
            f"Invalid key {KEY}",
            "The chat model's server refuses the key (Invalid key …); correct chat_model.api_key.",
            "Le serveur du modèle de langage refuse la clé (Invalid key …) ; corrigez chat_model.api_key.",
        ),
        (
            403,
            "no",
            "The chat model's server refuses the key (no); correct chat_model.api_key.",
            "Le serveur du modèle de langage refuse la clé (no) ; corrigez chat_model.api_key.",
        ),
        (
            404,
            "no model small",
            "The chat model's server doesn't know this model or address (no model small);"
            " correct chat_model.model or chat_model.base_url.",
            "Le serveur du modèle de langage ne connaît pas ce modèle ou cette adresse (no model small) ;"
            " corrigez chat_model.model ou chat_model.base_url.",
        ),
        (
            400,
            "unknown field\n\x1b[31mx",
            "The chat model's server refused the request (unknown field [31mx);"
            " correct the section chat_model.",
            "Le serveur du modèle de langage a refusé la demande (unknown field [31mx) ;"
            " corrigez la section chat_model.",
        ),
    ],
)
def test_what_a_server_refuses_is_one_sentence(parts, status: int, said: str, english: str, french: str):
    with stub(status, refused(said)) as address, pytest.raises(ModelError) as caught:
        chain_over(parts, provider(address)).invoke(QUESTION)
    kind = RequestRefusedError if status == 400 else ModelError
    assert (type(caught.value), str(caught.value)) == (kind, english)
    assert caught.value.text("fr") == french


async def failing(model) -> ModelError:
    """What asking a model fails with."""
    with pytest.raises(ModelError) as caught:
        async with aclosing(reply(model, [HumanMessage("x")], {})) as chunks:
            async for _ in chunks:
                pass
    return caught.value


@pytest.mark.parametrize(
    ("status", "said", "english", "french"),
    [
        (
            429,
            "slow down",
            "The chat model's server takes no more requests now (slow down);"
            " wait, or raise the limit with the provider.",
            "Le serveur du modèle de langage n'accepte plus de demandes pour l'instant (slow down) ;"
            " attendez, ou relevez la limite chez le fournisseur.",
        ),
        (
            500,
            "out of memory",
            "The chat model's server failed (out of memory); try again later, or look into its log.",
            "Le serveur du modèle de langage a échoué (out of memory) ; réessayez plus tard, ou lisez son"
            " journal.",
        ),
        (
            418,
            "y" * 300,
            f"The chat model's server failed ({'y' * 199}…); try again later, or look into its log.",
            f"Le serveur du modèle de langage a échoué ({'y' * 199}…) ; réessayez plus tard, ou lisez son"
            " journal.",
        ),
    ],
)
async def test_a_server_that_is_down_is_one_sentence_and_the_articles_answer(
    parts, status: int, said: str, english: str, french: str
):
    own = build_chain(parts, None).invoke(QUESTION)
    with stub(status, refused(said)) as address:
        told = await failing(load_chat_model(provider(address)))
        answer = await chain_over(parts, provider(address)).ainvoke(QUESTION)
    assert (type(told), str(told), told.text("fr")) == (ModelUnavailableError, english, french)
    assert answer.claims == own.claims
    assert (answer.status, answer.notice) == (
        "answered",
        "Le modèle de langage ne répond pas : cette réponse est dans les mots des articles.",
    )


def test_a_prompt_that_is_too_long_for_the_server_is_its_own_error(parts):
    too_long = refused("context_length_exceeded: 5000 > 4096")
    with stub(400, too_long) as address, pytest.raises(ContextOverflowError) as caught:
        chain_over(parts, provider(address)).invoke(QUESTION)
    assert str(caught.value) == (
        "The prompt is longer than the chat model reads (context_length_exceeded: 5000 > 4096);"
        " lower answering.evidence_tokens."
    )


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ("<html>Welcome</html>", "text/html", "No generation chunks were returned"),
        ("data: {nonsense\n\n", "text/event-stream", "Expecting property name enclosed in double quotes"),
        (f"data: {refused('gone')}\n\n", "text/event-stream", "gone"),
    ],
)
async def test_an_answer_that_is_none_is_told_as_a_failure(body: str, kind: str, reason: str):
    with stub(200, body, kind) as address:
        told = await failing(load_chat_model(provider(address)))
    assert str(told).startswith(f"The chat model's server failed ({reason}")
    assert str(told).endswith("); try again later, or look into its log.")


def test_one_chain_asks_again_and_again(parts):
    """Each synchronous question has an event loop of its own: nothing of the last may be left to the next."""
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "small"}
    delta = {"index": 0, "delta": {"role": "assistant", "content": "[0]"}, "finish_reason": "stop"}
    body = f"data: {json.dumps(chunk | {'choices': [delta]})}\n\ndata: [DONE]\n\n"
    with stub(200, body, "text/event-stream") as address:
        chain = chain_over(parts, provider(address))
        assert [chain.invoke(QUESTION).status for _ in range(3)] == ["not_found"] * 3


async def test_a_mistake_in_the_code_stays_one():
    model = load_chat_model(provider("http://127.0.0.1:9/v1"))
    with pytest.raises(TypeError, match="no_such_option"):
        async with aclosing(reply(model, [HumanMessage("x")], {}, no_such_option=1)) as chunks:
            async for _ in chunks:
                pass


def unreachable() -> str:
    """An address on which nothing listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return f"http://127.0.0.1:{server.server_port}/v1"


async def test_an_unreachable_server_is_one_sentence():
    told = await failing(load_chat_model(provider(unreachable())))
    assert str(told) == (
        "The chat model's server can't be reached (Connection error);"
        " check chat_model.base_url, and that the server is running."
    )
    assert told.text("fr") == (
        "Le serveur du modèle de langage est injoignable (Connection error) ;"
        " vérifiez chat_model.base_url, et que le serveur est lancé."
    )


def test_the_command_answers_in_the_articles_words_and_says_why(
    parts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name, value in {
        "DATA_DIR": str(parts.settings.data_dir),
        "CHAT_MODEL__MODEL": "openai:small",
        "CHAT_MODEL__BASE_URL": unreachable(),
        "CHAT_MODEL__API_KEY": KEY,
    }.items():
        monkeypatch.setenv(f"SOURCIER_{name}", value)
    assert main(["ask", QUESTION]) == 0
    said = capsys.readouterr().out
    assert "12 euros" in said
    assert "Le modèle de langage ne répond pas : cette réponse est dans les mots des articles." in said


# --- the key ---


def test_the_key_is_shown_by_nothing(parts):
    settings = provider("http://127.0.0.1:9/v1")
    whole = parts.settings.model_copy(update={"chat_model": settings})
    model = load_chat_model(settings)
    shown = [repr(whole), str(whole), whole.model_dump_json(), repr(model), repr(chain_over(parts, settings))]
    assert [text for text in shown if KEY in text] == []
    assert settings.api_key.get_secret_value() == KEY


def test_no_traceback_has_the_key_that_the_server_repeats(parts):
    with stub(401, refused(f"who is {KEY}?")) as address, pytest.raises(ModelError) as caught:
        chain_over(parts, provider(address)).invoke(QUESTION)
    printed = "".join(traceback.format_exception(caught.value))
    assert "refuses the key (who is …?)" in printed
    assert KEY not in printed


# --- the bundled model's own server ---

# Never comes to an end by itself: up to 3,000 tokens, about two minutes.
ENDLESS = {"extra_body": {"grammar": "root ::= [a-z] root"}, "max_completion_tokens": 3000}
WAIT = 300  # seconds that anything may take on a busy machine


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The bundled weights behind llama.cpp's server, in a process of its own; gives its address."""
    with pytest.MonkeyPatch.context() as patch, llama_process(KEY) as address:
        patch.setenv("LANGCHAIN_OPENAI_STREAM_CHUNK_TIMEOUT_S", "600")  # a busy machine reads slowly
        yield address


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_question_is_answered_by_the_server_and_its_quotes_resolve(parts, server):
    events = list(chain_over(parts, provider(server)).stream(QUESTION))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert (answer.status, answer.model) == ("answered", "small")
    assert "12 euros" in answer.text
    for claim in answer.claims:
        assert claim.status == "supported"
        for evidence in claim.evidence:
            stored = parts.library.article(evidence.article.id)
            assert stored.text[evidence.start : evidence.end] == evidence.quote
    # What the model wrote came in pieces, before it was checked.
    kinds = [type(event) for event in events]
    assert kinds[: kinds.index(ClaimChecked)].count(TokenDrafted) > 3


def busy(address: str) -> bool:
    """Whether the server is at work, by its own account."""
    asked = httpx2.get(address.removesuffix("/v1") + "/slots", headers={"Authorization": f"Bearer {KEY}"})
    (slot,) = asked.raise_for_status().json()
    return slot["is_processing"]


async def until_free(address: str) -> None:
    with anyio.fail_after(WAIT):
        while await anyio.to_thread.run_sync(busy, address):
            await anyio.sleep(0.1)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_tokens_come_while_the_server_works_and_closing_frees_it(server):
    """Unstopped, it would go on for longer than anything waits here."""
    model = load_chat_model(provider(server))
    said = [HumanMessage("Écris.")]
    async with aclosing(reply(model, said, {}, **ENDLESS)) as chunks:
        with anyio.fail_after(WAIT):
            while not (await anext(chunks)).text:
                pass
            assert await anyio.to_thread.run_sync(busy, server)
    await until_free(server)
    with anyio.fail_after(WAIT):
        assert (await model.ainvoke("Dis bonjour.", max_completion_tokens=2)).content != ""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_leaving_the_chains_stream_frees_the_server(parts, server):
    with closing(chain_over(parts, provider(server)).stream(QUESTION)) as events:
        assert any(isinstance(event, TokenDrafted) for event in events)
    anyio.run(until_free, server)
    # What it writes after a prompt that it remembers in part may differ by a rounding.
    again = list(chain_over(parts, provider(server)).stream(QUESTION))
    assert any(isinstance(event, TokenDrafted) for event in again)
    assert isinstance(again[-1], Answer)


@pytest.mark.slow
def test_the_server_refuses_a_wrong_key(parts, server):
    with pytest.raises(ModelError) as caught:
        chain_over(parts, provider(server, "sk-wrong")).invoke(QUESTION)
    assert str(caught.value) == (
        "The chat model's server refuses the key (Invalid API Key); correct chat_model.api_key."
    )
