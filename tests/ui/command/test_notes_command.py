"""`sourcier notes`, what `articles export` and `articles remove` make of notes, and a user who goes."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import bibtexparser
import docx
import pytest
import rispy

from rag.conversation.kept import KeptAnswers
from rag.conversation.store import ConversationStore, Record
from rag.library.library import Library
from rag.schema.article import Article, Span
from ui.chat.serialization import record
from ui.command.main import main
from ui.session.exchange import Exchange

Run = Callable[..., tuple[int, str, str]]
HOSTILE = "<script>x</script> \x1b[31m‮ \\input{x} [a](javascript:x)\nN1  - faux } @article{y,"


@pytest.fixture
def data(tmp_path: Path, examples_library: Path) -> Path:
    shutil.copytree(examples_library, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def run(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    config = tmp_path / "config.yaml"
    config.write_text(f"data_dir: {data}\nui:\n  language: en\nchat_model:\n  model: none\n")

    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        code = main([*command.split(), *arguments, "--config", str(config)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def noted(data: Path) -> Article:
    """An article with a note on a sentence, one on the whole, a mere mark, and one of somebody else's."""
    with closing(Library(data)) as library:
        one = next(article for article in library.each() if article.outlet and len(article.text) > 300)
        library.notes.add("", one, Span(0, 60), "check", "Étrange chiffre")
        library.notes.add("", one, Span(20, 80), "quote")
        library.notes.add("", one, None, words=HOSTILE)
        library.notes.add("ada", one, None, words="à Ada")
    return one


def test_notes_are_listed_by_words_articles_and_dossiers(run: Run, noted: Article):
    code, out, err = run("notes")
    assert (code, err) == (0, "")
    assert "To check" in out
    assert f"“{noted.text[:60].strip()}”" in out.replace("\n  ", "\n") or noted.text[:20] in out
    assert "\x1b" not in out
    assert "‮" not in out
    assert "à Ada" not in out
    found = json.loads(run("notes", "etrange", "--json")[1])
    assert [(one["note"], one["kind"], one["standing"]) for one in found["notes"]] == [
        ("Étrange chiffre", "check", "marked")
    ]
    (one,) = found["notes"]
    assert noted.text[one["start"] : one["end"]] == one["quote"]
    assert run("notes", "rien-de-tel") == (0, "No note has these words.\n", "")
    assert [one["note"] for one in json.loads(run("notes", "--user", "ada", "--json")[1])["notes"]] == [
        "à Ada"
    ]
    assert run("dossier create", "Vide")[0] == 0
    assert json.loads(run("notes", "--dossier", "vide", "--json")[1])["notes"] == []
    assert run("dossier add", "Vide", noted.id)[0] == 0
    assert len(json.loads(run("notes", "--dossier", "vide", "--json")[1])["notes"]) == 3
    assert len(json.loads(run("notes", "--article", noted.id, "--json")[1])["notes"]) == 3


@pytest.mark.usefixtures("noted")
def test_what_is_mistaken_is_said_in_one_sentence(run: Run):
    for wrong in (("--article", "none"), ("--dossier", "none"), ("--output", "x.exe")):
        code, out, err = run("notes", *wrong)
        assert (code, out) == (2, "")
        assert err.startswith("sourcier: ")
        assert "Traceback" not in err


def test_notes_are_read_back_from_every_format(run: Run, noted: Article, tmp_path: Path):
    (entry,) = bibtexparser.parse_string(run("notes", "--format", "bibtex")[1]).entries
    assert "Étrange chiffre" in entry["annote"]
    assert "To check: “" in entry["annote"]
    (reference,) = rispy.loads(run("articles export", noted.id, "--format", "ris")[1])
    assert any("Étrange chiffre" in note for note in reference["notes"])
    assert len(reference["notes"]) >= 3
    (item,) = json.loads(run("articles export", noted.id, "--format", "csl-json")[1])
    assert "Étrange chiffre" in item["note"]
    file = tmp_path / "notes.docx"
    assert run("notes", "--output", str(file))[0] == 0
    paragraphs = [one.text for one in docx.Document(io.BytesIO(file.read_bytes())).paragraphs]
    assert any("Étrange chiffre" in one for one in paragraphs)
    assert any(noted.text[:20] in one for one in paragraphs)
    page = run("notes", "--format", "html")[1]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    marked = run("notes", "--format", "markdown")[1]
    assert "\\<script\\>" in marked
    assert "[a](javascript" not in marked


@pytest.mark.parametrize("form", ["markdown", "html", "bibtex", "ris", "csl-json"])
def test_notes_are_left_out_of_an_export_if_that_is_wanted(run: Run, noted: Article, form: str):
    out = run("articles export", noted.id, "--format", form, "--without-notes")[1]
    assert "chiffre" not in out
    assert "To check" not in out


def test_an_answer_is_handed_in_with_the_notes_on_its_quotes_or_without(run: Run, data: Path):
    with closing(Library(data)) as library:
        for one in library.each():
            library.notes.add("", one, Span(0, len(one.text)), "check", "Étrange chiffre")
    question = ("ask", "Combien de personnes la crue a-t-elle tuées ?", "--format", "markdown")
    assert "Étrange chiffre" in run(*question)[1]
    out = run(*question, "--without-notes")[1]
    assert "[^1]" in out
    assert "Étrange" not in out


def test_notes_outlive_a_removal_which_says_so(run: Run, noted: Article):
    assert "4 notes and marks stay" in run("articles remove", noted.id)[2]
    out = run("notes")[1]
    assert "the article is no longer in the library" in out
    assert "Étrange chiffre" in out
    assert noted.title not in out
    (one,) = json.loads(run("notes", "etrange", "--article", noted.id, "--json")[1])["notes"]
    assert (one["standing"], one["quote"], one["article"]) == ("removed", None, None)


@pytest.mark.usefixtures("noted")
def test_what_a_user_noted_and_kept_goes_with_them(run: Run, data: Path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("un long mot de passe\n"))
    assert run("users add", "ada")[0] == 0
    kept: Record = record(Exchange(1, "Combien ?", "stopped"), [])
    with closing(ConversationStore(data)) as store:
        for user in ("ada", ""):
            KeptAnswers(store).keep(user, "o", kept)
    listed = json.loads(run("notes", "--user", "ada", "--json")[1])
    assert [len(listed["notes"]), [one["question"] for one in listed["answers"]]] == [1, ["Combien ?"]]
    assert run("users remove", "ada")[0] == 0
    assert json.loads(run("notes", "--user", "ada", "--json")[1]) == {"notes": [], "answers": []}
    left = json.loads(run("notes", "--json")[1])
    assert [len(left["notes"]), len(left["answers"])] == [3, 1]
