"""`sourcier sync`: the library in line with the sources of the configuration.

Knows words and exit codes; what is new, changed or gone is told by `ingest.pipeline.sync`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.command.ingest import bring_in, keeps_embargoed
from ui.command.terminal import json_text, printable
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from ingest.pipeline.chunking import Chunker
    from ingest.pipeline.sync import SyncResult
    from ingest.schema.events import Summary
    from rag.engine.engine import Engine


def sync(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier sync`; return its exit code.

    1 if a source, or something in it, couldn't be read.

    Raises:
        UserError: No sources are configured.
    """
    if not settings.sources:
        raise user_error("no_sources")
    brought: list[SyncResult] = []

    def work(engine: Engine, chunker: Chunker, on_event: Callable, stop: Callable[[], bool]) -> Summary:
        from ingest.fetch.fetcher import Fetcher
        from ingest.pipeline.sync import Synchronizer, in_all

        with closing(Fetcher()) as fetcher:
            syncing = Synchronizer(
                engine.indexer,
                chunker,
                fetcher,
                on_event,
                stop,
                options.prune,
                keeps_embargoed(options, settings),
            )
            brought.extend(syncing.all(settings.sources))
        return in_all(brought, stopped=stop())

    code = bring_in(work, settings, options.json)
    _tell(brought, settings.ui.language, options.json)
    return code


def _tell(brought: Sequence[SyncResult], language: str, as_json: bool) -> None:
    removed = [article_id for one in brought for article_id in one.removed]
    unsure = [one.place for one in brought if one.unsure]
    if as_json:
        print(json_text({"event": "removed", "articles": removed, "unsure": unsure}))
        return
    if removed:
        print(text("removed", language, count=len(removed)))
    for place in unsure:
        print(text("sync_unsure", language, place=printable(place)), file=sys.stderr)
