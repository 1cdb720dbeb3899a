"""Articles that the library has, cut and embedded again: all that were in another way, or some.

Knows no source: an article is what the library has of it. Stopping anywhere loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from ingest.pipeline.batch_writer import BATCH_PASSAGES, Batch, BatchWriter, count_passages
from ingest.pipeline.chunking import Chunker
from ingest.pipeline.preparation import entry_of
from ingest.schema.events import Progress
from rag.index.indexer import Indexer


def _never() -> bool:
    return False


def reindex(
    indexer: Indexer,
    chunker: Chunker,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool] = _never,
) -> int:
    """Cut and embed again every article that was indexed in another way; return how many.

    Can be stopped and run again: articles done so far stay done.

    Args:
        indexer: The open library.
        chunker: Cuts articles.
        on_progress: Is told how many are stored.
        stop: Says whether to stop.
    """
    indexer.prepare()
    waiting = {*indexer.library.not_indexed(indexer.recipe), *indexer.library.metadata.unread()}
    return index_again(sorted(waiting), indexer, chunker, on_progress, stop)


def read_corrected(
    indexer: Indexer,
    chunker: Chunker,
    on_progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = _never,
) -> int:
    """Cut and embed the articles again that were read before they were corrected; return how many.

    Can be stopped and run again. The caller holds the write lock.

    Args:
        indexer: The open library.
        chunker: Cuts articles.
        on_progress: Is told how many are stored.
        stop: Says whether to stop.
    """
    return index_again(indexer.library.metadata.unread(), indexer, chunker, on_progress, stop)


def index_again(
    waiting: Sequence[str],
    indexer: Indexer,
    chunker: Chunker,
    on_progress: Callable[[Progress], None],
    stop: Callable[[], bool] = _never,
) -> int:
    """Cut and embed these articles again; return how many were done before `stop` said so.

    While some are stored, the next are with the encoder; progress counts what is stored.

    Args:
        waiting: The ids of the articles.
        indexer: The open library.
        chunker: Cuts articles.
        on_progress: Is told how many are stored.
        stop: Says whether to stop.
    """
    done, entries = 0, []

    def stored(batch: Batch) -> None:
        nonlocal done
        done += len(batch.entries)

    with closing(BatchWriter(indexer, stored)) as writer:
        for article_id in waiting:
            article = indexer.library.as_stated(article_id)
            # A damaged one waits for its source, or would get a new checksum: but for one that is distrusted.
            if article and not (article.content_hash and indexer.library.is_damaged(article_id)):
                entries.append(entry_of(article, chunker, indexer.library))
            is_last = article_id == waiting[-1] or stop()
            if entries and (is_last or count_passages(entries) >= BATCH_PASSAGES):
                writer.put(Batch(tuple(entries), (), ()))
                entries = []
            writer.drain() if is_last else writer.tell()
            on_progress(Progress(done, len(waiting), article.source if article else ""))
            if is_last:
                break
    return done
