"""A backup holds all of a library that can't be made again, and nothing but that makes it a library again."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pipeline.reindexing import reindex
from rag.backup import archive
from rag.backup.library_backup import KEPT, KEYS, USERS, back_up, not_kept, restore
from rag.conversation.kept import KeptAnswers
from rag.conversation.store import ConversationStore, Record
from rag.dossiers.rule import Rule
from rag.errors import LibraryError, UserError
from rag.library.feedback import Feedback
from rag.library.library import FILE_NAME, Library
from rag.library.tables import STEPS
from rag.schema.article import Span
from ui.api import keys
from ui.server import users

BRIDGE = "Le pont de Corvenne a rouvert lundi. La mairie attendait la fin du chantier depuis mars."
FERRY = "Le bac de Valmorin reste à quai dimanche."
STORED = Path(__file__).parents[2] / "data" / "libraries"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A library of two articles, one of them changed and one conversation, a kept answer, a note, a rating, a
    dossier and a user."""
    with closing(Desk(tmp_path / "desk")) as desk:
        desk.write("pont.txt", BRIDGE)
        desk.ingest()
        desk.write("pont.txt", BRIDGE + " Deux voies sont ouvertes.")
        desk.write("bac.txt", FERRY)
        desk.ingest()
        with closing(ConversationStore(desk.data)) as conversations:
            begun = conversations.begin("ada", "Le pont")
            conversations.put(
                begun.id, "ada", Record(1, "Quand ?", {"claims": [], "articles": []}, (), "quand")
            )
            kept = KeptAnswers(conversations)
            kept.keep("ada", "origine", Record(1, "Quand ?", {"claims": [], "articles": []}))
        noted = desk.library.article(desk.id_of("pont.txt"))
        desk.library.notes.add("ada", noted, Span(0, 7), "quote", "à garder")
        desk.library.feedback.put(
            Feedback(
                "f1", "ada", "2026-01-05T12:00:00+00:00", "up", (), "bien", "Quand ?", "answered", "fr", ""
            )
        )
        dossier = desk.library.dossiers.create("ada", "Le pont", "À suivre")
        desk.library.dossiers.add_rule(dossier.id, "ada", Rule("pont"))
        desk.library.dossiers.add(dossier.id, "ada", [desk.id_of("bac.txt")])
        desk.parts.filling.fill([dossier.id])
        users.write(desk.data / USERS, {"ada": users.Secret.of("mot de passe")})
        keys.write(desk.data / KEYS, {"bot": keys.new_key("bot", "ada")[0]})
        yield desk


@pytest.fixture
def backup(desk: Desk, tmp_path: Path) -> Path:
    file = tmp_path / "library.backup"
    back_up(desk.data, file, "1.0")
    return file


def rows(folder: Path) -> dict[str, list[tuple]]:
    """All that the databases in `folder` hold."""
    found = {}
    for file in sorted(folder.glob("*.sqlite3")):
        with closing(sqlite3.connect(file)) as db:
            names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                found[f"{file.name} {name}"] = sorted(
                    db.execute(f"SELECT * FROM {name}").fetchall(), key=repr
                )
    return found


def opened(desk: Desk, folder: Path) -> Desk:
    """A desk over what was restored, indexed."""
    desk.close()
    shutil.rmtree(desk.data)
    folder.rename(desk.data)
    desk.open()
    reindex(desk.indexer, desk.chunker, lambda _: None)
    return desk


def test_a_restored_library_is_what_it_was(desk: Desk, backup: Path, tmp_path: Path):
    before, asked = rows(desk.data), desk.found("pont rouvert lundi", ["pont"])
    access = {name: (desk.data / name).read_bytes() for name in (USERS, KEYS)}
    assert len(before["library.sqlite3 revisions"]) == len(before["library.sqlite3 feedback"]) == 1
    assert [row[2] for row in before["library.sqlite3 dossier_matches"]] == [desk.id_of("pont.txt")]
    assert [row[7] for row in before["library.sqlite3 notes"]] == ["à garder"]
    assert len(before["conversations.sqlite3 kept_answers"]) == 1
    restore(backup, tmp_path / "new")
    restored = opened(desk, tmp_path / "new")
    restored.check()
    after = rows(restored.data)
    changes = "library.sqlite3 changes"
    assert {k: v for k, v in after.items() if k != changes} == {
        k: v for k, v in before.items() if k != changes
    }
    assert {name: (restored.data / name).read_bytes() for name in access} == access
    assert desk.found("pont rouvert lundi", ["pont"]) == asked
    assert desk.ingest().unchanged == 2


