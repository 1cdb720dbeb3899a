"""URLs as people and feeds write them → the one spelling that is fetched and remembered.

Pure. Knows no network; whether a host may be asked is decided when it is connected to.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx2

from rag.errors import UserError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LENGTH = 4_000
_PORTS = {"http": 80, "https": 443}


def is_url(text: str) -> bool:
    """Return whether this is meant as a URL, of any scheme, rather than as a path."""
    return _SCHEME.match(text.strip()) is not None


def normal_url(text: str, base: str | None = None) -> str:
    """Return the URL with its host in ASCII lower case, without a fragment.

    Relative ones are taken from `base`.

    Raises:
        UserError: Unless it is http or https with a host and without a name and password in it.
    """
    written = text.strip()
    shown = "".join(c if c.isprintable() else " " for c in written[:200])
    try:
        url = httpx2.URL(base).join(written) if base else httpx2.URL(written)
        # The parser of the standard library must see the same host: what two parsers read in two ways
        # is refused rather than guessed.
        same = urlsplit(str(url)).hostname == url.raw_host.decode("ascii").lower()
    except (httpx2.InvalidURL, ValueError, TypeError):
        raise _wrong(shown, "not a usable URL", "cette adresse est inutilisable") from None
    if url.scheme not in _PORTS:
        raise _wrong(shown, "only http and https are fetched", "seuls http et https sont lus")
    if not url.host or not same or len(str(url)) > _LENGTH:
        raise _wrong(shown, "not a usable URL", "cette adresse est inutilisable")
    if url.userinfo:
        raise UserError(
            "a URL with a name or password in it is not fetched; use one without.",
            "une adresse qui contient un nom ou un mot de passe n'est pas lue ; donnez-la sans.",
        )
    port = None if url.port == _PORTS[url.scheme] else url.port
    return str(url.copy_with(port=port, fragment=None, path=url.path or "/"))


def _wrong(shown: str, english: str, french: str) -> UserError:
    return UserError(f"{shown}: {english}; check it.", f"{shown} : {french} ; vérifiez-la.")
