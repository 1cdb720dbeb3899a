"""Which folder may import which, written down once, and what the code imports; `make graph` prints it.

A folder is named by its path. `rag/errors` is a module, and stands for itself: `rag` is its face (`__init__`)
alone. An import counts wherever it stands, in a function or for types too.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("rag", "ingest", "ui")
_THEMSELVES = ("rag.errors",)

Graph = dict[str, set[str]]

ALLOWED: dict[str, str] = {
    "rag/errors": "",
    "rag/schema": "rag/errors",
    "rag/observability": "rag/errors",
    "rag/config": "rag/errors rag/observability rag/storage",
    "rag/storage": "rag/errors",
    "rag/access_lists": "rag/storage",
    "rag/text": "rag/schema",
    "rag/extraction/numbers": "rag/text",
    "rag/extraction/names": "rag/text",
    "rag/extraction": "rag/extraction/names rag/extraction/numbers rag/schema rag/text",
    "rag/checksums": "rag/schema",
    "rag/embargo": "rag/checksums rag/schema rag/storage",
    "rag/encoders": "rag/storage",
    "rag/entity_store": "rag/schema rag/storage",
    "rag/dossiers": "rag/errors rag/full_text rag/schema rag/storage rag/text",
    "rag/standing": "rag/dossiers rag/errors rag/full_text rag/schema rag/storage rag/text",
    "rag/notes": "rag/errors rag/schema rag/storage rag/text",
    "rag/followed": "rag/errors rag/storage",
    "rag/metadata": "rag/checksums rag/schema rag/storage rag/text",
    "rag/notification": "rag/storage",
    "rag/library": (
        "rag/checksums rag/dossiers rag/embargo rag/encoders rag/entity_store rag/errors rag/followed "
        "rag/metadata rag/notes rag/notification rag/schema rag/standing rag/storage rag/text"
    ),
    "rag/model_servers": "rag/config rag/errors rag/observability",
    "rag/models": "rag/config rag/errors rag/model_servers rag/observability rag/storage rag/text",
    "rag/reading": "rag/config rag/errors rag/model_servers rag/models rag/schema rag/text",
    "rag/conversation": "rag/checksums rag/errors rag/library rag/notes rag/schema rag/storage rag/text",
    "rag/backup": "rag/conversation rag/errors rag/library rag/storage",
    "rag/full_text": "rag/schema rag/text",
    "rag/index": (
        "rag/embargo rag/errors rag/full_text rag/library rag/metadata rag/models rag/schema rag/storage "
        "rag/text"
    ),
    "rag/index/shared": (
        "rag/errors rag/full_text rag/index rag/observability rag/schema rag/storage rag/text"
    ),
    "rag/search": "rag/dossiers rag/errors rag/full_text rag/index rag/library rag/schema",
    "rag/query/temporal": "rag/extraction rag/extraction/numbers rag/schema rag/text",
    "rag/verification": "rag/extraction rag/extraction/names rag/extraction/numbers rag/schema rag/text",
    "rag/speech": "rag/extraction rag/extraction/names rag/library rag/schema rag/text rag/verification",
    "rag/entities": (
        "rag/entity_store rag/extraction rag/extraction/names rag/library rag/query rag/schema rag/speech "
        "rag/text rag/verification"
    ),
    "rag/query/follow_ups": (
        "rag/extraction rag/extraction/names rag/extraction/numbers rag/query/temporal rag/schema rag/text"
    ),
    "rag/query/resolution": "rag/query/follow_ups rag/query/temporal rag/text",
    "rag/query/measuring": "rag/extraction rag/extraction/numbers rag/schema rag/text",
    "rag/query": (
        "rag/errors rag/extraction rag/extraction/names rag/extraction/numbers rag/models "
        "rag/query/follow_ups rag/query/measuring rag/query/resolution rag/query/temporal rag/schema "
        "rag/text"
    ),
    "rag/answer_span": (
        "rag/extraction rag/extraction/names rag/extraction/numbers rag/query rag/query/measuring "
        "rag/schema rag/text"
    ),
    "rag/composition": (
        "rag/answer_span rag/consistency rag/extraction rag/extraction/names rag/extraction/numbers "
        "rag/query rag/schema rag/text rag/verification"
    ),
    "rag/topic_map": "rag/errors rag/index rag/library rag/observability rag/schema rag/text",
    "rag/retrieval": (
        "rag/config rag/errors rag/extraction rag/index rag/library rag/models rag/query "
        "rag/query/measuring rag/reading rag/schema rag/text rag/verification"
    ),
    "rag/grounding": (
        "rag/extraction rag/extraction/names rag/index rag/library rag/query rag/query/measuring "
        "rag/schema rag/text rag/verification"
    ),
    "rag/answering": (
        "rag/extraction rag/extraction/names rag/grounding rag/index rag/library rag/models rag/query "
        "rag/retrieval rag/schema rag/speech rag/text"
    ),
    "rag/consistency": (
        "rag/extraction rag/extraction/names rag/extraction/numbers rag/query rag/schema rag/text "
        "rag/verification"
    ),
    "rag/generation": (
        "rag/answer_span rag/answering rag/checksums rag/composition rag/config rag/consistency "
        "rag/errors rag/extraction rag/grounding rag/library rag/models "
        "rag/observability rag/query rag/reading rag/retrieval rag/schema rag/speech rag/text "
        "rag/verification"
    ),
    "rag/runnable": (
        "rag/errors rag/generation rag/library rag/observability rag/query rag/retrieval rag/schema"
    ),
    "rag/engine": (
        "rag/answering rag/checksums rag/config rag/encoders rag/entities rag/errors rag/generation "
        "rag/grounding rag/index rag/index/shared rag/library rag/model_servers rag/models "
        "rag/observability rag/reading rag/retrieval rag/runnable rag/schema rag/search rag/storage"
    ),
    "rag/monitoring": (
        "rag/consistency rag/dossiers rag/engine rag/entities rag/entity_store rag/errors rag/extraction "
        "rag/extraction/names rag/full_text rag/library rag/query "
        "rag/retrieval rag/runnable rag/schema rag/search rag/standing rag/text rag/verification"
    ),
    "rag": "rag/engine rag/errors rag/schema",
    "ingest": "",
    "ingest/schema": "rag/errors rag/observability rag/text",
    "ingest/html": "rag/text",
    "ingest/decoding": "ingest/html ingest/schema rag/errors rag/text",
    "ingest/pdf": "ingest/decoding ingest/schema rag/text",
    "ingest/page": "ingest/decoding ingest/html ingest/schema rag/text",
    "ingest/wires": "ingest/decoding ingest/schema rag/errors",
    "ingest/press": "ingest/decoding ingest/schema rag/errors",
    "ingest/archives": "ingest/decoding ingest/schema rag/errors",
    "ingest/exports": "ingest/decoding ingest/schema rag/errors",
    "ingest/tables": "ingest/schema rag/errors",
    "ingest/feeds": "ingest/schema rag/errors",
    "ingest/containers": (
        "ingest/archives ingest/decoding ingest/exports ingest/feeds ingest/press ingest/schema "
        "ingest/tables ingest/wires rag/errors"
    ),
    "ingest/converters": (
        "ingest/archives ingest/decoding ingest/html ingest/page ingest/press ingest/schema rag/errors "
        "rag/schema rag/text"
    ),
    "ingest/fetch": "ingest/decoding ingest/schema rag/errors rag/observability",
    "ingest/sources": (
        "ingest/containers ingest/converters ingest/decoding ingest/exports ingest/feeds ingest/fetch "
        "ingest/schema rag/config rag/errors rag/library"
    ),
    "ingest/following": (
        "ingest/decoding ingest/fetch ingest/schema ingest/sources rag/config rag/errors rag/followed "
        "rag/library rag/observability"
    ),
    "ingest/pipeline": (
        "ingest/containers ingest/converters ingest/fetch ingest/following ingest/schema ingest/sources "
        "rag/config rag/embargo rag/engine rag/entities rag/errors rag/followed rag/index rag/library "
        "rag/models rag/observability rag/schema rag/text"
    ),
    "ingest/bulk": (
        "ingest/containers ingest/converters ingest/fetch ingest/pipeline ingest/schema ingest/sources "
        "rag/config rag/engine rag/errors rag/index rag/library rag/models rag/observability rag/schema"
    ),
    "ingest/editing": (
        "ingest/pipeline ingest/schema rag/engine rag/errors rag/index rag/library rag/metadata "
        "rag/observability rag/schema rag/storage rag/text"
    ),
    "ui/session": "rag/library rag/schema",
    "ui/formatting": (
        "ingest/schema rag/config rag/dossiers rag/embargo rag/engine rag/entities rag/entity_store "
        "rag/errors rag/full_text rag/library rag/metadata rag/schema rag/search rag/text"
    ),
    "ui/evaluation": (
        "ingest/pipeline rag/config rag/engine rag/errors rag/index rag/library rag/models rag/query "
        "rag/retrieval rag/runnable rag/schema rag/storage rag/text ui/evaluation/questions ui/formatting"
    ),
    "ui/evaluation/questions": "rag/errors rag/schema rag/text ui/formatting",
    "ui/formatting/standing": "rag/schema ui/formatting",
    "ui/html": "rag/schema rag/text ui/formatting",
    "ui/references": "rag/schema ui/formatting ui/html",
    "ui/documents": "rag/extraction rag/notes rag/schema ui/formatting ui/html ui/references ui/session",
    "ui/server/operations": "rag/errors rag/observability",
    "ui/rendering": "rag/entity_store rag/schema rag/standing ui/documents ui/formatting ui/html ui/session",
    "ui/server": "rag/access_lists rag/config rag/errors ui/formatting ui/html ui/server/operations",
    "ui/page": (
        "ingest/editing ingest/fetch rag/config rag/conversation rag/engine rag/errors rag/library "
        "rag/monitoring rag/observability rag/runnable rag/storage rag/topic_map ui/formatting ui/html "
        "ui/rendering ui/server ui/server/operations ui/session"
    ),
    "ui/dossiers": (
        "rag/dossiers rag/errors rag/library rag/schema rag/text ui/documents ui/formatting ui/html ui/page "
        "ui/rendering ui/session"
    ),
    "ui/chat": (
        "rag/conversation rag/dossiers rag/errors rag/extraction rag/library rag/observability "
        "rag/runnable rag/schema rag/text ui/documents ui/dossiers ui/formatting ui/html ui/page "
        "ui/rendering ui/session"
    ),
    "ui/editing": (
        "ingest/editing rag/errors rag/metadata rag/schema rag/text ui/formatting ui/html ui/page ui/session"
    ),
    "ui/following": (
        "ingest/fetch ingest/following ingest/pipeline ingest/schema rag/config rag/errors rag/followed "
        "rag/observability rag/storage ui/dossiers ui/formatting ui/html ui/page ui/session"
    ),
    "ui/library": (
        "ingest/containers ingest/fetch ingest/pipeline ingest/schema ingest/sources rag/embargo "
        "rag/errors rag/library rag/observability rag/storage ui/documents ui/dossiers ui/editing "
        "ui/following ui/formatting ui/html ui/notes ui/page ui/rendering ui/session"
    ),
    "ui/entities": (
        "rag/entities rag/entity_store rag/schema ui/dossiers ui/formatting ui/html ui/page ui/rendering "
        "ui/session"
    ),
    "ui/overview": (
        "rag/dossiers rag/library ui/dossiers ui/entities ui/formatting ui/html ui/page ui/session"
    ),
    "ui/notes": (
        "rag/conversation rag/errors rag/full_text rag/library rag/notes rag/schema rag/text ui/chat "
        "ui/documents ui/formatting ui/html ui/page ui/rendering ui/session"
    ),
    "ui/reader": (
        "rag/entity_store rag/extraction rag/library rag/metadata rag/notes rag/schema rag/text "
        "ui/formatting ui/html ui/notes ui/page ui/rendering ui/session"
    ),
    "ui/export": "rag/errors rag/notes rag/schema ui/documents ui/formatting ui/html ui/page ui/session",
    "ui/status": (
        "rag/engine rag/errors rag/library rag/models rag/observability rag/storage ui/formatting ui/html "
        "ui/page ui/session"
    ),
    "ui/search": (
        "rag/dossiers rag/entity_store rag/errors rag/full_text rag/index rag/notes rag/schema rag/search "
        "ui/dossiers ui/formatting ui/html ui/notes ui/page ui/rendering ui/session"
    ),
    "ui/notification": (
        "ingest/fetch rag/config rag/errors rag/extraction rag/library rag/notification rag/schema "
        "rag/storage ui/formatting ui/html ui/rendering"
    ),
    "ui/news": (
        "rag/errors rag/notification rag/schema ui/dossiers ui/formatting ui/html ui/notification ui/page "
        "ui/rendering ui/session"
    ),
    "ui/shortcuts": (
        "rag/conversation rag/entity_store rag/errors rag/library rag/text ui/formatting ui/html ui/page "
        "ui/session"
    ),
    "ui": (
        "ui/chat ui/dossiers ui/editing ui/entities ui/export ui/formatting ui/html ui/library ui/news "
        "ui/notes ui/overview ui/page ui/reader ui/search ui/session ui/shortcuts ui/status"
    ),
    "ui/command/configuration": "rag/config rag/errors rag/observability ui/command/terminal ui/formatting",
    "ui/command/corrections": (
        "ingest/editing ingest/pipeline rag/config rag/engine rag/index rag/library rag/metadata "
        "rag/storage ui/formatting"
    ),
    "ui/api": (
        "rag/access_lists rag/config rag/errors rag/library rag/observability rag/runnable rag/schema "
        "rag/text ui/api/clients ui/chat ui/formatting ui/html ui/library ui/mcp ui/page ui/server "
        "ui/server/operations"
    ),
    "ui/api/clients": "rag/schema ui/chat ui/mcp",
    "ui/mcp": (
        "rag/config rag/engine rag/errors rag/library rag/models rag/runnable rag/schema rag/search "
        "ui/formatting ui/server"
    ),
    "ui/command/standing": (
        "rag/config rag/engine rag/library rag/monitoring rag/schema ui/formatting ui/formatting/standing "
        "ui/server"
    ),
    "ui/command/terminal": (
        "ingest/schema rag/errors rag/monitoring ui/command/standing ui/documents ui/formatting"
    ),
    "ui/command/notes": (
        "rag/config rag/conversation rag/dossiers rag/engine rag/library rag/notes rag/schema "
        "ui/documents ui/formatting ui/notes ui/references"
    ),
    "ui/command/following": (
        "ingest/following rag/config rag/errors rag/followed rag/library ui/following ui/formatting"
    ),
    "ui/command/upkeep": (
        "ingest/pipeline ingest/schema rag/access_lists rag/backup rag/config rag/conversation rag/engine "
        "rag/entities rag/errors rag/library rag/models rag/storage ui/api ui/command/terminal "
        "ui/formatting ui/server"
    ),
    "ui/command": (
        "ingest/bulk ingest/fetch ingest/following ingest/pipeline ingest/schema ingest/sources "
        "rag/checksums rag/config rag/conversation rag/dossiers rag/embargo rag/engine "
        "rag/entities rag/entity_store rag/errors rag/extraction rag/full_text rag/library rag/metadata "
        "rag/models rag/monitoring rag/notes rag/observability rag/schema rag/search rag/storage ui "
        "ui/api ui/command/configuration ui/command/corrections ui/command/following ui/command/notes "
        "ui/command/standing ui/command/terminal ui/command/upkeep ui/documents ui/evaluation "
        "ui/formatting ui/mcp ui/notification ui/page ui/server ui/server/operations ui/session"
    ),
}


def sources() -> dict[str, str]:
    """Every module of the packages, dotted, with its source."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path.read_text(encoding="utf-8")
    return found


