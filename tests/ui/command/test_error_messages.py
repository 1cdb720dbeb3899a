"""Every error has its sentence in English and in French, and each reader sees the one in their language."""

from __future__ import annotations

import ast
import copy
import json
import os
import pickle
import sys
from pathlib import Path

import pytest

import rag.errors
from rag.errors import SourcierError
from rag.storage.write_lock import write_lock
from ui.command.main import main

ROOT = Path(__file__).parents[3]
MODULES = sorted(path for package in ("rag", "ingest", "ui") for path in (ROOT / package).rglob("*.py"))
CLASSES = {
    name: value
    for name, value in vars(rag.errors).items()
    if isinstance(value, type) and issubclass(value, SourcierError)
}


def constructions(source: str) -> list[ast.Call]:
    """The calls of an error's class, whatever it was imported through."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).split(".")[-1] in CLASSES]


def in_one_language(source: str) -> list[int]:
    """Lines where an error isn't made of exactly two sentences that differ."""
    return [
        call.lineno
        for call in constructions(source)
        if len(call.args) != 2
        or any(isinstance(argument, ast.Starred) for argument in call.args)
        or call.keywords
        or ast.dump(call.args[0]) == ast.dump(call.args[1])
    ]


def test_an_error_in_one_language_would_be_found():
    source = 'UserError("a")\nerrors.ModelError("a", "b")\nConfigError(*both)\nUserError("a", "a")\nf(1)\n'
    assert in_one_language(source) == [1, 3, 4]


def test_every_error_is_told_in_two_languages():
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in MODULES}
    assert {name: lines for name, source in sources.items() if (lines := in_one_language(source))} == {}
    assert sum(len(constructions(source)) for source in sources.values()) > 40


@pytest.mark.parametrize("kind", CLASSES.values())
def test_an_error_keeps_both_sentences_when_it_is_copied_or_sent_to_another_process(kind):
    error = kind("It failed.", "Échec.")
    for same in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(same) is kind
        assert (str(same), same.text("en"), same.text("fr")) == ("It failed.", "It failed.", "Échec.")


# --- in the terminal ---


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, in which commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", request.param)
    return request.param


def test_characters_that_a_file_has_broken(folder: Path, language: str, capsys: pytest.CaptureFixture[str]):
    expected = {
        "fr": "1 caractère illisible dans 1 article : � le remplace ; le fichier lui-même est abîmé.",
        "en": "1 unreadable character in 1 article: � stands in its place; the file itself is damaged.",
    }
    folder.with_name("ecole.txt").write_bytes("Les élèves étaient là, à côté.".encode() + b" Un caf\xe9.")
    assert main(["ingest", "ecole.txt"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == expected[language]


@pytest.mark.usefixtures("folder")
def test_a_configuration_that_is_not_there(language: str, capsys: pytest.CaptureFixture[str]):
    expected = {
        "fr": "sourcier: absent.yaml : ce fichier de configuration n'existe pas ; "
        "vérifiez le chemin donné à --config.\n",
        "en": "sourcier: absent.yaml: no such configuration file; check the path given to --config.\n",
    }
    assert main(["status", "--config", "absent.yaml"]) == 2
    assert capsys.readouterr().err == expected[language]


@pytest.mark.usefixtures("folder")
def test_an_article_that_the_library_has_not(language: str, capsys: pytest.CaptureFixture[str]):
    expected = {
        "fr": "sourcier: 0123 : aucun article n'a cet identifiant ; voir `sourcier articles list`.\n",
        "en": "sourcier: 0123: no article has this id; see `sourcier articles list`.\n",
    }
    assert main(["articles", "show", "0123"]) == 2
    assert capsys.readouterr().err == expected[language]


def test_a_library_that_another_process_writes_to(
    folder: Path, language: str, capsys: pytest.CaptureFixture[str]
):
    process = f"{os.getpid()} ({Path(sys.argv[0]).name})"
    expected = {
        "fr": f"sourcier: {folder} : le processus {process} écrit dans cette bibliothèque ; "
        "attendez qu'il ait fini.\n",
        "en": f"sourcier: {folder}: process {process} is writing to this library; "
        "wait until it has finished.\n",
    }
    folder.mkdir()
    with write_lock(folder):
        assert main(["ingest", "articles"]) == 2
    assert capsys.readouterr().err == expected[language]


def test_a_file_that_cannot_be_ingested(folder: Path, language: str, capsys: pytest.CaptureFixture[str]):
    expected = {
        "fr": "échec : vide.txt : il ne contient pas de texte.",
        "en": "failed: vide.txt: there is no text in it.",
    }
    folder.with_name("vide.txt").write_text(" \n")
    assert main(["ingest", "vide.txt"]) == 1
    assert expected[language] in capsys.readouterr().err.splitlines()
    assert main(["ingest", "--json", "vide.txt"]) == 1
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {
        "event": "failure",
        "source": "vide.txt",
        "reason": "vide.txt: there is no text in it.",
        "reason_fr": "vide.txt : il ne contient pas de texte.",
    } in events
    assert events[-1]["event"] == "summary"
    assert events[-1]["failed"] == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "french", "english"),
    [
        (["restore"], "il manque : FILE", "the following arguments are required: FILE"),
        (["status", "--fast"], "arguments inconnus : --fast", "unrecognized arguments: --fast"),
        (["serve", "--port"], "--port : il faut une valeur", "argument --port: expected one argument"),
        (
            ["serve", "--port", "http"],
            "--port : 'http' n'est pas un nombre entier",
            "argument --port: invalid int value: 'http'",
        ),
        (
            ["feedback", "drop"],
            "arguments inconnus : drop",
            "unrecognized arguments: drop",
        ),
        (
            ["articles", "drop"],
            "COMMAND : choix inconnu 'drop' (au choix : 'list', 'show', 'edit', 'outlets', 'export',"
            " 'remove')",
            "argument COMMAND: invalid choice: 'drop' (choose from 'list', 'show', 'edit', 'outlets',"
            " 'export', 'remove')",
        ),
        (
            ["status", "--json=yes"],
            "--json : la valeur 'yes' est de trop",
            "argument --json: ignored explicit argument 'yes'",
        ),
    ],
)
def test_arguments_that_make_no_command(
    arguments: list[str], french: str, english: str, language: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    said = capsys.readouterr().err.split(": ", 1)[1]
    assert said.split("; " if language == "en" else " ; ")[0] == {"fr": french, "en": english}[language]


def test_the_language_is_the_default_one_when_the_configuration_is_wrong_about_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("SOURCIER_UI__LANGUAGE", "de")
    assert main(["status"]) == 2
    assert capsys.readouterr().err == (
        "sourcier: SOURCIER_UI__LANGUAGE : ui.language : Input should be 'fr' or 'en' "
        "(valeur trouvée : 'de').\n"
    )
    assert not folder.exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "La question a 1000000 caractères ; posez-la en 2000 au plus."),
        ("en", "The question has 1000000 characters; ask it in at most 2000."),
    ],
)
def test_a_question_of_a_megabyte_is_refused_before_anything_is_loaded(
    tmp_path, monkeypatch, capsys, language, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(f"ui:\n  language: {language}\n")
    assert main(["ask", "x" * 1_000_000]) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]
