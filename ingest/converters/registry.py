"""Bytes → Article, in whichever format: each one's reader is a module of its own.

Knows no file system, store or model; identity and hashes depend on what it is given and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.converters.docx import read_docx
from ingest.converters.eml import read_mail
from ingest.converters.epub import read_epub
from ingest.converters.html import read_html
from ingest.converters.markdown import read_markdown
from ingest.converters.pdf import read_pdf
from ingest.converters.record import read_record
from ingest.decoding.charset import decode
from ingest.decoding.decompression import gunzip
from ingest.schema.formats import GZIPPED, format_of, known_extensions, unknown_format
from ingest.schema.metadata import (
    FIELD_LENGTH,
    NOTHING_STATED,
    TITLE_LENGTH,
    StatedMetadata,
    clean_line,
    cut,
    settle_language,
)
from rag.errors import UserError
from rag.schema.article import Article
from rag.text.normalization import normalise_text
from rag.text.sentences import split_sentences

__all__ = ["format_of", "known_extensions", "read_article", "unknown_format"]

_TITLE_WINDOW = 1_000


def read_article(
    data: bytes,
    source: str,
    key: str | None = None,
    format_: str | None = None,
    stated_there: StatedMetadata = NOTHING_STATED,
) -> Article:
    """Read one article.

    Args:
        data: The bytes of the document.
        source: Where it was read, as given.
        key: What identifies the article as long as the document states no canonical URL (default: `source`).
        format_: The format (default: the one that the extension of `source` names).
        stated_there: What the place where it was found states of it: it fills what the document doesn't.

    Raises:
        UserError: The format is unknown or no text can be read.
    """
    name = format_ or format_of(source) or ""
    reader = _READERS.get(name)
    if reader is None:
        raise unknown_format(source)
    try:
        found = reader(gunzip(data) if name in GZIPPED else data)
        text = normalise_text(found.text)
        if not any(character.isalnum() for character in text):
            raise UserError("there is no text in it.", "il ne contient pas de texte.")
    except UserError as error:
        raise UserError(f"{source}: {error}", f"{source} : {error.text('fr')}") from error
    article = _article(text, found.stated.or_else(stated_there), source, key or source)
    return replace(article, page_starts=found.pages)


@dataclass(frozen=True, slots=True)
class _Document:
    """What a file holds. `pages` are the offsets at which its pages begin, in a text that is normalised."""

    text: str
    stated: StatedMetadata
    pages: tuple[int, ...] = ()


def _read_text(data: bytes) -> _Document:
    return _Document(decode(data), StatedMetadata())


def _read_markdown(data: bytes) -> _Document:
    found = read_markdown(normalise_text(decode(data)))
    return _Document(found.text, found.stated)


def _read_html(data: bytes) -> _Document:
    found = read_html(decode(data, html=True))
    return _Document(found.text, found.stated)


def _read_pdf(data: bytes) -> _Document:
    found = read_pdf(data)
    return _Document(found.text, found.stated, found.pages)


_READERS: dict[str, Callable[[bytes], _Document]] = {
    "text": _read_text,
    "markdown": _read_markdown,
    "html": _read_html,
    "pdf": _read_pdf,
    "docx": lambda data: _Document(*read_docx(data)),
    "epub": lambda data: _Document(*read_epub(data)),
    "eml": lambda data: _Document(*read_mail(data)),
    "record": lambda data: _Document(*read_record(data)),
}


def _article(text: str, stated: StatedMetadata, source: str, key: str) -> Article:
    language = settle_language(stated.language, text)
    title = stated.title or _first_sentence(text, language)
    content = [text, title, stated.outlet, stated.author, language]
    content += [stated.published_at, stated.updated_at, stated.canonical_url]
    return Article(
        id=_sha256(stated.canonical_url or key)[:16],
        text=text,
        title=title,
        source=source,
        content_hash=_sha256(json.dumps(content, ensure_ascii=False)),
        outlet=stated.outlet,
        author=stated.author,
        language=language,
        published_at=stated.published_at,
        updated_at=stated.updated_at,
    )


def _first_sentence(text: str, language: str | None) -> str:
    """Return the first sentence with a word in it, short enough for a title."""
    opening = text.lstrip()[:_TITLE_WINDOW]
    for span in split_sentences(opening, language):
        line = clean_line(opening[span.start : span.end], TITLE_LENGTH)
        if line and any(character.isalnum() for character in line):
            return cut(line, FIELD_LENGTH)
    return cut(clean_line(text, TITLE_LENGTH) or "…", FIELD_LENGTH)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
