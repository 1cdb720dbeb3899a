"""One page that is to be fetched: what is asked of it, and what its server's answer means.

Knows HTTP's statuses and encodings; sends nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.message import Message

from ingest.decoding.decompression import DamagedError, TooLargeError, inflated, joined
from ingest.fetch.politeness import NEVER
from ingest.schema.document import MAX_BYTES
from rag.errors import UserError

GONE = (404, 410)
_FORBIDDEN = (401, 402, 403, 407, 451)


class FetchError(UserError):
    """A page couldn't be had this time. Says nothing about whether it still exists."""

    def __init__(self, english: str, french: str) -> None:
        super().__init__(english, french)
        self.reason = english.partition(": ")[2].rstrip(".")
        self.reason_fr = french.partition(" : ")[2].rstrip(".")


class UnansweredError(FetchError):
    """The server can't be reached, takes too long, or wants to be left alone: so will its other pages be."""


class GoneError(FetchError):
    """The page's server answered that it isn't there any more (404, 410)."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to recognise a page by; sent back, it may answer that nothing has changed."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers to send."""
        known = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in known.items() if value}


UNKNOWN = Validators()


@dataclass
class PageRequest:
    """One page to fetch: what is asked for, the seconds that are left for it, and whether it is given up."""

    source: str
    left: float
    max_bytes: int = MAX_BYTES
    since: Validators = UNKNOWN
    accepts: Callable[[str, str], bool] = lambda _type, _url: True
    only_status: bool = False
    given_up: threading.Event = NEVER

    def failed(self, english: str, french: str, kind: type[FetchError] = FetchError) -> FetchError:
        """Return the error of this request, with the page that it was for."""
        return kind(f"{self.source}: {english}.", f"{self.source} : {french}.")


def refuse_status(request: PageRequest, status: int) -> None:
    """Refuse a status other than success.

    Raises:
        GoneError: There is no such page.
        FetchError: Any other status.
    """
    if status in GONE:
        raise request.failed(
            f"the server has no such page ({status})",
            f"le serveur n'a pas cette page ({status})",
            GoneError,
        )
    if status in _FORBIDDEN:
        raise request.failed(
            f"the server doesn't let it be read ({status})", f"le serveur refuse qu'on la lise ({status})"
        )
    if not 200 <= status < 300:
        raise request.failed(
            f"the server answered with an error ({status}); try again later",
            f"le serveur a répondu par une erreur ({status}) ; réessayez plus tard",
        )


def read_body(request: PageRequest, url: str, said: Mapping[str, str], chunks: Iterable[bytes]) -> bytes:
    """Return the body of a page whose headers `said` so, unpacked.

    Raises:
        FetchError: It isn't worth reading, too large or damaged.
    """
    kind = content_type(said)
    if not request.accepts(kind, url):
        raise request.failed(
            f"it is {kind[:100] or 'of no stated type'}, which isn't a format that can be read",
            f"elle est de type {kind[:100] or 'inconnu'}, qui n'est pas un format lisible",
        )
    encoding = said.get("content-encoding", "identity").strip().lower()
    try:
        if encoding in ("gzip", "x-gzip", "deflate"):
            return inflated(chunks, request.max_bytes)
        if encoding in ("", "identity"):
            return joined(chunks, request.max_bytes)
    except TooLargeError as error:
        size = f"{request.max_bytes / 1e6:.0f}"
        raise request.failed(f"larger than {size} MB", f"plus de {size} Mo") from error
    except DamagedError as error:
        raise request.failed("its compressed text is damaged", "son contenu compressé est abîmé") from error
    raise request.failed(
        "the server sent it in an encoding that wasn't asked for",
        "le serveur l'a envoyée dans un codage qui n'était pas demandé",
    )


def content_type(headers: Mapping[str, str]) -> str:
    """Return the content type without its parameters, lower case; empty if none is stated."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def charset(headers: Mapping[str, str]) -> str:
    """Return the charset that the content type names, lower case; empty if it names none."""
    message = Message()
    message["content-type"] = headers.get("content-type", "").encode("ascii", "ignore").decode()
    return message.get_content_charset("")
