"""`sourcier ingest --dry-run` says what would come in and leaves no trace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rag.engine import engine
from rag.library.library import FILE_NAME
from ui.command.main import main

PROSE = "Le conseil de Brissac a voté la rénovation de la halle."
TABLE = f"""titre;texte;journal;auteur;date
Le vote;{PROSE} Il a duré.;L'Écho;Zoé;03/08/2025
Le pont;Le pont de Brissac rouvre lundi.;L'Écho;;21/07/2025
x;y;z;1;2;3
x;y;z;1;2;3
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "library"))
    (tmp_path / "d").mkdir()
    (tmp_path / "d/t.csv").write_text(TABLE)
    (tmp_path / "d/a.txt").write_text(PROSE)
    (tmp_path / "d/photo.jpg").write_text("x")
    for name in ("b.txt", "c.txt"):
        (tmp_path / "d" / name).write_text("…")

    def run(*arguments: str, language: str = "fr") -> tuple[int, str, str]:
        monkeypatch.setenv("SOURCIER_UI__LANGUAGE", language)
        code = main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def no_model(monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a model is loaded")

    monkeypatch.setattr(engine, "load_embedder", refuse)


def stored(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.usefixtures("no_model")
def test_it_says_what_would_come_in_and_makes_no_library(run: Run, tmp_path: Path):
    code, out, err = run("ingest", "--dry-run", "d")
    assert code == 1
    assert out.splitlines() == [
        "Essai, rien n'est écrit. 3 articles seraient lus : 3 nouveaux, 0 modifiés, 0 inchangés ;"
        " 4 en échec.",
        "  csv : sources 1, articles 2 ; avec titre 2, média 2, auteur 1, date 2",
        "  text : sources 3, articles 1 ; avec titre 0, média 0, auteur 0, date 0",
        "Les premiers :",
        f"  sans date  —  {PROSE}  (nouveau)",
        "  3 août 2025  L'Écho  Le vote  (nouveau)",
        "  21 juillet 2025  L'Écho  Le pont  (nouveau)",
    ]
    assert err.splitlines() == [
        "échec : 2 sources : il ne contient pas de texte (d/b.txt, d/c.txt)",
        "échec : d/t.csv : 2 lignes en échec : 6 champs alors que le tableau a 5 colonnes ; mettez entre"
        " guillemets ceux qui contiennent un séparateur (lignes 4, 5).",
        "à savoir : d : 1 fichier non lu : 1 .jpg.",
    ]
    assert not (tmp_path / "library").exists()


@pytest.mark.usefixtures("no_model")
def test_programs_get_one_object(run: Run):
    code, out, _ = run("ingest", "--dry-run", "--json", "d")
    told = json.loads(out)
    assert code == 1
    assert {name: told[name] for name in ("read", "new", "changed", "unchanged", "embargoed", "failed")} == {
        "read": 3, "new": 3, "changed": 0, "unchanged": 0, "embargoed": 0, "failed": 4,
    }  # fmt: skip
    assert told["formats"]["csv"] == {
        "sources": 1,
        "articles": 2,
        "stated": {"title": 2, "outlet": 2, "author": 1, "published_at": 2},
    }
    assert told["first"][1] == {
        "source": "d/t.csv#2", "outcome": "new", "title": "Le vote", "outlet": "L'Écho", "author": "Zoé",
        "published_at": "2025-08-03",
    }  # fmt: skip
    assert [(one["source"], one["count"], one["rows"]) for one in told["failures"]] == [
        ("d/b.txt", 1, []), ("d/c.txt", 1, []), ("d/t.csv", 2, [4, 5]),
    ]  # fmt: skip
    assert [one["said_fr"] for one in told["notices"]] == ["d : 1 fichier non lu : 1 .jpg."]


def test_it_compares_with_the_library_and_changes_no_byte_of_it(run: Run, tmp_path: Path, monkeypatch):
    run("ingest", "d")
    (tmp_path / "d/a.txt").write_text(f"{PROSE} Il a duré deux heures.")
    (tmp_path / "d/e.txt").write_text("Un texte de plus.")
    before = stored(tmp_path / "library")
    monkeypatch.setattr(engine, "load_embedder", None)
    told = json.loads(run("ingest", "--dry-run", "--json", "d")[1])
    assert (told["new"], told["changed"], told["unchanged"]) == (1, 1, 2)
    assert [(one["source"], one["outcome"]) for one in told["first"]] == [
        ("d/a.txt", "changed"), ("d/e.txt", "new"), ("d/t.csv#2", "unchanged"), ("d/t.csv#3", "unchanged"),
    ]  # fmt: skip
    assert stored(tmp_path / "library") == before
    monkeypatch.undo()


def test_a_library_of_an_earlier_format_is_compared_and_left_as_it_is(run: Run, tmp_path: Path):
    run("ingest", "d")
    with closing(sqlite3.connect(tmp_path / "library" / FILE_NAME)) as db:
        db.execute("DROP TABLE embargoed")
        db.execute("PRAGMA user_version = 2")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = stored(tmp_path / "library")
    told = json.loads(run("ingest", "--dry-run", "--json", "d")[1])
    assert (told["new"], told["unchanged"]) == (0, 3)
    assert stored(tmp_path / "library") == before


@pytest.mark.usefixtures("no_model")
def test_of_two_sources_with_one_content_the_second_changes_nothing(run: Run, tmp_path: Path):
    (tmp_path / "e").mkdir()
    for name in ("1.txt", "2.txt"):
        (tmp_path / "e" / name).write_text(PROSE)
    told = json.loads(run("ingest", "--dry-run", "--json", "e")[1])
    assert (told["new"], told["unchanged"]) == (1, 1)


@pytest.mark.usefixtures("no_model")
def test_an_embargo_and_a_mapping_are_said_before_anything_is_read(run: Run, tmp_path: Path):
    item = {"uri": "urn:a.example:1", "type": "text", "body_text": PROSE, "embargoed": "2090-09-01T06:00:00Z"}
    (tmp_path / "w.json").write_text(json.dumps(item))
    (tmp_path / "u.csv").write_text(f"ref;corpus\nA1;{PROSE}\n")
    code, out, err = run("ingest", "--dry-run", "w.json", "u.csv", language="en")
    assert code == 2
    assert "failed: w.json: under embargo until 2090-09-01 06:00 (UTC+00:00); ingest it again then." in err
    assert "sourcier ingest u.csv --column text=corpus" in err
    assert f"    corpus: {PROSE}" in err.splitlines()
    code, out, err = run("ingest", "--dry-run", "--store-embargoed", "w.json", language="en")
    assert code == 0
    assert "1 under embargo or withheld would be kept out of answers." in out
    assert run("ingest", "--dry-run", "u.csv", "--column", "text=corpus")[0] == 0


def test_what_one_delivery_withdraws_another_of_the_same_run_does_not_bring(run: Run, tmp_path: Path):
    item = {"uri": "urn:a.example:1", "type": "text", "body_text": PROSE}
    versions = {
        "a": {"versioncreated": "2025-11-08T10:00:00Z"},
        "b": {"versioncreated": "2025-11-08T12:00:00Z", "pubstatus": "canceled"},
        "c": {"versioncreated": "2025-11-08T11:00:00Z", "body_text": f"{PROSE} Trois fois."},
        "d": {"versioncreated": "2025-11-08T09:00:00Z", "pubstatus": "canceled"},
    }
    (tmp_path / "wire").mkdir()
    for name, version in versions.items():
        (tmp_path / f"wire/{name}.json").write_text(json.dumps(item | version))
    told = json.loads(run("ingest", "--dry-run", "--json", "wire")[1])
    done = json.loads(run("ingest", "--json", "wire")[1].splitlines()[-1])
    counted = ("new", "changed", "unchanged", "failed")
    assert [told[name] for name in counted] == [done[name] for name in counted] == [1, 1, 1, 1]
