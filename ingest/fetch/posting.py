"""Posting to an address by the rules of fetching: checked where it is connected to, never led elsewhere.

Knows HTTP and its limits; not what is posted. Only http and https, no redirects, no proxies, no cookies; only
public addresses unless whoever configured the host says that it stands inside.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import version

import httpcore2
import httpx2

from ingest.decoding.decompression import TooLargeError, joined
from ingest.fetch.address_policy import Address, is_public
from ingest.fetch.connection import CheckedBackend, Deadline, RefusedAddressError, Resolve, resolve
from ingest.fetch.urls import normal_url
from rag.errors import UserError, reason_of

_DRAINED_BYTES = 65_536
_PASSING = (408, 425, 429)  # of the sender's statuses those that say: later


class PostError(UserError):
    """What was posted wasn't accepted, in a sentence without the address. `passing`: it may be, later."""

    def __init__(self, english: str, french: str, passing: bool = True) -> None:
        super().__init__(english, french)
        self.passing = passing


class Poster:
    """Posts to addresses, each in `seconds` at most; a connection each.

    `allowed` judges addresses and `resolve` gives those of a name: tests post to this machine.
    """

    def __init__(
        self,
        seconds: float = 10.0,
        allowed: Callable[[Address], bool] = is_public,
        resolve: Resolve = resolve,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._seconds = seconds
        self._allowed = allowed
        self._resolve = resolve
        self._ssl_context = ssl_context
        self._user_agent = f"Sourcier/{version('sourcier')}"

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post `body` with these headers, and be told that it was accepted.

        Raises:
            PostError: It wasn't, or it isn't known.
            UserError: The address can't be used.
        """
        where = httpx2.URL(normal_url(url))
        deadline = Deadline()
        deadline.set(self._seconds)
        backend = CheckedBackend(self._allowed, self._resolve, deadline)
        try:
            with httpcore2.ConnectionPool(ssl_context=self._ssl_context, network_backend=backend) as pool:
                _check(self._status(pool, where, body, headers))
        except RefusedAddressError as error:
            raise PostError(
                f"its address isn't a public one ({error}) and isn't among allowed_hosts",
                f"son adresse n'est pas publique ({error}) et n'est pas parmi allowed_hosts",
                passing=False,
            ) from error
        except httpcore2.TimeoutException as error:
            seconds = f"{self._seconds:.0f}"
            raise PostError(
                f"the server took too long (limit: {seconds} s)",
                f"le serveur a mis trop de temps (limite : {seconds} s)",
            ) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, UnicodeError, ValueError) as error:
            if error.args and isinstance(error.args[0], ssl.SSLCertVerificationError):
                found = error.args[0].verify_message.rstrip(".")
                raise PostError(
                    f"its certificate can't be trusted ({found})",
                    f"son certificat n'est pas digne de confiance ({found})",
                    passing=False,
                ) from error
            reason = reason_of(error)
            raise PostError(
                f"the server can't be reached ({reason})",
                f"le serveur n'a pas pu être joint ({reason.french})",
            ) from error

    def _status(
        self, pool: httpcore2.ConnectionPool, where: httpx2.URL, body: bytes, headers: Mapping[str, str]
    ) -> int:
        said = {
            "Host": where.netloc.decode("ascii"),
            "User-Agent": self._user_agent,
            "Content-Length": str(len(body)),
            **headers,
        }
        sent = [(name.encode("ascii"), value.encode("ascii")) for name, value in said.items()]
        target = httpcore2.URL(
            scheme=where.raw_scheme, host=where.raw_host, port=where.port, target=where.raw_path
        )
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        with pool.stream(
            "POST", target, headers=sent, content=body, extensions={"timeout": timeout}
        ) as answer:
            with suppress(TooLargeError):
                joined(answer.iter_stream(), _DRAINED_BYTES)
            return answer.status


def _check(status: int) -> None:
    if 300 <= status < 400:
        raise PostError(
            f"the server answers with a redirect ({status}), which isn't followed",
            f"le serveur répond par une redirection ({status}), qui n'est pas suivie",
            passing=False,
        )
    if not 200 <= status < 300:
        raise PostError(
            f"the server answered with an error ({status})",
            f"le serveur a répondu par une erreur ({status})",
            passing=status >= 500 or status in _PASSING,
        )
