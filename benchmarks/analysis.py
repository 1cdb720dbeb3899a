"""How long checking claims and cutting articles takes, beside another tree of the project.

    python benchmarks/analysis.py TREE [--rounds 7] [--squad FILE]

`TREE`: another checkout, in either layout of the packages; it is run by its own `.venv` if it has one. Both
trees do the same work in turn, in one process each, and processor time is compared: the median of each and
the median ratio, new to old. What is done in a round:

    verify  every claim of tests/data/verification.yaml against its quotes, each by itself
    check   the same claims as answers draft them: three to a question, the sentences around on offer
    cut     the articles of a SQuAD file (else examples/articles) into passages, with the bundled tokenizer
    split   the same articles into sentences alone

The inputs are those of the tree that this file is in.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TASKS = ("verify", "check", "cut", "split")
OFFERED, DRAFTED = 8, 3
MAX_TOKENS, OVERLAP = 200, 40


class Tree:
    """A checkout that does a task when it is told to, and says how long it took."""

    def __init__(self, folder: Path, squad: Path | None) -> None:
        python = folder / ".venv" / "bin" / "python"
        command = [str(python) if python.exists() else sys.executable, __file__, str(folder), "--worker"]
        self._process = subprocess.Popen(
            [*command, *(["--squad", str(squad)] if squad else [])],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, task: str) -> float:
        """Do a task; the processor time that it took."""
        self._process.stdin.write(f"{task}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.tree, options.squad)
        return
    old, new = Tree(options.tree, options.squad), Tree(ROOT, options.squad)
    print("task    old ms   new ms  new/old")
    for task in TASKS:
        for tree in (old, new):
            tree.seconds(task)  # what is loaded and compiled once
        pairs = [(old.seconds(task), new.seconds(task)) for _ in range(options.rounds)]
        before, after = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(late / early for early, late in pairs)
        print(f"{task:7} {1000 * before:7.0f}  {1000 * after:7.0f}  {ratio:7.3f}", flush=True)
    for tree in (old, new):
        tree.close()


# --- in a tree ---


def work(folder: Path, squad: Path | None) -> None:
    """Do the tasks whose names come in, one a line."""
    sys.path.insert(0, str(folder))
    told, sys.stdout = sys.stdout, sys.stderr
    tasks: dict[str, Callable[[], None]] = {}
    for line in sys.stdin:
        task = line.strip()
        if task not in tasks:
            tasks[task] = MAKERS[task](squad)
        started = time.process_time()
        tasks[task]()
        print(time.process_time() - started, file=told, flush=True)


def first(*names: str) -> Any:
    """The first of these `module:name` that is in this tree."""
    for name in names:
        module, _, attribute = name.partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except (ModuleNotFoundError, AttributeError):
            continue
    raise SystemExit(f"None of these is there: {', '.join(names)}")


def article(identity: str, text: str, **stated: Any) -> Any:
    make = first("rag.schema.article:Article", "rag.schema:Article")
    return make(identity, text, stated.pop("title", ""), identity, "0" * 12, **stated)


def examples() -> dict[str, Any]:
    read = first("ingest.converters.registry:read_article", "ingest.readers:read_article")
    files = sorted((ROOT / "examples" / "articles").glob("*.*"))
    return {file.name: read(file.read_bytes(), file.name) for file in files}


def claims() -> list[tuple[str, Any, list[Any], str]]:
    """Each claim of the labelled set with its article, its quotes and its language."""
    import yaml

    evidence, shown = first("rag.schema.answer:Evidence", "rag.schema:Evidence"), examples()
    labelled = yaml.safe_load((ROOT / "tests" / "data" / "verification.yaml").read_text(encoding="utf-8"))
    articles = {}
    for item in labelled["articles"]:
        stated = {name: item.get(name) for name in ("title", "outlet", "language", "published_at")}
        articles[item["id"]] = (
            shown[item["file"]] if "file" in item else article(item["id"], item["text"], **stated)
        )
    found = []
    for pair in labelled["pairs"]:
        about = articles[pair["article"]]
        starts = [(about.text.index(quote), len(quote)) for quote in pair["quote"].split(" ++ ")]
        cited = [evidence(about, start, start + length) for start, length in starts]
        found.append((pair["claim"], about, cited, pair.get("language", about.language)))
    return found


def verifying(_: Path | None) -> Callable[[], None]:
    verify, labelled = first("rag.verification.verifier:verify", "rag.verification:verify"), claims()

    def run() -> None:
        for claim, _, cited, language in labelled:
            verify(claim, cited, language=language)

    return run


class NoEncoder:
    """Stands for the encoder, whose time isn't asked for: every claim is near its quotes."""

    def embed_queries(self, texts: list[str]) -> Any:
        import numpy as np

        return np.ones((len(texts), 1))

    def read_queries(self, texts: list[str]) -> list[Any]:
        """No token is read: words are compared by lists alone."""
        import numpy as np

        from rag.models.embedder import TokenVectors

        return [TokenVectors(np.ones(1), np.zeros((0, 1)), np.zeros((0, 2), dtype=int)) for _ in texts]


