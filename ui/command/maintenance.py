"""`sourcier status`, `doctor` and `compact`: what the library holds, whether it is sound, what it takes.

Knows words and exit codes; what is looked at and repaired is in `rag` and `ingest`.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import text

if TYPE_CHECKING:
    from ingest.pipeline.repair import Repair

_SHOWN = 20  # failures


def status(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier status`."""
    from rag.library.library import Library
    from ui.formatting.library_status import held_lines, library_status, sizes_line

    with closing(Library(settings.data_dir)) as library:
        now = library_status(library, settings)
    if options.json:
        print_json(now.to_dict())
        return 0
    language = settings.ui.language
    lines = held_lines(now, language)
    lines.append(text("models_used", language, embedding=now.embedding_model, chat=now.chat_model))
    lines.append(sizes_line(now.sizes, language))
    if now.waiting:
        lines.append(text("articles_waiting", language, waiting=now.waiting))
    if now.failures:
        count = len(now.failures)
        lines.append(text("failures_listed", language, count=count))
        lines += [f"  {failure.text(language)}" for failure in now.failures[:_SHOWN]]
        lines += ["  " + text("and_more", language, count=count - _SHOWN)] * (count > _SHOWN)
    for line in lines:
        print(printable(line))
    return 0


def compact(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier compact`."""
    from rag.conversation.store import ConversationStore
    from rag.engine.engine import open_engine
    from rag.storage.write_lock import write_lock
    from ui.formatting.library_status import megabytes, sizes

    before = sizes(settings.data_dir)["total"]
    with write_lock(settings.data_dir), closing(open_engine(settings)) as engine:
        engine.indexer.compact()
        with closing(ConversationStore(settings.data_dir)) as conversations:
            conversations.erase_removed(engine.library)
            conversations.compact()
    after = sizes(settings.data_dir)["total"]
    if options.json:
        print_json({"bytes_before": before, "bytes_after": after})
        return 0
    language = settings.ui.language
    print(text("compacted", language, before=megabytes(before, language), after=megabytes(after, language)))
    return 0


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier doctor`: exit code 1 if something is wrong that can't be repaired."""
    from ingest.pipeline.repair import repair
    from rag.engine.engine import open_engine
    from rag.storage.write_lock import write_lock

    with write_lock(settings.data_dir), closing(open_engine(settings)) as engine:
        report = repair(engine, lambda _: None)
    if options.json:
        print_json(report.to_dict())
    else:
        language = settings.ui.language
        print(text("doctor_looked", language, articles=report.articles, passages=report.passages))
        for repair in report.repairs:
            print(printable(_repair_line(repair, language)))
        print(text("doctor_sound" if report.is_sound else "doctor_unsound", language))
    return 0 if report.is_sound else 1


def _repair_line(repair: Repair, language: str) -> str:
    from ui.formatting.library_status import finding_line

    became = text("doctor_repaired" if repair.repaired else "doctor_left", language)
    return f"{finding_line(repair.finding, language)} {became}"
