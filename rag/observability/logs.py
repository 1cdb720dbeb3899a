"""How the log is written: a line for people, or one of JSON for each event, without secrets.

Knows Python's own log. Words of readers are left out: of what fails while they are worked on only the class
and the place are told, unless the settings ask for questions.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType

from rag.observability import request_id
from rag.observability.redaction import redacted

OURS = ("rag", "ingest", "ui")
_log = logging.getLogger("rag.observability")


def set_up(
    as_json: bool = False, level: str | None = None, questions: bool = False, secrets: Sequence[str] = ()
) -> None:
    """Have everything that is logged in this process written to standard error.

    Args:
        as_json: Whether for programs.
        level: From which level on our own events are told; None for the usual one.
        questions: Whether readers' words may be told.
        secrets: What is never told.
    """
    root = logging.getLogger()
    for before in [one for one in root.handlers if isinstance(one, _ToStandardError)]:
        root.removeHandler(before)
    if not root.handlers:  # else whoever runs this program has its own
        handler = _ToStandardError()
        handler.setFormatter((JsonLines if as_json else Lines)(secrets, questions))
        root.addHandler(handler)
        root.setLevel(logging.WARNING)
        threading.excepthook, sys.excepthook = _thread_failed, _failed
    chosen = (level or ("info" if as_json else "")).upper()
    for name in OURS:
        logging.getLogger(name).setLevel(chosen or logging.NOTSET)
    if not chosen:
        logging.getLogger("ui").setLevel(logging.INFO)
    # A page that can't be read is told as a failure.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    if as_json:
        logging.captureWarnings(True)


class _ToStandardError(logging.StreamHandler):
    """Ours."""


class _Formatter(logging.Formatter):
    def __init__(self, secrets: Sequence[str], tells_questions: bool) -> None:
        super().__init__()
        self._secrets = secrets
        self._tells_questions = tells_questions

    def _told(self, text: str) -> str:
        return redacted(text, self._secrets)

    def _fields(self, record: logging.LogRecord) -> dict[str, object]:
        """Return what else is said of an event; of a reader's words only what the settings ask for."""
        private = getattr(record, "private", {}) if self._tells_questions else {}
        said = {**getattr(record, "fields", {}), **private}
        return {key: self._plain(value) for key, value in said.items()}

    def _plain(self, value: object) -> object:
        """Return a value as JSON has it, without secrets."""
        match value:
            case None | bool() | int() | float():
                return value
            case dict():
                return {str(key): self._plain(one) for key, one in value.items()}
            case list() | tuple():
                return [self._plain(one) for one in value]
        return self._told(str(value))

    def _failure(self, record: logging.LogRecord) -> str:
        """Return what failed, with where."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return ""
        if self._tells_questions or not request_id.is_private():
            return self._told("".join(traceback.format_exception(error)).rstrip())
        return self._told("".join(_wordless(error)).rstrip())


class Lines(_Formatter):
    """For people: what is said; of an error also the reference that its reader was given."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and those of what failed."""
        said = self._told(record.getMessage())
        id_ = request_id.current()
        if id_ and record.levelno >= logging.ERROR:
            said = f"{said} ({id_})"
        more = [f"{key}={value}" for key, value in self._fields(record).items()]
        return "\n".join(filter(None, [" ".join([said, *more]), self._failure(record)]))


class JsonLines(_Formatter):
    """For programs: an object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._told(record.getMessage()),
            "request_id": request_id.current() or None,
        }
        said |= self._fields(record)
        if failure := self._failure(record):
            said["exception"] = failure
        return json.dumps(said)


def _wordless(error: BaseException) -> Iterator[str]:
    """Yield the traceback of an error and of what it came from, without what they say."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _wordless(cause)
        yield "\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, OSError) and error.strerror:
        yield f": {error.strerror}"
    yield "\n"


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    name = failed.thread.name if failed.thread else "?"
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        _log.error("the thread %s has ended", name, exc_info=failed.exc_value)


def _failed(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, place)
    else:
        _log.critical("the program has ended", exc_info=error)
