"""A record → an article's text and what the record states: its fields as JSON, as `containers` write them."""

from __future__ import annotations

import json
import re

from ingest.decoding.html_text import text_of_markup
from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    canonical_url,
    clean_line,
    iso_date,
    language_code,
    names,
)
from rag.errors import UserError
from rag.text.normalization import normalise_text

_MARKUP = re.compile(
    r"\s*<(?:p|div|h[1-6]|ul|ol|table|article|section|figure|span|strong|em|b|i|a)\b[^>]*>", re.I
)
# Elements that are closed again: `a <b et c> d` has none.
_ELEMENTS = re.compile(
    r"<(p|div|h[1-6]|li|sup|sub|strong|em|b|i|u|a|q|s|del|ins|span|time|small|mark)\b[^<>]{0,500}>[^<>]{0,2000}</\1\s*>"
    r"|<br\s*/?>",
    re.IGNORECASE,
)
# A whole document of XML in a column: a name of any kind, closed at the end.
_DOCUMENT = re.compile(r"\s*(?:<\?xml[^<>]*>\s*)?<([A-Za-z_][\w.:-]{0,80})(?:\s[^<>]{0,2000})?>")
_BLOCK = re.compile(r"<(?:p|div|h[1-6]|li|ul|ol|table|br|section|article|blockquote|pre)\b", re.IGNORECASE)


def read_record(data: bytes) -> tuple[str, StatedMetadata]:
    """Return the text of a record and what it states.

    Text that begins with a tag of HTML or has elements in it loses its markup.

    Raises:
        UserError: It is no record, or there is no text in it.
    """
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UserError("this isn't a record.", "ce n'est pas une notice.") from error
    if not isinstance(fields, dict):
        raise UserError("this isn't a record.", "ce n'est pas une notice.")
    text = fields.get("text", fields.get("html"))
    if not isinstance(text, str):
        raise UserError("there is no text in it.", "il ne contient pas de texte.")
    if "text" not in fields or _MARKUP.match(text) or _ELEMENTS.search(text) or _is_document(text):
        # Some columns have elements in their lines and none for them.
        text = text_of_markup(text if _BLOCK.search(text) else text.replace("\n", "<br>"))
    stated = StatedMetadata(
        title=clean_line(fields.get("title"), TITLE_LENGTH),
        outlet=names(fields.get("outlet")),
        author=names(fields.get("author")),
        language=language_code(fields.get("language")),
        published_at=iso_date(fields.get("published_at")),
        updated_at=iso_date(fields.get("updated_at")),
        canonical_url=canonical_url(fields.get("url")) or canonical_url(fields.get("source_url")),
        identity=clean_line(fields.get("identity"), 800),
        section=clean_line(fields.get("section")),
        page=clean_line(fields.get("page"), 40),
        rights=clean_line(fields.get("rights")),
        excerpt=fields.get("excerpt") is True,
    )
    return normalise_text(text.replace("\0", "")), stated


def _is_document(text: str) -> bool:
    """Return whether a text is one element of XML, from its first character to its last."""
    opening = _DOCUMENT.match(text)
    return opening is not None and text.rstrip().endswith(f"</{opening[1]}>")
