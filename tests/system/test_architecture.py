"""What may import what: `ui → rag ← ingest`, and each outside library in its one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("rag", "ingest", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(source: str) -> Iterator[str]:
    """Every module that a source names in an import, wherever it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def importers(library: str) -> set[str]:
    return {
        relative(path)
        for path in MODULES
        if any(name.split(".")[0] == library for name in imports(path.read_text(encoding="utf-8")))
    }


def test_imports_are_found_wherever_they_stand():
    source = "import a.b, c\ndef f():\n    from d.e import g\n    from . import h\nif x:\n    import i as j\n"
    assert sorted(imports(source)) == [".", "a.b", "c", "d.e", "i"]


@pytest.mark.parametrize(
    ("package", "foreign"),
    [("rag", "ingest"), ("rag", "ui"), ("ingest", "ui"), *((package, "tests") for package in PACKAGES)],
)
def test_dependencies_point_one_way(package: str, foreign: str):
    assert {name for name in importers(foreign) if name.startswith(f"{package}/")} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_are_absolute(package: str):
    """Relative ones would slip past the tests above."""
    found = {
        relative(path)
        for path in (ROOT / package).rglob("*.py")
        if any(name.startswith(".") for name in imports(path.read_text(encoding="utf-8")))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("chromadb", {"rag/index/vector_store.py"}),
        ("tantivy", {"rag/index/term_index.py"}),
        (
            "sqlite3",
            {
                "rag/conversation/store.py",
                "rag/library/library.py",
                "rag/library/versioning.py",
                "rag/library/facets.py",
                "rag/library/failures.py",
                "rag/library/map.py",
                "rag/library/feedback.py",
                "rag/library/listing.py",
                "rag/library/sources.py",
                "rag/library/page_starts.py",
                "rag/library/reprints.py",
                "rag/library/revisions.py",
                "rag/storage/migrations.py",
                "rag/index/multivector_store.py",
                "rag/storage/sqlite.py",
            },
        ),
        ("httpcore2", {"ingest/fetch/connection.py", "ingest/fetch/fetcher.py"}),
        ("feedparser", {"ingest/sources/feeds.py"}),
        ("watchfiles", {"ingest/sources/watcher.py"}),
        ("sklearn", {"rag/topic_map/projection.py"}),
        (
            "sentence_transformers",
            {"rag/models/embedder_factory.py", "rag/models/embedder.py", "rag/models/reranker.py"},
        ),
    ],
)
def test_each_outside_part_is_known_in_one_place(library: str, owners: set[str]):
    assert importers(library) == owners


def test_only_the_page_imports_gradio():
    found = importers("gradio")
    assert found
    assert {name for name in found if not name.startswith("ui/")} == set()
