"""URLs as people and feeds write them → the one spelling that is fetched and remembered.

Pure. Knows no network; whether a host may be asked is decided when it is connected to.
"""

from __future__ import annotations

import re

import httpx2

from ingest.schema.addresses import DEFAULT_PORTS, address_of, is_host, plain_path
from rag.errors import UserError
from rag.observability.redaction import without_userinfo

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LENGTH = 4_000


def is_url(text: str) -> bool:
    """Return whether this is meant as a URL, of any scheme, rather than as a path."""
    return _SCHEME.match(text.strip()) is not None


def normal_url(text: str, base: str | None = None) -> str:
    """Return the URL with its host in ASCII lower case, its path in one spelling and without a fragment.

    Relative ones are taken from `base`.

    Raises:
        UserError: Unless it is http or https with a host and without a name and password in it.
    """
    written = text.strip()
    shown = without_userinfo("".join(c if c.isprintable() else " " for c in written[:200]))
    try:
        if len(written) > _LENGTH:
            raise ValueError
        url = httpx2.URL(base).join(written) if base else httpx2.URL(written)
        if url.scheme not in DEFAULT_PORTS:
            raise _wrong(shown, "only http and https are fetched", "seuls http et https sont lus")
        port = None if url.port == DEFAULT_PORTS[url.scheme] else url.port
        path, question, query = url.raw_path.decode("ascii").partition("?")
        raw_path = f"{plain_path(path) or '/'}{question}{query}".encode("ascii")
        host = url.raw_host.decode("ascii").lower()
        found = url.copy_with(host=host, port=port, fragment=None, raw_path=raw_path)
    except (httpx2.InvalidURL, ValueError, TypeError):
        raise _wrong(shown, "not a usable URL", "cette adresse est inutilisable") from None
    if not _is_usable(found):
        raise _wrong(shown, "not a usable URL", "cette adresse est inutilisable")
    if url.userinfo:
        raise UserError(
            "a URL with a name or password in it is not fetched; use one without.",
            "une adresse qui contient un nom ou un mot de passe n'est pas lue ; donnez-la sans.",
        )
    return str(found)


def _is_usable(url: httpx2.URL) -> bool:
    """Return whether a request can be made of it.

    The parser of the standard library must see the same host and port: what two parsers read in two ways is
    refused rather than guessed.
    """
    parts, host = address_of(str(url)), url.raw_host.decode("ascii")
    if parts is None or (parts.host, parts.port) != (host, url.port) or len(str(url)) > _LENGTH:
        return False
    return url.port != 0 and is_host(host)


def _wrong(shown: str, english: str, french: str) -> UserError:
    return UserError(f"{shown}: {english}; check it.", f"{shown} : {french} ; vérifiez-la.")
