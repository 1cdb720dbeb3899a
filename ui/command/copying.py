"""`sourcier library copy`: a library from a folder into a database, or back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.config import Settings, load_settings
from rag.storage.database import Place
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import text


def copy(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier library copy`."""
    from rag.backup.library_copy import CopyProgress, copy_library

    language = settings.ui.language
    origin, target = (_place(said) for said in (options.origin, options.target))
    latest = ""

    def tell(progress: CopyProgress) -> None:
        nonlocal latest
        if progress.name != latest and not options.json:
            latest = progress.name
            words = {"table": progress.table, "tables": progress.tables, "name": progress.name}
            print(printable(text("library_copying", language, **words)), file=sys.stderr)

    copied = copy_library(origin, target, tell)
    if options.json:
        print_json({"articles": copied.articles, "rows": copied.rows})
        return 0
    print(text("library_copied", language, articles=copied.articles, rows=copied.rows))
    return 0


def _place(said: str) -> Place:
    """Return the place that a data folder or a configuration file names."""
    path = Path(said)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return load_settings(path).place
    return Place(path.absolute())