def test_every_file_of_a_data_folder_is_accounted_for(desk: Desk):
    assert not_kept(desk.data) == []
    assert set(KEPT) <= {path.name for path in desk.data.iterdir()}
    assert (users.FILE_NAME, keys.FILE_NAME) == (USERS, KEYS)
    (desk.data / "vectors.new").mkdir()  # an index that was being made when the power went
    (desk.data / "notes.txt").write_text("à moi")
    assert not_kept(desk.data) == ["notes.txt"]


def test_nothing_derived_is_in_it_and_only_its_owner_reads_it(backup: Path, tmp_path: Path):
    with zipfile.ZipFile(backup) as packed:
        assert sorted(packed.namelist()) == sorted([archive.MANIFEST, *KEPT])
        told = json.loads(packed.read(archive.MANIFEST))
        for name, member in told["members"].items():
            assert hashlib.sha256(packed.read(name)).hexdigest() == member["sha256"]
    restore(backup, tmp_path / "new")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "new").iterdir() if file.name in KEPT} == {0}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "library.backup", "new"]


def test_the_backup_of_an_old_format_is_brought_to_the_present_one(tmp_path: Path):
    for number in range(1, len(STEPS) + 1):
        old = tmp_path / f"old{number}"
        old.mkdir()
        with closing(sqlite3.connect(old / FILE_NAME)) as db:
            db.executescript((STORED / f"format-{number}.sql").read_text(encoding="utf-8"))
            db.execute(f"PRAGMA user_version = {number}")
            texts = sorted(db.execute("SELECT text FROM articles").fetchall())
        manifest = back_up(old, tmp_path / "old.backup", "0.1")
        assert manifest.members[FILE_NAME].format == number
        restore(tmp_path / "old.backup", tmp_path / f"new{number}")
        with closing(Library(tmp_path / f"new{number}")) as library:
            assert sorted((article.text,) for article in library.articles()) == texts
            assert len(library.not_indexed()) == len(texts) == 2


# --- where to ---


def test_what_is_in_the_way_stays(desk: Desk, backup: Path, tmp_path: Path):
    before = rows(desk.data)
    with pytest.raises(UserError, match="isn't empty"):
        restore(backup, desk.data)
    assert rows(desk.data) == before
    other = tmp_path / "other"
    other.mkdir()
    (other / "lettre.txt").write_text("chère amie")
    with pytest.raises(UserError, match="isn't empty"):
        restore(backup, other)
    assert [file.name for file in other.iterdir()] == ["lettre.txt"]


@pytest.mark.parametrize("kind", ["missing", "bare", "looked at"])
def test_a_library_without_an_article_is_replaced(backup: Path, tmp_path: Path, kind: str):
    new = tmp_path / "some" / "new"
    if kind == "bare":
        new.mkdir(parents=True)
    if kind == "looked at":
        Library(new).close()
        ConversationStore(new).close()
    restore(backup, new)
    with closing(Library(new)) as library:
        assert library.counts().articles == 2
    assert [path.name for path in new.parent.iterdir()] == ["new"]


@pytest.mark.parametrize("broken", ["library", "conversation"])
def test_a_damaged_library_is_neither_saved_nor_replaced(desk: Desk, backup: Path, broken: str):
    desk.close()
    file = desk.data / ("library.sqlite3" if broken == "library" else "conversations.sqlite3")
    content = bytearray(file.read_bytes())
    content[8_192:12_288] = bytes(4_096)
    file.write_bytes(content)
    before = backup.read_bytes()
    with pytest.raises(LibraryError, match=f"{file.name}: is damaged"):
        back_up(desk.data, backup, "1.0")
    assert backup.read_bytes() == before
    with pytest.raises(UserError, match="isn't empty"):
        restore(backup, desk.data)
    assert file.read_bytes() == content


def test_a_file_that_is_no_backup_is_not_replaced_and_a_backup_is(desk: Desk, backup: Path, tmp_path: Path):
    letter = tmp_path / "lettre.txt"
    letter.write_text("chère amie")
    with pytest.raises(UserError, match="isn't a backup"):
        back_up(desk.data, letter, "1.0")
    assert letter.read_text() == "chère amie"
    assert back_up(desk.data, backup, "1.1").version == "1.1"
    with pytest.raises(UserError, match="there is no library here"):
        back_up(tmp_path / "nowhere", backup, "1.0")
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(UserError, match="can't be used"):
        back_up(desk.data, tmp_path / "missing" / "file", "1.0")


