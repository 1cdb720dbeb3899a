"""What takes another's place is on the disk before that other goes: a power cut leaves one of them, whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk

from rag.storage import atomic_folder
from rag.storage.durability import flush, flush_all
from ui.server import users


class Recorder:
    """What was flushed, renamed and removed below a folder, in order: `(what, path[, new path])`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.told: list[tuple[str, ...]] = []
        self.swapped: dict[str, set[str]] = {}  # folder → what was in it when it was renamed
        real_fsync, real_rename, real_replace, real_rmtree = os.fsync, os.rename, os.replace, shutil.rmtree

        def fsync(descriptor: int) -> None:
            real_fsync(descriptor)
            self._tell("flush", Path(f"/proc/self/fd/{descriptor}").readlink())

        def rename(source: Path, target: Path) -> None:
            inside = {self._name(path) for path in [Path(source), *Path(source).rglob("*")]}
            self.swapped[self._name(source)] = inside
            real_rename(source, target)
            self._tell("rename", source, target)

        def replace(source: Path, target: Path) -> None:
            real_replace(source, target)
            self._tell("rename", source, target)

        def rmtree(folder: Path, *options: object, **more: object) -> None:
            real_rmtree(folder, *options, **more)
            self._tell("remove", folder)

        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "rename", rename)
        monkeypatch.setattr(os, "replace", replace)
        monkeypatch.setattr(shutil, "rmtree", rmtree)

    def _name(self, path: str | Path) -> str:
        return os.path.relpath(path, self.folder)

    def _tell(self, what: str, *paths: str | Path) -> None:
        names = [self._name(path) for path in paths]
        if not names[0].startswith(".."):
            self.told.append((what, *names))


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("which file a descriptor is of can't be told here (no /proc)")
    return Recorder(tmp_path, monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path)) as desk:
        desk.write("pont.txt", "Le pont de Corvenne a rouvert lundi. Il porte deux voies.")
        desk.write("bac.txt", "Le bac de Valmorin ne circulera plus le dimanche.")
        desk.ingest()
        yield desk


def test_a_folder_is_whole_on_the_disk_before_the_old_one_goes(tmp_path: Path, recorded: Recorder):
    folder = tmp_path / "data" / "kept"
    folder.mkdir(parents=True)
    (folder / "old").write_text("old")
    new = atomic_folder.fresh(folder)
    (new / "inside").mkdir()
    (new / "inside" / "file").write_text("new")
    atomic_folder.complete(folder)
    atomic_folder.settle(folder)
    flushed = {("flush", f"data/kept.new{rest}") for rest in ("", "/inside", "/inside/file")}
    assert set(recorded.told[:3]) == flushed
    assert recorded.told[3:] == [
        ("rename", "data/kept.new", "data/kept.complete"),
        ("flush", "data"),
        ("flush", "data"),  # whoever settles can't know whether whoever completed came this far
        ("remove", "data/kept"),
        ("rename", "data/kept.complete", "data/kept"),
        ("flush", "data"),
    ]
    assert (folder / "inside" / "file").read_text() == "new"


def test_compaction_removes_nothing_before_what_replaces_it_is_on_the_disk(desk: Desk, recorded: Recorder):
    found = desk.found("pont", ["pont"])
    desk.indexer.compact()
    told = recorded.told
    for name in ("chroma", "rows"):
        folder = f"data/vectors/{name}"
        completed = told.index(("rename", f"{folder}.new", f"{folder}.complete"))
        flushed = {step[1] for step in told[:completed] if step[0] == "flush"}
        assert recorded.swapped[f"{folder}.new"] <= flushed
        assert len(recorded.swapped[f"{folder}.new"]) > 2
        assert told[completed + 1] == ("flush", "data/vectors")
        removed = told.index(("remove", folder))
        assert removed > completed + 1
        placed = told.index(("rename", f"{folder}.complete", folder))
        assert placed > removed
        assert told[placed + 1] == ("flush", "data/vectors")
    assert desk.found("pont", ["pont"]) == found
    desk.check()


def test_a_disk_that_fails_while_flushing_leaves_the_old_vectors(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    found = desk.found("pont", ["pont"])

    def failing(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as broken, pytest.raises(OSError, match="Input/output error"):
        broken.setattr(os, "fsync", failing)
        desk.indexer.compact()
    desk.open()
    assert desk.found("pont", ["pont"]) == found
    desk.indexer.compact()
    assert desk.found("pont", ["pont"]) == found
    desk.check()


@pytest.mark.parametrize("failure", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_flushes_no_folders_is_used_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: int
):
    real = os.fsync
    (tmp_path / "file").write_text("x")

    def fsync(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").is_dir():
            raise OSError(failure, os.strerror(failure))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    flush_all(tmp_path)
    monkeypatch.setattr(Path, "is_dir", lambda _: False)  # of a file it is an error
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(failure, "no")))
    with pytest.raises(OSError, match="no"):
        flush(tmp_path / "file")


def test_a_system_that_opens_no_folders_is_used_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As Windows does."""
    real = os.open

    def open_(path: Path, *options: int) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *options)

    (tmp_path / "kept").mkdir()
    (atomic_folder.fresh(tmp_path / "kept") / "file").write_text("new")
    monkeypatch.setattr(os, "open", open_)
    atomic_folder.complete(tmp_path / "kept")
    with monkeypatch.context() as allowed:
        allowed.setattr(os, "open", real)  # removing a folder opens it
        atomic_folder.settle(tmp_path / "kept")
    assert (tmp_path / "kept" / "file").read_text() == "new"


def test_users_are_on_the_disk_before_they_count(tmp_path: Path, recorded: Recorder):
    users.write(tmp_path / "users", {})
    (flushed, made), (renamed, source, target), last = recorded.told
    assert (flushed, renamed, source, target, last) == ("flush", "rename", made, "users", ("flush", "."))
