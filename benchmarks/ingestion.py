"""How fast articles come in: beside the bare encoder on the same texts, and beside stock LangChain.

    python benchmarks/ingestion.py [--articles 400] [--rounds 4] [--no-stock]

Makes Markdown files of made-up articles (`synthetic`). In each round a part of them goes through Sourcier's
pipeline, then the very texts that it gave its encoder through the encoder alone, then the same files through
a loader, RecursiveCharacterTextSplitter, embeddings and Chroma.from_documents, as LangChain's pages have it
(`_Stock` does what `HuggingFaceEmbeddings` does, which doesn't install beside sentence-transformers 6), in a
process of its own. Then everything once more, unchanged. Memory is what this process holds after so many
articles, and the most it held so far: Sourcier with its encoder, without stock's.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import yaml
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer
from synthetic import Articles

from ingest.pipeline.chunking import Chunker
from ingest.pipeline.ingestion import ingest
from rag.config import Settings
from rag.engine.engine import Engine, open_engine
from rag.models.bundled import embedding_folder
from rag.models.embedder import Embedder, TokenVectors
from rag.schema.article import Article
from rag.storage.write_lock import write_lock


@dataclass
class Recorder:
    """The real embedder; keeps the texts that it reads, for the encoder to read them alone."""

    embedder: Embedder
    read: list[list[str]] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        return getattr(self.embedder, name)

    def read_passages(self, batch: Sequence[str]) -> list[TokenVectors]:
        self.read.append(list(batch))
        return self.embedder.read_passages(batch)


class _Stock(Embeddings):
    """What HuggingFaceEmbeddings does: `encode`, with the model as it is."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(str(embedding_folder()), local_files_only=True)

    def embed_documents(self, batch: list[str]) -> list[list[float]]:
        return self._model.encode(batch).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--no-stock", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.articles, options.rounds, not options.no_stock)


def measure(folder: Path, articles: int, rounds: int, stock: bool) -> None:
    size = articles // rounds
    parts_of = [write(folder / f"part{number}", number * size, size) for number in range(rounds)]
    settings = Settings(data_dir=folder / "library")
    ours, bare, theirs, tokens, passages, chunks = 0.0, 0.0, 0.0, 0, 0, 0
    with ExitStack() as stack:
        opened = stack.enter_context(closing(open_engine(settings)))
        # spawn: a fork would begin with this process's threads and libraries as they are.
        process = stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"))) if stock else None
        recorder = Recorder(opened.embedder)
        parts = replace(opened, embedder=recorder)
        opened.embedder.read_passages(["Une phrase."])
        for number, part in enumerate(parts_of):
            recorder.read.clear()
            ours += timed(lambda part=part: take(parts, part))
            print(f"{(number + 1) * size} articles: {held()} MiB, {most()} at most", flush=True)
            bare += timed(lambda: [opened.embedder.embed_passages(batch) for batch in recorder.read])
            tokens += sum(sum(opened.embedder.count_tokens(batch)) for batch in recorder.read)
            if process is not None:
                seconds, made = process.submit(theirs_of, part, folder / "stock").result()
                theirs, chunks = theirs + seconds, chunks + made
        passages = opened.library.counts().passages
        again = timed(lambda: [take(parts, part) for part in parts_of])
    print(f"ours    {ours:7.1f} s  {passages / ours:6.1f} passages/s  {tokens / ours:6.0f} tokens/s read")
    print(f"encoder {bare:7.1f} s  {passages / bare:6.1f} passages/s  ours is {bare / ours:.2f} of it")
    if stock:
        times = theirs / ours
        print(
            f"stock   {theirs:7.1f} s  {chunks / theirs:6.1f} chunks/s    ours is {times:.2f} times as fast"
        )
    print(f"again   {again:7.2f} s  {ours / again:.0f} times as fast as the first run")


def take(parts: Engine, folder: Path) -> None:
    with write_lock(parts.settings.place):
        chunker = Chunker(parts.embedder, parts.settings.chunking)
        ingest([str(folder)], parts.indexer, chunker, lambda _: None)


@cache
def _stock() -> _Stock:
    return _Stock()


def theirs_of(folder: Path, store: Path) -> tuple[float, int]:
    """Seconds without the model's loading, and how many chunks were made."""
    embeddings = _stock()
    embeddings.embed_query("Une phrase.")
    began = time.perf_counter()
    documents = [
        Document(path.read_text(encoding="utf-8"), metadata={"source": str(path)})
        for path in sorted(folder.glob("*.md"))
    ]
    made = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    Chroma.from_documents(made, embeddings, persist_directory=str(store))
    return time.perf_counter() - began, len(made)


def write(folder: Path, first: int, count: int) -> Path:
    folder.mkdir()
    for entry in islice(Articles().entries(), first, first + count):
        name = entry.article.source.rsplit("/", 1)[-1]
        (folder / f"{name}.md").write_text("\n".join(_markdown(entry.article)), encoding="utf-8")
    return folder


def _markdown(article: Article) -> Iterator[str]:
    stated = {"title": article.title, "outlet": article.outlet, "date": article.published_at}
    yield from ("---", yaml.safe_dump(stated, allow_unicode=True).strip(), "---", "", article.text)


def timed(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def held() -> int:
    """MiB that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20


def most() -> int:
    """MiB that it has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


if __name__ == "__main__":
    main()
