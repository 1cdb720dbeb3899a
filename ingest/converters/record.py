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


def read_record(data: bytes) -> tuple[str, StatedMetadata]:
    """Return the text of a record and what it states.

    Text that begins with a tag of HTML loses its markup.

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
    if "text" not in fields or _MARKUP.match(text):
        text = text_of_markup(text)
    stated = StatedMetadata(
        title=clean_line(fields.get("title"), TITLE_LENGTH),
        outlet=names(fields.get("outlet")),
        author=names(fields.get("author")),
        language=language_code(fields.get("language")),
        published_at=iso_date(fields.get("published_at")),
        updated_at=iso_date(fields.get("updated_at")),
        canonical_url=canonical_url(fields.get("url")),
    )
    return normalise_text(text.replace("\0", "")), stated