# --- hostile or damaged files ---


def refused(file: Path, folder: Path, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        restore(file, folder, lambda: pytest.fail("taken for whole"))
    assert not folder.exists()
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith(".")] == []


Change = Callable[[dict, dict[str, bytes]], None]


def changed(backup: Path, change: Change) -> None:
    """Pack the backup again with another manifest or other members."""
    with zipfile.ZipFile(backup) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(members.pop(archive.MANIFEST))
    change(manifest, members)
    with zipfile.ZipFile(backup, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(archive.MANIFEST, json.dumps(manifest))
        for name, content in members.items():
            packed.writestr(name, content)


def _later(manifest: dict, _: dict[str, bytes]) -> None:
    manifest["sourcier_backup"] = archive.FORMAT + 1
    manifest["members"] = "elsewhere"


def _later_library(manifest: dict, _: dict[str, bytes]) -> None:
    manifest["members"][FILE_NAME]["format"] = len(STEPS) + 1


def _outside(manifest: dict, members: dict[str, bytes]) -> None:
    members["../outside"] = members.pop(USERS)
    manifest["members"]["../outside"] = manifest["members"].pop(USERS)


def _another(_: dict, members: dict[str, bytes]) -> None:
    members["more"] = b"more"


def _missing(_: dict, members: dict[str, bytes]) -> None:
    del members[USERS]


def _other_words(_: dict, members: dict[str, bytes]) -> None:
    members[USERS] = members[USERS].replace(b"ada", b"eve")


def _longer(_: dict, members: dict[str, bytes]) -> None:
    members[USERS] += bytes(1_000_000)


def _shorter(_: dict, members: dict[str, bytes]) -> None:
    members[USERS] = members[USERS][:10]


def _no_library(manifest: dict, members: dict[str, bytes]) -> None:
    del members[FILE_NAME], manifest["members"][FILE_NAME]


def _no_format(manifest: dict, _: dict[str, bytes]) -> None:
    del manifest["sourcier_backup"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_later, "later version"),
        (_later_library, "later version"),
        (_outside, "damaged"),
        (_another, "damaged"),
        (_missing, "damaged"),
        (_other_words, "damaged"),
        (_longer, "damaged"),
        (_shorter, "damaged"),
        (_no_library, "no library in this backup"),
        (_no_format, "isn't a backup"),
    ],
)
def test_what_is_not_as_it_was_packed_is_refused(backup: Path, tmp_path: Path, change: Change, sentence: str):
    changed(backup, change)
    refused(backup, tmp_path / "new", sentence)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"Le pont de Corvenne a rouvert.", bytes(10_000)])
def test_another_file_is_refused(tmp_path: Path, content: bytes):
    file = tmp_path / "file"
    file.write_bytes(content)
    refused(file, tmp_path / "new", "isn't a backup")
    refused(tmp_path, tmp_path / "new", "can't be used")
    refused(tmp_path / "nowhere", tmp_path / "new", "can't be used")


def test_a_database_that_breaks_its_own_rules_is_refused(backup: Path, tmp_path: Path):
    def garbled(manifest: dict, members: dict[str, bytes]) -> None:
        content = bytearray(members[FILE_NAME])
        content[8_192:12_288] = bytes(4_096)
        members[FILE_NAME] = bytes(content)
        manifest["members"][FILE_NAME]["sha256"] = hashlib.sha256(content).hexdigest()

    changed(backup, garbled)
    with pytest.raises(LibraryError, match="what is in it is damaged"):
        restore(backup, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "library.backup"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_a_truncated_or_changed_file_never_restores_anything_else(
    backup: Path, tmp_path: Path, data: st.DataObject
):
    whole = backup.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        broken = whole[:place]
    else:
        broken = whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    file = tmp_path / "broken"
    file.write_bytes(broken)
    with archive.opened(backup, KEPT) as sound:
        expected = sound.manifest.members
    try:
        with archive.opened(file, KEPT) as found:
            found.check()
            # Dates and the like, of which no byte is restored.
            told = {name: (member.sha256, member.bytes) for name, member in found.manifest.members.items()}
            assert told == {name: (member.sha256, member.bytes) for name, member in expected.items()}
    except UserError:
        pass
