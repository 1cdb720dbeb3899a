"""`sourcier articles outlets`: lists the outlets with their names, merges and separates these."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.formatting.i18n import list_text, text

if TYPE_CHECKING:
    from rag.index.indexer import Indexer
    from rag.metadata.outlets import MergeSuggestion, OutletUse


def outlets(options: argparse.Namespace, settings: Settings) -> tuple[dict, list[str]]:
    """Do as a command says; return what came of it, as JSON has it and in lines.

    Raises:
        UserError: Names can't be merged or separated.
    """
    from ingest.editing.editor import merge_outlets, unmerge_outlet

    language = settings.ui.language
    if options.merge:
        alias, outlet = options.merge
        filed = _written(settings, lambda indexer: merge_outlets(indexer, alias, outlet))
        said = text("outlets_merged", language, alias=alias, outlet=outlet, count=len(filed))
        return {"alias": alias, "outlet": outlet, "refiled": filed}, [said]
    if options.unmerge is not None:
        filed = _written(settings, lambda indexer: unmerge_outlet(indexer, options.unmerge))
        said = text("outlets_unmerged", language, alias=options.unmerge, count=len(filed))
        return {"alias": options.unmerge, "outlet": None, "refiled": filed}, [said]
    return _listed(settings)


def _written(settings: Settings, change: Callable[[Indexer], list[str]]) -> list[str]:
    from rag.engine.engine import open_engine
    from rag.storage.write_lock import write_lock

    with write_lock(settings.place), closing(open_engine(settings)) as engine:
        engine.indexer.recover()
        return change(engine.indexer)


def _listed(settings: Settings) -> tuple[dict, list[str]]:
    from rag.library.library import Library
    from rag.metadata.outlets import suggestions

    language = settings.ui.language
    with closing(Library(settings.place)) as library:
        found = library.metadata.outlets()
    suggested = suggestions(found)
    values = {
        "outlets": [_value(one) for one in found],
        "suggestions": [asdict(suggestion) for suggestion in suggested],
    }
    lines = [_line(one, language) for one in found] or [text("outlets_none", language)]
    if suggested:
        lines += ["", text("outlets_suggested", language), *(_pair(one, language) for one in suggested)]
    return values, lines


def _value(outlet: OutletUse) -> dict:
    return {
        "name": outlet.name,
        "articles": outlet.count,
        "aliases": list(outlet.aliases),
        "host": outlet.host,
    }


def _line(outlet: OutletUse, language: str) -> str:
    count = text("outlet_articles", language, count=outlet.count)
    names = text("outlet_aliases", language, names=list_text(outlet.aliases, language))
    return f"{outlet.name}  —  {count}" + (f"  ({names})" if outlet.aliases else "")


def _pair(suggestion: MergeSuggestion, language: str) -> str:
    reason = text(f"merge_reason_{suggestion.reason}", language)
    return "  " + text(
        "outlet_suggestion", language, alias=suggestion.alias, outlet=suggestion.outlet, reason=reason
    )
