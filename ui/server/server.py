"""Serving the page: on this machine only by default, to its own pages only, loading nothing from elsewhere.

Knows the web server and Gradio's way of starting it; what is on the page is `ui.app`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import gradio as gr
from gradio import http_server
from gradio.exceptions import ServerFailedToStartError
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import Config

from rag.errors import reason_of
from ui.formatting.i18n import text, user_error
from ui.html.assets import styles
from ui.server.busy import Busy
from ui.server.connection import BoundedConnection
from ui.server.first_paint import FirstPaint
from ui.server.identity import Anybody, OneServer, PageNames
from ui.server.limits import BoundedBodies
from ui.server.operations.feeds import FeedOf, Feeds
from ui.server.operations.request_ids import RequestIds
from ui.server.operations.routes import Operated, Operations
from ui.server.operations.streams import OpenStreams
from ui.server.origin import OwnOrigin, ServerNames
from ui.server.proxy import TrustedProxies
from ui.server.route_list import RouteList, is_of_api
from ui.server.sign_in import SignIn
from ui.server.users import Users

log = logging.getLogger(__name__)

# Of all that isn't the page itself, which has its own (`ui.server.first_paint`).
CONTENT_POLICY = "default-src 'self'; object-src 'none'; frame-ancestors 'self'; base-uri 'self'"
# Events at once: every page that follows an answer has one, and further ones would wait behind them.
MOST_EVENTS = 1000
_ENDING = 2.5  # seconds for answers in progress to be ended, told and kept
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Network:
    """What is between the server and its readers, as in the settings.

    `allowed_hosts` are names that it goes by beside the machine's own, `trusted_proxies` the addresses of
    reverse proxies.
    """

    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()


def start(
    app: gr.Blocks,
    host: str,
    port: int,
    open_browser: bool = False,
    language: str = "en",
    users: Users | None = None,
    network: Network = Network(),
    operated: Operated | None = None,
    feed_of: FeedOf | None = None,
    api: Api | None = None,
) -> str:
    """Serve `app` from a background thread; return what ends it with `close`.

    Args:
        app: The page.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        open_browser: Whether a browser is opened on it.
        language: That of errors.
        users: If there are any, now or later, one of them has to sign in first.
        network: By which names and through which proxies it is reached.
        operated: What whoever runs it is told of it; nothing without it.
        feed_of: What readers' feeds say; there are none without it.
        api: What programs may ask; nothing without it.

    Raises:
        UserError: The address can't be opened.
    """
    _check_address(host, port)
    names = ServerNames.of(host, network.allowed_hosts)
    outer = [
        Middleware(RequestIds),
        Middleware(TrustedProxies, proxies=network.trusted_proxies),
        Middleware(OwnOrigin, names=names, language=language, leave=api.origins if api else ()),
        *([Middleware(Operations, operated=operated)] if operated else []),
        *([Middleware(Feeds, feed_of=feed_of)] if feed_of else []),
        Middleware(BoundedBodies, language=language),
        *([Middleware(_WithApi, api=api)] if api else []),
    ]
    try:
        return _launch(app, host, port, open_browser, outer, middleware(users, language, names, app))
    except OSError as error:  # Gradio's for all that keeps its server from being up
        log.debug("Gradio gave up: %s", error)
        raise user_error("start_failed", host=host, port=port) from None


class Api(Protocol):
    """What programs may ask, as an application of its own.

    `origins` are those of other sites' pages that may ask it, too.
    """

    origins: Collection[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path is the API's."""
        ...


class _WithApi:
    """Has the API answer what is asked of it, and passes everything else on."""

    def __init__(self, app: ASGIApp, api: Api) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and is_of_api(scope["path"])
        await (self._api if is_asked else self._app)(scope, receive, send)


class _Server(http_server.Server):
    """The framework's server, waited for until it is up or has ended.

    The framework itself gives up after five seconds, which a busy machine may need, and leaves behind what it
    gave up: a server that is up a moment later, and keeps the port.

    `outer` is what a request passes before everything of the framework's, in this order: its own answers to
    requests that ask for leave (CORS) would let any site read what is served to other machines.
    """

    def __init__(self, config: Config, outer: Sequence[Middleware]) -> None:
        super().__init__(config)
        for one in reversed(outer):
            config.app = one.cls(config.app, *one.args, **one.kwargs)
        config.app = self.streams = OpenStreams(config.app)
        config.http = BoundedConnection
        config.proxy_headers = False  # it would believe this machine's other programs, or a variable
        for name in ("uvicorn", "uvicorn.access"):  # what they say is written as everything else is
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True

    def run_in_thread(self) -> None:
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        while not self.started:
            if not self.thread.is_alive():
                raise ServerFailedToStartError("it ended while it started")
            self.thread.join(0.005)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        with contextlib.suppress(SystemExit):  # how it ends when it can't start; it has logged why
            super().run(sockets)


