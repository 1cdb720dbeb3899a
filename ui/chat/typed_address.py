"""An address that stands in place of a question. Pure."""

from __future__ import annotations

import re

from ui.html.element import web_address

# A host that begins as hosts of pages do, or one with a path: `M.Macron` and `U.S.` are none.
_HOST = r"[^\W_][\w-]*(?:\.[\w-]+)*\.[^\W\d_]{2,}"
_WITHOUT_SCHEME = re.compile(rf"(?:www\.{_HOST}|{_HOST}(?=/))\S*", re.IGNORECASE)
_AROUND = "<>\"'«»“”‘’ \t\n\u00a0\u202f"


def typed_address(words: str) -> str | None:
    """Return the http(s) address that `words` are, whatever stands around it; None if they say more."""
    written = words.strip(_AROUND).rstrip("?!").strip(_AROUND)
    if _WITHOUT_SCHEME.fullmatch(written):
        written = f"https://{written}"
    return written if web_address(written) else None
