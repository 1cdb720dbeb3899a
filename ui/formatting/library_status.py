"""How a library stands: what it holds, what it takes, what could not be read; for terminal and page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.library.failures import FailedSource
from rag.library.library import Library
from ui.formatting.i18n import date_text, number_text, text

if TYPE_CHECKING:
    from ingest.schema.events import Reading
    from rag.engine.integrity import Finding

_EXAMPLES = 20  # of what is wrong
_MINUTE, _HOUR = 60, 3600  # seconds
_MEGABYTE = 1_000_000
# Part of the library → what of the data folder it is.
_PLACES = {
    "library": "library.sqlite3*",
    "vectors": "vectors",
    "terms": "terms",
    "full_text": "full_text",
    "sketches": "sketches",
    "conversations": "conversations.sqlite3*",
}


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """`waiting` articles are to be indexed again; `facts` are moments, by name; `sizes` are bytes."""

    articles: int
    passages: int
    sources: int
    waiting: int
    revisions: int
    facts: dict[str, str | None]
    failures: tuple[FailedSource, ...]
    sizes: dict[str, int]
    data_dir: Path
    embedding_model: str
    chat_model: str
    reader: str
    embargoed: int = 0
    database: str | None = None  # which it is in, if it isn't in the data folder

    def to_dict(self) -> dict:
        """Return the fields as JSON has them."""
        return {
            "articles": self.articles,
            "passages": self.passages,
            "sources": self.sources,
            "waiting": self.waiting,
            "revisions": self.revisions,
            "embargoed": self.embargoed,
            **self.facts,
            "failures": [failure.to_dict() for failure in self.failures],
            "bytes": self.sizes,
            "data_dir": str(self.data_dir),
            "database": self.database,
            "embedding_model": self.embedding_model,
            "chat_model": self.chat_model,
            "reader": self.reader,
        }


def _embedding_model(library: Library, settings: Settings) -> str:
    """Return the encoder of the index in use, which `reindex` may have put in the configuration's place."""
    used = library.encoders.current()
    return str(used.settings.get("model", "")) if used and used.settings else settings.embedding.model


def library_status(library: Library, settings: Settings) -> LibraryStatus:
    """Return how the library of these settings stands now."""
    counts, database = library.counts(), library.name if settings.place.url else None
    return LibraryStatus(
        counts.articles,
        counts.passages,
        counts.sources,
        waiting=len(library.not_indexed()),
        revisions=sum(library.revisions.counts().values()),
        facts={name: library.facts.get(name) for name in ("last_ingested", "last_sync")},
        failures=tuple(library.failures.all()),
        sizes=sizes(settings.data_dir, library.size() if database else 0),
        data_dir=settings.data_dir,
        embedding_model=_embedding_model(library, settings),
        chat_model=settings.chat_model.model,
        reader=settings.reader.model,
        embargoed=library.embargoes.count(),
        database=database,
    )


def held_lines(now: LibraryStatus, language: str) -> list[str]:
    """Return what the library holds and when something last came in, a sentence each."""
    lines = [text("library_holds", language, folder=now.database or now.data_dir, **_counts(now))]
    if now.revisions:
        lines.append(text("revisions_kept", language, count=now.revisions))
    if now.embargoed:
        lines.append(text("library_held", language, count=now.embargoed) + ".")
    return lines + [
        text(name, language, moment=moment(when, language)) for name, when in now.facts.items() if when
    ]


def _counts(now: LibraryStatus) -> dict[str, int]:
    return {"articles": now.articles, "passages": now.passages, "sources": now.sources}


def sizes(folder: Path, in_database: int = 0) -> dict[str, int]:
    """Part of the library → bytes on disk, of articles those in a database too, and their `total`."""
    found = {name: sum(map(_size, folder.glob(pattern))) for name, pattern in _PLACES.items()}
    found["library"] += in_database
    return found | {"total": sum(found.values())}


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def sizes_line(found: dict[str, int], language: str) -> str:
    """Return the sizes of the parts in one line."""
    parts = {name: megabytes(count, language) for name, count in found.items()}
    return text("sizes", language, **parts)


def megabytes(count: int, language: str) -> str:
    """Write `1,2 Mo` or `1.2 MB`."""
    number = f"{count / 1e6:.1f}"
    return f"{number.replace('.', ',')} Mo" if language == "fr" else f"{number} MB"


def moment(stated: str, language: str) -> str:
    """Return a day with its time: `16 août 2025, 10:30 UTC`."""
    zone = stated[19:] if stated[19:] != "+00:00" else "UTC"
    return f"{date_text(stated, language)}, {stated[11:16]} {zone}"


def finding_line(finding: Finding, language: str) -> str:
    """Return what is wrong with the library, and the first of what it is about."""
    named = ", ".join(item for item in finding.about[:_EXAMPLES] if item != "?")
    what = text(f"doctor_{finding.check}", language, count=len(finding.about))
    return f"{what} ({named})" if named else what


# --- how far what is being read has come ---


def remaining_text(seconds: float, language: str) -> str:
    """Return how long something takes yet, as roughly as that is known: `encore 3 minutes environ`."""
    if seconds < _MINUTE:
        return text("remaining_seconds", language, count=max(10, round(seconds / 10) * 10))
    if seconds < 2 * _HOUR:
        return text("remaining_minutes", language, count=round(seconds / _MINUTE))
    return text("remaining_hours", language, count=round(seconds / _HOUR))


def reading_text(reading: Reading, language: str) -> str:
    """Return how far a file has been read: `page 12 sur 340`, `12,5 Mo sur 40,0`."""
    if reading.unit == "pages":
        done, total = (number_text(count, language) for count in (reading.done, reading.total))
        return text("reading_pages", language, done=done, total=total)
    done, total = (_megabytes(count, language) for count in (reading.done, reading.total))
    return text("reading_bytes", language, done=done, total=total)


def _megabytes(count: int, language: str) -> str:
    written = f"{count / _MEGABYTE:.1f}"
    return written.replace(".", ",") if language == "fr" else written
