"""Errors, classed by what the caller should do about them.

Knows no module of the project: every other one may import it.
"""


class SourcierError(Exception):
    """Base of everything Sourcier raises on purpose. Its text is one sentence for the user."""


class UserError(SourcierError):
    """The input is wrong: say what, where, and what to do. Commands exit with 2."""


class ConfigError(UserError):
    """The configuration is wrong; the message names the key and the file or variable."""


class ModelError(SourcierError):
    """A model is missing, damaged, or refused the request; trying again alone won't help."""


class ContextOverflowError(ModelError):
    """The prompt is longer than the model's context: ask with less."""


class LibraryBusyError(SourcierError):
    """Another process writes to the library: wait for it and try again."""


class LibraryError(SourcierError):
    """The library on disk can't be used as it is (another model, damaged, read-only)."""
