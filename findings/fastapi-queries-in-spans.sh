#!/usr/bin/env bash
# fastapi 0.165.0: every application traces by itself, addresses with their queries, errors with their words.
#
# FastAPI used to know nothing of OpenTelemetry; spans came from an instrumentation package that somebody added. Now an
# application that asks for nothing makes spans and log records as soon as the process has a provider, whoever set it (a
# tracer of something else, a launcher), and with FASTAPI_OTEL_AUTO_CONFIGURE=true it adds exporters of its own from the
# usual variables. A span has `url.query` as it was sent (a few names of secrets excepted: words that somebody searched
# for aren't among them), a failed request's record the exception's message. Frameworks that are built on FastAPI inherit
# it. `FastAPI(telemetry=...)` switches it off, which who mounts somebody else's application can't pass.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check fastapi==0.165.0 opentelemetry-sdk==1.45.2 httpx2==2.16.2
"$folder/venv/bin/python" - <<'PY'
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)  # for something else in the process


def seen(app: FastAPI) -> list[object]:
    @app.get("/search")
    def search(q: str) -> str:
        return q

    kept.clear()
    TestClient(app).get("/search", params={"q": "who leaked the report"})
    return [span.attributes.get("url.query") for span in kept.get_finished_spans() if "url.path" in span.attributes]


default, silent = seen(FastAPI()), seen(FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False}))
print("by default:", default)
print("switched off:", silent)
assert default == ["q=who+leaked+the+report"], "queries stay out of spans now"
assert silent == [], "it can't be switched off any more"
PY
