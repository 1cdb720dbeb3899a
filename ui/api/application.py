"""The API as an application: at its door the routes, the key and the limits, behind it FastAPI's routers.

Stands in front of the page's signing in; knows who asks by their key alone.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.config import ApiSettings
from rag.errors import SourcierError, UserError
from rag.observability import request_id
from rag.text.sanitization import storable
from ui.api import articles, completions, ingestion
from ui.api.access import Access, key_missing
from ui.api.errors import ApiError, GoneError, response
from ui.api.reference import POLICY, reference_page
from ui.api.services import CALLER_KEY, Services
from ui.server.limits import preferred
from ui.server.route_list import API, ListedRoute

log = logging.getLogger(__name__)

_TOLD_TO_ALL = ("/api/", "/api/openapi.json")
_WRITING = ("/api/ingest",)
_FORMS = {"/api/ingest": "multipart/form-data"}
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)
# It would tell whatever collector the environment names of each request, with its query.
_UNTOLD = TelemetryConfig(tracing=False, metrics=False, logs=False, auto_configure=False)
_SECURITY = {"key": {"type": "http", "scheme": "bearer"}}


class ProgramInterface:
    """Answers what is asked of the API, and whatever is asked of its paths."""

    def __init__(self, services: Services, access: Access, settings: ApiSettings) -> None:
        """Make the application; `settings` say which origins have leave."""
        self._services = services
        self._access = access
        self.origins: Collection[str] = settings.origins
        self.application = _application(services)
        self._answering: ASGIApp = self._checked
        if settings.origins:
            self._answering = CORSMiddleware(
                self._checked,
                allow_origins=list(settings.origins),
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type"],
                expose_headers=["Retry-After", "X-Request-ID"],
            )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = next((one.path for one in API if one.is_of(scope["path"])), "other")
                self._services.context.metrics.answered(route, message["status"])
                stated = {name.lower() for name, _ in message["headers"]}
                more = [pair for pair in _HEADERS if pair[0] not in stated]
                message = message | {"headers": [*message["headers"], *more]}
            await send(message)

        await self._answering(scope, receive, sending)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._let_in(scope)
        except (ApiError, SourcierError) as error:
            refused = self._refused(scope, error)
            await refused(scope, receive, send)
            return
        with request_id.bound(request_id.current(), private=True):
            try:
                await self.application(scope, receive, send)
            except GoneError:
                log.debug("whoever asked has hung up")
            except Exception as error:
                # It was logged, and answered, where it was first seen.
                log.debug("the request failed: %s", type(error).__name__)

    async def _let_in(self, scope: Scope) -> None:
        """Let a request of the list through, noting who sends it.

        Raises:
            ApiError: It isn't on the list, or of nobody who may.
        """
        route = _route(scope)
        path = scope["path"]
        if path in _TOLD_TO_ALL:
            return
        caller = await self._access.caller(scope)
        if path in _WRITING and not caller.id:
            raise key_missing()
        if path in _WRITING and not caller.can_write:
            raise ApiError(403, "api_key_reads", code="insufficient_permissions")
        if "POST" in route.methods:
            stated = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
            if stated != _FORMS.get(path, "application/json"):
                raise ApiError(415, "api_nothing_to_add" if path in _FORMS else "api_not_json")
        scope[CALLER_KEY] = caller

    def _refused(self, scope: Scope, error: ApiError | SourcierError) -> JSONResponse:
        if isinstance(error, UserError):  # the file of keys can't be read: that is nothing for who asks
            log.error("%s", error)
            error = ApiError(503, "api_failed", reference=request_id.current())
        return response(scope["path"], Headers(scope=scope), self._services.language, error)


def _route(scope: Scope) -> ListedRoute:
    path, raw = scope["path"], scope.get("raw_path")
    known = [one for one in API if one.is_of(path) and raw in (None, path.encode("utf-8", "replace"))]
    if not known:
        raise ApiError(404, "api_not_found", code="not_found")
    for one in known:
        if scope["method"] in one.methods:
            return one
    allow = ", ".join(method for one in known for method in one.methods)
    raise ApiError(405, "api_method", code="method_not_allowed", headers={"Allow": allow})


def _application(services: Services) -> FastAPI:
    made = FastAPI(
        title="Sourcier", version="1", docs_url=None, redoc_url=None, openapi_url=None, telemetry=_UNTOLD
    )
    made.state.services = services
    for one in (articles, ingestion, completions):
        made.include_router(one.router)
    made.add_api_route("/api/openapi.json", _description, include_in_schema=False)
    made.add_api_route("/api/", _page, include_in_schema=False, response_class=HTMLResponse)
    for kind in (ApiError, SourcierError, RequestValidationError, HTTPException, GoneError, Exception):
        made.add_exception_handler(kind, _failed)
    return made


async def _failed(request: Request, error: Exception) -> Response:
    """Return the sentence for whatever a route raises."""
    if isinstance(error, GoneError):
        return Response(status_code=499)  # nobody reads it
    if not isinstance(error, ApiError | SourcierError):
        error = _told(error)
    services: Services = request.app.state.services
    return response(request.url.path, request.headers, services.language, error)


def _told(error: Exception) -> ApiError:
    if isinstance(error, RequestValidationError):
        return _of_field(error.errors()[0])
    if isinstance(error, HTTPException) and error.status_code < 500:
        keys = {404: "api_not_found", 405: "api_method"}
        return ApiError(error.status_code, keys.get(error.status_code, "api_not_json"))
    log.error("a request of the API failed", exc_info=error)
    return ApiError(500, "api_failed", reference=request_id.current())


def _of_field(first: Any) -> ApiError:
    """Return the sentence for the first field that isn't as it should be; its value isn't told."""
    kind = first["type"]
    if kind == "json_invalid" or (kind in ("model_attributes_type", "dict_type") and len(first["loc"]) <= 1):
        return ApiError(400, "api_not_json")
    # Between fields stand what pydantic calls the kinds that a value may be of: `function-after[…]`.
    place = [storable(str(part)[:40]) for part in first["loc"][1:] if "[" not in str(part)]
    field = ".".join(place) or "body"
    keys = {"missing": "api_field_missing", "extra_forbidden": "api_field_unknown"}
    return ApiError(400, keys.get(kind, "api_field_wrong"), param=field, field=field)


async def _description(request: Request) -> JSONResponse:
    return JSONResponse(description(request.app))


async def _page(request: Request) -> HTMLResponse:
    services: Services = request.app.state.services
    language = preferred(request.headers.get("accept-language", ""), services.language)
    return HTMLResponse(reference_page(description(request.app), language))


def description(made: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description, with what is told of failures as it is."""
    if made.openapi_schema is None:
        said = made.openapi()
        failure = {"description": "One sentence: what is wrong, and what to do."}
        for methods in said["paths"].values():
            for operation in methods.values():
                operation["responses"].pop("422", None)
                operation["responses"]["4XX"] = failure
        schemas = said["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        said["components"]["securitySchemes"] = _SECURITY
        said["security"] = [{"key": []}]
    return made.openapi()
