"""The chat page as a Gradio Blocks, and serving it on this machine only.

Knows widgets and the web server; what happens on the page is `ui.chat`, how it looks `ui.render` and
`static/`. Nothing here may make the browser or the server talk to another host.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from urllib.parse import urlsplit

# Gradio looks up two of its hosts when it is imported and launched, unless it was told before; and after
# every event it makes statistics, with pandas, for a monitoring page that is switched off here.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

import gradio as gr
from langchain_core.runnables import Runnable
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.events import Event
from rag.question import Question
from ui import render
from ui.chat import Chat, Session, Update
from ui.i18n import LANGUAGES, text, user_error

log = logging.getLogger(__name__)

MAX_WAITING = 32  # questions that may wait for their turn before new ones are refused
NO_MODEL = "none"  # the chain's name for answering with the articles' own sentences
LOOPBACK = ("127.0.0.1", "localhost")
# Gradio's own page needs inline scripts and `Function`; whatever slips through can still load nothing
# from another host, send nothing there and not be framed by it.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'self'"
)
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


def build_app(
    chain: Runnable[Question, Event], language: str, model_name: str, status: Callable[[], str]
) -> gr.Blocks:
    """The page that asks `chain`.

    `language` (`fr` or `en`) is that of its words until the reader switches. `status` says what is in
    the library in words that both languages share (`20 articles`); it is asked at every load.
    """
    return _Page(Chat(chain), language, model_name, status).blocks


class _Page:
    """The widgets and what connects them to the chat."""

    def __init__(self, chat: Chat, language: str, model_name: str, status: Callable[[], str]) -> None:
        self._chat = chat
        self._model_name = model_name
        self._status = status
        with gr.Blocks(
            title="Sourcier", fill_height=True, fill_width=True, analytics_enabled=False
        ) as blocks:
            self._lay_out(language)
            self._connect(blocks)
        self.blocks = blocks.queue(max_size=MAX_WAITING, api_open=False, default_concurrency_limit=None)

    def _lay_out(self, language: str) -> None:
        self.session = gr.State(Session(language))
        # The secret hides nothing: without one the choice would be forgotten when the server restarts.
        self.chosen = gr.BrowserState(language, storage_key="sourcier-language", secret="sourcier")
        page = Session(language).page()
        with gr.Row(elem_id="top"):
            self.header = _html(self._header(language), "title")
            choices = [(text("language_name", name), name) for name in LANGUAGES]
            self.language = gr.Radio(
                choices,
                value=language,
                container=False,
                elem_id="language",
                show_label=False,
                label=text("language_choice", language),
            )
        with gr.Row(elem_id="columns", equal_height=True):
            with gr.Column(scale=3, min_width=280, elem_id="chat"):
                with gr.Column(elem_id="conversation"):
                    self.past = _html(page.past, "past")
                    self.current = _html(page.current, "current", _static("current.js"))
                self._lay_out_input(language)
            with gr.Column(scale=2, min_width=280, elem_id="side"):
                self.panel = _html(page.panel, "panel", _static("panel.js"))

    def _lay_out_input(self, language: str) -> None:
        with gr.Column(elem_id="ask"):
            self.box = gr.Textbox(
                label=text("question_label", language),
                placeholder=text("question_hint", language),
                lines=1,
                max_lines=5,
                max_length=2000,
                autofocus=True,
                elem_id="question",
            )
            with gr.Row(elem_id="buttons"):
                self.send = gr.Button(text("send", language), variant="primary", elem_id="send")
                self.stop = gr.Button(text("stop", language), interactive=False, elem_id="stop")
                self.clear = gr.Button(text("clear", language), elem_id="clear")

    def _connect(self, blocks: gr.Blocks) -> None:
        private = {"api_visibility": "private", "show_progress": "hidden"}
        shown = [self.past, self.current, self.panel, self.box, self.send, self.stop]
        # None of Gradio's `cancels`: the browser sends them without an id, and complains, for an event that
        # is just beginning or has just ended. The session ends what it runs by itself.
        gr.on(
            [self.send.click, self.box.submit],
            self._ask,
            [self.box, self.session],
            shown,
            trigger_mode="multiple",
            **private,
        )
        self.current.click(self._ask_again, [self.session], shown, trigger_mode="multiple", **private)
        self.stop.click(self._stop, [self.session], shown, **private)
        self.clear.click(self._clear, [self.session], shown, **private)
        words = [self.header, self.language, self.box, self.send, self.stop, self.clear]
        words += [self.past, self.current, self.panel]
        self.language.input(self._speak, [self.language, self.session], [*words, self.chosen], **private)
        blocks.load(self._speak, [self.chosen, self.session], [*words, self.chosen], **private)

    async def _ask(self, words: str, session: Session) -> AsyncIterator[tuple[object, ...]]:
        async for update in self._chat.ask(words, session):
            yield self._outputs(update)

    async def _ask_again(self, session: Session, pressed: gr.EventData) -> AsyncIterator[tuple[object, ...]]:
        """Without its period, the question whose button `current.js` says was pressed."""
        turn = (pressed._data or {}).get("turn")
        if not isinstance(turn, int):
            yield self._outputs(Update())
            return
        async for update in self._chat.ask_again(turn, session):
            yield self._outputs(update)

    async def _stop(self, session: Session) -> tuple[object, ...]:
        session.stop()
        return self._outputs(session.page())

    async def _clear(self, session: Session) -> tuple[object, ...]:
        session.clear()
        return self._outputs(session.page())

    async def _speak(self, language: str, session: Session) -> tuple[object, ...]:
        session.language = language if language in LANGUAGES else session.language
        said = session.language
        page = session.page()
        return (
            self._header(said),
            gr.update(value=said, label=text("language_choice", said)),
            gr.update(label=text("question_label", said), placeholder=text("question_hint", said)),
            gr.update(value=text("send", said)),
            gr.update(value=text("stop", said)),
            gr.update(value=text("clear", said)),
            page.past,
            page.current,
            page.panel,
            said,
        )

    def _outputs(self, update: Update) -> tuple[object, ...]:
        kept = gr.skip()
        busy = update.busy
        return (
            kept if update.past is None else update.past,
            kept if update.current is None else update.current,
            kept if update.panel is None else update.panel,
            "" if update.asked else kept,
            kept if busy is None else gr.update(interactive=not busy),
            kept if busy is None else gr.update(interactive=busy),
        )

    def _header(self, language: str) -> Markup:
        model = text("no_model", language) if self._model_name == NO_MODEL else self._model_name
        return render.header(self._status(), model, language)


def _html(value: Markup, name: str, script: str | None = None) -> gr.HTML:
    """Our own markup in our own style. Gradio puts `value` in as it is: it must come from `render`."""
    return gr.HTML(value, elem_id=name, js_on_load=script, apply_default_css=False)


def start(app: gr.Blocks, host: str, port: int, open_browser: bool = False) -> str:
    """Serve `app` from a background thread; its address. `close` ends it.

    Raises UserError when the address can't be opened.
    """
    _check_address(host, port)
    try:
        return _launch(app, host, port, open_browser)
    except OSError as error:  # Gradio's for all that keeps its server from being up within five seconds
        log.debug("Gradio gave up: %s", error)
        raise user_error("start_failed", host=host, port=port) from None


def _launch(app: gr.Blocks, host: str, port: int, open_browser: bool) -> str:
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
        footer_links=[],
        max_file_size=1,
        state_session_capacity=100,
        theme=_theme(),
        # Not `css`: Gradio rewrites every selector there, and loses those inside @media for its own frame.
        head=f"<style>{_static('page.css')}</style>",
        app_kwargs={"middleware": _middleware(host)},
    )
    return url


def serve(
    app: gr.Blocks,
    host: str,
    port: int,
    open_browser: bool = False,
    language: str = "en",
    once_up: Callable[[], None] = lambda: None,
) -> None:
    """Serve `app` until Ctrl-C or SIGTERM, then close it: answers in progress are cut off.

    `once_up` is called when the page can be opened. Raises UserError when the address can't be opened. Call
    it from the main thread.
    """
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        log.info(text("serving", language, url=start(app, host, port, open_browser)))
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


def _middleware(host: str) -> list[Middleware]:
    """On this machine's own address, refuse what another site's page sends here, whether it says so
    (Origin) or has made its own name lead here (DNS rebinding). A public address is its proxy's business.
    """
    own = [Middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK)), Middleware(_OwnOrigin)]
    return [*(own if host in LOOPBACK else []), Middleware(_Headers)]


class _OwnOrigin:
    """Answers 403 to requests of pages that weren't served here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            await PlainTextResponse("Foreign origin", status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Headers:
    """Adds HEADERS to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _static(name: str) -> str:
    return files("ui").joinpath("static", name).read_text(encoding="utf-8")
