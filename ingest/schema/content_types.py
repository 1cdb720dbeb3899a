"""What a server says that it sends, or how a file begins → the format that a reader knows it by.

Pure; knows names of formats, not the formats.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from ingest.schema.addresses import path_of
from ingest.schema.formats import format_of

# What tells nothing: the URL's extension may.
_SILENT = ("", "application/octet-stream", "binary/octet-stream", "application/download", "text/plain")
_EXTENSIONS = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.text-flat-xml": ".fodt",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.apache.parquet": ".parquet",
    "application/warc": ".warc",
    "application/wacz": ".wacz",
    "application/wacz+zip": ".wacz",
    "multipart/related": ".mhtml",
    "application/x-mimearchive": ".mhtml",
    "application/mbox": ".mbox",
    "message/rfc822": ".eml",
}
_LISTING_TYPES = (
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml",
    "application/gzip", "application/x-gzip",
)  # fmt: skip


def web_format(content_type: str, url: str) -> str | None:
    """Return the format of what is sent as `content_type` from `url`; None for what no reader knows."""
    if content_type in _SILENT:
        named = format_of(unquote(path_of(url)))
        if named is not None or content_type != "text/plain":
            return named
    return format_of("page" + _EXTENSIONS.get(content_type, ""))


def may_list(content_type: str, url: str) -> bool:
    """Return whether this may be a feed or a sitemap: servers send them as HTML and plain text too."""
    return (
        content_type in _LISTING_TYPES or content_type in _SILENT or web_format(content_type, url) == "html"
    )


def sniffed(data: bytes) -> str:
    """Return the format of a document that comes without a name: HTML, other XML, PDF or plain text."""
    start = data[:2_000].lstrip().lower()
    if start.startswith(b"%pdf-"):
        return format_of("x.pdf") or "text"
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf:")) and b"<html" not in start:
        return "xml"
    html = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body", b"<article", b"<!--")
    return "html" if start.removeprefix(b"\xef\xbb\xbf").startswith(html) else "text"


_HTML = re.compile(rb"(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z-]*: ")
_RELATED = re.compile(rb"^Content-Type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
_OBJECT = re.compile(rb'\[?\s*\{\s*"[^"\n]{1,100}"\s*:')
# What may have been given a name that it isn't: its beginning can't be that of a text or a page.
MISNAMED = ("text", "html")
BEGINNING = 4_096


def format_within(beginning: bytes, format_: str) -> str:
    """Return the format of a file that begins so, whose name says `format_`: a page, MHTML, PDF or RTF.

    Only what is named as a text or a page is doubted: programs tell the others by themselves.
    """
    start = beginning[:BEGINNING].removeprefix(b"\xef\xbb\xbf").lstrip()
    if format_ not in MISNAMED:
        return format_
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"{\\rtf"):
        return "rtf"
    if _HEADER.match(start) and b"mime-version:" in start.lower() and _RELATED.search(start):
        return "mhtml"
    return "html" if format_ == "text" and _HTML.match(start) else format_


def json_within(data: bytes) -> str | None:
    """Return `json` or `jsonl` for a text that begins and ends as an object or a list of objects does."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not _OBJECT.match(text) or text[-1:] != (b"]" if text.startswith(b"[") else b"}"):
        return None
    first, _, others = text.partition(b"\n")
    return "jsonl" if others and not text.startswith(b"[") and first.rstrip().endswith(b"}") else "json"
