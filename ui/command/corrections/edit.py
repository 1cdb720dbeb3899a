"""`sourcier articles edit`: corrects articles, or takes corrections back."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.formatting.i18n import text, user_error

if TYPE_CHECKING:
    from rag.metadata.fields import Field


def edit(options: argparse.Namespace, settings: Settings) -> tuple[dict, list[str]]:
    """Correct articles as a command says; return what came of it, as JSON has it and in lines.

    Raises:
        UserError: A value can't be that field's, nothing is to be done, or an article can't be corrected.
    """
    from ingest.editing.editor import edit_articles
    from ingest.editing.values import NAMES
    from ingest.pipeline.chunking import chunker_of
    from ingest.pipeline.reindexing import read_corrected
    from rag.engine.engine import open_engine
    from rag.storage.write_lock import write_lock

    changes = _changes(options)
    undone = [NAMES[name] for name in options.undo]
    if not changes and not undone:
        raise user_error("nothing_to_edit")
    for name, field in NAMES.items():
        if field in changes and field in undone:
            raise user_error("edit_and_undo", field=name)
    with write_lock(settings.place), closing(open_engine(settings)) as engine:
        engine.indexer.recover()
        edited = edit_articles(engine.indexer, options.article, changes, undone)
        read_corrected(engine.indexer, chunker_of(engine))
    said = (
        text("edited", settings.ui.language, count=len(edited))
        if edited
        else text("edited_nothing", settings.ui.language)
    )
    return {"edited": edited}, [said]


def _changes(options: argparse.Namespace) -> dict[Field, str | None]:
    from ingest.editing.values import NAMES, checked

    typed = {field: getattr(options, name) for name, field in NAMES.items()}
    return {field: checked(field, value, date.today()) for field, value in typed.items() if value is not None}
