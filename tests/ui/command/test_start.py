"""A question that the articles don't answer is answered without loading what it doesn't need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from rag.models.embedder import Embedder

# What takes long to import or much memory, and has no part in finding that there is no answer.
NOT_NEEDED = {
    "chromadb": "writing: what is searched are rows beside it",
    "gradio": "the page",
    "pandas": "the page, by Gradio",
    "fastapi": "the page, by Gradio",
    "uvicorn": "the page",
    "torch": "reading articles",
    "transformers": "reading articles",
    "sentence_transformers": "reading articles",
    "sklearn": "the map of the library",
    "scipy": "the map of the library",
    "matplotlib": "evaluation",
    "trafilatura": "bringing articles in",
    "lxml": "bringing articles in",
    "langchain": "chat models of a provider",
    "xllamacpp": "the bundled chat model, once there is something to write of",
    "tqdm": "progress bars",
}
RUN = """
import json, sys
{code}
names = {{name.partition(".")[0] for name in sys.modules}}
print(json.dumps(sorted(names)), file=sys.stderr)
"""
ASK = "from ui.command.main import main\nassert main(['ask', {question!r}]) == 0"
SCRIPT = """
from rag import load_chain
chain = load_chain()
assert chain.invoke({question!r}).status == "not_found"
chain.close()
"""
QUESTION = "Quel est le prix du kilo de tomates à Nouméa ?"


@pytest.fixture(scope="module")
def library(tmp_path_factory, embedder: Embedder) -> Path:
    """A library of one article, read by the bundled encoder."""
    with closing(Desk(tmp_path_factory.mktemp("desk"), embedder=embedder)) as desk:
        desk.write("pont.txt", "Le maire de Corvenne a coupé le ruban du pont Neuf. Le pont a deux voies.")
        desk.ingest()
    return desk.data


@pytest.mark.parametrize("code", [ASK, SCRIPT], ids=["command", "script"])
def test_what_is_not_needed_is_not_imported(library: Path, tmp_path: Path, code: str):
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(code=code.format(question=QUESTION))],
        env=os.environ | {"SOURCIER_DATA_DIR": str(library), "SOURCIER_CHAT_MODEL__MODEL": "bundled"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(json.loads(done.stderr.splitlines()[-1]))
    assert imported & NOT_NEEDED.keys() == set()
    assert {"numpy", "tantivy", "rag"} <= imported
