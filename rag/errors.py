"""Errors, classed by what the caller should do about them.

Knows no module of the project: every other one may import it.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class SourcierError(Exception):
    """Base of everything Sourcier raises on purpose: one sentence for the user, in English and French.

    `str(error)` is the English one, for logs and programs; people are shown `text` in their language.
    """

    def __init__(self, english: str, french: str) -> None:
        super().__init__(
            english, french
        )  # both are arguments of the base class: copies and pickles keep them

    def __str__(self) -> str:
        return self.args[0]

    def text(self, language: str) -> str:
        """Return the sentence in `language`: French for `fr`, English otherwise."""
        return self.args[1] if language == "fr" else self.args[0]


class UserError(SourcierError):
    """The input is wrong: say what, where, and what to do. Commands exit with 2."""


class ConfigError(UserError):
    """The configuration is wrong; the message names the key and the file or variable."""


class ModelError(SourcierError):
    """A model is missing, damaged, or refused the request; trying again alone won't help."""


class ContextOverflowError(ModelError):
    """The prompt is longer than the model's context: ask with less."""


class RequestRefusedError(ModelError):
    """The model's server doesn't take the request as it is; it may take another."""


class EmptyReplyError(ModelError):
    """The model wrote nothing at all: that says nothing about the articles."""


class ModelUnavailableError(ModelError):
    """The model's server is down, or as good as: it may be back later, and something is done without it."""


class LibraryBusyError(SourcierError):
    """Another process writes to the library: wait for it and try again."""


class LibraryError(SourcierError):
    """The library on disk can't be used as it is (another model, damaged, read-only)."""


class NativePanicError(RuntimeError):
    """Native code gave up on something that it didn't expect, such as a damaged file."""


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Raise what native code panics with as an error that `except Exception` has.

    Libraries in Rust (tantivy, Chroma, tokenizers, safetensors) raise it as no Exception, so that it passes
    whoever tells errors, and whatever waits for them waits for ever.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise NativePanicError(" ".join(str(error).split())) from error
