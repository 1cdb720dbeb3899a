"""Pages of bookmarks, as Pocket and browsers export them: lists of addresses, and no article.

Pure. Source: the form that browsers agreed on (Netscape's), and Pocket's own as programs read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.exports.left_out import ADDRESS
from ingest.schema.delivery import LeftOut

_BEGINS = re.compile(
    rb"<!DOCTYPE\s+NETSCAPE-Bookmark-file-1\b|<title>\s*Pocket Export\s*</title>", re.IGNORECASE
)
_TITLED = 4_096  # bytes, in which a page has its title
_LINK = re.compile(r"<a\s[^>]{0,2000}?\bhref\s*=\s*[\"']?https?:", re.IGNORECASE)


def is_bookmarks(head: bytes) -> bool:
    """Return whether a page begins as an export of bookmarks does."""
    return _BEGINS.search(head[:_TITLED]) is not None


def read_bookmarks(markup: str) -> Iterator[LeftOut]:
    """Yield an address for each link of such a page."""
    return (ADDRESS for _ in _LINK.finditer(markup))
