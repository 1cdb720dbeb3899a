"""The folders import one way, as `folder_graph.ALLOWED` says, and each outside library has its one place."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import folder_graph
import pytest
from folder_graph import PACKAGES, imports

MODULES = folder_graph.sources()
FOLDERS = folder_graph.folder_graph(MODULES)
PACKAGE_NAMES = folder_graph.packages_of(MODULES)
MOST_MODULES = 15  # of a folder: what one can take in at a glance


def file_of(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if module in PACKAGE_NAMES else f"{path}.py"


def importers(library: str) -> set[str]:
    return {
        file_of(module)
        for module, source in MODULES.items()
        if any(name.split(".")[0] == library for name in imports(source))
    }


def test_imports_are_found_wherever_they_stand():
    source = "import a.b, c\ndef f():\n    from d.e import g\n    from . import h\nif x:\n    import i as j\n"
    assert sorted(imports(source)) == [".", "..h", "a.b", "c", "d.e", "d.e.g", "i"]


# --- folders ---


def test_a_folder_imports_only_what_it_may():
    """Whoever needs another edge writes it down in `folder_graph.ALLOWED`, if the circles below allow it."""
    assert folder_graph.difference(FOLDERS, folder_graph.allowed()) == []


def test_every_edge_that_is_allowed_exists():
    """What nobody imports any more is taken out of `folder_graph.ALLOWED`."""
    assert folder_graph.difference(folder_graph.allowed(), FOLDERS) == []
    assert folder_graph.allowed().keys() == FOLDERS.keys()


@pytest.mark.parametrize(
    "graph",
    [FOLDERS, folder_graph.module_graph(MODULES), folder_graph.allowed()],
    ids=["folders", "modules", "allowed"],
)
def test_nothing_imports_in_a_circle(graph: folder_graph.Graph):
    assert graph
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize(
    ("package", "foreign"),
    [("rag", "ingest"), ("rag", "ui"), ("ingest", "ui"), *((package, "tests") for package in PACKAGES)],
)
def test_dependencies_point_one_way(package: str, foreign: str):
    assert {name for name in importers(foreign) if name.startswith(f"{package}/")} == set()


def test_a_folder_is_small():
    assert {folder: n for folder, n in folder_graph.counts(MODULES).items() if n > MOST_MODULES} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "from rag.query import rewriting",
        "import rag.query.rewriting",
        "from rag.query.rewriting import Rewriter",
        "def f():\n    from rag.query import rewriting",
    ],
)
def test_an_import_against_the_arrows_is_found(planted: str):
    modules = MODULES | {"rag.text.planted": planted}
    graph = folder_graph.folder_graph(modules)
    assert folder_graph.difference(graph, folder_graph.allowed()) == ["rag/text → rag/query"]
    with pytest.raises(CycleError):
        folder_graph.levels(graph)


def test_two_modules_of_a_folder_that_import_each_other_are_found():
    modules = MODULES | {"rag.text.one": "import rag.text.two", "rag.text.two": "from rag.text import one"}
    with pytest.raises(CycleError):
        TopologicalSorter(folder_graph.module_graph(modules)).prepare()


def test_an_edge_that_nobody_needs_is_found():
    modules = {name: source for name, source in MODULES.items() if not name.startswith("ui.session")}
    missing = folder_graph.difference(folder_graph.allowed(), folder_graph.folder_graph(modules))
    assert "ui/session → rag/schema" in missing


def test_the_printed_graph_has_every_folder_once():
    _, *lines = folder_graph.printed(MODULES).splitlines()
    assert sorted(line.split()[1] for line in lines) == sorted(FOLDERS)


# --- outside libraries ---


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_are_absolute(package: str):
    """Relative ones would slip past the tests above."""
    own = {name: source for name, source in MODULES.items() if name.split(".")[0] == package}
    assert own
    found = {name for name, source in own.items() if any(one.startswith(".") for one in imports(source))}
    assert found == set()


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        (
            "chromadb",
            {
                "rag/index/vector_store.py",
                "rag/index/shared/chroma_server.py",
                "rag/index/shared/server_vectors.py",
            },
        ),
        (
            "tantivy",
            {"rag/index/full_text_index.py", "rag/index/tantivy_folder.py", "rag/index/term_index.py"},
        ),
        (
            "sqlite3",
            {
                "rag/backup/library_backup.py",
                "rag/conversation/store.py",
                "rag/library/library.py",
                "rag/storage/migrations.py",
                "rag/index/multivector_store.py",
                "rag/storage/sqlite.py",
            },
        ),
        (
            "psycopg",
            {
                "rag/storage/postgres.py",
                "rag/storage/postgres_connection.py",
                "rag/storage/postgres_errors.py",
                "rag/storage/postgres_leases.py",
            },
        ),
        ("docx", {"ui/documents/word.py", "ui/documents/word_footnotes.py"}),
        ("httpcore2", {"ingest/fetch/connection.py", "ingest/fetch/fetcher.py", "ingest/fetch/posting.py"}),
        ("faiss", {"rag/index/quantization.py"}),
        ("feedparser", {"ingest/feeds/entries.py"}),
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


def test_addresses_are_parsed_and_joined_in_one_place():
    """The standard library raises on some; the page's two places parse what is sent to it or linked to."""
    parsers = {f"urllib.parse.{name}" for name in ("urlsplit", "urlparse", "urljoin", "urldefrag")}
    found = {file_of(module) for module, source in MODULES.items() if parsers & set(imports(source))}
    assert found == {"ingest/schema/addresses.py", "ui/html/element.py", "ui/server/origin.py"}


def test_only_the_page_imports_gradio():
    found = importers("gradio")
    assert found
    assert {name for name in found if not name.startswith("ui/")} == set()
