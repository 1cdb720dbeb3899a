"""`sourcier ingest`: tables that ask which column holds the text, failures told together, exit codes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rag.library.library import FILE_NAME, Library
from ui.command.main import main

PROSE = "Le conseil de Brissac a voté la rénovation de la halle."
UNKNOWN = f"ref;corpus;kop\n{{6034f210-0978-4869-b8bc-1a04f7b14766}};{PROSE};Le vote du conseil\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Run:
    """Runs one command in a folder of its own; returns its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "library"))

    def run(*arguments: str, language: str = "fr") -> tuple[int, str, str]:
        monkeypatch.setenv("SOURCIER_UI__LANGUAGE", language)
        code = main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def events(printed: str, name: str) -> list[dict]:
    return [event for line in printed.splitlines() if (event := json.loads(line))["event"] == name]


def said(printed: str) -> list[str]:
    """Return the lines that are no progress bar."""
    lines = (line.split("\r")[-1].strip() for line in printed.splitlines())
    return [line for line in lines if line and "art." not in line]


def test_a_table_that_needs_a_mapping_is_shown_and_exits_with_2(run: Run, tmp_path: Path):
    (tmp_path / "t.csv").write_text(UNKNOWN)
    code, out, err = run("ingest", "t.csv")
    assert code == 2
    assert "échec : t.csv : aucune colonne n'est connue pour contenir le texte des articles" in err
    assert "sourcier ingest t.csv --column text=corpus --column title=kop" in err
    assert said(err)[-3:] == [
        "ref : {6034f210-0978-4869-b8bc-1a04f7b14766}",
        f"corpus : {PROSE}",
        "kop : Le vote du conseil",
    ]
    assert out == "0 lus : 0 nouveaux, 0 modifiés, 0 inchangés ; 1 en échec.\n"
    code, out, _ = run("ingest", "t.csv", "--json")
    (failure,) = events(out, "failure")
    assert code == 2
    assert failure["command"] == "sourcier ingest t.csv --column text=corpus --column title=kop"
    assert failure["columns"][1] == {"name": "corpus", "values": [PROSE]}


def test_other_files_of_the_call_are_read(run: Run, tmp_path: Path):
    (tmp_path / "t.csv").write_text(UNKNOWN)
    (tmp_path / "a.txt").write_text(PROSE)
    code, out, _ = run("ingest", "t.csv", "a.txt", "absent.txt")
    assert code == 1
    assert out == "1 lus : 1 nouveaux, 0 modifiés, 0 inchangés ; 2 en échec.\n"


def test_the_columns_that_are_named_are_read(run: Run, tmp_path: Path):
    (tmp_path / "t.csv").write_text(UNKNOWN)
    code, _, _ = run("ingest", "t.csv", "--column", "text=corpus", "--column", "title=kop")
    assert code == 0
    (row,) = json.loads(run("articles", "list", "--json")[1])
    assert row["title"] == "Le vote du conseil"


def test_the_columns_of_a_configured_source_are_read(run: Run, tmp_path: Path):
    (tmp_path / "t.csv").write_text(
        UNKNOWN.replace("ref;", "dag;").replace("{6034f210-0978-4869-b8bc-1a04f7b14766}", "05/06/24")
    )
    (tmp_path / "config.yaml").write_text(
        "sources:\n  - path: t.csv\n    columns: {text: corpus, title: kop, published_at: dag}\n"
        "    day_first: false\n"
    )
    assert run("ingest", "t.csv")[0] == 0
    (row,) = json.loads(run("articles", "list", "--json")[1])
    assert (row["title"], row["published_at"]) == ("Le vote du conseil", "2024-05-06")


def test_a_field_that_is_named_twice_is_a_mistake(run: Run, tmp_path: Path):
    (tmp_path / "t.csv").write_text(f"ref,corpus,kop\n1,{PROSE},Pont\n")
    args = ("ingest", "t.csv", "--column", "text=corpus", "--column", "text=kop")
    assert run(*args, language="en")[::2] == (
        2,
        "sourcier: --column text=…: stated twice; a field is read from one column.\n",
    )
    assert "dit deux fois" in run(*args)[2]


