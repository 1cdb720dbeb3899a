"""`sourcier sync`, `sourcier watch` and `sourcier ingest -` as a user runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from program import sourcier

SETTINGS = {"SOURCIER_UI__LANGUAGE": "en", "SOURCIER_CHAT_MODEL__MODEL": "none"}


@pytest.fixture
def folder(tmp_path):
    """A folder with a configuration of one source, which holds two articles."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "config.yaml").write_text("data_dir: data\nsources:\n- path: articles\n")
    for name in ("pont", "bac"):
        (tmp_path / f"articles/{name}.txt").write_text(f"Le {name} de Corvenne a rouvert lundi matin.\n")
    return tmp_path


def run(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*sourcier(), *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=os.environ | SETTINGS,
        timeout=300,
    )


def test_sync_follows_the_configuration(folder):
    done = run(folder, "sync")
    assert (done.returncode, done.stdout) == (0, "2 read: 2 new, 0 changed, 0 unchanged; 0 failed.\n"), (
        done.stderr
    )
    (folder / "articles/bac.txt").unlink()
    done = run(folder, "sync", "--prune", "--json")
    *_, summary, removed = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, summary["unchanged"]) == (0, 1)
    assert (removed["event"], len(removed["articles"]), removed["unsure"]) == ("removed", 1, [])
    listed = json.loads(run(folder, "articles", "list", "--json").stdout)
    assert [article["title"] for article in listed] == ["Le pont de Corvenne a rouvert lundi matin."]


def test_sync_says_what_it_is_not_sure_of(folder):
    run(folder, "sync")
    for file in (folder / "articles").iterdir():
        file.unlink()
    done = run(folder, "sync", "--prune")
    assert done.returncode == 1
    assert "the folder holds nothing that can be read" in done.stderr
    assert "nothing says that they are deleted" in done.stderr
    assert len(json.loads(run(folder, "articles", "list", "--json").stdout)) == 2


def test_without_sources_there_is_nothing_to_follow(folder):
    (folder / "config.yaml").write_text("data_dir: data\n")
    for command in ("sync", "watch"):
        done = run(folder, command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("sourcier: no source to read: add one (`sourcier sources add`")
    done = run(folder, "watch", "nowhere")
    assert (done.returncode, done.stderr) == (
        2,
        "sourcier: nowhere: no such file or folder; check the path.\n",
    )


def test_standard_input_is_an_article(folder):
    page = (
        "<html><head><title>Le lac</title></head><body><article><p>Le lac a gelé mardi.</p></article></body>"
    )
    for outcome in ("1 new", "1 unchanged"):
        done = run(folder, "ingest", "-", given=page)
        assert done.returncode == 0, done.stderr
        assert outcome in done.stdout
    (article,) = json.loads(run(folder, "articles", "list", "--json").stdout)
    assert (article["title"], article["source"]) == ("Le lac", "-")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watch_brings_in_what_comes_and_ends_when_told(folder, number):
    watching = subprocess.Popen(
        [*sourcier(), "watch", "--prune", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=os.environ | SETTINGS,
    )
    try:
        told = (json.loads(line) for line in watching.stdout)
        assert {next(told)["title"] for _ in range(2)} == {
            "Le bac de Corvenne a rouvert lundi matin.",
            "Le pont de Corvenne a rouvert lundi matin.",
        }
        (folder / "articles/lac.txt").write_text("Le lac de Corvenne a gelé mardi soir.\n")
        event = next(told)
        assert (event["event"], event["title"]) == ("watch_new", "Le lac de Corvenne a gelé mardi soir.")
        (folder / "articles/bac.txt").unlink()
        event = next(told)
        assert (event["event"], event["count"]) == ("removed", 1)
        # Between two changes the library belongs to nobody.
        assert run(folder, "ingest", "articles/pont.txt").returncode == 0
        watching.send_signal(number)
        _, stderr = watching.communicate(timeout=120)
    finally:
        if watching.poll() is None:
            watching.kill()
            watching.communicate()
    assert watching.returncode == 0, stderr
    assert stderr.splitlines()[-2:] == [
        "Following 1 source; Ctrl-C to stop.",
        "Stopping once what has been read is stored…",
    ]
