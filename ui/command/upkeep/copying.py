"""`sourcier library copy`: a library from a folder into a database, or back, with its indexes."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from rag.config import Settings, load_settings
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import text


def copy(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier library copy`."""
    from rag.access_lists.store import copy_list
    from rag.backup.library_copy import CopyProgress, copy_library, finish_copy
    from ui.api import keys
    from ui.server import users

    language = settings.ui.language
    origin, target = (_settings(said, settings) for said in (options.origin, options.target))
    latest = ""

    def tell(progress: CopyProgress) -> None:
        nonlocal latest
        if progress.name != latest and not options.json:
            latest = progress.name
            words = {"table": progress.table, "tables": progress.tables, "name": progress.name}
            print(printable(text("library_copying", language, **words)), file=sys.stderr)

    copied = copy_library(origin.place, target.place, tell)
    other = [
        name for name in (users.FILE_NAME, keys.FILE_NAME) if copy_list(origin.place, target.place, name)
    ]
    left = _copy_indexes(origin, target, options.json, language)
    finish_copy(target.place)
    if options.json:
        print_json(
            {"articles": copied.articles, "rows": copied.rows, "not_indexed": left, "lists_left": other}
        )
        return 0
    print(text("library_copied", language, articles=copied.articles, rows=copied.rows))
    for name in other:
        print(text("library_copy_list_left", language, name=name))
    if left:
        print(text("library_copy_left", language, count=left))
    return 0


def _copy_indexes(origin: Settings, target: Settings, is_quiet: bool, language: str) -> int:
    from rag.engine.engine import open_engine
    from rag.engine.index_copy import copy_indexes
    from rag.storage.write_lock import write_lock

    def tell(done: int, total: int) -> None:
        if not is_quiet:
            print(text("library_copying_indexes", language, done=done, total=total), file=sys.stderr)

    with (
        write_lock(origin.place, alone=True),
        write_lock(target.place, alone=True),
        closing(open_engine(target)) as there,
        closing(open_engine(origin, there.embedder)) as here,
    ):
        return copy_indexes(here, there, tell)


def _settings(said: str, settings: Settings) -> Settings:
    """Return those of a configuration file, or these for a library in a data folder."""
    path = Path(said)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return load_settings(path)
    return settings.in_folder(path.absolute())
