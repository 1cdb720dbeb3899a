"""A mail → the text of its body and what its headers state. Attachments are left.

A newsletter's date is the one on which it was sent; its outlet is the organisation that it names.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import parseaddr

from ingest.decoding.charset import decode, with_declared
from ingest.decoding.html_text import text_of_markup
from ingest.decoding.mail_message import read_message
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.schema.metadata import (
    TITLE_LENGTH,
    StatedMetadata,
    canonical_url,
    clean_line,
    iso_date,
    language_code,
)
from rag.errors import UserError

_MAIL = ("From", "Subject", "Date", "Message-ID")
# A text part that says this much less than the page beside it only says to look at that.
_STUB = 3


def read_mail(data: bytes) -> tuple[str, StatedMetadata]:
    """Return the text of a mail, from its text part, else from its HTML.

    Raises:
        UserError: It has none.
    """
    with translate_parser_errors(_broken):
        message = read_message(data)
        if not any(name in message for name in _MAIL):
            raise UserError("it isn't a mail.", "ce n'est pas un message.")
        return _text(message), _stated(message)


def _broken(kind: str) -> UserError:
    return UserError(
        f"it can't be read as a mail ({kind}).", f"il ne peut pas être lu comme un message ({kind})."
    )


def _text(message: EmailMessage) -> str:
    plain, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    words = _plain(plain) if plain is not None else ""
    if page is None:
        return words.strip()
    shown = text_of_markup(markup) if (markup := _decoded(page, html=True)).strip() else ""
    return shown if len(shown) > _STUB * len(words) else words.strip()


def _plain(part: EmailMessage) -> str:
    """Return a text part; lines that its writer's program wrapped are joined (RFC 3676)."""
    text = _decoded(part)
    if part.get_content_type() != "text/plain" or part.get_param("format", "").lower() != "flowed":
        return text
    deleted = "" if part.get_param("delsp", "").lower() == "yes" else " "
    return re.sub(r"(?<=[^\n-]) \r?\n(?!\r?\n|>|-- )", deleted, text)


def _decoded(part: EmailMessage, html: bool = False) -> str:
    """Return a part's text in the charset that it declares, else in the one that its bytes are in."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    return decode(with_declared(data, part.get_content_charset("") or ""), html) if data.strip() else ""


def _stated(message: EmailMessage) -> StatedMetadata:
    stamp = re.sub(r"\s*\([^)]*\)$", "", _header(message, "Date"))
    return StatedMetadata(
        title=clean_line(_header(message, "Subject"), TITLE_LENGTH),
        outlet=clean_line(_header(message, "Organization")),
        author=clean_line(_sender(message)),
        language=language_code(_header(message, "Content-Language").partition(",")[0]),
        published_at=iso_date(stamp),
        canonical_url=canonical_url(_header(message, "Archived-At").strip("<> ")),
    )


def _sender(message: EmailMessage) -> str:
    """Return the name of who sent it, without the address."""
    if (raw := _undeclared(message, "From")) is not None:
        return parseaddr(raw)[0]
    addresses = getattr(message["From"], "addresses", ())
    return addresses[0].display_name if addresses else ""


def _header(message: EmailMessage, name: str) -> str:
    raw = _undeclared(message, name)
    return str(message[name] or "") if raw is None else raw


def _undeclared(message: EmailMessage, name: str) -> str | None:
    """Return a header with bytes in no declared charset, as the text that they look like.

    None if it has none.
    """
    for header, value in message.raw_items():
        if header.lower() == name.lower():
            data = str(value).encode("utf-8", "surrogateescape")
            return None if data.isascii() else decode(data)
    return None
