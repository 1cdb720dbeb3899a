"""`sourcier who` and `said`, as a user runs them: one entity, several, none, and what is mistaken."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from valley import valley

from ui.command.main import main

Run = Callable[..., str]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with closing(valley(tmp_path_factory.mktemp("valley"))) as desk:
        desk.write(
            "autre.md", "---\ntitle: Autre\nlanguage: fr\n---\n\nLe juge, Luc Verdier, est venu. \x1b]0;x\x07"
        )
        desk.write("seul.md", "---\ntitle: Seul\nlanguage: fr\n---\n\n« Non », a dit M. Ferri à Lormont.\n")
        assert desk.ingest().new == 2
    return desk.data


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str, code: int = 0, language: str = "fr") -> str:
        monkeypatch.setenv("SOURCIER_DATA_DIR", str(data))
        monkeypatch.setenv("SOURCIER_UI__LANGUAGE", language)
        assert main(arguments) == code
        told = capsys.readouterr()
        return told.out if code == 0 else told.err

    command("who", "x")  # finds the entities, and says so once
    return command


def test_who_shows_all_that_articles_have(run: Run):
    told = run("who", "Nadia", "Ferri")
    assert told.splitlines()[0] == "Nadia Ferri (personne) · 3 articles"
    assert "1. « Nous irons jusqu'au bout »" in told
    assert "Aussi dans : Le Val" in told
    assert "janvier 2025 (2) ; mars 2025 (1)" in told
    assert "- Qu'a dit Nadia Ferri ?" in told
    # Whoever else may be meant by the bare surname is told of.
    assert "1 autre article dit « Ferri » sans prénom : rien ne dit que c'est la même personne." in told


def test_who_speaks_english(run: Run):
    assert run("who", "Moira Tallon", language="en").startswith("Moira Tallon (person) · 1 article\n")


def test_a_surname_of_two_lists_both(run: Run):
    told = run("who", "Verdier")
    assert told.splitlines() == [
        "« Verdier » peut être :",
        "- Alain Verdier (personne) · 3 articles",
        "- Luc Verdier (personne) · 1 article",
    ]


def test_a_name_that_no_article_has_says_so_with_near_names(run: Run):
    assert run("who", "Alin Verdié") == (
        "« Alin Verdié » : aucun article ne nomme cette personne, cette organisation ou ce lieu."
        " Noms proches : Alain Verdier ; Luc Verdier.\n"
    )
    assert "Noms proches" not in run("said", "Zzyzx")


def test_said_gives_statements_of_a_subject(run: Run):
    told = run("said", "Alain Verdier", "--about", "écoles")
    assert "1. « Il a ajouté que les écoles seraient prévenues lundi. »" in told
    assert "rapporté (« ajouté »)" in told
    assert "choix" not in told


def test_said_is_narrowed_and_limited(run: Run):
    assert "cantine" in run("said", "Alain Verdier", "--after", "2025-02-01")
    assert "cantine" not in run("said", "Alain Verdier", "--before", "2025-02-01")
    assert "ajouté" not in run("said", "Alain Verdier", "--quoted")
    assert "autres déclarations : voir --limit." in run("said", "Alain Verdier", "--limit", "1")
    nothing = "Alain Verdier : les articles ne rapportent aucune parole de sa part sur ce sujet, de cette"
    assert run("said", "Alain Verdier", "--before", "1990-01-01").startswith(nothing)


def test_an_outlet_that_there_is_not_is_said_to(run: Run):
    assert "cantine" in run("said", "Alain Verdier", "--outlet", "le VAL")
    told = run("said", "Alain Verdier", "--outlet", "Gazette", code=2)
    assert told == "sourcier: Aucun article n'est du média « Gazette » ; proches : La Gazette des Monts.\n"
    told = run("ask", "Qui est maire ?", "--outlet", "Nulle part", code=2, language="en")
    assert told.startswith("sourcier: No article is from the outlet “Nulle part”")


def test_json_has_pointers(run: Run):
    page = json.loads(run("who", "Alain Verdier", "--json"))
    assert (page["entities"][0]["kind"], page["page"]["statement_count"]) == ("person", 5)
    assert all(one["start"] < one["end"] for one in page["page"]["statements"])
    said = json.loads(run("said", "Verdier", "--json"))
    assert ([one["name"] for one in said["entities"]], said["statements"]) == (
        ["Alain Verdier", "Luc Verdier"],
        [],
    )
    assert json.loads(run("who", "Zzyzx", "--json")) == {
        "name": "Zzyzx",
        "entities": [],
        "near": [],
        "page": None,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("said", "X", "--after", "2025-13-01"), "--after : « 2025-13-01 » n'est pas une date"),
        (("said", "X", "--after", "2025-02-01", "--before", "2025-01-01"), "2025-02-01"),
        (("said", "X", "--limit", "0"), "--limit"),
        (("who", " "), "Écrivez un nom"),
    ],
)
def test_mistakes_are_told_in_a_sentence(run: Run, arguments: tuple[str, ...], told: str):
    assert told in run(*arguments, code=2)


def test_nothing_that_a_terminal_would_obey_is_printed(run: Run):
    assert "\x1b" not in run("who", "Luc Verdier")
