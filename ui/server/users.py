"""Who may sign in: names with hashed passwords, from the settings and from a file in the data folder.

Knows files and hashes; not how anybody signs in. A file that is there means that signing in is required,
even when nobody is left in it. Who has signed in is kept beside them: every server of the library knows it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rag.access_lists.store import AccessList, access_list, change_list, write_list
from rag.access_lists.visits import Visits
from rag.config import Settings
from ui.formatting.i18n import user_error

FILE_NAME = "users"
SHORTEST_PASSWORD = 8
_NAME = re.compile(r"[\w.@-]{1,64}")
# scrypt with 32 MB, about a tenth of a second: what OWASP recommends for interactive use.
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1


@dataclass(frozen=True, slots=True)
class Secret:
    """A password's salted hash, by scrypt (RFC 7914)."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str, salt: bytes = b"") -> Secret:
        """Hash a password, with a salt of its own unless one is given."""
        salt = salt or secrets.token_bytes(16)
        return cls(salt, _scrypt(password, salt))

    @property
    def mark(self) -> str:
        """What tells this secret from another, and tells nothing of it."""
        return hashlib.sha256(self.salt + self.digest).hexdigest()

    def is_of(self, password: str) -> bool:
        """Return whether the password is the one that was hashed."""
        return hmac.compare_digest(self.digest, _scrypt(password, self.salt))

    def __str__(self) -> str:
        return f"scrypt${_base64(self.salt)}${_base64(self.digest)}"

    @classmethod
    def parse(cls, written: str) -> Secret | None:
        """Return the value; None for what `str` doesn't write."""
        try:
            method, salt, digest = written.split("$")
            found = cls(base64.b64decode(salt, validate=True), base64.b64decode(digest, validate=True))
        except ValueError:
            return None
        return found if method == "scrypt" and len(found.digest) == 32 and len(found.salt) >= 16 else None


# Compared with when there is no such user: it takes as long, and nobody's password has this hash.
_NOBODY = Secret(bytes(16), bytes(32))


class Users:
    """Those in the settings, and those in the file as it is now."""

    def __init__(self, settings: Settings) -> None:
        self._file = users_file(settings)
        self._passwords = settings.ui.users or {}
        self.visits = Visits(settings.place)
        for name in self._passwords:
            check_name(name)
        self._read_at: tuple[int, int, int] | None = None
        self._listed: dict[str, Secret] = {}

    @cached_property
    def _stated(self) -> dict[str, Secret]:
        """Those in the settings: hashed alike by every server of the library, so that each knows a visit."""
        if not self._passwords:
            return {}
        key = self.visits.key()
        return {
            name: Secret.of(password.get_secret_value(), hmac.digest(key, name.encode(), "sha256")[:16])
            for name, password in self._passwords.items()
        }

    def check(self) -> None:
        """Check the file of users.

        Raises:
            UserError: The file can't be understood.
        """
        read(self._file)

    @property
    def are_required(self) -> bool:
        """Return whether anybody has to sign in."""
        return bool(self._passwords) or self._file.exists()

    def is_user(self, name: str) -> bool:
        """Return whether this is a user's name; nobody's, '', is as long as nobody has to sign in."""
        if not self.are_required:
            return name == ""
        return name in self._passwords or name in read(self._file)

    def secret(self, name: str) -> Secret | None:
        """Return the hash of a user's password.

        Raises:
            UserError: The file can't be understood.
        """
        return self._now().get(name)

    def accept(self, name: str, password: str) -> bool:
        """Return whether this is a user's password. Takes a tenth of a second, whoever it is."""
        known = self._now().get(name)
        return (known or _NOBODY).is_of(password) and known is not None

    def _now(self) -> Mapping[str, Secret]:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            self._read_at, self._listed = None, {}
            return self._stated
        read_at = (found.st_mtime_ns, found.st_size, found.st_ino)
        if read_at != self._read_at:
            self._listed, self._read_at = read(self._file), read_at
        return {**self._listed, **self._stated}


def users_file(settings: Settings) -> AccessList:
    """Return the file of users beside the library."""
    return access_list(settings.place, FILE_NAME)


def read(file: AccessList) -> dict[str, Secret]:
    """Return the users in a file of lines `name:hash`.

    Raises:
        UserError: A line can't be understood; the sentence names it.
    """
    return _parsed(file.read_text(encoding="utf-8"), file) if file.exists() else {}


def change(file: AccessList, change: Callable[[dict[str, Secret]], Mapping[str, Secret]]) -> None:
    """Write what `change` makes of the users, as they are then.

    Raises:
        UserError: A line can't be understood; the sentence names it.
        LibraryError: The disk is full, or can't be written to.
    """
    change_list(file, lambda said: _written(change(_parsed(said, file))))


def _parsed(said: str, file: AccessList) -> dict[str, Secret]:
    found = {}
    for number, line in enumerate(said.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, written = line.strip().partition(":")
        secret = Secret.parse(written)
        if secret is None or not _NAME.fullmatch(name):
            raise user_error("users_unreadable", file=file, line=number)
        found[name] = secret
    return found


def write(file: AccessList, users: Mapping[str, Secret]) -> None:
    """Write the file at once or not at all, readable by its owner alone.

    Raises:
        LibraryError: The disk is full, or can't be written to.
    """
    write_list(file, _written(users))


def _written(users: Mapping[str, Secret]) -> str:
    return "".join(f"{name}:{secret}\n" for name, secret in sorted(users.items()))


def check_name(name: str) -> None:
    """Refuse a name that the file couldn't hold.

    Raises:
        UserError: It is such a name.
    """
    if not _NAME.fullmatch(name):
        raise user_error("user_name_wrong", name=name)


def check_password(password: str) -> None:
    """Refuse a password that is too short.

    Raises:
        UserError: It is.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise user_error("password_short", count=SHORTEST_PASSWORD)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_PARALLEL,
        maxmem=2 * 128 * _BLOCK * _COST,
        dklen=32,
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