def checking(_: Path | None) -> Callable[[], None]:
    drafted = first("rag.generation.draft_parser:Drafted", "rag.drafting:Drafted")
    split = first("rag.text.sentences:split_sentences", "rag.language:split_sentences")
    evidence = first("rag.schema.answer:Evidence", "rag.schema:Evidence")
    questions: dict[tuple[str, str], list[tuple[str, list[Any]]]] = {}
    articles = {}
    for claim, about, cited, language in claims():
        articles[about.id] = about
        questions.setdefault((about.id, language), []).append((claim, cited))
    work = []
    for (identity, language), said in questions.items():
        sentences = split(articles[identity].text, articles[identity].language)
        around = [evidence(articles[identity], s.start, s.end, 0.1) for s in sentences]
        for start in range(0, len(said), DRAFTED):
            group = said[start : start + DRAFTED]
            own = [item for _, cited in group for item in cited]
            offered = tuple(dict.fromkeys([*own, *around]))[: max(OFFERED, len(set(own)))]
            claims_ = [
                drafted(n, tuple(offered.index(item) + 1 for item in cited), claim)
                for n, (claim, cited) in enumerate(group)
            ]
            work.append((language, offered, claims_))

    def run() -> None:
        for language, offered, said in work:
            checker = checker_of("Combien de personnes ?", language, offered)
            for claim in said:
                checker.check(claim)

    return run


def checker_of(question: str, language: str, offered: tuple[Any, ...]) -> Any:
    make = first("rag.generation.claim_checker:ClaimChecker", "rag.checking:Checker")
    if make.__name__ == "Checker":
        return make(question, language, language, offered, {}, NoEncoder())
    parsed = first("rag.query.parsed_question:ParsedQuestion")
    own = first("rag.query.question_text:QuestionText")(question, language)
    asked = first("rag.schema.question:Question")(question)
    return make(
        parsed(asked, own, own, own, first("rag.schema.question:NO_FILTERS")), offered, {}, NoEncoder()
    )


def texts(squad: Path | None) -> list[Any]:
    if squad is None:
        return list(examples().values())
    listed = json.loads(squad.read_text(encoding="utf-8"))["data"]
    return [
        article(f"a{n}", "\n\n".join(part["context"] for part in item["paragraphs"]), language="fr")
        for n, item in enumerate(listed)
    ]


def cutting(squad: Path | None) -> Callable[[], None]:
    chunk = first("ingest.pipeline.chunking:chunk", "ingest.chunking:chunk")
    load = first("rag.models.embedder_factory:load_embedder", "rag.embedder_loading:load_embedder")
    embedder = load(first("rag.config:Settings")().embedding)
    articles = texts(squad)

    def run() -> None:
        getattr(embedder, "_counted", {}).clear()
        for item in articles:
            chunk(item, embedder.count_tokens, MAX_TOKENS, OVERLAP)

    return run


def splitting(squad: Path | None) -> Callable[[], None]:
    split = first("rag.text.sentences:split_sentences", "rag.language:split_sentences")
    articles = texts(squad)

    def run() -> None:
        for item in articles:
            split(item.text, item.language)

    return run


MAKERS: dict[str, Callable[[Path | None], Callable[[], None]]] = {
    "verify": verifying,
    "check": checking,
    "cut": cutting,
    "split": splitting,
}


if __name__ == "__main__":
    main()
