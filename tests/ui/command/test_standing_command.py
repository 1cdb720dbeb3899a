"""`sourcier standing`, and what commands that bring articles in tell of it: what they print, and refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rag.conversation.store import ConversationStore
from rag.library.library import Library
from ui.command.main import main

Run = Callable[..., tuple[int, str, str]]
QUESTION = "Combien d'habitants compte Villebourg ?"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    write(folder, "un", "2026-03-02", "Villebourg compte 12 340 habitants, selon la mairie.")
    return folder


def write(folder: Path, name: str, day: str, text: str) -> None:
    head = f"---\ntitle: {name}\ndate: {day}\noutlet: Le Phare\n---\n\n"
    (folder / f"{name}.md").write_text(f"{head}{text}\n", encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    config = tmp_path / "config.yaml"
    config.write_text(f"data_dir: {tmp_path / 'data'}\nui:\n  language: en\n")

    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        code = main([*command.split(), *arguments, "--config", str(config)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def values(run: Run, command: str, *arguments: str):
    code, out, _ = run(command, *arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_a_question_from_its_beginning_to_its_end(run: Run, articles: Path) -> None:
    assert run("standing list")[1].startswith("Nothing is followed")
    assert run("ingest", str(articles))[0] == 0
    code, out, _ = run("standing add", QUESTION)
    assert (code, out.splitlines()[0]) == (0, f"Question: “{QUESTION}”")
    write(articles, "deux", "2026-05-02", "Villebourg compte maintenant 12 512 habitants.")
    lines = run("ingest", str(articles))[1].splitlines()
    told = [
        f"Another answer to “{QUESTION}”",
        "  « 12 340 habitants » (Le Phare, 2 March 2026) → « 12 512 habitants » (Le Phare, 2 May 2026)",
    ]
    assert lines[-3:] == ["1 change in what is followed:", *told]
    assert run("standing list")[1].endswith("(1 unread change)\n")
    assert run("standing news")[1].splitlines() == told
    assert run("standing news")[1] == "Nothing has changed in what is followed.\n"
    assert [one["seen"] for one in values(run, "standing news --all")] == [True]
    assert values(run, "standing show", QUESTION)["changes"][0]["kind"] == "value"
    for action, said in (("pause", "is paused"), ("resume", "asked again"), ("remove", "no more")):
        assert said in run(f"standing {action}", QUESTION)[1]
    assert values(run, "standing list") == []


def test_events_for_programs(run: Run, articles: Path) -> None:
    run("ingest", str(articles))
    added = values(run, "standing add --search", "Villebourg", "--outlet", "Le Phare")
    assert (added["kind"], added["filters"]["outlets"]) == ("search", ["Le Phare"])
    write(articles, "deux", "2026-05-02", "Un festival aura lieu à Villebourg.")
    events = [json.loads(line) for line in run("ingest", str(articles), "--json")[1].splitlines()]
    [change] = [one for one in events if one["event"] == "change"]
    assert (change["kind"], change["after"][0]["quote"], change["user"]) == (
        "match", "Un festival aura lieu à Villebourg.", "",
    )  # fmt: skip
    assert values(run, "standing ask") == {"changes": [], "failed": []}


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "?"), ("add", "--search", '""'), ("show", "nothing"), ("remove", "nothing"),
        ("add", "a", "--dossier", "nowhere"), ("add", "a", "--search", "--entity"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_a_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    try:
        code, out, err = run("standing", *arguments)
    except SystemExit as ended:  # as argparse ends
        assert ended.code == 2
        return
    assert (code, out) == (2, "")
    assert err.startswith("sourcier: ")
    assert "Traceback" not in err


def test_who_is_removed_takes_along_what_is_theirs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.command.users._asked", lambda _: "a long password")
    for name in ("ada", "bob"):
        assert run("users add", name)[0] == 0
    data = tmp_path / "data"
    with closing(Library(data)) as library, closing(ConversationStore(data)) as conversations:
        for name in ("ada", "bob"):
            library.standing.add(name, "question", QUESTION, "fr")
            library.dossiers.create(name, "Villes")
            conversations.begin(name, "Villes")
    assert run("users remove", "ada")[0] == 0
    with closing(Library(data)) as library, closing(ConversationStore(data)) as conversations:
        kept = {
            name: (library.standing.all(name), library.dossiers.listed(name), conversations.listed(name))
            for name in ("ada", "bob")
        }
    assert kept["ada"] == ([], [], [])
    assert [len(one) for one in kept["bob"]] == [1, 1, 1]
