"""Serving the page: on this machine only by default, to its own pages only, loading nothing from elsewhere.

Knows the web server and Gradio's way of starting it; what is on the page is `ui.app`.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable

import gradio as gr
from gradio import http_server
from gradio.exceptions import ServerFailedToStartError
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.formatting.i18n import text, user_error
from ui.html.assets import styles
from ui.server.first_paint import FirstPaint
from ui.server.identity import Anybody
from ui.server.origin import OwnOrigin
from ui.server.route_list import RouteList
from ui.server.sign_in import SignIn
from ui.server.users import Users

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost")
# Of all that isn't the page itself, which has its own (`ui.server.first_paint`).
CONTENT_POLICY = "default-src 'self'; object-src 'none'; frame-ancestors 'self'; base-uri 'self'"
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


def start(
    app: gr.Blocks,
    host: str,
    port: int,
    open_browser: bool = False,
    language: str = "en",
    users: Users | None = None,
) -> str:
    """Serve `app` from a background thread; return what ends it with `close`.

    Args:
        app: The page.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        open_browser: Whether a browser is opened on it.
        language: That of errors.
        users: If there are any, now or later, one of them has to sign in first.

    Raises:
        UserError: The address can't be opened.
    """
    _check_address(host, port)
    try:
        return _launch(app, host, port, open_browser, middleware(host, users, language))
    except OSError as error:  # Gradio's for all that keeps its server from being up
        log.debug("Gradio gave up: %s", error)
        raise user_error("start_failed", host=host, port=port) from None


class _Server(http_server.Server):
    """The framework's server, waited for until it is up or has ended.

    The framework itself gives up after five seconds, which a busy machine may need, and leaves behind what it
    gave up: a server that is up a moment later, and keeps the port.
    """

    def run_in_thread(self) -> None:
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        while not self.started:
            if not self.thread.is_alive():
                raise ServerFailedToStartError("it ended while it started")
            self.thread.join(0.005)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        with contextlib.suppress(SystemExit):  # how it ends when it can't start; it has logged why
            super().run(sockets)


def _launch(app: gr.Blocks, host: str, port: int, open_browser: bool, passed: list[Middleware]) -> str:
    http_server.Server = _Server  # `launch` has no parameter for it
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
        theme=_theme(),
        # Not `css`: Gradio rewrites every selector there, and loses those inside @media for its own frame.
        head=f"<style>{styles()}</style>",
        app_kwargs={"middleware": passed},
    )
    return url


def serve(
    app: gr.Blocks,
    host: str,
    port: int,
    open_browser: bool = False,
    language: str = "en",
    once_up: Callable[[], None] = lambda: None,
    users: Users | None = None,
) -> None:
    """Serve `app` until Ctrl-C or SIGTERM, then close it: answers in progress are cut off.

    Call it from the main thread.

    Args:
        app: The page.
        host: The address to listen on.
        port: The port.
        open_browser: Whether a browser is opened on it.
        language: That of errors.
        once_up: Is called when the page can be opened.
        users: If there are any, now or later, one of them has to sign in first.

    Raises:
        UserError: The address can't be opened.
    """
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        log.info(text("serving", language, url=start(app, host, port, open_browser, language, users)))
        once_up()
        threading.Event().wait()
    except KeyboardInterrupt:
        log.info("stopping")
    finally:
        close(app)
        signal.signal(signal.SIGTERM, previous)


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
        raise user_error("address_unusable", host=host, port=port, reason=error.strerror) from None


def _theme() -> gr.themes.Base:
    """Fonts that every system has: a theme's default ones are files that the page would fetch."""
    generic = gr.themes.Font("sans-serif")
    return gr.themes.Base(
        primary_hue="teal", neutral_hue="gray", font=generic, font_mono=gr.themes.Font("monospace")
    )


def middleware(host: str, users: Users | None, language: str) -> list[Middleware]:
    """Return what a request passes before the framework sees it, in this order."""
    identity = Middleware(SignIn, users=users, language=language) if users else Middleware(Anybody)
    return [
        Middleware(OwnOrigin, names=LOOPBACK if host in LOOPBACK else None),
        Middleware(_Headers),
        Middleware(FirstPaint),
        identity,
        Middleware(RouteList),
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
