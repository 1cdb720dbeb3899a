"""Questions as traces: sent to a collector of the test's own, and nowhere without a setting."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import grpc
import pytest
from desk import Desk
from fake_chat_model import FakeChatModel
from listener import listening
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from program import sourcier

from rag.config import TracingSettings
from rag.engine.factory import build_chain
from rag.schema.question import Question
from ui.command.main import main

NEWS = "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.\n\nElle accueille 300 nageurs."


@dataclass
class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """What an OTLP collector is sent."""

    port: int = 0
    spans: list[Span] = field(default_factory=list)
    raw: bytes = b""

    def Export(self, request, _):
        self.raw += request.SerializeToString()
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector, server = Collector(), grpc.server(futures.ThreadPoolExecutor(1))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    collector.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield collector
    server.stop(None).wait()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("traced"))
    desk.write("a.md", NEWS)
    desk.ingest()
    yield desk
    desk.close()


def attributes(span: Span) -> dict[str, object]:
    found = {one.key: one.value for one in span.attributes}
    return {key: getattr(value, value.WhichOneof("value")) for key, value in found.items()}


def traced(desk: Desk, collector: Collector, model: FakeChatModel | None = None):
    """The chain of these settings, over the open library; not closed, since it would close the library."""
    settings = desk.parts.settings.model_copy(
        update={"tracing": TracingSettings(endpoint=f"http://127.0.0.1:{collector.port}")}
    )
    return build_chain(replace(desk.parts, settings=settings), model)


def sent_by(chain) -> None:
    for sink in chain._sinks:
        sink.close()


def test_a_question_is_a_trace_of_its_stages_without_its_words(desk: Desk, collector: Collector):
    chain = traced(desk, collector)
    answer = chain.invoke("Qui a ouvert une piscine ?")
    sent_by(chain)
    (root,) = [span for span in collector.spans if not span.parent_span_id]
    assert root.name == "question"
    assert attributes(root) == {
        "sourcier.request_id": answer.request_id,
        "sourcier.outcome": answer.status,
        "sourcier.cached": False,
    }
    stages = [span for span in collector.spans if span.parent_span_id == root.span_id]
    names = [span.name for span in sorted(stages, key=lambda span: span.start_time_unix_nano)]
    assert names[:4] == ["understanding", "routing", "retrieval", "reading"]
    assert names[-1] == "finishing"
    for span in stages:
        assert root.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        assert span.end_time_unix_nano <= root.end_time_unix_nano
        assert attributes(span) == {"sourcier.request_id": answer.request_id}
    assert len({span.trace_id for span in collector.spans}) == 1
    for word in ("piscine", "ouvert", "Malvoisy", "mairie"):
        assert word.encode() not in collector.raw


def test_what_the_model_writes_is_checked_within_the_draft(desk: Desk, collector: Collector):
    chain = traced(
        desk, collector, FakeChatModel(respond=lambda *_, **__: "[1] La mairie a ouvert la piscine.")
    )
    answer = chain.invoke("Qui a ouvert une piscine ?")
    sent_by(chain)
    by_name = {span.name: span for span in collector.spans}
    assert {"first_token", "draft", "check"} <= by_name.keys()
    assert by_name["check"].parent_span_id == by_name["draft"].span_id
    assert attributes(by_name["question"])["sourcier.outcome"] == answer.status


def test_a_question_that_fails_is_a_trace_too(desk: Desk, collector: Collector):
    def broken(*_, **__):
        raise RuntimeError("piscine")

    chain = traced(desk, collector, FakeChatModel(respond=broken))
    with pytest.raises(RuntimeError):
        chain.invoke(Question("Qui a ouvert une piscine ?"))
    sent_by(chain)
    (root,) = [span for span in collector.spans if span.name == "question"]
    assert attributes(root)["sourcier.outcome"] == "failed"
    assert root.status.code == 2
    assert b"piscine" not in collector.raw


def test_what_is_stopped_is_a_trace_too(desk: Desk, collector: Collector):
    chain = traced(desk, collector)
    with closing(chain.stream("Combien de nageurs accueille la piscine ?")) as events:
        next(events)
    sent_by(chain)
    (root,) = [span for span in collector.spans if span.name == "question"]
    assert attributes(root)["sourcier.outcome"] == "stopped"


def test_without_an_endpoint_nothing_is_made(desk: Desk):
    before = set(threading.enumerate())
    chain = build_chain(desk.parts, None)
    chain.invoke("Qui a ouvert une piscine ?")
    assert chain._sinks == ()
    assert not [one.name for one in set(threading.enumerate()) - before if "Otel" in one.name]


# --- whatever variables say ---


# What libraries read, to send what they do somewhere.
VARIABLES = {
    "OpenTelemetry": {
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "{}",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "{}",
        "OTEL_EXPORTER_OTLP_INSECURE": "true",
        "OTEL_PYTHON_TRACER_PROVIDER": "sdk_tracer_provider",
        "OTEL_PYTHON_METER_PROVIDER": "sdk_meter_provider",
    },
    "Chroma": {"CHROMA_OTEL_COLLECTION_ENDPOINT": "{}", "CHROMA_OTEL_GRANULARITY": "all"},
    "LangSmith": {
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_ENDPOINT": "{}",
        "LANGSMITH_API_KEY": "a-key-of-the-tests",
    },
}


@pytest.mark.parametrize("library", VARIABLES)
def test_variables_alone_have_nothing_sent(tmp_path: Path, library: str):
    (tmp_path / "a.md").write_text(NEWS, encoding="utf-8")
    with listening() as listener:
        url = f"http://127.0.0.1:{listener.port}"
        variables = {name: value.format(url) for name, value in VARIABLES[library].items()}
        if library == "Chroma":
            lines = (f"{name}={value}\n" for name, value in variables.items())
            (tmp_path / ".env").write_text("".join(lines))
        ours = {"SOURCIER_DATA_DIR": str(tmp_path / "data"), "OTEL_BSP_SCHEDULE_DELAY": "10"}
        for arguments in (["ingest", "a.md"], ["ask", "Qui a ouvert une piscine ?"]):
            done = subprocess.run(
                [*sourcier(), *arguments],
                cwd=tmp_path,
                env=os.environ | variables | ours,
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert done.returncode == 0, done.stderr
        assert "mairie" in done.stdout
    assert listener.heard == []


def test_what_the_pages_framework_would_send_is_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    assert main(["users", "list"]) == 0
    assert "FASTAPI_OTEL_AUTO_CONFIGURE" not in os.environ