@cache
def imports(source: str) -> tuple[str, ...]:
    """Every name that a source imports, with the module before it, wherever the import stands.

    `from a.b import c` gives both `a.b` and `a.b.c`: only one of them may be a module.
    """
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return tuple(found)


def module_graph(modules: Mapping[str, str]) -> Graph:
    """Module → the modules among these that it imports.

    A package is imported with every module in it; only what is taken from its `__init__` itself counts.
    """
    graph: Graph = {}
    for name, source in modules.items():
        named = set(imports(source)) & modules.keys() - {name}
        graph[name] = {one for one in named if not any(other.startswith(f"{one}.") for other in named)}
    return graph


def folder_of(module: str, packages: frozenset[str]) -> str:
    """The folder that a module stands in, or itself for those that stand for themselves."""
    own = module in packages or module in _THEMSELVES
    return (module if own else module.rpartition(".")[0]).replace(".", "/")


def folder_graph(modules: Mapping[str, str]) -> Graph:
    """Folder → the folders that its modules import."""
    packages = packages_of(modules)
    graph: Graph = {folder_of(name, packages): set() for name in modules}
    for name, imported in module_graph(modules).items():
        here = folder_of(name, packages)
        graph[here] |= {folder_of(one, packages) for one in imported} - {here}
    return graph


