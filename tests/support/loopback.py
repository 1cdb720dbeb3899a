"""A real web server on this machine for tests, and a fetcher that may connect to it by made-up names."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

from ingest.fetch.address_policy import Address, is_public
from ingest.fetch.fetcher import Fetcher, Limits

Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Asked:
    """One request that the server got."""

    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """What the server answers: path → what to do with a request. `asked` are the requests, in order."""

    port: int = 0
    scheme: str = "http"
    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "news.test") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def put(
        self, path: str, body: str | bytes, kind: str = "text/html", status: int = 200, **headers: str
    ) -> None:
        """Answer `path` with this; underscores in names of headers stand for hyphens."""
        data = body.encode() if isinstance(body, str) else body
        more = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(request: BaseHTTPRequestHandler) -> None:
            known = more.get("ETag") or more.get("Last-Modified")
            said = request.headers.get("If-None-Match") or request.headers.get("If-Modified-Since")
            unchanged = known is not None and said == known
            request.send_response(304 if unchanged else status)
            for name, value in more.items():
                request.send_header(name, value)
            if not unchanged:
                request.send_header("Content-Type", kind)
                request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            if not unchanged:
                request.wfile.write(data)

        self.pages[path] = answer

    def redirect(self, path: str, target: str) -> None:
        self.put(path, "", status=302, Location=target)

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A server on a free port; what isn't in its pages is answered with 404. With `tls` it speaks https."""
    site = Site(scheme="https" if tls else "http")

    class _Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits 40 ms for the client's acknowledgement

        def do_GET(self) -> None:
            site.asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = site.pages.get(self.path)
            try:
                if page is not None:
                    page(self)
                else:
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    site.port = server.server_port
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def here_or_public(address: Address) -> bool:
    """The policy of tests: this machine's 127.0.0.1 may be asked too, no other private address."""
    return address == ip_address("127.0.0.1") or is_public(address)


def resolve_here(host: str, _port: int) -> list[str]:
    """Names that end in `.test` are this machine; addresses are themselves; there is nothing else."""
    if host.endswith(".test"):
        return ["127.0.0.1"]
    return [str(ip_address(host))] if _is_address(host) else []


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


NO_PAUSES = Limits(delay=0.0, seconds=20.0)


@contextmanager
def fetchers() -> Iterator[Callable[..., Fetcher]]:
    """`make(limits, **options)`: fetchers that reach the test's server, without pauses unless given some."""
    made: list[Fetcher] = []

    def make(limits: Limits = NO_PAUSES, **options: object) -> Fetcher:
        made.append(Fetcher(limits, **{"allowed": here_or_public, "resolve": resolve_here, **options}))
        return made[-1]

    try:
        yield make
    finally:
        for fetcher in made:
            fetcher.close()
