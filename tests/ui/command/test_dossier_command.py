"""`sourcier dossier`, and `--dossier` where there are filters: what they print, and what they refuse."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ui.command.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, examples_library: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    shutil.copytree(examples_library, tmp_path / "data")
    config = tmp_path / "config.yaml"
    config.write_text(f"data_dir: {tmp_path / 'data'}\nui:\n  language: en\n")

    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        code = main([*command.split(), *arguments, "--config", str(config)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def values(run: Run, command: str, *arguments: str):
    code, out, err = run(command, *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_a_dossier_from_its_beginning_to_its_end(run: Run):
    assert run("dossier list") == (0, "No dossier; create one: sourcier dossier create NAME.\n", "")
    made = values(run, "dossier create", "Crue", "--search", "crue", "--description", "The flood")
    assert (made["name"], made["articles"], made["new"]) == ("Crue", 8, 0)
    shown = values(run, "dossier show", "CRUE")
    assert [(one["number"], one["understood"], one["search"]) for one in shown["rules"]] == [
        (1, True, "crue")
    ]
    ids = [one["id"] for one in shown["listed"]]
    assert len(ids) == 8

    assert values(run, "dossier remove", "crue", ids[0])["articles"] == 7
    assert values(run, "dossier remove", "crue", "--rule", "1")["articles"] == 0
    assert values(run, "dossier add", "crue", ids[0], ids[1])["articles"] == 2
    assert (
        values(run, "dossier add", "crue", "--outlet", "Le Fil du Plateau", "--from", "2026-01-01")[
            "articles"
        ]
        > 2
    )
    assert "Dates: since 1 January 2026 · Outlet: Le Fil du Plateau" in run("dossier show", "crue")[1]
    # Outlets that were merged since are shown by the name that they go by now.
    assert run("articles outlets", "--merge", "Le Fil du Plateau", "Le Fil")[0] == 0
    assert "Outlet: Le Fil\n" in run("dossier show", "crue")[1]
    assert values(run, "dossier show", "crue")["articles"] > 2
    assert run("dossier rename", "crue", "La crue")[1] == "The dossier is now called “La crue”.\n"
    assert values(run, "dossier describe", "la crue", "À lire")["description"] == "À lire"
    assert values(run, "dossier empty", "la crue")["articles"] == 0
    assert values(run, "dossier delete", "la crue") == {"deleted": "La crue"}
    assert values(run, "dossier list") == []
    assert len(values(run, "articles list")) == 37


def test_searches_and_lists_are_of_the_dossier_alone(run: Run):
    run("dossier create", "Crue", "--search", "crue")
    inside = {one["id"] for one in values(run, "dossier show", "crue")["listed"]}
    assert {one["id"] for one in values(run, "articles list", "--dossier", "crue")} == inside
    found = values(run, "search", "maire", "--dossier", "crue")
    assert {one["article_id"] for one in found["hits"]} < inside
    assert 0 < found["total"] < values(run, "search", "maire")["total"]


NOBODY = "see `sourcier dossier list`."
MISTAKES = [
    ("show crues", f"No dossier is called “crues”; {NOBODY} Near: “Crue”."),
    ("show crue --user zoe", f"No dossier is called “crue”; {NOBODY}"),
    ("create CRUE", "There is a dossier “Crue” already; take another name."),
    (
        "add crue",
        "Nothing to do: give article ids, --search or a filter (--from, --to, --outlet, --language).",
    ),
    ("add crue nobody", "nobody: no article has this id; see `sourcier articles list`."),
    ('add crue --search "pont', "Quotes closed at the end: “pont”."),
    ("add crue --from soon", "--from: 'soon' is not a date; write it YYYY-MM-DD, for example 2025-08-16."),
    ("remove crue", "Nothing to do: give article ids or --rule N."),
    (
        "remove crue --rule 4",
        "The dossier “Crue” has no saved search number 4; see sourcier dossier show.",
    ),
]


@pytest.mark.parametrize(("arguments", "said"), MISTAKES)
def test_a_mistake_is_told_in_one_sentence(run: Run, arguments: str, said: str):
    run("dossier create", "Crue", "--search", "crue")
    assert run(f"dossier {arguments}") == (2, "", f"sourcier: {said}\n")


def test_no_error_writes_what_a_terminal_would_obey(run: Run):
    code, out, err = run("dossier show", "crue\x1b]0;x\x07")
    assert (code, out, "\x1b" in err, err.count("\n")) == (2, "", False, 1)


@pytest.mark.parametrize("command", ["ask Qui", "search pont", "articles list"])
def test_a_dossier_that_is_not_there_narrows_nothing(run: Run, command: str):
    said = f"sourcier: No dossier is called “foire”; {NOBODY}\n"
    assert run(command, "--dossier", "foire") == (2, "", said)


def test_what_cannot_be_searched_yet_is_not_half_done(run: Run, tmp_path: Path):
    shutil.rmtree(tmp_path / "data" / "full_text")
    run("dossier create", "Bac")
    for command in ("create Crue --search crue", "add Bac --search crue"):
        code, out, err = run(f"dossier {command}")
        assert (code, out, err.count("\n")) == (2, "", 1)
    assert [(one["name"], one["articles"]) for one in values(run, "dossier list")] == [("Bac", 0)]


def test_what_cannot_be_filled_now_is_shown_as_it_is(run: Run, tmp_path: Path):
    made = values(run, "dossier create", "Crue", "--search", "crue")
    run("articles remove", values(run, "dossier show", "Crue")["listed"][0]["id"])
    shutil.rmtree(tmp_path / "data" / "full_text")
    for command in ("list", "show Crue"):
        code, out, err = run(f"dossier {command}")
        assert (code, err.count("\n")) == (0, 1)
        assert f"Crue  ({made['articles'] - 1} articles)" in out


def test_what_makes_no_rule_makes_no_dossier(run: Run):
    assert run("dossier create", "Crue", "--search", "(")[0] == 2
    assert values(run, "dossier list") == []
