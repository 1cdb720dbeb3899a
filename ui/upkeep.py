"""`sourcier status`, `doctor` and `compact`: what the library holds, whether it is sound, what it takes.

Knows words and exit codes; what is looked at and repaired is in `rag` and `ingest`.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from ui.i18n import date_text, text
from ui.terminal import print_json, printable

if TYPE_CHECKING:
    from ingest.doctor import Treated

_SHOWN = 20  # failures, and examples of what is wrong
# Part of the library → what of the data folder it is.
_PLACES = {
    "library": "library.sqlite3*",
    "vectors": "vectors",
    "terms": "terms",
    "sketches": "sketches",
    "conversations": "conversations.sqlite3*",
}


def status(options: argparse.Namespace, settings: Settings) -> int:
    """`sourcier status`."""
    from rag.library import Library

    with closing(Library(settings.data_dir)) as library:
        counts, waiting = library.counts(), len(library.not_indexed())
        failures = library.failures()
        facts = {name: library.fact(name) for name in ("last_ingested", "last_sync")}
        revisions = sum(library.revision_counts().values())
    told = {
        "articles": counts.articles,
        "passages": counts.passages,
        "sources": counts.sources,
        "waiting": waiting,
        "revisions": revisions,
        **facts,
        "failures": [failure.to_dict() for failure in failures],
        "bytes": sizes(settings.data_dir),
        "data_dir": str(settings.data_dir),
        "embedding_model": settings.embedding.model,
        "chat_model": settings.chat_model.model,
    }
    if options.json:
        print_json(told)
        return 0
    language = settings.ui.language
    lines = [text("library_holds", language, folder=settings.data_dir, **told)]
    if revisions:
        lines.append(text("revisions_kept", language, count=revisions))
    lines += [text(name, language, moment=_moment(when, language)) for name, when in facts.items() if when]
    lines.append(text("models_used", language, embedding=told["embedding_model"], chat=told["chat_model"]))
    lines.append(_sizes_line(told["bytes"], language))
    if waiting:
        lines.append(text("articles_waiting", language, waiting=waiting))
    if failures:
        lines.append(text("failures_listed", language, count=len(failures)))
        lines += [f"  {failure.text(language)}" for failure in failures[:_SHOWN]]
        lines += ["  " + text("and_more", language, count=len(failures) - _SHOWN)] * (len(failures) > _SHOWN)
    for line in lines:
        print(printable(line))
    return 0


def sizes(folder: Path) -> dict[str, int]:
    """Part of the library → bytes on disk, and their `total`."""
    found = {name: sum(map(_size, folder.glob(pattern))) for name, pattern in _PLACES.items()}
    return found | {"total": sum(found.values())}


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _sizes_line(found: dict[str, int], language: str) -> str:
    parts = {name: megabytes(count, language) for name, count in found.items()}
    return text("sizes", language, **parts)


def megabytes(count: int, language: str) -> str:
    """`1,2 Mo` or `1.2 MB`."""
    number = f"{count / 1e6:.1f}"
    return f"{number.replace('.', ',')} Mo" if language == "fr" else f"{number} MB"


def _moment(stated: str, language: str) -> str:
    return (
        f"{date_text(stated, language)}, {stated[11:16]} {stated[19:] if stated[19:] != '+00:00' else 'UTC'}"
    )


def compact(options: argparse.Namespace, settings: Settings) -> int:
    """`sourcier compact`."""
    from rag.assembly import open_parts
    from rag.conversation_store import ConversationStore
    from rag.indexing import writing

    before = sizes(settings.data_dir)["total"]
    with writing(settings.data_dir), closing(open_parts(settings)) as parts:
        parts.indexer.compact()
        with closing(ConversationStore(settings.data_dir)) as conversations:
            conversations.erase_removed(parts.library)
            conversations.compact()
    after = sizes(settings.data_dir)["total"]
    if options.json:
        print_json({"bytes_before": before, "bytes_after": after})
        return 0
    language = settings.ui.language
    print(text("compacted", language, before=megabytes(before, language), after=megabytes(after, language)))
    return 0


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    """`sourcier doctor`: exit code 1 if something is wrong that can't be repaired."""
    from ingest.doctor import treat
    from rag.assembly import open_parts
    from rag.indexing import writing

    with writing(settings.data_dir), closing(open_parts(settings)) as parts:
        report = treat(parts, lambda _: None)
    if options.json:
        print_json(report.to_dict())
    else:
        language = settings.ui.language
        print(text("doctor_looked", language, articles=report.articles, passages=report.passages))
        for treated in report.treated:
            print(printable(_treated_line(treated, language)))
        print(text("doctor_sound" if report.is_sound else "doctor_unsound", language))
    return 0 if report.is_sound else 1


def _treated_line(treated: Treated, language: str) -> str:
    about = treated.finding.about
    named = ", ".join(item for item in about[:_SHOWN] if item != "?")
    what = text(f"doctor_{treated.finding.check}", language, count=len(about))
    became = text("doctor_repaired" if treated.repaired else "doctor_left", language)
    return f"{what}{f' ({named})' if named else ''} {became}"
