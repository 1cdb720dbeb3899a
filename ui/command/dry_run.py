"""`sourcier ingest --dry-run`: says what would come in, and writes nothing.

Knows words and exit codes; what would come in is told by `ingest.pipeline.preview`. No model is loaded.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.command.terminal import columns_lines, failure_values, group_values, print_json, printable
from ui.formatting.i18n import date_text, text

if TYPE_CHECKING:
    from ingest.pipeline.preview import FormatCount, Preview
    from ingest.pipeline.table_columns import ColumnsOf
    from ingest.schema.failure_groups import FailureGroup

_SHOWN_SOURCES = 3


def dry_run(options: argparse.Namespace, settings: Settings, columns: ColumnsOf, keep_embargoed: bool) -> int:
    """Tell what `sourcier ingest PATH…` would bring in; return the exit code that it would have."""
    from ingest.fetch.fetcher import Fetcher
    from ingest.pipeline.preview import preview
    from ingest.pipeline.table_columns import WithColumns
    from ingest.sources.discovery import find
    from ingest.sources.web import Web
    from rag.library.library import read_library

    with read_library(settings.place) as library, closing(Fetcher()) as fetcher:
        found = WithColumns(find(options.paths, Web(fetcher)), columns)
        told = preview(found, library, keep_embargoed)
    if options.json:
        print_json(_values(told))
    else:
        _tell(told, settings.ui.language)
    if told.needs_mapping:
        return 2
    return 1 if told.failed else 0


def _values(told: Preview) -> dict:
    failures = [
        group_values(group) | ({} if group.rows else failure_values(group.first)) for group in told.failures
    ]
    notices = [{"source": one.source, "said": one.said, "said_fr": one.said_fr} for one in told.notices]
    return told.to_dict() | {"failures": failures, "notices": notices}


def _tell(told: Preview, language: str) -> None:
    from ingest.schema.failure_groups import by_reason

    for groups in by_reason(told.failures):
        reason = printable(_reason(groups, language))
        print(text("ingest_failure", language, reason=reason), file=sys.stderr)
        for line in columns_lines(groups[0].first, language):
            print(printable(line), file=sys.stderr)
    for notice in told.notices:
        print(text("ingest_notice", language, said=printable(notice.text(language))), file=sys.stderr)
    print(text("dry_run_summary", language, read=told.read, failed=told.failed, **told.counts))
    if told.embargoed:
        print(text("dry_run_embargoed", language, count=told.embargoed))
    for name, counted in sorted(told.formats.items()):
        print("  " + _format_line(name, counted, language))
    if told.first:
        print(text("dry_run_first", language))
    for article in told.first:
        day = date_text(article.published_at, language)
        outcome = text(f"outcome_{article.outcome}", language)
        parts = (day, article.outlet or "—", article.title, f"({outcome})")
        print(printable("  " + "  ".join(parts)))


def _reason(groups: list[FailureGroup], language: str) -> str:
    """Return why sources can't be read, those with one reason in one line."""
    from ingest.schema.failure_groups import bare_reason

    first = groups[0]
    if len(groups) == 1:
        return first.text(language)
    shown = ", ".join(group.source for group in groups[:_SHOWN_SOURCES])
    more = "…" if len(groups) > _SHOWN_SOURCES else ""
    reason = bare_reason(first.first, language).rstrip(". ")
    return text("dry_run_failures", language, count=len(groups), reason=reason, sources=shown + more)


def _format_line(name: str, counted: FormatCount, language: str) -> str:
    stated = {field: counted.stated[field] for field in ("title", "outlet", "author", "published_at")}
    return text(
        "dry_run_format", language, name=name, sources=counted.sources, articles=counted.articles, **stated
    )
