"""`sourcier reindex`: the indexes anew, where they stand; by another encoder, beside those in use.

Knows words, exit codes and waiting for others; how an index is built is in `rag` and `ingest`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from rag.config import EmbeddingSettings, ServedSettings, Settings
from rag.errors import LibraryBusyError
from ui.command.terminal import INTERRUPTED, print_json, printable, stopping
from ui.command.terminal.line import ProgressLine
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from rag.engine.rebuilding import IndexBuild

_LOOK_AGAIN = 0.2  # seconds until it is tried again to write


def reindex(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier reindex`.

    Raises:
        UserError: What goes with `--embedding` is given without it.
    """
    from rag.engine.factory import check_library

    if options.embedding is None and any((options.base_url, options.query_prompt, options.passage_prompt)):
        raise user_error("reindex_without_embedding")
    if options.embedding is not None:
        check_library(settings)
        return _with_another(_wanted(options, settings.embedding), True, options, settings)
    if _is_of_another(settings):
        return _with_another(settings.embedding, False, options, settings)
    return _in_place(options, settings)


def _wanted(options: argparse.Namespace, stated: EmbeddingSettings) -> EmbeddingSettings:
    """Return the encoder that the options name, reached as the configuration says."""
    given = {
        "base_url": options.base_url,
        "query_prompt": options.query_prompt,
        "passage_prompt": options.passage_prompt,
    }
    reached = {name: getattr(stated, name) for name in ServedSettings.model_fields}
    said = {name: value for name, value in given.items() if value is not None}
    return EmbeddingSettings.model_validate({"model": options.embedding.strip()} | reached | said)


def _is_of_another(settings: Settings) -> bool:
    """Return whether there are vectors, and the encoder that the configuration names hasn't made them."""
    from rag.engine.engine import open_engine
    from rag.storage.write_lock import write_lock

    with write_lock(settings.place), closing(open_engine(settings)) as engine:
        return engine.library.counts().passages > 0 and engine.vectors.is_foreign()


def _with_another(
    wanted: EmbeddingSettings, is_ahead: bool, options: argparse.Namespace, settings: Settings
) -> int:
    """Build the index by another encoder, and put it in the place of the one in use.

    Args:
        wanted: What loads it.
        is_ahead: Whether the configuration names the one of before until it is changed.
        options: The options.
        settings: The settings.
    """
    from rag.engine.engine import cut_of, encoder_of, text_of_stale
    from rag.engine.rebuilding import IndexBuild, build_lock
    from rag.library.library import Library
    from rag.models.embedder_factory import load_embedder

    language = settings.ui.language
    with ExitStack() as held:
        library = held.enter_context(closing(Library(settings.place)))
        held.enter_context(build_lock(settings, library))
        bar = held.enter_context(ProgressLine(language))
        stop = held.enter_context(stopping(lambda: bar.say(text("ingest_stopping", language))))
        build = held.enter_context(closing(IndexBuild(library, settings, load_embedder(wanted))))
        count = _filled(build, bar, stop)
        with _once_free(settings, bar, stop) as is_free:
            if is_free:
                replaced = encoder_of(settings.embedding) if is_ahead else {}
                cut = cut_of(settings.chunking)
                count += build.exchange(encoder_of(wanted), replaced, cut)
                left = library.not_indexed(f"{build.name} {cut}")
    if not is_free:
        print(text("reindex_stopped", language), file=sys.stderr)
        return INTERRUPTED
    if options.json:
        print_json({"reindexed": count, "embedding": wanted.model})
    else:
        print(text("reindexed", language, count=count))
    if is_ahead and encoder_of(wanted) != encoder_of(settings.embedding):
        print(printable(text_of_stale(wanted, settings.embedding).text(language)), file=sys.stderr)
    return _in_place(options, settings, tells=False) if left else 0


def _filled(build: IndexBuild, bar: ProgressLine, stop: Callable[[], bool]) -> int:
    from ingest.schema.events import Progress

    return build.fill(lambda done, total: bar.take(Progress(done, total, "")), stop)


@contextmanager
def _once_free(settings: Settings, bar: ProgressLine, stop: Callable[[], bool]) -> Iterator[bool]:
    """Hold the library for writing, once nobody else does; gives whether it is held, or a stop was wished."""
    from rag.storage.write_lock import write_lock

    is_told = False
    while not stop():
        with ExitStack() as held:
            try:
                held.enter_context(write_lock(settings.place, alone=True))
            except LibraryBusyError as error:
                if not is_told:
                    bar.say(printable(error.text(settings.ui.language)))
                is_told = True
                time.sleep(_LOOK_AGAIN)
                continue
            yield True
            return
    yield False


def _in_place(options: argparse.Namespace, settings: Settings, tells: bool = True) -> int:
    """Cut and read again, in the index in use, what was indexed in another way."""
    from ingest.pipeline.chunking import chunker_of
    from ingest.pipeline.reindexing import reindex as index_all
    from rag.engine.engine import open_engine
    from rag.entities.making import find_entities
    from rag.storage.write_lock import write_lock

    language = settings.ui.language
    with (
        write_lock(settings.place, alone=True),
        closing(open_engine(settings)) as engine,
        ProgressLine(language) as bar,
        stopping(lambda: bar.say(text("ingest_stopping", language))) as stop,
    ):
        engine.library.entities.forget()
        count = index_all(engine.indexer, chunker_of(engine), bar.take, stop)
        find_entities(engine.library, stop)
        left = len(engine.library.not_indexed(engine.indexer.recipe))
    if tells:
        print_json({"reindexed": count}) if options.json else print(text("reindexed", language, count=count))
    if left:
        print(text("ingest_stopped", language), file=sys.stderr)
    return INTERRUPTED if left else 0