@pytest.mark.parametrize("stated", ["corpus", "=corpus", "text="])
def test_a_column_that_isn_t_a_field_and_a_name_is_a_mistake(run: Run, stated: str):
    code, _, err = run("ingest", "t.csv", "--column", stated, language="en")
    assert code == 2
    assert err == (
        f"sourcier: --column {stated}: expected a field and a column, such as --column text=Body.\n"
    )


def test_a_field_that_records_don_t_have_is_a_mistake(run: Run):
    code, _, err = run("ingest", "t.csv", "--column", "texte=corpus")
    assert code == 2
    assert err.startswith("sourcier: columns : champ inconnu texte ; les champs sont text, html, title,")


def broken_table() -> str:
    rows = [f"{n};{PROSE} {n}" for n in range(3)]
    broken = [f"x{n};{PROSE};un;deux" for n in range(5)]
    return "\n".join(["titre;texte", *rows, *broken, "y;", f"z;{PROSE} z"])


def test_a_table_s_failures_are_told_by_reason_with_three_lines(run: Run, tmp_path: Path):
    (tmp_path / "t.csv").write_text(broken_table())
    code, out, err = run("ingest", "t.csv")
    assert code == 1
    assert [line for line in said(err) if line.startswith("échec")] == [
        "échec : t.csv : 5 lignes en échec : 4 champs alors que le tableau a 2 colonnes ; mettez entre"
        " guillemets ceux qui contiennent un séparateur (lignes 5, 6, 7…).",
        "échec : t.csv#10 : il ne contient pas de texte.",
    ]
    assert out == "4 lus : 4 nouveaux, 0 modifiés, 0 inchangés ; 6 en échec.\n"


def test_programs_get_each_failure_and_the_groups(run: Run, tmp_path: Path):
    (tmp_path / "t.csv").write_text(broken_table())
    _, out, _ = run("ingest", "t.csv", "--json")
    assert [one["source"] for one in events(out, "failure")] == [f"t.csv#{n}" for n in range(5, 11)]
    first, second = events(out, "failures")
    assert (first["source"], first["count"], first["rows"]) == ("t.csv", 5, [5, 6, 7])
    assert first["reason"].startswith("4 fields where the table has 2 columns;")
    assert (second["count"], second["rows"], second["reason"]) == (1, [10], "there is no text in it.")


def test_a_folder_s_other_files_are_one_line(run: Run, tmp_path: Path):
    (tmp_path / "d").mkdir()
    for name in ("a.jpg", "b.jpg", "c.css"):
        (tmp_path / "d" / name).write_text("x")
    (tmp_path / "d/n.txt").write_text(PROSE)
    code, out, err = run("ingest", "d")
    assert code == 0
    assert "à savoir : d : 3 fichiers non lus : 2 .jpg, 1 .css." in err
    assert out == "1 lus : 1 nouveaux, 0 modifiés, 0 inchangés ; 0 en échec.\n"


def embargoed(until: str) -> str:
    item = {"uri": "urn:a.example:1", "type": "text", "headline": "Le vote", "body_text": PROSE}
    return json.dumps(item | {"versioncreated": "2026-01-05T08:00:00Z", "embargoed": until})


