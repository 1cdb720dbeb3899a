"""`sourcier status`, `doctor`, `compact`, `backup` and `restore`: keeping a library.

Knows words and exit codes; what is looked at, repaired and copied is in `rag` and `ingest`.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import SourcierError, UserError
from ui.command.terminal import print_json, printable
from ui.formatting.i18n import list_text, text

if TYPE_CHECKING:
    from ingest.pipeline.repair import Repair, RepairReport
    from rag.models.embedder import Embedder

_SHOWN = 20  # failures


def status(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier status`."""
    from rag.library.library import Library
    from ui.formatting.library_status import held_lines, library_status, sizes_line

    with closing(Library(settings.place)) as library:
        now = library_status(library, settings)
    if options.json:
        print_json(now.to_dict())
        return 0
    language = settings.ui.language
    lines = held_lines(now, language)
    models = {"embedding": now.embedding_model, "reader": now.reader, "chat": now.chat_model}
    lines.append(text("models_used", language, **models))
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
    from rag.engine.rebuilding import discard_unused
    from rag.storage.write_lock import write_lock
    from ui.formatting.library_status import megabytes, sizes

    with write_lock(settings.place, alone=True), closing(open_engine(settings)) as engine:
        before = sizes(settings.data_dir, engine.library.size())["total"]
        discard_unused(settings, engine.library)
        engine.indexer.compact()
        with closing(ConversationStore(settings.place)) as conversations:
            conversations.erase_removed(engine.library)
            conversations.compact()
        kept = engine.library.size()
    after = sizes(settings.data_dir, kept)["total"]
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

    with write_lock(settings.place, alone=True), closing(open_engine(settings, check=False)) as engine:
        report = repair(engine, lambda _: None)
    if options.json:
        print_json(report.to_dict())
    else:
        for line in report_lines(report, settings.ui.language):
            print(printable(line))
    return 0 if report.is_sound else 1


def report_lines(report: RepairReport, language: str) -> list[str]:
    """Return what was looked at, what was wrong, and what became of it, a sentence each."""
    return [
        text("doctor_looked", language, articles=report.articles, passages=report.passages),
        *(_repair_line(repair, language) for repair in report.repairs),
        text("doctor_sound" if report.is_sound else "doctor_unsound", language),
    ]


def _repair_line(repair: Repair, language: str) -> str:
    from ui.formatting.library_status import finding_line

    became = text("doctor_repaired" if repair.repaired else "doctor_left", language)
    return f"{finding_line(repair.finding, language)} {became}"


def backup(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier backup`."""
    _refuse_shared(settings)
    from rag.backup.library_backup import back_up, not_kept
    from ui.formatting.library_status import megabytes

    file, language = Path(options.file).absolute(), settings.ui.language
    manifest = back_up(settings.data_dir, file, version("sourcier"))
    left, size = not_kept(settings.data_dir), file.stat().st_size
    if options.json:
        print_json({"file": str(file), "bytes": size, "not_kept": left, **manifest.model_dump()})
        return 0
    print(printable(text("backed_up", language, file=file, size=megabytes(size, language))))
    if left:
        print(printable(text("backup_not_kept", language, names=list_text(left, language))), file=sys.stderr)
    return 0


def _refuse_shared(settings: Settings) -> None:
    if settings.place.url is not None:
        raise UserError(
            "A library in PostgreSQL is backed up and restored with pg_dump and pg_restore (docs/team.md).",
            "Une bibliothèque dans PostgreSQL se sauvegarde et se restaure avec pg_dump et pg_restore"
            " (docs/team.md).",
        )


def restore(options: argparse.Namespace, settings: Settings) -> int:
    """Run `sourcier restore`: exit code 1 if something is wrong that can't be repaired."""
    from rag.backup.library_backup import restore as restore_library
    from rag.models.embedder_factory import load_embedder

    if options.to:
        settings = settings.in_folder(Path(options.to).absolute())
    _refuse_shared(settings)
    folder = settings.data_dir
    loaded: list[Embedder] = []
    manifest = restore_library(
        Path(options.file), folder, lambda: loaded.append(load_embedder(settings.embedding))
    )
    try:
        report = _index_and_check(settings, loaded[0])
    except (KeyboardInterrupt, SourcierError):
        print(text("restore_interrupted", settings.ui.language), file=sys.stderr)
        raise
    _tell_restored(options, settings, manifest.made_at, report)
    return 0 if report.is_sound else 1


def _index_and_check(settings: Settings, embedder: Embedder) -> RepairReport:
    from ingest.pipeline.chunking import chunker_of
    from ingest.pipeline.reindexing import reindex
    from ingest.pipeline.repair import repair
    from rag.engine.engine import open_engine
    from rag.storage.write_lock import write_lock
    from ui.command.terminal.line import ProgressLine

    with (
        write_lock(settings.place, alone=True),
        closing(open_engine(settings, embedder)) as engine,
        ProgressLine(settings.ui.language) as bar,
    ):
        reindex(engine.indexer, chunker_of(engine), bar.take)
        return repair(engine, bar.take)


def _tell_restored(
    options: argparse.Namespace, settings: Settings, made_at: str, report: RepairReport
) -> None:
    from rag.conversation.store import ConversationStore
    from rag.library.library import Library
    from ui.formatting.library_status import held_lines, library_status, moment
    from ui.server import users

    with (
        closing(Library(settings.place)) as library,
        closing(ConversationStore(settings.place)) as conversations,
    ):
        now, said = library_status(library, settings), conversations.count()
    names = users.read(users.users_file(settings))
    if options.json:
        held = {"conversations": said, "users": sorted(names), "made_at": made_at}
        print_json({**now.to_dict(), **held, "check": report.to_dict()})
        return
    language = settings.ui.language
    lines = [text("restored", language, moment=moment(made_at, language)), *held_lines(now, language)]
    lines.append(text("conversations_held", language, count=said))
    lines += [text("users_held", language, count=len(names))] * bool(names)
    lines += report_lines(report, language)
    if options.to:
        lines.append(text("restored_elsewhere", language, folder=settings.data_dir))
    for line in lines:
        print(printable(line))
