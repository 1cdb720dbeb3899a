"""MHTML → the page that a browser or a mail program saved, and the address that it was saved from.

Its frames, pictures and styles are other parts and no articles. The date of the file is the one of saving.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from ingest.decoding.charset import with_declared
from ingest.decoding.mail_message import read_message
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.schema.addresses import joined_address
from ingest.schema.metadata import TITLE_LENGTH, StatedMetadata, canonical_url, clean_line, own_title
from rag.errors import UserError

_PAGES = ("text/html", "application/xhtml+xml")
_LOCATION, _SNAPSHOT = "Content-Location", "Snapshot-Content-Location"
_HEADER_OF_PART = re.compile(r"^Content-(?:Location|Transfer-Encoding): ", re.MULTILINE)
_MOST_PARTS = 10_000


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page as its bytes, and what the file around it states where the page states nothing."""

    data: bytes
    stated: StatedMetadata


def open_mhtml(data: bytes) -> SavedPage | None:
    """Return the page that an MHTML file is of; None if it is a mail that was saved in this form.

    Raises:
        UserError: There is no page in it.
    """
    with translate_parser_errors(_broken):
        message = read_message(data)
        root = _root(message)
        if root is None:
            raise UserError(
                "there is no page in it: not an MHTML file, or cut off.",
                "il ne contient pas de page : ce n'est pas un fichier MHTML, ou il est coupé.",
            )
        _refuse_merged(message, root)
        address = _address(message, root)
        if not address and "@" in parseaddr(_header(message, "From"))[1]:
            return None
        body = root.get_payload(decode=True)
        page = body if isinstance(body, bytes) else b""
        stated = StatedMetadata(
            title=own_title(clean_line(_header(message, "Subject"), TITLE_LENGTH)),
            canonical_url=canonical_url(address),
        )
        return SavedPage(with_declared(page, root.get_content_charset("") or ""), stated)


def _root(message: EmailMessage) -> EmailMessage | None:
    """Return the part that is the page: the one that the file names as such, else the first page."""
    pages = [part for part in _leaves(message) if part.get_content_type() in _PAGES]
    start = str(message.get_param("start") or "").strip("<> ")
    snapshot = _address_in(message, _SNAPSHOT)
    named = (part for part in pages if start and _header(part, "Content-ID").strip("<> ") == start)
    located = (part for part in pages if snapshot and _address_in(part, _LOCATION) == snapshot)
    return next(named, None) or next(located, None) or next(iter(pages), None)


def _refuse_merged(message: EmailMessage, root: EmailMessage) -> None:
    """Raise UserError if the mark between the page and another part is lost: they would be one article."""
    raw = str(root.get_payload())
    boundary = message.get_boundary("")
    if (boundary and f"--{boundary}" in raw) or _HEADER_OF_PART.search(raw):
        raise UserError(
            "it is damaged: the page and another part of it run into one another.",
            "il est endommagé : la page et une autre de ses parties se confondent.",
        )


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that hold no others, but for those of mails that are attached."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        if part.get_content_maintype() == "multipart":
            waiting += [one for one in reversed(list(part.iter_parts())) if isinstance(one, EmailMessage)]
        elif part.get_content_maintype() != "message":
            yield part


def _address(message: EmailMessage, root: EmailMessage) -> str:
    """Return the address that the page was saved from, '' if there is none on the web."""
    stated = [_address_in(message, _SNAPSHOT), _address_in(root, _LOCATION), _address_in(message, _LOCATION)]
    base = _address_in(root, "Content-Base") or _address_in(message, "Content-Base")
    found = (joined_address(base, one) or one for one in stated if one)
    return next((one for one in found if one.lower().startswith(("http://", "https://"))), "")


def _address_in(part: EmailMessage, name: str) -> str:
    return "".join(_header(part, name).split()).strip("<>\"'")


def _header(part: EmailMessage, name: str) -> str:
    return str(part.get(name) or "")


def _broken(kind: str) -> UserError:
    return UserError(
        f"it can't be read as an MHTML file ({kind}).",
        f"il ne peut pas être lu comme un fichier MHTML ({kind}).",
    )
