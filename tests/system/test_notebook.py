"""The notebook among the examples, run cell by cell in a kernel, as its reader runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_notebook_runs(tmp_path: Path, examples_library: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(examples_library, tmp_path / "data")
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent))
    notebook = nbformat.read(EXAMPLES / "ask.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # what it printed once is not kept
    ran = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(EXAMPLES)}}).execute()
    shown = [output for cell in ran.cells for output in cell.get("outputs", ())]
    markup = [output["data"]["text/html"] for output in shown if "text/html" in output.get("data", {})]
    assert [("486 naissances" in one, "611" in one) for one in markup] == [(True, True), (True, True)]
    said = str(shown)
    assert "Étienne Malvoisin" in said
    assert "'text/plain': 'True'" in said
