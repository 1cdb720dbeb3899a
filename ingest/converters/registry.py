"""Bytes → Article, in whichever format: each one's reader is a module of its own.

Knows no file system, store or model; identity and hashes depend on what it is given and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace

from ingest.archives.mhtml import open_mhtml
from ingest.converters.docx import read_docx
from ingest.converters.eml import read_mail
from ingest.converters.epub import read_epub
from ingest.converters.html import read_html
from ingest.converters.markdown import read_markdown
from ingest.converters.odt import read_odt
from ingest.converters.pdf import read_pdf
from ingest.converters.record import read_record
from ingest.converters.rtf import read_rtf
from ingest.decoding.charset import decode
from ingest.decoding.decompression import gunzip
from ingest.decoding.parser_errors import translate_parser_errors, unreadable
from ingest.press.pdf_exports import refuse_several
from ingest.schema.formats import GZIPPED, format_of, known_extensions, unknown_format
from ingest.schema.metadata import (
    FIELD_LENGTH,
    NOTHING_STATED,
    TITLE_LENGTH,
    StatedMetadata,
    clean_line,
    cut,
    linkable_url,
    settle_language,
)
from rag.errors import UserError
from rag.schema.article import Article, Imprint
from rag.text.normalization import normalise_text
from rag.text.sentences import split_sentences

__all__ = ["format_of", "known_extensions", "read_article", "unknown_format"]

_TITLE_WINDOW = 1_000
_FEWEST_SPACES = 2  # in a sentence that is a title though others follow it on its line


def read_article(
    data: bytes,
    source: str,
    key: str | None = None,
    format_: str | None = None,
    stated_there: StatedMetadata = NOTHING_STATED,
    known: StatedMetadata = NOTHING_STATED,
) -> Article:
    """Read one article.

    Args:
        data: The bytes of the document.
        source: Where it was read, as given.
        key: What identifies the article as long as the document states no canonical URL (default: `source`).
        format_: The format (default: the one that the extension of `source` names).
        stated_there: What the place where it was found states of it: it fills what the document doesn't.
        known: What a catalogue states in which it is filed: the document fills what that doesn't.

    Raises:
        UserError: The format is unknown or no text can be read.
    """
    return read_document(data, source, key, format_, stated_there, known).article


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """An article, and what its document and the place where it was found state of it."""

    article: Article
    stated: StatedMetadata


def read_document(
    data: bytes,
    source: str,
    key: str | None = None,
    format_: str | None = None,
    stated_there: StatedMetadata = NOTHING_STATED,
    known: StatedMetadata = NOTHING_STATED,
) -> ReadDocument:
    """Read one article as `read_article` does, with what is stated of it."""
    name = format_ or format_of(source) or ""
    reader = _READERS.get(name)
    if reader is None:
        raise unknown_format(source)
    try:
        with translate_parser_errors(unreadable):
            found = reader(gunzip(data) if name in GZIPPED else data)
        text = normalise_text(found.text)
        if not any(character.isalnum() for character in text):
            raise UserError("there is no text in it.", "il ne contient pas de texte.")
    except UserError as error:
        raise UserError(f"{source}: {error}", f"{source} : {error.text('fr')}") from error
    stated = known.or_else(found.stated).or_else(stated_there)
    article = _article(text, stated, source, key or source)
    return ReadDocument(replace(article, page_starts=found.pages), stated)


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


def _read_mhtml(data: bytes) -> _Document:
    saved = open_mhtml(data)
    if saved is None:
        return _Document(*read_mail(data))
    found = read_html(decode(saved.data, html=True))
    return _Document(found.text, found.stated.or_else(saved.stated))


def _read_pdf(data: bytes) -> _Document:
    found = read_pdf(data)
    refuse_several(found.text)
    return _Document(found.text, found.stated, found.pages)


_READERS: dict[str, Callable[[bytes], _Document]] = {
    "text": _read_text,
    "markdown": _read_markdown,
    "html": _read_html,
    "mhtml": _read_mhtml,
    "pdf": _read_pdf,
    "docx": lambda data: _Document(*read_docx(data)),
    "odt": lambda data: _Document(*read_odt(data)),
    "rtf": lambda data: _Document(*read_rtf(data)),
    "epub": lambda data: _Document(*read_epub(data)),
    "eml": lambda data: _Document(*read_mail(data)),
    "record": lambda data: _Document(*read_record(data)),
}


def _article(text: str, stated: StatedMetadata, source: str, key: str) -> Article:
    language = settle_language(stated.language, text)
    title = stated.title or _first_sentence(text, language)
    content = [text, title, stated.outlet, stated.author, language]
    content += [stated.published_at, stated.updated_at, stated.canonical_url]
    content += ["excerpt"] if stated.excerpt else []
    imprint = Imprint(stated.section, stated.page, stated.rights, stated.identity)
    is_printed = imprint != Imprint()
    content += astuple(imprint) if is_printed else ()
    return Article(
        id=article_id(stated.identity) if stated.identity else _sha256(stated.canonical_url or key)[:16],
        text=text,
        title=title,
        source=source,
        content_hash=_sha256(json.dumps(content, ensure_ascii=False)),
        outlet=stated.outlet,
        author=stated.author,
        language=language,
        published_at=stated.published_at,
        updated_at=stated.updated_at,
        excerpt=stated.excerpt,
        imprint=imprint if is_printed else None,
        # A row of a table that was fetched is not at the table's own URL.
        canonical_url=linkable_url(stated.canonical_url) or (None if "#" in source else linkable_url(source)),
    )


def article_id(identity: str) -> str:
    """Return the id of the article that its provider knows by `identity`: no file's or page's is the same."""
    return _sha256(f"delivered {identity}")[:16]


def _first_sentence(text: str, language: str | None) -> str:
    """Return the first sentence with a word in it, short enough for a title.

    What is too short to be one (`Fini.`) is taken with the sentence after it, if that stands on its line.
    """
    opening = text.lstrip()[:_TITLE_WINDOW]
    start: int | None = None
    for span in split_sentences(opening, language):
        if start is None or "\n" in opening[start : span.start]:
            start = span.start
        line = clean_line(opening[start : span.end], TITLE_LENGTH)
        is_alone = "\n" in opening[span.end : span.end + 1] or not opening[span.end :].strip()
        is_long = line is not None and line.count(" ") >= _FEWEST_SPACES
        if line and any(character.isalnum() for character in line) and (is_alone or is_long):
            return cut(line, FIELD_LENGTH)
    return cut(clean_line(text, TITLE_LENGTH) or "…", FIELD_LENGTH)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
