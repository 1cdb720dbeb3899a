"""`sourcier config` and the account's own file of settings: where it is, when it is read, what is printed."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rag.config import Settings, load_settings, settings_file, user_file
from ui.command.main import main

PROJECT = Path(__file__).parents[3] / "config.yaml"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, without a `config.yaml`; the account has folders of its own and no file either."""
    for kind in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def run(here: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    assert not any(here.iterdir())

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["config", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_file_of_this_folder_goes_before_the_account_s_which_goes_before_the_defaults(here: Path):
    assert settings_file() is None
    user_file().parent.mkdir(parents=True)
    user_file().write_text("ui: {port: 8001}", encoding="utf-8")
    assert load_settings(environ={}).ui.port == 8001
    (here / "config.yaml").write_text("ui: {port: 8002}", encoding="utf-8")
    assert load_settings(environ={}).ui.port == 8002
    assert load_settings(user_file(), {}).ui.port == 8001


def test_the_file_is_beside_the_data_folder_where_the_system_has_one_folder_for_both(
    here: Path, monkeypatch: pytest.MonkeyPatch
):
    assert user_file() == here.parent / "config" / "sourcier" / "config.yaml"
    monkeypatch.setenv("XDG_DATA_HOME", str(here.parent / "config"))
    assert user_file() == here.parent / "config" / "sourcier.yaml"


def test_without_a_file_it_says_where_one_would_be(run: Run):
    code, out, err = run()
    first, _, rest = out.partition("\n")
    assert (code, err) == (0, "")
    assert str(user_file()) in first
    shown = yaml.safe_load(rest)
    assert shown["ui"]["port"] == Settings().ui.port
    assert shown.keys() == Settings.model_fields.keys()
    assert json.loads(run("--json")[1])["file"] is None


def test_the_file_that_is_written_is_read_and_changes_nothing(run: Run):
    code, out, _ = run("--write")
    assert (code, out) == (0, f"Écrit : {user_file()}\n")
    assert stat.S_IMODE(user_file().stat().st_mode) == 0o600
    assert load_settings(environ={}) == load_settings(environ={"SOURCIER_DATA_DIR": str(Settings().data_dir)})
    assert run()[1].startswith(f"# Réglages lus dans {user_file()}\n")
    assert json.loads(run("--json")[1])["file"] == str(user_file())


def test_the_file_that_is_written_says_what_the_project_s_says_but_for_the_place_of_the_library(run: Run):
    run("--write")
    ours, written = (file.read_text(encoding="utf-8").splitlines() for file in (PROJECT, user_file()))
    assert len(ours) == len(written), "run: make docs"
    assert [pair[0] for pair in zip(ours, written, strict=True) if pair[0] != pair[1]] == [
        "# Where the library is kept; relative to this file.",
        "data_dir: data",
    ], "run: make docs"


def test_a_file_that_is_there_stays_as_it_is(run: Run):
    run("--write")
    user_file().write_text("ui: {language: en}", encoding="utf-8")
    assert run("--write") == (
        2,
        "",
        f"sourcier: {user_file()}: there is such a file already; change it, or remove it first.\n",
    )
    assert user_file().read_text(encoding="utf-8") == "ui: {language: en}"


def test_a_place_that_can_t_be_written_is_said(run: Run):
    user_file().parent.parent.mkdir(parents=True)
    user_file().parent.write_text("a file, not a folder", encoding="utf-8")
    code, _, err = run("--write")
    assert (code, err.count("\n")) == (2, 1)
    assert "vérifiez les droits du dossier" in err


def test_secrets_are_not_printed(run: Run, here: Path):
    (here / "config.yaml").write_text(
        "chat_model: {model: 'openai:m', base_url: 'http://ada:hunter22@llm.example', api_key: topsecret}\n"
        "metrics: {token: sixteen-letters-and-more}\nui: {users: {ada: hunter2222}}\n",
        encoding="utf-8",
    )
    for arguments in ((), ("--json",)):
        code, out, err = run(*arguments)
        assert (code, err) == (0, "")
        assert "llm.example" in out
        assert [word for word in ("hunter", "topsecret", "sixteen") if word in out] == []
