"""The real page over a small real library, on a real port of this machine, and requests written as given."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from desk import Desk
from gradio import Blocks
from langchain_core.language_models.chat_models import BaseChatModel
from ports import free_port

from rag.config import ApiSettings, Settings, UiSettings
from rag.engine.factory import build_chain
from ui.api.access import Access
from ui.api.application import ProgramInterface
from ui.api.keys import Keys
from ui.api.services import Services
from ui.app import build_app
from ui.notification.served import ServedFeeds
from ui.page.context import AppContext
from ui.server.operations.health import Readiness
from ui.server.operations.routes import Operated
from ui.server.server import Network, close, start
from ui.server.users import Users

NEWS = "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.\n\nElle accueille 300 nageurs."
LOCAL = Network()
PROGRAMS = ApiSettings()
TOKEN = "a-token-of-the-tests"  # for measures


@dataclass(frozen=True)
class ServedPage:
    """The page, what stands behind it, and where it is."""

    app: Blocks
    url: str
    context: AppContext
    readiness: Readiness

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])


@contextmanager
def opened(folder: Path, chat_model: BaseChatModel | None = None) -> Iterator[AppContext]:
    """A library of one article."""
    desk = Desk(folder)
    desk.write("a.md", NEWS)
    desk.ingest()
    with (
        closing(build_chain(desk.parts, chat_model)) as chain,
        closing(AppContext(desk.parts, chain)) as context,
    ):
        yield context
    desk.close()


@contextmanager
def served_page(
    context: AppContext,
    passwords: Mapping[str, str] | None = None,
    network: Network = LOCAL,
    programs: ApiSettings = PROGRAMS,
) -> Iterator[ServedPage]:
    """Serve the page on a free port; with `passwords`, one of these users has to sign in."""
    settings = Settings(data_dir=context.settings.data_dir, ui=UiSettings(users=passwords), api=programs)
    users = Users(settings)
    feeds = ServedFeeds(context.library, users.is_user)
    readiness = Readiness(context.library.version, lambda: context.chain.is_loaded, is_warm=True)
    operated = Operated(readiness, context.metrics, token=TOKEN)

    async def serving() -> tuple[Blocks, str]:
        port = free_port()
        app = build_app(context, "fr")
        known = users if passwords else None
        access = Access(Keys(settings), users, network == LOCAL and programs.local_without_key)
        services = Services(context, app.questions, app.intake, "fr")
        api = ProgramInterface(services, access, programs)
        more = {"network": network, "operated": operated, "feed_of": feeds, "api": api}
        return app, start(app, "127.0.0.1", port, users=known, **more)

    with ThreadPoolExecutor(1) as elsewhere:  # a loop may run in this thread already
        app, url = elsewhere.submit(lambda: asyncio.run(serving())).result()
    yield ServedPage(app, url, context, readiness)
    close(app)


def sent(port: int, target: str, *headers: str, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    """Status and body of what comes of a request, written as it is given."""
    head, said = answered(port, target, *headers, method=method, body=body)
    return int(head.split(b" ")[1]), said


def answered(
    port: int, target: str, *headers: str, method: str = "GET", body: bytes = b""
) -> tuple[bytes, bytes]:
    """Head and body of what comes of a request, written as it is given."""
    names = {header.partition(":")[0].lower() for header in headers}
    host = [] if "host" in names else [f"Host: 127.0.0.1:{port}"]
    lines = [f"{method} {target} HTTP/1.1", *host, *headers, f"Content-Length: {len(body)}"]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, said = answer.partition(b"\r\n\r\n")
    return head, said


def example(path: str) -> str:
    """A path of a route, with something harmless for each of its parameters."""
    return re.sub(r"\{[^}]+\}", "x", path.replace("/static/{", "/static/js/{"))
