"""Which programs may ask: named keys, each for a user, of which only the hash is kept.

Knows a file in the data folder; not what a key is asked with. A key is 256 random bits: nobody can try them
out, so that a plain SHA-256 is enough to keep it by.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from rag.access_lists.store import AccessList, access_list, change_list, write_list
from rag.config import Settings
from ui.formatting.i18n import user_error

FILE_NAME, USED_NAME = "keys", "keys_used"
PREFIX = "sourcier-"
PER_MINUTE = 60  # requests of a key that says nothing else
MOST_PER_MINUTE = 100_000
_NAME = re.compile(r"[\w.@-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its hash: for whom it asks ("" where nobody signs in), and what it may.

    `made_at` is in ISO 8601. `per_minute` are requests.
    """

    name: str
    digest: str
    user: str = ""
    can_write: bool = False
    per_minute: int = PER_MINUTE
    made_at: str = ""

    @property
    def id(self) -> str:
        """What the key is called where its name may have been another's before."""
        return self.digest[:16]


def new_key(
    name: str, user: str = "", can_write: bool = False, per_minute: int = PER_MINUTE
) -> tuple[Key, str]:
    """Return a new key, and the words that a program says it by: they are known here alone."""
    said = PREFIX + secrets.token_urlsafe(32)
    return Key(name, digest_of(said), user, can_write, per_minute, _now()), said


def digest_of(said: str) -> str:
    """Return what a key is kept by."""
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


class Keys:
    """The keys as their file has them now, and when each was last used."""

    def __init__(self, settings: Settings) -> None:
        self._file = keys_file(settings)
        self._used = access_list(settings.place, USED_NAME)
        self._read_at: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    def check(self) -> None:
        """Check the file of keys.

        Raises:
            UserError: The file can't be understood.
        """
        self._now()

    def find(self, said: str) -> Key | None:
        """Return the key that a program says; it takes as long whichever it nearly is.

        Raises:
            UserError: The file can't be understood.
        """
        digest, found = digest_of(said), None
        for key in self._now().values():
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    def _now(self) -> Mapping[str, Key]:
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            self._read_at, self._keys = None, {}
            return self._keys
        read_at = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if read_at != self._read_at:
            self._keys, self._read_at = read(self._file), read_at
        return self._keys

    def last_used(self) -> dict[str, str]:
        """Return when keys were last used, to the minute or so: ISO 8601 by `Key.id`."""
        return read_used(self._used)

    def note_used(self, key_ids: Mapping[str, str]) -> None:
        """Keep when keys were used, beside what is known of others.

        Raises:
            LibraryError: The disk is full, or can't be written to.
        """
        known = {one.id for one in self._now().values()}

        def noted(said: str) -> str:
            used = {id_: at for id_, at in (_used_of(said) | dict(key_ids)).items() if id_ in known}
            return json.dumps(used, sort_keys=True) + "\n"

        change_list(self._used, noted)


def keys_file(settings: Settings) -> AccessList:
    """Return the file of keys beside the library."""
    return access_list(settings.place, FILE_NAME)


def read(file: AccessList) -> dict[str, Key]:
    """Return the keys by name in a file of JSON objects, one a line.

    Raises:
        UserError: A line can't be understood; the sentence names it.
    """
    return _parsed(file.read_text(encoding="utf-8"), file) if file.exists() else {}


def change(file: AccessList, change: Callable[[dict[str, Key]], Mapping[str, Key]]) -> None:
    """Write what `change` makes of the keys, as they are then.

    Raises:
        UserError: A line can't be understood; the sentence names it.
        LibraryError: The disk is full, or can't be written to.
    """
    change_list(file, lambda said: _written(change(_parsed(said, file))))


def _parsed(said: str, file: AccessList) -> dict[str, Key]:
    found = {}
    for number, line in enumerate(said.splitlines(), start=1):
        if not line.strip():
            continue
        key = _key_of(line)
        if key is None:
            raise user_error("keys_unreadable", file=file, line=number)
        found[key.name] = key
    return found


def read_used(file: AccessList) -> dict[str, str]:
    """Return when keys were last used; nothing of a file that can't be understood: it is written anew."""
    try:
        return _used_of(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return {}


def _used_of(written: str) -> dict[str, str]:
    try:
        said = json.loads(written)
    except ValueError:
        return {}
    return {str(id_): str(at) for id_, at in said.items()} if isinstance(said, dict) else {}


def write(file: AccessList, keys: Mapping[str, Key]) -> None:
    """Write the file at once or not at all, readable by its owner alone.

    Raises:
        LibraryError: The disk is full, or can't be written to.
    """
    write_list(file, _written(keys))


def _written(keys: Mapping[str, Key]) -> str:
    return "".join(f"{json.dumps(asdict(key))}\n" for _, key in sorted(keys.items()))


def check_name(name: str) -> None:
    """Refuse a name that can't be a key's.

    Raises:
        UserError: It is such a name.
    """
    if not _NAME.fullmatch(name):
        raise user_error("key_name_wrong", name=name)


def _key_of(line: str) -> Key | None:
    try:
        key = Key(**json.loads(line))
    except (ValueError, TypeError):
        return None
    words = (key.name, key.digest, key.user, key.made_at)
    if not all(isinstance(one, str) for one in words) or type(key.can_write) is not bool:
        return None
    is_sound = _NAME.fullmatch(key.name) and _DIGEST.fullmatch(key.digest) and type(key.per_minute) is int
    return key if is_sound and 1 <= key.per_minute <= MOST_PER_MINUTE else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