def packages_of(modules: Mapping[str, str]) -> frozenset[str]:
    """The modules that are folders."""
    return frozenset(name.rpartition(".")[0] for name in modules) - {""} | set(PACKAGES)


def allowed() -> Graph:
    """`ALLOWED` as a graph."""
    return {folder: set(others.split()) for folder, others in ALLOWED.items()}


def difference(graph: Graph, other: Graph) -> list[str]:
    """The edges of `graph` that `other` doesn't have, as `a → b`."""
    return [f"{a} → {b}" for a in sorted(graph) for b in sorted(graph[a] - other.get(a, set()))]


def counts(modules: Mapping[str, str]) -> Counter[str]:
    """Folder → how many modules stand in it, `__init__` not counted."""
    packages = packages_of(modules)
    return Counter(folder_of(name, packages) for name in modules if name not in packages)


def levels(graph: Graph) -> dict[str, int]:
    """Folder → one more than the highest level that it imports. Raises graphlib.CycleError for a circle."""
    found: dict[str, int] = {}
    for folder in TopologicalSorter(graph).static_order():
        found[folder] = 1 + max((found[one] for one in graph[folder]), default=0)
    return found


def printed(modules: Mapping[str, str]) -> str:
    """The graph for people: level, folder, number of modules, what is imported."""
    graph, files = folder_graph(modules), counts(modules)
    height = levels(graph)
    edges = sum(map(len, graph.values()))
    lines = [f"{len(modules)} modules, {len(graph)} folders, {edges} imports between folders, no circle"]
    for folder in sorted(graph, key=lambda one: (height[one], one)):
        lines.append(
            f"{height[folder]:3} {folder:20} {files[folder]:3}  → {', '.join(sorted(graph[folder]))}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(printed(sources()))
