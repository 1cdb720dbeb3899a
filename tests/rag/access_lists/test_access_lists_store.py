"""A list that machines share is what was last written, on each of them within a second."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.access_lists.store import AccessList, access_list, change_list, copy_list, write_list
from rag.config import LibrarySettings, Settings
from rag.storage.database import Place
from ui.api import keys
from ui.server import users
from ui.server.users import Secret, Users

PASSWORD = "correct horse"


def test_users_and_keys_of_a_shared_library_are_the_same_on_every_machine(
    postgres_place: Place, tmp_path: Path
):
    one, other = (
        Settings(data_dir=tmp_path / name, library=LibrarySettings(url=postgres_place.url)) for name in "ab"
    )
    known, programs = Users(other), keys.Keys(other)
    assert not known.are_required
    key, said = keys.new_key("bot", "ada")
    users.write(users.users_file(one), {"ada": Secret.of(PASSWORD)})
    keys.write(keys.keys_file(one), {"bot": key})
    time.sleep(0.6)
    assert known.are_required
    assert known.accept("ada", PASSWORD)
    assert programs.find(said) == key
    programs.note_used({key.id: "2026-01-01T00:00:00+00:00"})
    assert keys.Keys(one).last_used() == {key.id: "2026-01-01T00:00:00+00:00"}
    users.write(users.users_file(other), {})
    assert known.are_required  # even when nobody is left
    time.sleep(0.6)
    assert not known.is_user("ada")
    assert list(tmp_path.rglob("users")) == list(tmp_path.rglob("keys*")) == []


def test_a_list_that_was_never_written_is_not_there(postgres_place: Place, tmp_path: Path):
    shared = access_list(postgres_place, "users")
    assert not shared.exists()
    with pytest.raises(FileNotFoundError):
        shared.read_text()
    assert access_list(Place(tmp_path), "users") == tmp_path / "users"


def test_a_list_goes_with_a_copied_library_unless_the_copy_has_another(postgres_place: Place, tmp_path: Path):
    folder, back = Place(tmp_path / "a"), Place(tmp_path / "b")
    assert not copy_list(folder, postgres_place, "users")
    assert not access_list(postgres_place, "users").exists()
    write_list(access_list(folder, "users"), "zoé: é")
    for origin, target in ((folder, postgres_place), (postgres_place, back)):
        for _ in range(2):  # the second time it is there
            assert not copy_list(origin, target, "users")
            assert access_list(target, "users").read_text(encoding="utf-8") == "zoé: é"
    assert (tmp_path / "b" / "users").stat().st_mode & 0o077 == 0
    write_list(access_list(back, "users"), "another")
    assert copy_list(postgres_place, back, "users")
    assert access_list(back, "users").read_text(encoding="utf-8") == "another"


@pytest.mark.parametrize("is_shared", [True, False])
def test_what_is_made_of_a_list_is_made_of_what_is_in_it_then(
    postgres_place: Place, tmp_path: Path, is_shared: bool
):
    lists = [access_list(postgres_place if is_shared else Place(tmp_path), "keys") for _ in range(3)]

    def add(one: AccessList) -> None:
        for _ in range(5):
            change_list(one, lambda said: said + "x")

    if is_shared:  # machines that write at once
        with ThreadPoolExecutor() as threads:
            list(threads.map(add, lists))
    else:
        for one in lists:
            add(one)
    assert lists[0].read_text(encoding="utf-8") == "x" * 15


def test_what_fails_while_a_list_is_changed_leaves_it_as_it_was(postgres_place: Place):
    shared = access_list(postgres_place, "keys")
    write_list(shared, "one")

    def fail(said: str) -> str:
        raise KeyError(said)

    with pytest.raises(KeyError, match="one"):
        change_list(shared, fail)
    assert access_list(postgres_place, "keys").read_text(encoding="utf-8") == "one"
