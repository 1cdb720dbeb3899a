"""What `--ray` and `--workers` are refused for, before Ray is started or anything is read."""

from __future__ import annotations

import socket
import sys

import pytest

from ingest.bulk.cluster import check, connected
from rag.errors import UserError
from ui.command.main import main


@pytest.mark.parametrize(
    "address", ["local", "auto", "10.0.0.5:6379", "grappe.example.org:6379", "[::1]:6379"]
)
def test_an_address_is_a_clusters(address):
    check(address)


@pytest.mark.parametrize("address", ["articles", "./a:1", "ray://10.0.0.5:10001", "10.0.0.5", "a b:1", ""])
def test_what_is_no_address_is_told_in_one_sentence(address):
    with pytest.raises(UserError, match="name files and folders before --ray"):
        check(address)


def test_without_ray_it_is_said_how_to_install_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "en")
    assert main(["ingest", "articles", "--ray"]) == 2
    assert capsys.readouterr().err == "sourcier: --ray needs Ray: pip install 'sourcier[ray]'.\n"


def test_where_nobody_listens_there_is_no_cluster():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UserError, match="no Ray cluster to work on"), connected(address):
            pass


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a", "--workers", "2"], "--workers goes with --ray, and is at least 1."),
        (["a", "--ray", "--workers", "0"], "--workers goes with --ray, and is at least 1."),
        (
            ["a", "--ray", "--dry-run"],
            "--ray goes neither with --dry-run nor with --examples: run those without it.",
        ),
        (
            ["--ray", "--examples"],
            "--ray goes neither with --dry-run nor with --examples: run those without it.",
        ),
        (["nowhere", "--ray"], "nowhere: no such file or folder; check the path."),
    ],
)
def test_what_goes_with_nothing_is_told_in_one_sentence(arguments, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "en")
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "library"))
    assert main(["ingest", *arguments]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"sourcier: {sentence}"
