"""Keys of programs: shown once, kept by their hash, gone as soon as they are revoked."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.config import Settings
from rag.errors import UserError
from ui.api import keys
from ui.api.keys import Key, Keys, new_key
from ui.command.main import main
from ui.server import users

NAMES = st.from_regex(r"\A[\w.@-]{1,20}\Z")
ANY_KEY = st.builds(
    Key,
    NAMES,
    st.from_regex(r"\A[0-9a-f]{64}\Z"),
    st.text(max_size=20).filter(lambda one: "\n" not in one),
    st.booleans(),
    st.integers(1, keys.MOST_PER_MINUTE),
    st.text("0123456789-:TZ+", max_size=25),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "en")
    return lambda *arguments: main(["keys", *arguments])


def test_a_key_is_known_again_and_no_other(settings: Settings):
    key, said = new_key("bot")
    keys.write(keys.keys_file(settings), {"bot": key})
    known = Keys(settings)
    assert known.find(said) == key
    for other in ("", said[:-1], said + "x", said.upper(), new_key("bot")[1], "\ud800"):
        assert known.find(other) is None


def test_the_file_is_its_owner_s_and_has_no_key_in_it(settings: Settings):
    key, said = new_key("bot")
    file = keys.keys_file(settings)
    keys.write(file, {"bot": key})
    assert said not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@hypothesis_settings(max_examples=15)  # each is brought to the disk
@given(st.lists(ANY_KEY, max_size=4, unique_by=lambda key: key.name))
def test_keys_are_read_as_they_were_written(tmp_path_factory, listed: list[Key]):
    file = tmp_path_factory.mktemp("keys") / "keys"
    keys.write(file, {key.name: key for key in listed})
    assert keys.read(file) == {key.name: key for key in listed}


@pytest.mark.parametrize(
    "line",
    ["x", "[]", "{}", '{"name": "a", "digest": "b"}',
     json.dumps({"name": "a", "digest": "0" * 64, "more": 1}),
     json.dumps({"name": "a", "digest": "0" * 64, "per_minute": 0}),
     json.dumps({"name": "a", "digest": "0" * 64, "can_write": "yes"})],
)  # fmt: skip
def test_a_line_that_is_no_key_is_named(settings: Settings, line: str):
    file = keys.keys_file(settings)
    file.write_text(f"\n{line}\n")
    with pytest.raises(UserError, match="line 2: isn't a key"):
        Keys(settings).check()


def test_a_key_that_is_revoked_is_unknown_at_once(settings: Settings):
    (one, said), (two, _) = new_key("one"), new_key("two")
    known, file = Keys(settings), keys.keys_file(settings)
    assert known.find(said) is None
    keys.write(file, {"one": one, "two": two})
    assert known.find(said) == one
    keys.write(file, {"two": two})
    assert known.find(said) is None


def test_when_keys_were_used_is_kept_of_those_that_there_are(settings: Settings):
    one, two = new_key("one")[0], new_key("two")[0]
    known, file = Keys(settings), keys.keys_file(settings)
    keys.write(file, {"one": one, "two": two})
    known.note_used({one.id: "2026-01-01T00:00:00+00:00"})
    known.note_used({two.id: "2026-01-02T00:00:00+00:00"})
    assert known.last_used() == {one.id: "2026-01-01T00:00:00+00:00", two.id: "2026-01-02T00:00:00+00:00"}
    keys.write(file, {"two": two})
    known.note_used({two.id: "2026-01-03T00:00:00+00:00"})
    assert known.last_used() == {two.id: "2026-01-03T00:00:00+00:00"}
    (settings.data_dir / keys.USED_NAME).write_text("{")
    assert known.last_used() == {}


def test_the_command_makes_shows_and_revokes_keys(command, settings: Settings, capsys):
    assert command("add", "bot", "--can-write", "--per-minute", "7") == 0
    said, about = capsys.readouterr().out.splitlines()
    assert "it isn't kept" in about
    key = Keys(settings).find(said)
    assert (key.name, key.user, key.can_write, key.per_minute) == ("bot", "", True, 7)
    assert command("list") == 0
    line = capsys.readouterr().out
    assert line.startswith("bot · reads and adds · 7 a minute · made 20")
    assert line.endswith("never used\n")
    assert command("list", "--json") == 0
    told = capsys.readouterr().out
    assert [one["name"] for one in json.loads(told)] == ["bot"]
    assert said not in told
    assert key.digest not in told
    assert command("add", "other", "--json") == 0
    assert Keys(settings).find(json.loads(capsys.readouterr().out)["key"]).name == "other"
    assert command("revoke", "bot") == 0
    assert Keys(settings).find(said) is None
    assert command("revoke", "other") == 0
    capsys.readouterr()
    assert command("list") == 0
    assert capsys.readouterr().out == "No keys.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "a b"), "a key's name has 1 to 64 letters"),
        (("add", "taken"), "a key has this name already"),
        (("add", "x", "--user", "nobody"), "no user of this name"),
        (("add", "x", "--per-minute", "0"), "--per-minute: a number from 1 to"),
        (("revoke", "x"), "no key of this name"),
    ],
)
def test_a_mistake_is_one_sentence(command, settings: Settings, capsys, arguments, sentence: str):
    keys.write(keys.keys_file(settings), {"taken": new_key("taken")[0]})
    assert command(*arguments) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_where_somebody_has_to_sign_in_a_key_is_somebody_s(command, settings: Settings, capsys):
    users.write(users.users_file(settings), {"ada": users.Secret.of("correct horse")})
    assert command("add", "bot") == 2
    assert "--user NAME" in capsys.readouterr().err
    assert command("add", "bot", "--user", "ada") == 0
    assert Keys(settings).find(capsys.readouterr().out.splitlines()[0]).user == "ada"
