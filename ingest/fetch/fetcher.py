"""Pages from the Internet, safely and politely: URL → bytes, or one sentence that says why not.

Knows HTTP, its limits and manners; no formats, feeds or library. Only http and https, only public
addresses (checked at every connection, so after every redirect too), no proxies and no cookies. What is
refused, and how long and how much is read, is in `Limits` and `ingest.fetch.address_policy`.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version

import httpcore2
import httpx2

from ingest.decoding.decompression import TooLargeError, joined
from ingest.decoding.parser_errors import translate_parser_errors
from ingest.fetch.address_policy import Address, is_public
from ingest.fetch.connection import CheckedBackend, Deadline, RefusedAddressError, Resolve, resolve
from ingest.fetch.politeness import MAX_WAIT, NEVER, HostScheduler, NotNowError, Robots, robots_text
from ingest.fetch.prefetch import StoppedError
from ingest.fetch.request import (
    GONE,
    UNKNOWN,
    FetchError,
    PageRequest,
    UnansweredError,
    Validators,
    charset,
    content_type,
    read_body,
    refuse_status,
)
from ingest.fetch.urls import normal_url
from ingest.schema.document import MAX_BYTES, NotModified
from rag.errors import UserError, reason_of

AGENT = "Sourcier"
_FOR_GOOD = (301, 308)
_REDIRECTS = (*_FOR_GOOD, 302, 303, 307)
_LATER = (429, 503)
_ROBOTS_BYTES = 1_000_000
_DRAINED_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` are for one page with its redirects, without the polite pauses (`delay`) between requests."""

    seconds: float = 60.0
    connect_seconds: float = 10.0
    redirects: int = 5
    delay: float = 1.0


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What was fetched.

    `url` is where redirects led, `moved_to` where the page is for good, as its server says, or ''.
    `content_type` is without its parameters, lower case, `asked_at` the moment before it was asked for,
    ISO 8601, if whoever asked noted it.
    """

    url: str
    content_type: str
    body: bytes
    validators: Validators = UNKNOWN
    charset: str = ""
    asked_at: str = ""
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class _Followed:
    """Where redirects led, the answer there, and how far it was said that they are for good."""

    url: str
    answer: _Response
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class _Response:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches pages. For use by several threads; each host is asked one thing at a time.

    `allowed` judges addresses and `resolve` gives those of a name: tests fetch from this machine.
    """

    def __init__(
        self,
        limits: Limits = Limits(),
        allowed: Callable[[Address], bool] = is_public,
        resolve: Resolve = resolve,
        pause: Callable[[float], object] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._deadline = Deadline()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=16,
            keepalive_expiry=30.0,
            network_backend=CheckedBackend(allowed, resolve, self._deadline),
        )
        self._turns = HostScheduler(limits.delay, pause)
        self._robots = Robots(AGENT, self._robots_text, self._turns)
        self._user_agent = f"{AGENT}/{version('sourcier')} (news archive with citations; obeys robots.txt)"

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def get(
        self,
        url: str,
        since: Validators = UNKNOWN,
        max_bytes: int = MAX_BYTES,
        accepts: Callable[[str, str], bool] = lambda _type, _url: True,
        given_up: threading.Event = NEVER,
    ) -> FetchedPage:
        """Return the page at `url`.

        Args:
            url: The address.
            since: What the server said of the page when it was last read.
            max_bytes: The largest body that is read.
            accepts: Says by content type and URL whether the body is worth reading.
            given_up: Says whether the page is still wanted.

        Raises:
            NotModified: It is as it was `since`.
            GoneError: The server says that there is no such page.
            FetchError: Anything else went wrong, in one sentence.
            StoppedError: It is `given_up`: no server is asked any more.
        """
        request = PageRequest(url, self._limits.seconds, max_bytes, since, accepts, given_up=given_up)
        found = self._followed(request, url)
        answer = found.answer
        if answer.status == 304 and since.headers():
            raise NotModified(found.moved_to)
        refuse_status(request, answer.status)
        validators = Validators(answer.headers.get("etag"), answer.headers.get("last-modified"))
        said = answer.headers
        kind = content_type(said)
        return FetchedPage(found.url, kind, answer.body, validators, charset(said), moved_to=found.moved_to)

    def is_gone(self, url: str) -> bool | None:
        """Return whether the server says that there is no such page any more.

        None if it doesn't answer at all.
        """
        try:
            request = PageRequest(url, self._limits.seconds, only_status=True)
            return self._followed(request, url).answer.status in GONE
        except UnansweredError:
            return None
        except UserError:
            return False

    def _followed(self, request: PageRequest, url: str) -> _Followed:
        """Return what `_follow` does; whatever else goes wrong with an address is told as its failure."""

        def told(kind: str) -> FetchError:
            return request.failed(f"it can't be fetched ({kind})", f"elle ne peut pas être lue ({kind})")

        with translate_parser_errors(told, passing=(StoppedError,)):
            return self._follow(request, normal_url(url))

    def _robots_text(self, url: str, given_up: threading.Event) -> str:
        request = PageRequest(url, self._limits.seconds, _ROBOTS_BYTES, given_up=given_up)
        answer = self._follow(request, url, robots=False).answer
        if 400 <= answer.status < 500 and answer.status not in _LATER:
            return ""  # RFC 9309: no rules
        if not 200 <= answer.status < 300:
            raise request.failed(
                f"the site's robots.txt answers with an error ({answer.status}); try again later",
                f"le robots.txt du site répond par une erreur ({answer.status}) ; réessayez plus tard",
                UnansweredError,
            )
        return robots_text(answer.body)

    def _follow(self, request: PageRequest, url: str, robots: bool = True) -> _Followed:
        """Return where redirects lead, and the answer there."""
        moved_to, for_good = "", True
        for _ in range(self._limits.redirects + 1):
            answer = self._once_free(request, url, robots)
            target = _target(answer.headers)
            if answer.status not in _REDIRECTS or not target:
                return _Followed(url, answer, moved_to)
            for_good = for_good and answer.status in _FOR_GOOD
            try:
                url = normal_url(target, url)
            except UserError as error:
                raise request.failed(
                    f"it redirects to what can't be fetched ({str(error).rstrip('.')})",
                    f"elle redirige vers ce qui ne peut pas être lu ({error.text('fr').rstrip('.')})",
                ) from error
            moved_to = url if for_good else moved_to
        raise request.failed(
            f"it redirects more than {self._limits.redirects} times",
            f"elle redirige plus de {self._limits.redirects} fois",
        )

    def _once_free(self, request: PageRequest, url: str, robots: bool) -> _Response:
        """Return the answer, when it is this request's turn.

        A host that asks for a moment is asked once more.
        """
        where = httpx2.URL(url)
        site = f"{where.scheme}://{where.netloc.decode('ascii')}"
        if robots:
            self._check_robots(request, url, site, where.host)
        answer = self._in_turn(request, where)
        if answer.status in _LATER:
            wait = _retry_after(answer.headers)
            if wait is not None:
                self._turns.leave_alone(where.host, wait)
                return self._in_turn(request, where)
        return answer

    def _check_robots(self, request: PageRequest, url: str, site: str, host: str) -> None:
        try:
            allowed = self._robots.allow(url, site, host, request.given_up)
        except FetchError as error:
            raise request.failed(error.reason, error.reason_fr, type(error)) from error
        if not allowed:
            raise request.failed(
                "the site's robots.txt doesn't allow it to be read",
                "le robots.txt du site n'autorise pas sa lecture",
            )

    def _in_turn(self, request: PageRequest, where: httpx2.URL) -> _Response:
        try:
            with self._turns.turn(where.host, request.given_up):
                return self._ask(request, where)
        except NotNowError as error:
            minutes = f"{error.seconds / 60:.0f}"
            raise request.failed(
                f"the server asks to come back in {minutes} minutes",
                f"le serveur demande de revenir dans {minutes} minutes",
                UnansweredError,
            ) from error

    def _ask(self, request: PageRequest, where: httpx2.URL) -> _Response:
        started = time.monotonic()
        self._deadline.set(request.left)
        try:
            return self._request(request, where)
        except RefusedAddressError as error:
            raise request.failed(
                f"its address isn't a public one ({error}) and is not connected to",
                f"son adresse n'est pas publique ({error}) et n'est pas contactée",
            ) from error
        except httpcore2.TimeoutException as error:
            seconds = f"{self._limits.seconds:.0f}"
            raise request.failed(
                f"the server took too long (limit: {seconds} s); try again later",
                f"le serveur a mis trop de temps (limite : {seconds} s) ; réessayez plus tard",
                UnansweredError,
            ) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, UnicodeError, ValueError) as error:
            if error.args and isinstance(error.args[0], ssl.SSLCertVerificationError):
                found = error.args[0].verify_message.rstrip(".")
                raise request.failed(
                    f"its certificate can't be trusted ({found}) and it is not read",
                    f"son certificat n'est pas digne de confiance ({found}) et elle n'est pas lue",
                ) from error
            reason = reason_of(error)
            raise request.failed(
                f"the server can't be reached ({reason})",
                f"le serveur n'a pas pu être joint ({reason.french})",
                UnansweredError,
            ) from error
        finally:
            request.left -= time.monotonic() - started

    def _request(self, request: PageRequest, where: httpx2.URL) -> _Response:
        headers = {
            "Host": where.netloc.decode("ascii"),
            "User-Agent": self._user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip",
            **request.since.headers(),
        }
        sent = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        timeout = {"connect": self._limits.connect_seconds, "read": request.left, "write": request.left}
        target = httpcore2.URL(
            scheme=where.raw_scheme, host=where.raw_host, port=where.port, target=where.raw_path
        )
        with self._pool.stream("GET", target, headers=sent, extensions={"timeout": timeout}) as response:
            said = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers}
            wanted = 200 <= response.status < 300 and not request.only_status
            body = read_body(request, str(where), said, response.iter_stream()) if wanted else b""
            if not wanted:
                _drain(response)
            return _Response(response.status, said, body)


def _drain(response: httpcore2.Response) -> None:
    """Read the body of an error if it is short: the connection can then be used again."""
    with suppress(TooLargeError):
        joined(response.iter_stream(), _DRAINED_BYTES)


def _target(headers: Mapping[str, str]) -> str:
    """Return where a redirect leads, '' if it doesn't say; servers write it in UTF-8 as browsers read it."""
    said = headers.get("location", "").encode("latin-1")
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode("latin-1")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks for, as a number or a date; None if it doesn't say."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(min(int(said[:9]), 10 * MAX_WAIT))
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