def _launch(
    app: gr.Blocks,
    host: str,
    port: int,
    open_browser: bool,
    outer: Sequence[Middleware],
    inner: Sequence[Middleware],
) -> str:
    http_server.Server = partial(_Server, outer=outer)  # `launch` has no parameter for it
    _, url, _ = app.launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        run_history=False,
        allowed_paths=[],
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        _frontend=False,  # else the page has to be answered within three seconds, or an error is raised
        footer_links=[],
        max_file_size=1,
        state_session_capacity=100,
        max_threads=MOST_EVENTS,
        theme=_theme(),
        # Not `css`: Gradio rewrites every selector there, and loses those inside @media for its own frame.
        head=f"<style>{styles()}</style>",
        app_kwargs={"middleware": inner},
    )
    app.limiter = None  # events go on beside one another without a thread each: those are as many as ever
    return url


async def _nothing() -> None:
    """End nothing."""


def serve(
    app: gr.Blocks,
    host: str,
    port: int,
    open_browser: bool = False,
    language: str = "en",
    once_up: Callable[[], None] = lambda: None,
    once_stopping: Callable[[], None] = lambda: None,
    end_work: Callable[[], Coroutine[None, None, None]] = _nothing,
    users: Users | None = None,
    network: Network = Network(),
    operated: Operated | None = None,
    feed_of: FeedOf | None = None,
    api: Api | None = None,
) -> None:
    """Serve `app` until Ctrl-C or SIGTERM, then close it: answers in progress end with a sentence.

    Call it from the main thread.

    Args:
        app: The page.
        host: The address to listen on.
        port: The port.
        open_browser: Whether a browser is opened on it.
        language: That of errors.
        once_up: Is called when the page can be opened.
        once_stopping: Is called when it is told to stop.
        end_work: Ends what is under way, on the server's own loop, before it is closed.
        users: If there are any, now or later, one of them has to sign in first.
        network: By which names and through which proxies it is reached.
        operated: What whoever runs it is told of it; nothing without it.
        feed_of: What readers' feeds say; there are none without it.
        api: What programs may ask; nothing without it.

    Raises:
        UserError: The address can't be opened.
    """
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    ignored: dict[signal.Signals, Any] = {}
    try:
        url = start(app, host, port, open_browser, language, users, network, operated, feed_of, api)
        log.info(text("serving", language, url=url))
        once_up()
        threading.Event().wait()
    except KeyboardInterrupt:
        log.info("stopping")
        for number in (signal.SIGINT, signal.SIGTERM):  # it is stopping already
            ignored[number] = signal.signal(number, signal.SIG_IGN)
        once_stopping()
        if operated:
            operated.readiness.is_stopping = True
        _end(app, end_work)
    finally:
        close(app)
        for number, handler in ignored.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGTERM, previous)


def _end(app: gr.Blocks, work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Have what is under way end with a sentence, and wait a little until the pages have been told."""

    async def ending() -> None:
        await work()
        await app.server.streams.closed()

    if app.is_running:
        ended = asyncio.run_coroutine_threadsafe(ending(), app.server.loop)
        with contextlib.suppress(TimeoutError):  # what takes longer is cut off
            ended.result(_ENDING)


def close(app: gr.Blocks) -> None:
    """End what `start` began: answers in progress are cut off, open pages are not waited for."""
    if app.is_running:
        # An open page keeps a stream open: without a limit it would hold the server for ten seconds, and
        # each one that is cut off would be logged as an error with its traceback.
        app.server.config.timeout_graceful_shutdown = 1
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        app.close(verbose=False)


def _check_address(host: str, port: int) -> None:
    """Gradio would say of any trouble that the port is taken, and only checks 127.0.0.1."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise user_error("port_in_use", host=host, port=port) from None
        raise user_error("address_unusable", host=host, port=port, reason=reason_of(error)) from None


def _theme() -> gr.themes.Base:
    """Fonts that every system has: a theme's default ones are files that the page would fetch."""
    generic = gr.themes.Font("sans-serif")
    return gr.themes.Base(
        primary_hue="teal", neutral_hue="gray", font=generic, font_mono=gr.themes.Font("monospace")
    )


def middleware(users: Users | None, language: str, names: ServerNames, app: gr.Blocks) -> list[Middleware]:
    """Return what a request passes between the framework's own answers and the page, in this order."""
    parts = {"component_id": app.blocks.keys(), "fn_index": app.fns.keys()}
    signing_in = {"users": users, "language": language, "origins": names.origins}
    return [
        Middleware(_Headers),
        Middleware(FirstPaint),
        Middleware(OneServer),
        Middleware(SignIn, **signing_in) if users else Middleware(Anybody),
        Middleware(RouteList, parts=parts),
        Middleware(PageNames),
        Middleware(Busy, language=language),
    ]


class _Headers:
    """Adds HEADERS to every response that doesn't state them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                stated = {name for name, _ in message["headers"]}
                more = [pair for pair in HEADERS if pair[0] not in stated]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self._app(scope, receive, send_with_headers)
