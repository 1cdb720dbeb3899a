"""`sourcier serve` opens the page to others with users, or by an explicit word; never by accident."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from ports import free_port
from program import sourcier

from rag.config import Settings
from ui.command.main import main
from ui.command.serve import may_read_paths
from ui.server.origin import is_loopback
from ui.server.users import Users

REFUSED = {
    "en": "other machines would reach the page, and nobody has to sign in to it; add a user"
    " (sourcier users add NAME), or open it to all (--open-to-all, ui.open_to_all).",
    "fr": "d'autres machines atteindraient la page, et personne n'a à s'y connecter ; ajoutez un utilisateur"
    " (sourcier users add NOM), ou ouvrez-la à tous (--open-to-all, ui.open_to_all).",
}


@pytest.mark.parametrize("language", REFUSED)
@pytest.mark.parametrize(
    "variables",
    [
        {"HOST": "0.0.0.0"},
        {"HOST": "::"},
        {"HOST": "192.0.2.1"},
        {"HOST": "no-such-name.invalid"},
        {"ALLOWED_HOSTS": "press.example"},
        {"TRUSTED_PROXIES": "127.0.0.1"},
        {"HOST": "0.0.0.0", "OPEN_TO_ALL": "false"},
    ],
)
def test_nobody_opens_the_page_to_others_by_accident(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    language: str,
):
    for name, value in {"LANGUAGE": language, **variables}.items():
        monkeypatch.setenv(f"SOURCIER_UI__{name}", value)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["serve"]) == 2
    separator = " : " if language == "fr" else ": "
    host = variables.get("HOST", "127.0.0.1")
    assert capsys.readouterr().err == f"sourcier: {host}{separator}{REFUSED[language]}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "variables", "warns"),
    [
        (["--open-to-all"], {"SOURCIER_UI__ALLOWED_HOSTS": "press.example"}, True),
        (
            [],
            {
                "SOURCIER_UI__ALLOWED_HOSTS": "press.example",
                "SOURCIER_UI__OPEN_TO_ALL": "true",
                "SOURCIER_API__ENABLED": "false",
            },
            True,
        ),
        (
            [],
            {"SOURCIER_UI__ALLOWED_HOSTS": "a,press.example", "SOURCIER_UI__USERS": "ada:password"},
            False,
        ),
    ],
)
def test_with_users_or_a_word_it_is_served_by_its_name(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], warns: bool
):
    port = free_port()
    settings = {"SOURCIER_DATA_DIR": str(tmp_path), "SOURCIER_UI__LANGUAGE": "en", **variables}
    command = [*sourcier(), "serve", "--port", str(port), *arguments]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=os.environ | settings, cwd=tmp_path
    ) as server:
        if warns:
            assert server.stderr.readline().startswith("Nobody has to sign in: anybody who reaches 127.0.0.1")
        assert server.stderr.readline().startswith("Sourcier is at ")
        url = f"http://127.0.0.1:{port}/"
        assert httpx2.get(url, headers={"Host": "press.example"}).status_code == (200 if warns else 401)
        has_api = "SOURCIER_API__ENABLED" not in variables
        assert httpx2.get(f"{url}v1/models").status_code == (401 if has_api else 404)
        for _ in range(2):
            assert httpx2.get(url, headers={"Host": "other.example"}).status_code == 400
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
        assert server.stderr.read().splitlines()[0] == (
            "The page was asked for by the name other.example, which isn't in ui.allowed_hosts: refused."
        )


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.0.2.1", False),
        ("no-such-name.invalid", False),
    ],
)
def test_what_this_machine_alone_reaches(host: str, local: bool):
    assert is_loopback(host) is local


def test_folders_are_read_for_who_uses_the_page_only_if_that_is_who_runs_it(tmp_path):
    users = Users(Settings(data_dir=tmp_path))
    assert may_read_paths(True, users)
    assert not may_read_paths(False, users)
    (tmp_path / "users").write_text("")  # somebody has to sign in from now on
    assert not may_read_paths(True, users)


MULTIPLYING = """
import numpy
from threadpoolctl import ThreadpoolController
from ui.command.serve import multiply_in_one_thread
ThreadpoolController().select(threading_layer="pthreads").limit(limits=2)
multiply_in_one_thread()
numpy.ones((512, 512)) @ numpy.ones((512, 512))
print([one["num_threads"] for one in ThreadpoolController().select(threading_layer="pthreads").info()])
"""


def test_the_server_s_products_are_done_by_who_asks_for_them():
    said = subprocess.run([sys.executable, "-c", MULTIPLYING], capture_output=True, text=True, check=True)
    assert set(json.loads(said.stdout)) <= {1}  # none where numpy has no OpenBLAS
