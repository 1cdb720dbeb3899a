"""What the browser paints before Gradio's scripts have run: our colours, our theme, our name, at once.

Knows the page as Gradio writes it: it is changed on its way out, and the scripts in it are the only ones that
the page's content policy lets run.
"""

from __future__ import annotations

import re
import secrets

from markupsafe import Markup
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.html.assets import script, style
from ui.html.element import element

# Gradio makes functions of our scripts' text ('unsafe-eval'); whatever slips through all the same can load
# nothing from another host, send nothing there and not be framed by it.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'self'"
)
_SCRIPT = re.compile(r"<script(?=[\s>])")


def policy(nonce: str) -> str:
    """Return what the page may load and run: scripts with this nonce, and what is served here."""
    return _POLICY.format(nonce)


def with_first_paint(page: str, nonce: str) -> str:
    """Gradio's page, with what is painted first in its head and body, and `nonce` on its scripts."""
    scripts = [Markup(script(name)) for name in ("theme.js", "leaving.js", "dates.js")]
    early = Markup("<script>{}</script><style>{}</style>").format(
        Markup("").join(scripts), Markup(style("first.css"))
    )
    splash = element("div", element("p", "Sourcier", class_="name"), id="splash", aria_hidden="true")
    page = page.replace("<head>", f"<head>{early}", 1)
    page = re.sub(r"(<body\b[^>]*>)", lambda body: body[0] + str(splash), page, count=1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)


class FirstPaint:
    """Changes the page, and no other response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the page itself; pass everything else on."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        begun: list[Message] = []
        body = bytearray()

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                for part in _changed(begun[0], bytes(body)):
                    await send(part)

        await self._app(scope | {"headers": plain}, receive, hold)


def _changed(start: Message, body: bytes) -> tuple[Message, Message]:
    headers = MutableHeaders(raw=list(start["headers"]))
    if headers.get("content-type", "").startswith("text/html"):
        nonce = secrets.token_urlsafe(16)
        body = with_first_paint(body.decode("utf-8"), nonce).encode("utf-8")
        headers["content-security-policy"] = policy(nonce)
        headers["content-length"] = str(len(body))
    return start | {"headers": headers.raw}, {"type": "http.response.body", "body": body}
