"""Full-text search at a million passages, beside SQLite's FTS5 on the same articles in the same run.

    python benchmarks/full_text_search.py [--articles 100000] [--queries 200] [--seed 1] [--keep FOLDER]

Made-up articles of ten passages with a vocabulary as languages have one (Zipf's law). A search is what the
page does: the twenty best articles with their excerpts, how many there are, of which outlet and month. FTS5
does the same with its `rank`, its `snippet()` and two GROUP BYs: over passages, and over whole articles. The
exit code is 1 unless p95 is at most 150 ms, and a twentieth of FTS5's over passages.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from load_report import p95

from rag.index.full_text_index import FullTextIndex
from rag.library.library import Library
from rag.library.records import Entry
from rag.schema.article import Article, Passage, Span
from rag.search.full_text_search import PAGE, FullTextSearch

PASSAGES, WORDS = 10, 60  # of an article, of a passage
VOCABULARY = 60_000
OUTLETS = [f"Journal numéro {number}" for number in range(40)]
MOST, TIMES = 0.150, 20


@dataclass(frozen=True)
class Searched:
    """What a query is for each of the three."""

    ours: str
    fts: str


def vocabulary(draw: np.random.Generator) -> np.ndarray:
    """Words of two to five syllables, each once; the first are the most frequent."""
    syllables = np.array([c + v for c in "bcdfglmnprstv" for v in ("a", "e", "i", "o", "ou", "an")])
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made["".join(draw.choice(syllables, draw.integers(2, 6)))] = None
    return np.array(list(made))


def articles(
    count: int, words: np.ndarray, draw: np.random.Generator
) -> Iterator[tuple[Article, tuple[Passage, ...]]]:
    share = 1 / np.arange(1, VOCABULARY + 1)
    cumulated = np.cumsum(share / share.sum())
    for number in range(count):
        drawn = words[
            np.searchsorted(cumulated, draw.random(PASSAGES * WORDS), side="right").clip(0, VOCABULARY - 1)
        ]
        name, text, passages, start = f"{number:016x}", [], [], 0
        for place, part in enumerate(np.split(drawn, PASSAGES)):
            sentence = " ".join(part).capitalize() + "."
            span = Span(start, start + len(sentence))
            passages.append(Passage(f"{name}:0:{place}", name, span.start, span.end, (span,)))
            text.append(sentence)
            start = span.end + 1
        day = f"{2015 + number % 11}-{1 + number // 11 % 12:02}-{1 + number // 132 % 28:02}"
        yield (
            Article(name, " ".join(text), f"Titre {drawn[0]} {drawn[1]}", f"{name}.txt", f"{number:064x}",
                    outlet=OUTLETS[number % len(OUTLETS)], language="fr", published_at=day),
            tuple(passages),
        )  # fmt: skip


def queries(count: int, words: np.ndarray, draw: np.random.Generator) -> list[Searched]:
    """Words as readers type them, from the hundred most frequent to rare ones, in every kind of query."""

    def word(most: int) -> str:
        return str(words[int(most ** draw.random())])

    kinds: list[Callable[[], Searched]] = [
        lambda: _same(word(3_000)),
        lambda: _same(f"{word(3_000)} {word(3_000)}"),
        lambda: _same(f"{word(300)} {word(30_000)}"),
        lambda: _pair(f'"{(a := word(200))} {(b := word(200))}"', f'"{a} {b}"'),
        lambda: _pair(f"{(a := word(3_000))} OR {(b := word(3_000))}", f"{a} OR {b}"),
        lambda: _pair(f"{(a := word(3_000))} -{(b := word(3_000))}", f"{a} NOT {b}"),
        lambda: _pair(f"{(a := word(1_000))} NEAR/5 {(b := word(1_000))}", f"NEAR({a} {b}, 5)"),
        lambda: _pair(f"{(a := word(30_000)[:5])}*", f"{a}*"),
    ]  # fmt: skip
    return [kinds[number % len(kinds)]() for number in range(count)]


def _same(said: str) -> Searched:
    return Searched(said, said)


def _pair(ours: str, fts: str) -> Searched:
    return Searched(ours, fts)


# --- the two of them ---


def build(folder: Path, count: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    words = vocabulary(draw)
    with (
        closing(Library(folder / "library")) as library,
        closing(sqlite3.connect(folder / "fts.sqlite3")) as db,
    ):
        library.reprints.link = lambda *_: None  # comparing texts for reprints takes longer than all the rest
        db.executescript(
            "CREATE VIRTUAL TABLE passages USING fts5(text, tokenize='unicode61 remove_diacritics 2');"
            "CREATE VIRTUAL TABLE articles USING fts5(text, tokenize='unicode61 remove_diacritics 2');"
            "CREATE TABLE known (id INTEGER PRIMARY KEY, outlet TEXT, month TEXT);"
        )
        index, made = FullTextIndex(folder / "full_text"), articles(count, words, draw)
        begun = time.perf_counter()
        spent = {"library": 0.0, "full text": 0.0, "fts5": 0.0}
        while batch := list(islice(made, 10_000)):
            step = time.perf_counter()
            library.acknowledge([Entry(*one) for one in batch], "recipe")
            spent["library"] += (now := time.perf_counter()) - step
            index.update(article for article, _ in batch)
            spent["full text"] += (after := time.perf_counter()) - now
            with db:
                for article, passages in batch:
                    number = int(article.id, 16)
                    db.execute(
                        "INSERT INTO known VALUES (?, ?, ?)",
                        (number, article.outlet, article.published_at[:7]),
                    )
                    db.execute(
                        "INSERT INTO articles (rowid, text) VALUES (?, ?)",
                        (number, f"{article.title} {article.text}"),
                    )
                    db.executemany(
                        "INSERT INTO passages (rowid, text) VALUES (?, ?)",
                        [
                            (number * PASSAGES + place, article.text[one.start : one.end])
                            for place, one in enumerate(passages)
                        ],
                    )
            spent["fts5"] += time.perf_counter() - after
            print(
                f"{time.perf_counter() - begun:.0f} s",
                {k: round(v) for k, v in spent.items()},
                file=sys.stderr,
            )


def _statements(table: str, article: str, counted: str) -> list[str]:
    """Return what FTS5 is asked: the best twenty with excerpts, how many of each outlet and month."""
    known = f"FROM {table} JOIN known ON known.id = {article} WHERE {table} MATCH ?"
    return [
        f"SELECT rowid, snippet({table}, 0, '[', ']', '…', 40) FROM {table} WHERE {table} MATCH ?"
        " ORDER BY rank LIMIT 20",
        f"SELECT outlet, count({counted}) {known} GROUP BY outlet",
        f"SELECT month, count({counted}) {known} GROUP BY month",
    ]


_FTS = {
    "passages": _statements("passages", "passages.rowid / 10", "DISTINCT passages.rowid / 10"),
    "articles": _statements("articles", "articles.rowid", "*"),
}


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(folder: Path, count: int, seed: int) -> dict:
    draw = np.random.default_rng(seed + 1)
    words = vocabulary(np.random.default_rng(seed))
    taken: dict[str, list[float]] = {"ours": [], "index": [], "passages": [], "articles": []}
    with (
        closing(Library(folder / "library")) as library,
        closing(sqlite3.connect(folder / "fts.sqlite3")) as db,
    ):
        index = FullTextIndex(folder / "full_text")
        search = FullTextSearch(library, index)
        search.search("bana")
        totals = []
        for query in queries(count, words, draw):
            taken["ours"].append(timed(lambda query=query: search.search(query.ours)))
            result = search.search(query.ours)
            totals.append(result.total)
            taken["index"].append(timed(lambda node=result.query.node: index.search(node, limit=PAGE)))
            for name, statements in _FTS.items():
                taken[name].append(
                    timed(
                        lambda query=query, s=statements: [
                            db.execute(one, (query.fts,)).fetchall() for one in s
                        ]
                    )
                )
    found = {
        name: {"p50": round(float(np.median(all_)), 4), "p95": round(p95(all_), 4)}
        for name, all_ in taken.items()
    }
    ratio = {name: round(found[name]["p95"] / found["ours"]["p95"], 1) for name in ("passages", "articles")}
    return {"queries": count, "found_median": int(np.median(totals)), "seconds": found, "times_fts5": ratio}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where what was made is kept for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sourcier-full-text-") as passing:
        folder = (options.keep or Path(passing)) / f"{options.articles}-{options.seed}"
        if not (folder / "done").exists():
            folder.mkdir(parents=True, exist_ok=True)
            build(folder, options.articles, options.seed)
            (folder / "done").touch()
        told = measure(folder, options.queries, options.seed)
    print(json.dumps({"articles": options.articles, "passages": options.articles * PASSAGES} | told))
    return int(told["seconds"]["ours"]["p95"] > MOST or told["times_fts5"]["passages"] < TIMES)


if __name__ == "__main__":
    sys.exit(main())