def test_what_is_under_embargo_is_stored_and_marked(run: Run, tmp_path: Path):
    (tmp_path / "a.json").write_text(embargoed("2090-09-01T06:00:00+02:00"))
    code, _, err = run("ingest", "a.json")
    assert code == 1
    assert "sous embargo jusqu'au 01/09/2090 à 06:00 (UTC+02:00)" in err
    code, out, err = run("ingest", "a.json", "--store-embargoed")
    assert code == 0
    assert out == (
        "0 lus : 0 nouveaux, 0 modifiés, 0 inchangés ; 0 en échec.\n"
        "1 sous embargo ou retenu, gardé hors des réponses.\n"
    )
    _, out, _ = run("articles", "list")
    assert "Le vote  [sous embargo jusqu'au 1er septembre 2090 à 06:00 (UTC+02:00)]" in out
    (row,) = json.loads(run("articles", "list", "--json")[1])
    assert (row["status"], row["embargo"]) == (
        "embargoed",
        {"until": "2090-09-01T04:00:00+00:00", "stated": "2090-09-01T06:00:00+02:00"},
    )
    _, out, _ = run("articles", "show", row["id"], language="en")
    assert "[under embargo until 1 September 2090, 06:00 (UTC+02:00)]" in out
    status = json.loads(run("status", "--json")[1])
    assert (status["articles"], status["embargoed"], status["failures"]) == (0, 1, [])
    code, _, err = run("ask", "Qu'a voté le conseil de Brissac ?")
    assert code == 2
    assert PROSE not in err
    assert run("articles", "remove", row["id"])[0] == 0
    assert json.loads(run("articles", "list", "--json")[1]) == []


def test_the_configuration_stores_what_is_under_embargo_too(run: Run, tmp_path: Path):
    (tmp_path / "a.json").write_text(embargoed("2090-09-01T06:00:00+02:00"))
    (tmp_path / "config.yaml").write_text("ingest: {embargoed: store}\nsources:\n  - path: a.json\n")
    code, out, _ = run("sync", "--json")
    assert code == 0
    assert events(out, "summary")[0]["embargoed"] == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            "1 article dont la source n'a pas changé est mieux lu par cette version ; son ancien texte reste"
            " parmi ses versions.",
        ),
        (
            "en",
            "1 article whose source hasn't changed is read better by this version; its earlier text stays"
            " among its versions.",
        ),
    ],
)
@pytest.mark.parametrize("command", [("ingest", "d"), ("sync",)])
def test_what_an_earlier_version_read_worse_is_read_again_once_and_said(
    run: Run, tmp_path: Path, command: tuple[str, ...], language: str, said: str
):
    (tmp_path / "config.yaml").write_text("sources:\n  - path: d\n")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.txt").write_text(PROSE)
    (tmp_path / "d/b.txt").write_text("Le pont de Brissac a rouvert.")
    run(*command)
    as_read_before(tmp_path / "library", tmp_path / "d/a.txt", "Le conseil de Bris- sac a voté.")
    as_read_before(tmp_path / "library", tmp_path / "d/b.txt", None)
    (tmp_path / "d/c.txt").write_text("Un texte ajouté depuis.")
    code, out, _ = run(*command, language=language)
    assert code == 0
    assert out.splitlines()[1:] == [said]
    (changed,) = [row for row in json.loads(run("articles", "list", "--json")[1]) if row["revisions"]]
    shown = json.loads(run("articles", "show", changed["id"], "--revisions", "--json")[1])
    assert shown["text"] == PROSE
    assert [revision["text"] for revision in shown["revisions"]] == ["Le conseil de Bris- sac a voté."]
    code, out, _ = run(*command, language=language)
    assert len(out.splitlines()) == 1


def as_read_before(library: Path, file: Path, text: str | None) -> None:
    """Have the library as an earlier version left it, whose readers read `text` of a file, or the same."""
    digest = hashlib.sha256(b"3:" + file.read_bytes()).hexdigest()
    with closing(sqlite3.connect(library / FILE_NAME)) as db, db:
        key = str(file.resolve())
        db.execute("UPDATE sources SET digest = ? WHERE key = ?", (digest, key))
        if text is not None:
            of_key = "WHERE id = (SELECT article_id FROM sources WHERE key = ?)"
            db.execute(f"UPDATE articles SET text = ?, content_hash = 'earlier' {of_key}", (text, key))
    with closing(Library(library)) as opened:
        opened.put_checksums(opened.each_stored())  # what it stored was what it had read


def test_a_page_without_a_text_is_told_by_us_alone(tmp_path, monkeypatch, capsys, caplog):
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "library"))
    page = tmp_path / "vide.html"
    page.write_text("")
    assert main(["ingest", str(page)]) == 1
    assert "vide.html" in capsys.readouterr().err
    assert [record for record in caplog.records if record.name.startswith("trafilatura")] == []
