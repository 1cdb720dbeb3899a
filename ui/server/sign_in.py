"""Signing in: a page with a form, a cookie, and nothing else for who hasn't.

Stands in front of everything that the server answers, whatever route it has. Knows HTTP and users; nothing of
what is behind it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
import secrets
from collections import OrderedDict
from collections.abc import Collection
from itertools import pairwise
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.formatting.i18n import LANGUAGES, text
from ui.server.delays import Delays
from ui.server.identity import LEAVE, SCOPE_KEY
from ui.server.origin import is_foreign
from ui.server.request_body import again, read
from ui.server.sign_in_form import form_page
from ui.server.users import Users

log = logging.getLogger(__name__)

COOKIE = "sourcier-session"
LASTS = 12 * 3600.0  # seconds without a request before one must sign in again
# The form runs nothing, loads nothing and stands in no frame.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
GRADIO_START = "/gradio_api/startup-events"  # Gradio asks itself whether it is up, and is told yes or no
_LONGEST_FORM = 8192  # bytes
_REMEMBERED = 10_000  # pages
_AT_ONCE = 2  # passwords hashed at the same time, 32 MB each


class SignIn:
    """Lets through who has signed in, and notes who it is. `language` is the form's until one chooses.

    `origins` are, beside the host that a request is sent to, whose pages may post.

    Everybody, as long as there have been no users. Once there are, the server asks for one of them to its
    end, also when the last of them has gone and their file with them: nothing but starting it anew opens the
    library to all.
    """

    def __init__(self, app: ASGIApp, users: Users, language: str, origins: Collection[str] = ()) -> None:
        self._app = app
        self._origins = origins
        self._users = users
        self._language = language
        self._is_asking = users.are_required
        self._visits = users.visits
        self._delays = Delays()
        self._pages = _OwnedPages()
        self._hashing = asyncio.Semaphore(_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who has signed in; serve the form to others."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":  # no part of the page uses anything else
            await send({"type": "websocket.close", "code": 1008})
        else:
            answer = await self._answer(scope, receive)
            if isinstance(answer, Response):
                await answer(scope, receive, send)
            else:
                await self._app(scope, answer, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | Receive:
        """Return a response, or what the page behind is to receive."""
        request = Request(scope, receive)
        # Where users are in a database, each look at them may take as long as the server does.
        self._is_asking = self._is_asking or await asyncio.to_thread(self._are_required)
        if not self._is_asking:
            scope[SCOPE_KEY] = ""
            return await self._pages.checked(request, "")
        path = scope["path"].rstrip("/") or "/"
        if request.method not in ("GET", "HEAD") and is_foreign(request.headers, self._origins):
            return PlainTextResponse("Foreign origin", status_code=403)
        if path == "/sign-in" and request.method == "POST":
            return await self._sign_in(request)
        if scope["path"] == GRADIO_START and request.method == "GET":
            return receive
        user = await asyncio.to_thread(self._user, request)
        if path == "/sign-in":
            return _to("./") if user else self._form(request)
        if path == "/sign-out" and request.method == "POST":
            return await self._sign_out(request)
        if user is None:
            return _refused(request)
        scope[SCOPE_KEY] = user
        return await self._pages.checked(request, user)

    # --- the form ---

    def _form(self, request: Request, problem: str = "", status: int = 200, **values: object) -> Response:
        asked = request.query_params.get("lang", "")
        language = asked if asked in LANGUAGES else self._language
        said = text(problem, language, **values) if problem else ""
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
        return HTMLResponse(form_page(language, said), status, headers=headers)

    async def _sign_in(self, request: Request) -> Response:
        body = await read(request, _LONGEST_FORM)
        if body is None:
            return self._form(request, "sign_in_wrong", 413)
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        name, password = (fields.get(key, [""])[0] for key in ("name", "password"))
        who = (name.strip()[:64], request.client.host if request.client else "")
        if wait := self._delays.left(who):
            response = self._form(request, "sign_in_wait", 429, count=math.ceil(wait))
            response.headers["Retry-After"] = str(math.ceil(wait))
            return response
        tries = self._delays.failed(who)  # until it is known that it didn't: those at the same time count
        async with self._hashing:
            accepted = await asyncio.to_thread(self._users.accept, who[0], password)
        secret = await asyncio.to_thread(self._users.secret, who[0])
        if not accepted or secret is None:
            self._tell(who, tries, is_known=secret is not None)
            return self._form(request, "sign_in_wrong", 403)
        self._delays.forget(who)
        response = _to("./")
        token = secrets.token_urlsafe(32)
        await asyncio.to_thread(self._visits.begin, _key(token), who[0], secret.mark)
        safe = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=safe, path="/")
        return response

    def _tell(self, who: tuple[str, str], tries: int, is_known: bool) -> None:
        """Say in the log who didn't get in: by name if it is a user's, it may be a password else."""
        name, address = who[0], "".join(char for char in who[1][:64] if char.isprintable())
        key = "sign_in_failed" if is_known else "sign_in_failed_unknown"
        wait = math.ceil(self._delays.left(who))
        log.warning(text(key, self._language, name=name, address=address, count=tries, wait=wait))

    async def _sign_out(self, request: Request) -> Response:
        await asyncio.to_thread(self._visits.end, _key(request.cookies.get(COOKIE, "")))
        response = _to("sign-in")
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    def _are_required(self) -> bool:
        return self._users.are_required

    def _user(self, request: Request) -> str | None:
        cookie = request.cookies.get(COOKIE, "")
        visit = self._visits.of(_key(cookie), LASTS) if cookie else None
        if visit is None:
            return None
        user, mark = visit
        secret = self._users.secret(user)
        if secret is None or secret.mark != mark:  # another password ends the visit
            self._visits.end(_key(cookie))
            return None
        return user


class _OwnedPages:
    """Whose each open page is; nobody's, "", before there were users.

    Gradio knows a page by a name that the page chose: another user who learnt it would speak in its place.
    """

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def checked(self, request: Request, user: str) -> Response | Receive:
        """Return what the page behind is to receive, unless the request names a page of somebody else."""
        body, receive = b"", request.receive
        if request.method == "POST" and "json" in request.headers.get("content-type", ""):
            found = await read(request)
            if found is None:
                return PlainTextResponse("Too large", status_code=413)
            body, receive = found, again(found, request.receive)
        for page in _named(request, body):
            if self._owners.setdefault(page, user) != user:
                return PlainTextResponse("Not your page", status_code=403, headers=LEAVE)
            self._owners.move_to_end(page)
        while len(self._owners) > _REMEMBERED:
            self._owners.popitem(last=False)
        return receive


def _named(request: Request, body: bytes) -> set[str]:
    """Return the pages that a request names."""
    try:
        said = json.loads(body) if body else {}
    except ValueError:
        said = {}
    named = [*request.query_params.getlist("session_hash"), request.headers.get("session_hash")]
    named += [said.get("session_hash")] if isinstance(said, dict) else []
    parts = request.scope["path"].split("/")
    named += [after for part, after in pairwise(parts) if part in ("heartbeat", "stream")]
    return {name for name in named if isinstance(name, str) and name}


def _refused(request: Request) -> Response:
    """Lead a page to the form, and refuse everything else."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        depth = request.scope["path"].strip("/").count("/") + (request.scope["path"] not in ("", "/"))
        return _to("../" * max(0, depth - 1) + "sign-in")
    return PlainTextResponse("Sign in first", status_code=401, headers=LEAVE)


def _to(place: str) -> Response:
    """Relative, so that it holds behind a proxy's prefix, too."""
    response = RedirectResponse(place, status_code=303)
    response.headers["Cache-Control"] = "no-store"
    return response


def _key(token: str) -> bytes:
    """Return what a cookie is kept under.

    No file holds a cookie, and looking it up tells none.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
