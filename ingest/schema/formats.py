"""Names of formats: which a file is in, as its extension says. Knows no reader."""

from __future__ import annotations

from pathlib import PurePath

from rag.errors import UserError

# One article each.
_ARTICLES = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".fodt": "odt",
    ".rtf": "rtf",
    ".epub": "epub",
    ".eml": "eml",
}
# Many articles each.
_CONTAINERS = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".wacz": "wacz",
    ".mbox": "mbox",
    ".xml": "xml",
    ".nitf": "xml",
    ".newsml": "xml",
    ".rdf": "xml",
    ".rss": "xml",
    ".atom": "xml",
    ".opml": "xml",
    ".zip": "zip",
}
_EXTENSIONS = _ARTICLES | _CONTAINERS
# Those that are also read compressed by gzip; the others are compressed within.
GZIPPED = frozenset(
    {"text", "markdown", "html", "mhtml", "eml", "json", "jsonl", "csv", "warc", "mbox", "xml"}
)
_COMPRESSED = {".gz": GZIPPED, ".zst": frozenset({"warc"})}


def format_of(name: str) -> str | None:
    """Return the format that the extension of a file name or path stands for (`pdf`, `html`…).

    None if unknown.

    `.gz` behind it means the same format, where that is read compressed: `page.html.gz`; so does `.zst`.
    """
    path = PurePath(name)
    compressed = _COMPRESSED.get(path.suffix.lower())
    if compressed is None:
        return _EXTENSIONS.get(path.suffix.lower())
    format_ = _EXTENSIONS.get(PurePath(path.stem).suffix.lower())
    return format_ if format_ in compressed else None


def known_extensions() -> str:
    """Return the extensions that can be read, for messages."""
    return ", ".join(_EXTENSIONS)


def unknown_format(source: str) -> UserError:
    """Return the error for a file whose extension none of the readers knows."""
    return UserError(
        f"{source}: not a format that can be read; use one of {known_extensions()}.",
        f"{source} : ce format ne peut pas être lu ; prenez l'un de ceux-ci : {known_extensions()}.",
    )
