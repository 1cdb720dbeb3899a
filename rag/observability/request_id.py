"""The id of what is done for somebody, by context: made at the page's door, else by whoever answers.

A context is inherited by tasks and by `asyncio.to_thread`. A thread or an executor's work has none of its
own: it is started with `in_context`.
"""

from __future__ import annotations

import contextvars
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_current: contextvars.ContextVar[str] = contextvars.ContextVar("request id", default="")
# Whether somebody's own words are being worked on: what fails may have them in its message.
_private: contextvars.ContextVar[bool] = contextvars.ContextVar("private", default=False)


def new() -> str:
    """Return an id that tells nothing, short enough to be read out."""
    return secrets.token_hex(6)


def current() -> str:
    """Return the id that is in force; empty if there is none."""
    return _current.get()


def is_private() -> bool:
    """Return whether somebody's own words are being worked on."""
    return _private.get()


def begin(private: bool = False) -> str:
    """Have an id from here on, in a context that is the caller's alone; one that is in force stays."""
    if not _current.get():
        _current.set(new())
    _private.set(private or _private.get())
    return _current.get()


@contextmanager
def bound(id_: str, private: bool = False) -> Iterator[None]:
    """Have this id inside. Nothing may be yielded to a caller inside: it would have it, too."""
    tokens = _current.set(id_), _private.set(private)
    try:
        yield
    finally:
        _current.reset(tokens[0])
        _private.reset(tokens[1])


def in_context(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Return the function as it is called in a copy of this context, once, by whichever thread."""
    context = contextvars.copy_context()

    def run(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        return context.run(function, *args, **kwargs)

    return run
