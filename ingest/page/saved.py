"""The address that a page on disk was saved from, as the programs that save pages write it down.

SingleFile (and Zotero, which saves with it), browsers, HTTrack, monolith, Save Page WE and WebScrapBook. When
it was saved is no date of publication.
"""

from __future__ import annotations

import html
import re

from ingest.schema.metadata import canonical_url

_HEAD = 100_000
_MARKS = tuple(
    re.compile(mark, re.IGNORECASE)
    for mark in (
        r"<!--\s{0,20}Page saved with SingleFile\s{1,20}url:\s{0,20}(?P<address>[^\s<>]{1,2000})",
        r"<!--\s{0,20}Saved from (?P<address>https?://[^\s<>]{1,2000}) at \d{4}-",
        r"<!--\s{0,20}Mirrored from (?P<address>[^\s<>]{1,2000}) by HTTrack",
        r"<!--\s{0,20}saved from url=\(\d{1,5}\)(?P<address>[^\s<>]{1,2000})",
        r"<meta name=[\"']?savepage-url[\"']? content=[\"']?(?P<address>[^\s\"'<>]{1,2000})",
        r"<html\b[^<>]{0,2000}\bdata-scrapbook-source=[\"'](?P<address>[^\s\"'<>]{1,2000})",
    )
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?/")
# The Internet Archive's own address of a page's capture, with the page's behind the moment.
_CAPTURE = re.compile(
    r"https?://web\.archive\.org/web/\d{4,14}[a-z_]{0,4}/(?P<address>https?://.+)", re.IGNORECASE
)


def saved_from(markup: str) -> str | None:
    """Return the address that the page was saved from; None if no program says so."""
    head = markup[:_HEAD]
    found = (mark.search(head) for mark in _MARKS)
    return next((address for one in found if one and (address := _address(one["address"]))), None)


def _address(stated: str) -> str | None:
    address = html.unescape(stated).removesuffix("--")  # where the comment ends right behind it
    if not _SCHEME.match(address) or _HOST.match(address):
        address = f"http://{address}"  # HTTrack leaves it out
    capture = _CAPTURE.match(address)
    return canonical_url(capture["address"] if capture else address)
