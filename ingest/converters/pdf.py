"""PDF → the text of its text layer, where its pages begin, and what it states about itself.

The dates in a PDF are those of the file, and what its author wrote first: none is a date of publication.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.decoding.sandbox import parsed
from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    clean_line,
    language_code,
    own_author,
    own_title,
)
from ingest.schema.reading_progress import tell
from rag.errors import UserError

_PROBLEMS = {
    "encrypted": UserError(
        "it is protected with a password; save a copy without one.",
        "il est protégé par un mot de passe ; enregistrez-en une copie sans mot de passe.",
    ),
    "damaged": UserError("it isn't a PDF, or it is damaged.", "ce n'est pas un PDF, ou il est endommagé."),
    "pages": UserError("it has more than 3,000 pages; split it.", "il a plus de 3 000 pages ; découpez-le."),
    "characters": UserError(
        "it has more than 20 million characters; split it.",
        "il a plus de 20 millions de caractères ; découpez-le.",
    ),
    "scan": UserError(
        "it has pages but no text: a scan; run a text recognition (OCR) over it first.",
        "il a des pages mais pas de texte : c'est un scan ; passez-le d'abord à"
        " la reconnaissance de texte (OCR).",
    ),
    "glyphs": UserError(
        "its fonts don't say which characters they show, so that its text would be signs; run a text"
        " recognition (OCR) over it first.",
        "ses polices ne disent pas quels caractères elles montrent : son texte serait fait de signes ;"
        " passez-le d'abord à la reconnaissance de texte (OCR).",
    ),
}
_FEWEST_SIGNS = 200
_FEWEST_LETTERS = 0.35  # of all signs


@dataclass(frozen=True, slots=True)
class PdfArticle:
    """What a PDF holds. `pages` are the offsets in `text` at which its pages begin."""

    text: str
    stated: StatedMetadata
    pages: tuple[int, ...]


def read_pdf(data: bytes) -> PdfArticle:
    """Read a PDF.

    Raises:
        UserError: It is protected, damaged, a scan, or takes too long.
    """
    if b"%PDF-" not in data[:1024]:
        raise _PROBLEMS["damaged"]
    found = parsed("ingest.pdf.worker", data, lambda page, pages: tell(page, pages, "pages"))
    if found.get("problem"):
        raise _PROBLEMS[found["problem"]]
    if _is_garbled(found["text"]):
        raise _PROBLEMS["glyphs"]
    if not any(character.isalnum() for character in found["text"]):
        raise _PROBLEMS["scan"]
    stated = StatedMetadata(
        title=own_title(clean_line(found["title"], TITLE_LENGTH))
        or clean_line(found["headline"], TITLE_LENGTH),
        author=own_author(clean_line(found["author"])),
        language=language_code(found["language"]),
    )
    return PdfArticle(found["text"], stated, tuple(found["pages"]))


def _is_garbled(text: str) -> bool:
    """Return whether hardly anything of a text is a letter or digit, leaders of dots aside."""
    signs = [character for character in text if not character.isspace() and character not in "._|·…-–—"]
    readable = sum(character.isalnum() for character in signs)
    return len(signs) >= _FEWEST_SIGNS and readable < _FEWEST_LETTERS * len(signs)
