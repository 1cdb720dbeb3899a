"""What goes wrong with a program's request: a status, one sentence in the language asked for, its form."""

from __future__ import annotations

import math
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from rag.errors import LibraryBusyError, LibraryError, ModelError, SourcierError
from ui.chat.admission import CrowdedError, StoppingError
from ui.formatting.i18n import text
from ui.server.limits import preferred, said_by_api

_BACK_IN = 5  # seconds, where nobody can tell


class ApiError(Exception):
    """A request that is refused with the sentence `key`; `code` and `param` are told in OpenAI's form."""

    def __init__(
        self,
        status: int,
        key: str,
        *,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(status, key)
        self.status = status
        self.key = key
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        self.values = values

    def text(self, language: str) -> str:
        """Return the sentence."""
        return text(self.key, language, **self.values)


class GoneError(Exception):
    """Whoever asked has hung up."""


def response(path: str, headers: Headers, otherwise: str, error: ApiError | SourcierError) -> JSONResponse:
    """Return what is answered to a request that failed so.

    Args:
        path: That of the request.
        headers: Those of the request.
        otherwise: The language of who doesn't say which one they read.
        error: Why.
    """
    language = preferred(headers.get("accept-language", ""), otherwise)
    told = error if isinstance(error, ApiError) else None
    status, more = _status(error)
    said = error.text(language)
    if isinstance(error, CrowdedError):  # its own sentence is about a button
        said = text("api_crowded", language, count=int(more["Retry-After"]))
    body = said_by_api(path, said, status, told and told.code, told and told.param)
    return JSONResponse(body, status, {"Cache-Control": "no-store", "Content-Language": language, **more})


def _status(error: ApiError | SourcierError) -> tuple[int, dict[str, str]]:
    match error:
        case ApiError():
            return error.status, error.headers
        case CrowdedError():
            return 429, _back_in(error.seconds)
        case StoppingError() | LibraryBusyError():
            return 503, _back_in(_BACK_IN)
        case ModelError():
            return 502, {}
        case LibraryError():
            return 503, {}
    return 400, {}


def too_many(seconds: float) -> ApiError:
    """Return the error that a key has asked too often, for so long."""
    headers = _back_in(seconds)
    return ApiError(429, "api_too_many", headers=headers, count=int(headers["Retry-After"]))


def _back_in(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
