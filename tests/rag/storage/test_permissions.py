"""A data folder is readable by its owner alone, from the first file on, and one of before is made so."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from fake_embedder import FakeEmbedder

from rag.backup.library_backup import DATABASES, KEPT, back_up, restore
from rag.config import Settings
from rag.conversation.store import ConversationStore
from rag.engine.engine import open_engine
from rag.library.library import DERIVED, Library
from rag.storage.permissions import is_ours, make_private
from rag.storage.write_lock import write_lock
from ui.server import users
from ui.server.users import Secret


@pytest.fixture(autouse=True)
def open_account() -> Iterator[None]:
    """An account whose new files anybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def others_may(folder: Path) -> list[str]:
    """The folder and what is in it, as far as anybody but the owner may do anything with it."""
    found = [folder, *folder.rglob("*")]
    return sorted(str(path) for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077)


def loosen(folder: Path) -> None:
    """Make everything as it was before: readable by all."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_library_is_its_owner_s_from_the_first_file_on(tmp_path: Path):
    data = tmp_path / "deep" / "data"
    with write_lock(data):
        assert others_may(data) == []
        with closing(Library(data)), closing(ConversationStore(data)) as conversations:
            conversations.begin("ada", "Une question")
            assert others_may(data) == []
            assert {path.name for path in data.glob("*-wal")} >= {"library.sqlite3-wal"}
    assert others_may(data) == []


def test_whatever_is_written_into_it_is_its_owner_s_too(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk:
        desk.write("a.md", "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.")
        with write_lock(desk.data):
            desk.ingest()
        users.write(desk.data / "users", {"ada": Secret.of("correct horse")})
        assert others_may(desk.data) == []
        # While it is written what the indexes make themselves is in folders that are closed.
        desk.write("b.md", "Le pont de Corvenne a rouvert mardi, après deux ans de travaux.")
        desk.ingest()
        for name in ("vectors", "terms", "full_text", "sketches"):
            assert stat.S_IMODE((desk.data / name).stat().st_mode) == 0o700


def test_a_library_of_before_is_closed_when_it_is_opened(tmp_path: Path):
    with closing(Desk(tmp_path)) as desk:
        desk.write("a.md", "La mairie de Malvoisy a ouvert une piscine de 25 mètres lundi.")
        desk.ingest()
    loosen(desk.data)
    with closing(Library(desk.data)) as library:
        assert library.counts().articles == 1
    assert others_may(desk.data) == []


def test_a_backup_and_what_is_restored_of_it_are_their_owner_s(tmp_path: Path):
    with closing(Library(tmp_path / "data")):
        pass
    back_up(tmp_path / "data", tmp_path / "backup", "1")
    restore(tmp_path / "backup", tmp_path / "again")
    assert others_may(tmp_path / "again") == []
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600


def test_what_else_is_in_the_folder_is_nobody_s_business(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    tmp_path.chmod(0o755)
    (tmp_path / "data").mkdir()
    with closing(Library(tmp_path / "data")):
        pass
    for path in (tmp_path / "data").iterdir():
        path.rename(tmp_path / path.name)
    (tmp_path / "terms").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "library.sqlite3").chmod(0o644)
    with closing(Library(tmp_path)):
        pass
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert (modes["notes.txt"], modes["elsewhere"]) == (0o666, 0o777)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert modes["library.sqlite3"] == 0o600


def test_a_disk_that_knows_no_permissions_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with closing(Library(tmp_path / "data")):
        pass
    loosen(tmp_path / "data")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    with write_lock(tmp_path / "data"), closing(Library(tmp_path / "data")) as library:
        assert library.counts().articles == 0
    assert others_may(tmp_path / "data")
    make_private(tmp_path / "not there")


def test_an_owner_who_may_not_write_still_may_not(tmp_path: Path):
    with closing(Library(tmp_path / "data")):
        pass
    (tmp_path / "data" / "writer.lock").touch()
    (tmp_path / "data" / "writer.lock").chmod(0o444)
    make_private(tmp_path / "data")
    assert stat.S_IMODE((tmp_path / "data" / "writer.lock").stat().st_mode) == 0o400


def test_all_that_a_data_folder_holds_is_known():
    logs = [f"{name}-{log}" for name in DATABASES for log in ("wal", "shm", "journal")]
    replaced = [f"{name}.{state}" for name in DERIVED for state in ("new", "complete")]
    for name in (*KEPT, *DERIVED, *logs, *replaced, "writer.lock", "writer.json"):
        assert is_ours(name), name
    assert not is_ours("library.sqlite3.bak.txt")


def test_an_engine_that_is_opened_over_nothing_makes_closed_folders(tmp_path: Path):
    settings = Settings(data_dir=tmp_path / "new")
    with closing(open_engine(settings, FakeEmbedder())):
        folders = [settings.data_dir, *(path for path in settings.data_dir.iterdir() if path.is_dir())]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
        assert len(folders) == 1 + len(DERIVED)
