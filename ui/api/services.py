"""What the routes of the API stand on: the library, the line of questions, what is being brought in."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from ui.api.access import Caller
from ui.chat.line import QuestionLine
from ui.library.intake import Intake
from ui.mcp.reading import Reading
from ui.page.context import AppContext
from ui.server.limits import preferred

CALLER_KEY = "sourcier.caller"


@dataclass(frozen=True, slots=True)
class Services:
    """`questions` and `intake` are the page's own; `language` is that of who doesn't say theirs."""

    context: AppContext
    questions: QuestionLine
    intake: Intake
    language: str

    @property
    def reading(self) -> Reading:
        """What finds passages and reads articles."""
        return Reading(self.context.engine, self.context.chain)

    def language_of(self, request: Request) -> str:
        """Return the language that a program asks for."""
        return preferred(request.headers.get("accept-language", ""), self.language)


def services_of(request: Request) -> Services:
    """Return what the application was made over."""
    return request.app.state.services


def caller_of(request: Request) -> Caller:
    """Return who asks, as it was found at the door."""
    return request.scope[CALLER_KEY]
