"""What is told of standing queries once fifty articles have come: what was missed, and what was invented.

    python benchmarks/standing.py [--seeds 10] [--first 1] [--show]

The news is made up by a seed (benchmarks/standing_corpus.py). Queries are asked first of what is there, then
again after fifty articles, some of which carry changes of every kind. `--show` prints what went wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from standing_corpus import News, Text, made_up  # noqa: E402

from ingest.pipeline.chunking import Chunker  # noqa: E402
from ingest.pipeline.ingestion import ingest  # noqa: E402
from rag.config import Settings  # noqa: E402
from rag.engine.engine import Engine, open_engine  # noqa: E402
from rag.entities.making import find_entities  # noqa: E402
from rag.models.embedder import Embedder  # noqa: E402
from rag.monitoring.asker import ask_again  # noqa: E402
from rag.schema.standing import Change  # noqa: E402

TODAY = date(2026, 6, 1)
Told = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was told and what should have been, and the seconds that asking took, first and again."""

    expected: set[Told]
    told: list[Told]
    first: float
    again: float
    changes: tuple[Change, ...] = ()

    @property
    def missed(self) -> set[Told]:
        return self.expected - set(self.told)

    @property
    def invented(self) -> list[Told]:
        """What was told and shouldn't have been, and what was told twice."""
        return list((Counter(self.told) - Counter(self.expected)).elements())


def main() -> None:
    """Ask for each seed, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    missed = invented = 0
    print("seed  queries  planted  told  missed  invented  first s  again s")
    for seed in range(options.first, options.first + options.seeds):
        news = made_up(seed)
        with tempfile.TemporaryDirectory() as folder:
            outcome = asked(news, Path(folder))
        missed, invented = missed + len(outcome.missed), invented + len(outcome.invented)
        print(
            f"{seed:4} {len(news.queries):8} {len(outcome.expected):8} {len(outcome.told):5}"
            f" {len(outcome.missed):7} {len(outcome.invented):9} {outcome.first:8.1f} {outcome.again:8.1f}",
            flush=True,
        )
        if options.show:
            show(news, outcome)
    print(f"missed {missed}, invented {invented}")


def asked(news: News, folder: Path, embedder: Embedder | None = None) -> Outcome:
    """Bring in what is there, follow the queries, bring in what comes, and ask again."""
    files = folder / "articles"
    files.mkdir()
    with closing(open_engine(Settings(data_dir=folder / "data"), embedder)) as engine:
        bring(news.before, files, engine)
        for one in news.queries:
            engine.library.standing.add("", one.kind, one.words, one.language)
        begun = time.perf_counter()
        ask_again(engine, today=lambda: TODAY)
        first = time.perf_counter() - begun
        bring(news.after, files, engine)
        for key in news.removed:
            engine.indexer.remove(id_of(key, engine))
        begun = time.perf_counter()
        asked_again = ask_again(engine, today=lambda: TODAY)
        assert not asked_again.failed
        changes = asked_again.changes.get("", ())
        again = time.perf_counter() - begun
        told = [(one.query.words, one.kind, key_of(one)) for one in changes]
    return Outcome(news.expected, told, first, again, changes)


def bring(texts: list[Text], files: Path, engine: Engine) -> None:
    """Write articles as files, and ingest the folder."""
    for one in texts:
        head = f'---\ntitle: "{one.title}"\ndate: {one.day}\noutlet: "{one.outlet}"\n---\n\n'
        (files / f"{one.key}.md").write_text(f"{head}{one.body}\n", encoding="utf-8")
    summary = ingest(
        [str(files)], engine.indexer, Chunker(engine.embedder, engine.settings.chunking), lambda _: None
    )
    assert not summary.failed
    find_entities(engine.library)  # as `sourcier ingest` does


def id_of(key: str, engine: Engine) -> str:
    """Return the id of the article that a file brought."""
    return next(one.id for one in engine.library.articles() if Path(one.source).stem == key)


def key_of(change: Change) -> str:
    """Return the file of the article that a change tells of."""
    return Path(change.after[0].article.source).stem if change.after else ""


def show(news: News, outcome: Outcome) -> None:
    """Print what was missed and what was invented, with the articles."""
    texts = {one.key: one.body for one in (*news.before, *news.after)}
    for words, kind, key in sorted(outcome.missed):
        print(f"  missed    {kind:13} {words}\n            {key} {texts.get(key, '')}")
    for words, kind, key in outcome.invented:
        print(f"  invented  {kind:13} {words}\n            {key} {texts.get(key, '')}")
        for one in outcome.changes:
            if (one.query.words, one.kind, key_of(one)) == (words, kind, key):
                print(f"            before {[(item.answer_words, item.quote) for item in one.before]}")
                print(f"            after  {[(item.answer_words, item.quote) for item in one.after]}")


if __name__ == "__main__":
    main()
