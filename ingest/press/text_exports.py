"""Exports that are running text, of whatever file it was in → their articles, told by the lines between them.

Pure. Factiva's plain text, Nexis's two forms, and the `****` lines of IRaMuTeQ and TXM.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingest.press.factiva_text import is_factiva_text, read_factiva_text
from ingest.press.nexis import is_nexis, is_nexis_of_old, read_nexis, read_nexis_of_old
from ingest.press.starred import is_starred, read_starred
from ingest.schema.delivery import DeliveredArticle
from rag.errors import UserError

Reader = Callable[[str], Iterator[DeliveredArticle | UserError]]

_FORMS: tuple[tuple[Callable[[str], bool], Reader], ...] = (
    (is_starred, read_starred),
    (is_nexis_of_old, read_nexis_of_old),
    (is_nexis, read_nexis),
    (is_factiva_text, read_factiva_text),
)


def reader_of(text: str) -> Reader | None:
    """Return what reads a text that is an export in one of the known forms; None for any other text."""
    return next((reader for is_form, reader in _FORMS if is_form(text)), None)
