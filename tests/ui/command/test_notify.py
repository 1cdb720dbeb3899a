"""`sourcier sync --notify` and `watch --notify`: what changed is sent by mail, to a hook, into a feed."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import feedparser
import pytest
from hook import Hook, hook
from mail_server import Inbox, mail_server
from program import sourcier

from rag.config import load_settings
from rag.library.library import Library
from ui.command.main import main
from ui.server import users

SECRET = "0123456789abcdef"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def there(tmp_path: Path, inbox: Inbox) -> Iterator[Hook]:
    """A newsroom: a folder of articles, a configuration, a mail server and a hook."""
    with ExitStack() as stack:
        port, found = stack.enter_context(mail_server(inbox)), stack.enter_context(hook())
        (tmp_path / "articles").mkdir()
        (tmp_path / "config.yaml").write_text(configuration(port, found.port), encoding="utf-8")
        article(tmp_path, "a", "Le recensement de Malvoisy est publié.")
        yield found


def configuration(smtp: int, port: int, terminal: bool = True) -> str:
    return f"""
data_dir: library
sources: [{{path: articles}}]
ui: {{language: en}}
notify:
  terminal: {str(terminal).lower()}
  atom: {{path: news.atom}}
  email: {{host: 127.0.0.1, port: {smtp}, security: none, sender: s@desk.example, to: [a@desk.example]}}
  webhook: {{url: "http://127.0.0.1:{port}/", secret: {SECRET}, allowed_hosts: [127.0.0.1], users: [""]}}
"""


def article(folder: Path, name: str, text: str) -> None:
    head = f"---\ntitle: Titre {name}\nsite: Le Courrier\ndate: 2025-09-01\n---\n"
    (folder / "articles" / f"{name}.md").write_text(head + text, encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def ids(there: Hook) -> list[list[str]]:
    return [[one["id"] for one in json.loads(came.body)["changes"]] for came in there.posted]


def test_what_changed_is_sent_once_over_every_channel(run: Run, there: Hook, inbox: Inbox, tmp_path: Path):
    assert run("sync", "--notify")[0] == 0
    assert run("standing", "add", "--search", "recensement")[0] == 0
    assert run("sync", "--notify")[0] == 0
    assert (inbox.letters, there.posted) == ([], [])
    article(tmp_path, "b", "Un autre recensement est annoncé à Valbrume.")
    code, out, err = run("sync", "--notify")
    assert (code, "1 change in what is followed:" in out) == (0, True), err
    [letter], [[change]] = inbox.letters, ids(there)
    assert letter["Subject"] == "Sourcier – Another article: recensement"
    assert "Un autre recensement est annoncé à Valbrume." in letter.get_body(["plain"]).get_content()
    found = feedparser.parse((tmp_path / "news.atom").read_bytes())
    assert ([entry.title for entry in found.entries], found.bozo) == (["Another article: recensement"], False)
    run("sync", "--notify")
    assert (len(inbox.letters), ids(there)) == (1, [[change]])


def test_what_could_not_be_sent_is_sent_the_next_time(run: Run, there: Hook, inbox: Inbox, tmp_path: Path):
    run("sync", "--notify")
    run("standing", "add", "--search", "recensement")
    article(tmp_path, "b", "Un autre recensement est annoncé à Valbrume.")
    there.answers = [404]
    code, _, err = run("sync", "--notify")
    assert code == 0
    told = (
        "notify.webhook: the server answered with an error (404); the changes will be sent in a later round"
    )
    assert told in err
    assert len(inbox.letters) == 1
    article(tmp_path, "c", "Le recensement de Brissac est terminé.")
    assert run("sync", "--notify")[0] == 0
    failed, again, new = ids(there)
    assert failed == again
    assert len({*again, *new}) == 2
    assert len(inbox.letters) == 2


def test_without_notify_nothing_is_sent(run: Run, there: Hook, inbox: Inbox, tmp_path: Path):
    run("sync")
    run("standing", "add", "--search", "recensement")
    article(tmp_path, "b", "Un autre recensement est annoncé à Valbrume.")
    assert "1 change in what is followed" in run("sync")[1]
    assert (inbox.letters, there.posted, (tmp_path / "news.atom").exists()) == ([], [], False)
    run("sync", "--notify")  # what changed before anybody was to be told of it is not sent
    assert (inbox.letters, there.posted) == ([], [])


def test_watching_goes_on_when_a_channel_fails(run: Run, there: Hook, inbox: Inbox, tmp_path: Path):
    run("sync")
    run("standing", "add", "--search", "recensement")
    there.answers = [404]
    command = [*sourcier(), "watch", "--notify"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
        try:
            waited(lambda: (tmp_path / "news.atom").exists())
            article(tmp_path, "b", "Un autre recensement est annoncé à Valbrume.")
            waited(lambda: inbox.letters and there.posted)
            article(tmp_path, "c", "Le recensement de Brissac est terminé.")
            waited(lambda: len(inbox.letters) == 2 and len(there.posted) == 3)
        finally:
            watching.send_signal(signal.SIGTERM)
            out, err = watching.communicate(timeout=60)
    assert watching.returncode == 0, err
    assert b"(404)" in err
    assert out.count(b"A new article for") == 2
    failed, again, new = ids(there)
    assert (failed, len({*again, *new})) == (again, 2)


def test_a_user_who_is_removed_takes_along_feed_and_outbox(run: Run, tmp_path: Path):
    settings = load_settings(environ={"SOURCIER_DATA_DIR": str(tmp_path / "data_dir")})
    users.write(users.users_file(settings), {"ada": users.Secret.of("correct horse")})
    with closing(Library(settings.data_dir)) as library:
        table = library.notifications
        token = table.feed_token("ada").token
        table.put(table.channel("email", "ada"), ["c1"])
        (tmp_path / "config.yaml").write_text("data_dir: data_dir\n")
        assert run("users", "remove", "ada")[0] == 0
        assert (table.feed_of(token), table.waiting()) == (None, 0)


def waited(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
