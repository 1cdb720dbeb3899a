"""What a server says that it sends → the format that a reader knows it by.

Pure; knows names of formats, not the formats.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from ingest.converters.registry import format_of

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
    "application/epub+zip": ".epub",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.apache.parquet": ".parquet",
    "application/warc": ".warc",
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
        named = format_of(unquote(urlsplit(url).path))
        if named is not None or content_type != "text/plain":
            return named
    return format_of("page" + _EXTENSIONS.get(content_type, ""))


def may_list(content_type: str, url: str) -> bool:
    """Return whether this may be a feed or a sitemap: servers send them as HTML and plain text too."""
    return (
        content_type in _LISTING_TYPES or content_type in _SILENT or web_format(content_type, url) == "html"
    )


def sniffed(data: bytes) -> str:
    """Return the format of a document that comes without a name: HTML, PDF or plain text."""
    start = data[:2_000].lstrip().lower()
    if start.startswith(b"%pdf-"):
        return format_of("x.pdf") or "text"
    html = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body", b"<article", b"<!--")
    return "html" if start.removeprefix(b"\xef\xbb\xbf").startswith(html) else "text"
