"""`sourcier sources`: what it prints, changes and refuses; `sync` and `watch` read what it follows."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest.following.opml import Subscription, read_opml
from ingest.pipeline.sync import Synchronizer
from rag.config import SourceSettings, load_settings
from rag.followed.readings import Reading, ReadingFailure
from rag.library.library import Library
from ui.command.main import main
from ui.command.watch import _sources

Run = Callable[..., tuple[int, str, str]]
RSS = "https://a.example/rss"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(command: str, *arguments: str, language: str = "en") -> tuple[int, str, str]:
        config = tmp_path / "config.yaml"
        sources = "sources:\n  - url: https://listed.example/plan.xml\n    every: 1d\n"
        config.write_text(f"data_dir: {tmp_path / 'data'}\nui:\n  language: {language}\n{sources}")
        code = main([*command.split(), *arguments, "--config", str(config)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def values(run: Run, command: str, *arguments: str):
    code, out, err = run(command, *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_a_name_of_several_sources_removes_none(run: Run):
    for place in ("a.example/rss", "b.example/rss"):
        assert run("sources add", place, "--name", "Le Monde")[0] == 0
    code, _, err = run("sources remove", "Le Monde")
    assert (code, "several sources are called so" in err) == (2, True)
    assert "a.example" in err
    assert "b.example" in err
    assert len(values(run, "sources list")) == 3
    assert run("sources remove", "a.example/rss")[0] == 0


def test_a_source_from_its_beginning_to_its_end(run: Run):
    assert run("sources add", "a.example/rss", "--name", "Le Phare") == (0, f"Followed: {RSS}\n", "")
    assert values(run, "sources pause", "Le Phare")["paused_at"]
    assert run("sources list")[1].splitlines() == [
        "https://listed.example/plan.xml  (every day · in config.yaml, where it is changed)",
        "    Never read",
        f"Le Phare  —  {RSS}  (every hour · paused just now)",
        "    Never read",
    ]
    assert values(run, "sources resume", RSS)["paused_at"] is None
    listed = values(run, "sources list")
    assert [(one["place"], one["in_config"], one["every"]) for one in listed] == [
        ("https://listed.example/plan.xml", True, "1d"),
        (RSS, False, "1h"),
    ]
    assert run("sources remove", RSS, language="fr") == (
        0,
        f"N'est plus suivie : {RSS} (ses articles restent)\n",
        "",
    )
    assert len(values(run, "sources list")) == 1


def test_what_readings_brought_is_told(run: Run, tmp_path: Path):
    run("sources add", RSS)
    with closing(Library(tmp_path / "data")) as library:
        for reading in (
            Reading(RSS, "", "2020-01-05T12:00:00+00:00", "read", 3, 1, 12),
            Reading(
                RSS, "", "2020-01-06T12:00:00+00:00", "failed", failed=1, moved_to="https://b.example/rss",
                failures=(ReadingFailure(RSS, f"{RSS}: it is shut\x1b[31m.", f"{RSS} : elle est fermée."),),
            ),
        ):  # fmt: skip
            library.readings.end(library.readings.begin(RSS, "2020-01-05T12:00:00+00:00"), reading)
    _, out, _ = run("sources list", "--readings")
    assert "days ago: it is shut [31m\n" in out
    assert "3 articles added · 1 article updated · 12 articles unchanged" in out
    assert "Its server says that it has moved: https://b.example/rss" in out
    assert "Échec il y a" in run("sources list", language="fr")[1]
    assert [one["outcome"] for one in values(run, "sources list", "--readings")[1]["readings"]] == [
        "failed",
        "read",
    ]
    assert values(run, "sources move", RSS) == {"place": "https://b.example/rss", "moved_from": RSS}
    assert values(run, "sources list")[1]["place"] == "https://b.example/rss"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("sources add", "http://127.0.0.1/rss"), "isn't a public address"),
        (("sources add", "missing"), "no such file or folder"),
        (("sources add", RSS, "--every", "often"), "often: not an interval; write 15m, 2h or 1d."),
        (("sources pause", "https://b.example/"), "no such source is followed"),
        (("sources remove", "https://listed.example/plan.xml"), "is in config.yaml; change it there"),
        (("sources move", "https://listed.example/plan.xml"), "change it there"),
        (("sources import", "missing.opml"), "missing.opml: this file can't be read"),
        (("sources import", "config.yaml"), "list of feeds can't be read"),
        (("sources export", "--output", "no/such/folder.opml"), "no/such/folder.opml"),
        (("sources", ), "the following arguments are required"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(run: Run, command: tuple[str, ...], said: str):
    try:
        code, out, err = run(*command)
    except SystemExit as exit_:  # argparse's own
        assert exit_.code == 2
        return
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1 and "Traceback" not in err


def test_a_list_comes_in_and_goes_out(run: Run, tmp_path: Path):
    outlines = f'<outline text="Presse"><outline text="a" xmlUrl="{RSS}"/><outline text="b"/></outline>'
    (tmp_path / "feeds.opml").write_text(f"<opml><body>{outlines}</body></opml>")
    assert run("sources import", "feeds.opml") == (
        0,
        "1 source added.\n1 outline left out:\n  b: it has no address of a feed (xmlUrl).\n",
        "",
    )
    assert values(run, "sources import", "feeds.opml")["refused"][0]["reason"] == "it is followed already"
    code, out, _ = run("sources export")
    assert code == 0
    assert read_opml(out.encode()) == [
        Subscription("https://listed.example/plan.xml", every="1d"),
        Subscription(RSS, "a", "Presse", "1h"),
    ]
    assert run("sources export", "--output", "out.opml") == (0, "", "")
    assert (tmp_path / "out.opml").read_text() == out


def test_sync_and_watch_follow_what_isnt_paused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: object
):
    """What they bring in isn't asked for here: only which sources they are given, and that they note it."""
    given: list[SourceSettings] = []

    def all_(self: Synchronizer, sources: list[SourceSettings]) -> list:
        assert self.notes
        given.extend(sources)
        return []

    monkeypatch.setattr(Synchronizer, "all", all_)
    monkeypatch.setattr("rag.engine.engine.load_embedder", lambda _: embedder)
    run("sources add", RSS)
    run("sources add", "https://b.example/rss")
    run("sources pause", "https://b.example/rss")
    assert run("sync")[0] == 0
    assert [one.place for one in given] == ["https://listed.example/plan.xml", RSS]
    assert list(_sources([], load_settings(tmp_path / "config.yaml"))) == given
