"""References → RIS, as Zotero, EndNote and press databases read it.

Pure. A value is one line, so that nothing in an article begins a tag of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.references.names import Name
from ui.references.notes import notes
from ui.references.reference import Reference, StatedDate
from ui.references.writable import one_line

_END = "\r\n"  # as the format has it


def ris(references: Sequence[Reference], language: str) -> str:
    """Return the references as records of newspaper articles; notes are in `language`."""
    return _END.join(_record(one, language) for one in references)


def _record(reference: Reference, language: str) -> str:
    tags = [
        ("TY", "NEWS"),
        ("ID", reference.key),
        *(("AU", _name(name)) for name in reference.authors),
        ("TI", reference.title),
        ("T2", reference.outlet),
        ("PY", f"{reference.issued.year:04}" if reference.issued else ""),
        ("DA", _date(reference.issued)),
        ("SE", reference.section),
        ("SP", reference.page),
        ("UR", reference.url),
        ("Y2", _date(reference.accessed)),
        ("LA", reference.language),
        *(("N1", note) for note in (*notes(reference, language), *reference.remarks)),
    ]
    lines = [f"{tag}  - {line}" for tag, value in tags if (line := one_line(value))]
    return _END.join([*lines, "ER  - ", ""])


def _name(name: Name) -> str:
    return f"{name.family}, {name.given}" if name.family else name.literal


def _date(stated: StatedDate | None) -> str:
    """Return `2024/03/12/`: year, month, day, as far as they are stated, and a remark that is empty."""
    if stated is None:
        return ""
    month, day = (f"{part:02}" if part else "" for part in (stated.month, stated.day))
    return f"{stated.year:04}/{month}/{day}/"
