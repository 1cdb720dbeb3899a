"""What a correction costs: names of an outlet merged, an author corrected, a title corrected, one article.

    python benchmarks/corrections.py [--articles 120]

Makes Markdown files of made-up articles (`synthetic`), ingests them, and then, in the same run, corrects the
outlet of all, merges that name into another, corrects the author of all, and has embedded again what the
first of these concerns. How many merges take as long as that is what not embedding merged names saves.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import closing
from pathlib import Path

from ingestion import take, timed, write

from ingest.editing.editor import edit_articles, merge_outlets
from ingest.pipeline.chunking import chunker_of
from ingest.pipeline.reindexing import read_corrected
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.storage.write_lock import write_lock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=120)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "library")
        with closing(open_engine(settings)) as parts:
            measure(parts, write(Path(folder) / "articles", 0, options.articles))


def measure(parts: Engine, articles: Path) -> None:
    ingested = timed(lambda: take(parts, articles))
    counts = parts.library.counts()
    print(f"ingested {counts.articles} articles, {counts.passages} passages in {ingested:.1f} s")
    ids = [one.id for one in parts.library.articles()]
    with write_lock(parts.settings.place):
        together = timed(lambda: edit_articles(parts.indexer, ids, {"outlet": "The Gazette"}))
        merged = timed(lambda: merge_outlets(parts.indexer, "The Gazette", "La Gazette"))
        author = timed(lambda: edit_articles(parts.indexer, ids, {"author": "Zoé"}))
        read = timed(lambda: read_corrected(parts.indexer, chunker_of(parts)))
        one = timed(lambda: edit_articles(parts.indexer, ids[:1], {"published_at": "2025-01-01"}))
        again = timed(lambda: read_corrected(parts.indexer, chunker_of(parts)))
    for name, seconds in (("outlet corrected", together), ("outlet merged", merged), ("author", author)):
        print(f"{name:18} {1000 * seconds / len(ids):7.1f} ms an article")
    print(f"{'embedded again':18} {1000 * read / len(ids):7.1f} ms an article: {read / merged:.0f} merges")
    print(f"one article: filed {one:.2f} s, embedded again {again:.2f} s")


if __name__ == "__main__":
    main()
