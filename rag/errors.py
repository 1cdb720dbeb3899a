"""Errors, classed by what the caller should do about them.

Knows no module of the project: every other one may import it.
"""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# What the system says in English, in French.
_SYSTEM = {
    "ENOENT": "fichier ou dossier introuvable",
    "EACCES": "accès refusé",
    "EPERM": "opération interdite",
    "ENOSPC": "plus de place sur le disque",
    "EDQUOT": "quota du disque dépassé",
    "EFBIG": "fichier trop grand",
    "EISDIR": "c'est un dossier",
    "ENOTDIR": "une partie du chemin n'est pas un dossier",
    "ENOTEMPTY": "le dossier n'est pas vide",
    "EEXIST": "existe déjà",
    "EROFS": "le disque est en lecture seule",
    "ENAMETOOLONG": "nom trop long",
    "ELOOP": "trop de liens symboliques",
    "EXDEV": "un autre disque",
    "EBUSY": "occupé par un autre programme",
    "ETXTBSY": "occupé par un autre programme",
    "EMFILE": "trop de fichiers ouverts",
    "ENFILE": "trop de fichiers ouverts",
    "ENOMEM": "plus assez de mémoire",
    "EIO": "erreur de lecture ou d'écriture du disque",
    "ESTALE": "le disque du réseau a changé entre-temps",
    "ENXIO": "cet appareil n'existe pas",
    "ENODEV": "cet appareil n'existe pas",
    "EINVAL": "argument refusé par le système",
    "EPIPE": "le destinataire n'écoute plus",
    "EADDRINUSE": "adresse déjà utilisée",
    "EADDRNOTAVAIL": "cette machine n'a pas cette adresse",
    "ECONNREFUSED": "connexion refusée",
    "ECONNRESET": "connexion coupée par l'autre machine",
    "ECONNABORTED": "connexion abandonnée",
    "ETIMEDOUT": "pas de réponse à temps",
    "EHOSTUNREACH": "machine injoignable",
    "EHOSTDOWN": "machine injoignable",
    "ENETUNREACH": "réseau injoignable",
    "ENETDOWN": "réseau arrêté",
}
_RESOLVING = {
    "EAI_NONAME": "nom de machine inconnu",
    "EAI_NODATA": "le nom de la machine n'a pas d'adresse",
    "EAI_AGAIN": "le nom de la machine n'a pas pu être résolu pour le moment",
}
_UNRESOLVED = "le nom de la machine n'a pas pu être résolu"
_LONGEST = 200  # characters of what others say


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the system refused something, as it stands within a sentence in English and French."""

    english: str
    french: str

    def text(self, language: str) -> str:
        """Return it in `language`: French for `fr`, English otherwise."""
        return self.french if language == "fr" else self.english

    def __str__(self) -> str:
        return self.english


def reason_of(error: BaseException) -> Reason:
    """Return why the system refused something: in words where the error's number is a usual one.

    Of an error that another one is behind (a client's, of a connection), it is what the system said.
    """
    found = next((one for one in _behind(error) if isinstance(one, OSError) and one.errno is not None), None)
    if found is None:
        said = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
        return Reason(said, _SYSTEM["ETIMEDOUT"] if isinstance(error, TimeoutError) else said)
    number, english = found.errno, found.strerror or f"error {found.errno}"
    if isinstance(found, socket.gaierror):
        names = (name for name in _RESOLVING if getattr(socket, name, None) == number)
        return Reason(english, _RESOLVING.get(next(names, ""), _UNRESOLVED))
    name = errno.errorcode.get(number, "")
    unknown = f"erreur {number} du système" + (f", {name}" if name else "")
    return Reason(english, _SYSTEM.get(name, unknown))


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was made from."""
    known: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and not any(one is other for other in known):
            known.append(one)
            yield one
            waiting += [*one.args[:1], one.__cause__]


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
