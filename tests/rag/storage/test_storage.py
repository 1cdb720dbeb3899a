"""A disk that is full or can't be written to: one clear sentence, and a library that is intact."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import LibraryBusyError, LibraryError
from rag.storage.errors import storage_error, translate_storage_errors

ROOT = Path(__file__).parents[3]
SUPPORT = ROOT / "tests" / "support"
SOURCIER = Path(sys.executable).parent / "sourcier"
# A namespace of mounts: what is mounted for a test is seen by nobody else, and goes with its process.
ALONE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


def may_mount() -> bool:
    try:
        tried = subprocess.run(
            [*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        return False
    return tried.returncode == 0


mounting = pytest.mark.skipif(
    not may_mount(), reason="needs the right to mount a file system (unshare --mount)"
)


def full(folder: Path) -> str:
    return f"{folder}: the disk is full; make room and run the same command again. The library is intact."


@pytest.mark.long
@mounting
def test_wherever_the_disk_fills_up_the_library_is_intact_and_goes_on(tmp_path: Path):
    rooms = [60, 300, 700, 1100, 1600, 2300]
    done = subprocess.run(
        [*ALONE, sys.executable, str(SUPPORT / "full_disk.py"), str(tmp_path), *map(str, rooms)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    assert [outcome["wrong"] for outcome in outcomes] == [[]] * len(rooms)
    for room, outcome in zip(rooms, outcomes, strict=True):
        data = tmp_path / f"disk{room}" / "data"
        assert outcome["told"] in map(full, (data, data / "sketches", data / "vectors" / "chroma"))
        assert (outcome["again"], outcome["whole"]) == (None, 40)
    assert any(0 < outcome["kept"] < 40 for outcome in outcomes)  # in the middle, too


UNWRITABLE = ["ingest .", "articles remove x", "compact", "doctor", "reindex"]


@pytest.fixture(scope="module")
def unwritable(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, str], list]]:
    """A folder that can't be written to, and what each command says of it in each language."""
    folder = tmp_path_factory.mktemp("unwritable") / "data"
    folder.mkdir()
    folder.with_name("a.txt").write_text("Le pont a rouvert.")
    done = subprocess.run(
        [*ALONE, sys.executable, str(SUPPORT / "read_only.py"), str(folder), *UNWRITABLE],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return folder, {(command, language): outcome for command, language, *outcome in said}


@pytest.mark.long
@mounting
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "this folder can't be written to; allow it, or set data_dir to another one."),
        ("fr", "ce dossier n'est pas accessible en écriture ; autorisez-la, ou changez data_dir."),
    ],
)
@pytest.mark.parametrize("command", UNWRITABLE)
def test_a_folder_that_cannot_be_written_to_is_one_sentence(
    unwritable: tuple[Path, dict[tuple[str, str], list]], command: str, language: str, sentence: str
):
    folder, said = unwritable
    colon = " :" if language == "fr" else ":"
    assert said[command, language] == [2, "", f"sourcier: {folder}{colon} {sentence}\n"]


@pytest.mark.long
@mounting
def test_a_disk_without_any_room_is_one_sentence(tmp_path: Path):
    script = 'mount -t tmpfs -o size=8k tmpfs "$1" && head -c 8192 /dev/zero > "$1/b"; cd / && "$2" status'
    environ = {"SOURCIER_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT), "SOURCIER_UI__LANGUAGE": "en"}
    done = subprocess.run(
        [*ALONE, "sh", "-c", script, "sh", str(tmp_path), str(SOURCIER)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        env=os.environ | environ,
    )
    assert (done.returncode, done.stderr) == (2, f"sourcier: {full(tmp_path)}\n")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), LibraryError, "the disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), LibraryError, "can't be written to"),
        (PermissionError(errno.EACCES, "Permission denied"), LibraryError, "can't be written to"),
        (sqlite3.OperationalError("database or disk is full"), LibraryError, "the disk is full"),
        (sqlite3.OperationalError("database is locked"), LibraryBusyError, "another process"),
        (ValueError("IoError: No space left on device (os error 28)"), LibraryError, "the disk is full"),
    ],
)
def test_every_store_says_it_in_its_own_way(
    tmp_path: Path, error: Exception, kind: type[Exception], words: str
):
    found = storage_error(tmp_path, error)
    assert isinstance(found, kind)
    assert words in str(found)
    assert str(found).startswith(f"{tmp_path}: ")


def test_any_other_error_stays_what_it_is(tmp_path: Path):
    assert storage_error(tmp_path, ValueError("something else")) is None
    # Not because of the disk: there is room.
    assert storage_error(tmp_path, sqlite3.OperationalError("disk I/O error")) is None
    with pytest.raises(ValueError, match="something else"), translate_storage_errors(tmp_path):
        raise ValueError("something else")
