"""What may import what: `ui → rag ← ingest`, and each outside library in its one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("rag", "ingest", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST = 350  # lines


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
        ("chromadb", {"rag/store.py"}),
        ("tantivy", {"rag/lexical.py"}),
        (
            "sqlite3",
            {
                "rag/conversation_store.py",
                "rag/library.py",
                "rag/library_changes.py",
                "rag/library_facets.py",
                "rag/library_failures.py",
                "rag/library_map.py",
                "rag/library_feedback.py",
                "rag/library_listing.py",
                "rag/library_origins.py",
                "rag/library_pages.py",
                "rag/library_reprints.py",
                "rag/library_revisions.py",
                "rag/library_schema.py",
                "rag/sketch_store.py",
                "rag/sqlite_file.py",
            },
        ),
        ("httpcore2", {"ingest/connecting.py", "ingest/fetching.py"}),
        ("feedparser", {"ingest/feeds.py"}),
        ("watchfiles", {"ingest/watching.py"}),
        ("sklearn", {"rag/projection.py"}),
        ("sentence_transformers", {"rag/embedder_loading.py", "rag/embedding.py", "rag/reranking.py"}),
    ],
)
def test_each_outside_part_is_known_in_one_place(library: str, owners: set[str]):
    assert importers(library) == owners


def test_only_the_page_imports_gradio():
    found = importers("gradio")
    assert found
    assert {name for name in found if not name.startswith("ui/")} == set()


def test_files_are_short_enough_to_see():
    lines = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}
