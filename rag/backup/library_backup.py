"""What of a data folder can't be made again, copied while it is used, and put into a new folder.

Knows which files there are and what they must be. What is derived is left to whoever opens the library next:
every restored article waits to be indexed.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.backup import archive
from rag.backup.archive import Archive, Manifest
from rag.conversation import store as conversations
from rag.errors import LibraryError, SourcierError, UserError
from rag.library import library as catalogue
from rag.library import tables
from rag.storage.durability import flush
from rag.storage.errors import storage_error
from rag.storage.migrations import copy, format_of
from rag.storage.permissions import is_ours
from rag.storage.sqlite import SqliteFile
from rag.storage.write_lock import write_lock

# In this order: what conversations cite is then in the library that is copied after them.
DATABASES = {
    conversations.FILE_NAME: len(conversations.STEPS),
    catalogue.FILE_NAME: len(tables.STEPS),
}
# Who may sign in, and which programs may ask.
USERS, KEYS = "users", "keys"
ACCESS = (USERS, KEYS)
KEPT = (*DATABASES, *ACCESS)


def back_up(folder: Path, file: Path, version: str) -> Manifest:
    """Write the library in `folder` into `file`, whoever uses it meanwhile.

    A backup that is there is replaced; any other file is left alone.

    Raises:
        UserError: There is no library, or the file can't be written.
        LibraryError: The library is damaged.
    """
    if not (folder / catalogue.FILE_NAME).is_file():
        raise UserError(
            f"{folder}: there is no library here; set data_dir (SOURCIER_DATA_DIR).",
            f"{folder} : il n'y a pas de bibliothèque ici ; indiquez data_dir (SOURCIER_DATA_DIR).",
        )
    if file.exists() and not archive.is_backup(file, KEPT):
        raise UserError(
            f"{file}: is there already, and isn't a backup; choose another name.",
            f"{file} : existe déjà et n'est pas une sauvegarde ; choisissez un autre nom.",
        )
    with _telling_of(file), TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as beside:
        return archive.write(file, dict(_snapshots(folder, Path(beside))), version)


def _snapshots(folder: Path, beside: Path) -> Iterator[tuple[str, tuple[Path, int | None]]]:
    for name in DATABASES:
        if (folder / name).is_file():
            copied = beside / name
            _copy_sound(folder / name, copied)
            yield name, (copied, format_of(copied))
    for name in ACCESS:
        if (folder / name).is_file():
            shutil.copyfile(folder / name, beside / name)
            yield name, (beside / name, None)


def _copy_sound(file: Path, copied: Path) -> None:
    try:
        copy(file, copied)
        problems = _problems(copied)
    except sqlite3.OperationalError:  # locked, no room: that says nothing of the file
        raise
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    if problems:
        raise LibraryError(
            f"{file}: is damaged ({problems[0]}); run `sourcier doctor`. No backup was made.",
            f"{file} : est abîmé ({problems[0]}) ; lancez `sourcier doctor`."
            " Aucune sauvegarde n'a été faite.",
        )


def _problems(file: Path) -> list[str]:
    with closing(SqliteFile(file)) as db:
        return db.problems()


def not_kept(folder: Path) -> list[str]:
    """Return what lies in `folder` that is neither in a backup nor derived: somebody else put it there."""
    return sorted(path.name for path in folder.iterdir() if not is_ours(path.name))


def restore(file: Path, folder: Path, prepare: Callable[[], None] = lambda: None) -> Manifest:
    """Make the library in `folder`, which must hold none, of a backup; its articles wait to be indexed.

    Args:
        file: The backup.
        folder: Where the library is to be.
        prepare: Is called once the backup is found whole, before anything is written.

    Raises:
        UserError: The backup can't be used, or there is something in the folder.
        LibraryError: What is in the backup can't be used.
    """
    with archive.opened(file, KEPT) as found:
        _refuse_later(found)
        _refuse_taken(folder)
        found.check()
        prepare()
        with _telling_of(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            archive.refuse_too_little_room(found, folder.parent)
            # Of mode 0700, as its contents are; what is in the way, empty as it is, goes with it.
            with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
                new = Path(beside) / "new"
                new.mkdir(mode=0o700)
                found.extract(new)
                _bring_up_to_date(new, file)
                _put_in_place(new, folder, Path(beside) / "old")
        return found.manifest


def _refuse_later(found: Archive) -> None:
    members = found.manifest.members
    if catalogue.FILE_NAME not in members:
        raise UserError(
            f"{found.file}: there is no library in this backup.",
            f"{found.file} : il n'y a pas de bibliothèque dans cette sauvegarde.",
        )
    for name, present in DATABASES.items():
        if name in members and (members[name].format or 0) > present:
            raise archive.newer(found.file)


def _refuse_taken(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or _holds_something(folder)):
        raise UserError(
            f"{folder}: isn't empty; move it away, or name another folder with --to.",
            f"{folder} : n'est pas vide ; déplacez-le, ou indiquez un autre dossier avec --to.",
        )


def _holds_something(folder: Path) -> bool:
    """Return whether there is more than the library, without an article, that a mere look at it makes."""
    if not_kept(folder) or any((folder / name).exists() for name in ACCESS):
        return True
    try:
        return _has_articles(folder) or _has_conversations(folder)
    except LibraryError:  # damaged, or a later version's
        return True


def _has_articles(folder: Path) -> bool:
    if not (folder / catalogue.FILE_NAME).exists():
        return False
    with closing(catalogue.Library(folder)) as library:
        return not library.is_empty() or library.embargoes.count() > 0


def _has_conversations(folder: Path) -> bool:
    if not (folder / conversations.FILE_NAME).exists():
        return False
    with closing(conversations.ConversationStore(folder)) as store:
        return store.count() > 0


def _bring_up_to_date(new: Path, file: Path) -> None:
    """Check the databases, bring them to the present format, and have every article indexed again."""
    if problems := [
        problem for name in DATABASES if (new / name).exists() for problem in _problems(new / name)
    ]:
        raise LibraryError(
            f"{file}: what is in it is damaged ({problems[0]}); nothing was restored.",
            f"{file} : son contenu est abîmé ({problems[0]}) ; rien n'a été restauré.",
        )
    with closing(catalogue.Library(new)) as library:
        library.forget_indexing()
    if (new / conversations.FILE_NAME).exists():
        conversations.ConversationStore(new).close()


def _put_in_place(new: Path, folder: Path, aside: Path) -> None:
    if folder.exists():
        with write_lock(folder):
            _refuse_taken(folder)
            folder.rename(aside)
            new.rename(folder)
    else:
        new.rename(folder)
    flush(folder.parent)


@contextmanager
def _telling_of(path: Path) -> Iterator[None]:
    """Tell what the disk says of `path` in one sentence."""
    try:
        yield
    except SourcierError:
        raise
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, OSError) and error.strerror:
            raise archive.unusable(path, error) from error
        raise storage_error(path.parent, error) or LibraryError(
            f"{path}: failed ({error}).", f"{path} : échec ({error})."
        ) from error
