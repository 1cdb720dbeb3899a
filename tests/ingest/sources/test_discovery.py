"""Paths, folders and patterns become a stream of files, each once, with the user's mistakes told first."""

import os
import re
from operator import length_hint

import pytest

from ingest.schema.document import Failure, Notice, SourceDocument
from ingest.sources.discovery import find, in_folder
from rag.errors import UserError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A tree of articles and other files, which is also the working directory."""
    files = [
        "b.txt",
        "a.md",
        "c.HTML",
        "photo.jpg",
        ".caché.txt",
        "sous/d.htm",
        "sous/.git/e.txt",
        "sous/f.ods",
    ]
    for name in files:
        file = tmp_path / "articles" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"Le texte de {name}.")
    (tmp_path / "vide").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sources_of(*paths: str) -> list[str]:
    return [item.source for item in find(paths) if not isinstance(item, Notice)]


def test_a_folder_gives_what_can_be_read_in_order(folder):
    origin = f"{folder}/articles"
    *found, _unread = find(["articles"])
    assert found == [
        SourceDocument(f"articles/{name}", f"{origin}/{name}", format, load=len, origin=origin)
        for name, format in [
            ("a.md", "markdown"),
            ("b.txt", "text"),
            ("c.HTML", "html"),
            ("sous/d.htm", "html"),
        ]
    ]


def test_a_folder_s_files_that_aren_t_read_are_told_once_by_their_endings(tmp_path):
    names = [*(f"{n}.JPG" for n in range(3)), "a.css", "b.css", "LISEZMOI", "x.y z", ".caché", "n.txt"]
    for name in names:
        (tmp_path / name).write_text("Un mot.")
    (tmp_path / "sous").mkdir()
    (tmp_path / "sous/photo.jpg").write_text("x")
    found = find([str(tmp_path)])
    assert length_hint(found) == 1
    _, notice = found
    assert notice == Notice(
        str(tmp_path),
        f"{tmp_path}: 8 files not read: 4 .jpg, 2 without extension, 2 .css.",
        f"{tmp_path} : 8 fichiers non lus : 4 .jpg, 2 sans extension, 2 .css.",
    )


def test_of_very_many_endings_the_most_frequent_are_told(tmp_path):
    for n in range(9):
        (tmp_path / f"a.e{n}").write_text("x")
    (tmp_path / "n.txt").write_text("x")
    _, notice = find([str(tmp_path)])
    assert notice.said_fr.endswith(" : 9 fichiers non lus : 1 .e0, 1 .e1, 1 .e2, 1 .e3, 1 .e4, 1 .e5, ….")


def test_a_readable_reads_its_bytes(folder):
    assert next(find(["articles/b.txt"])).read() == b"Le texte de b.txt."
    assert (folder / "articles/b.txt").exists()


def test_patterns_match_as_in_a_shell(folder):
    assert sources_of("articles/*.txt") == ["articles/b.txt"]
    assert sources_of("articles/**/*.htm") == ["articles/sous/d.htm"]
    assert sources_of("**/*.[mHh]*") == ["articles/a.md", "articles/c.HTML", "articles/sous/d.htm"]
    assert sources_of("art*") == sources_of("articles")
    assert sources_of(f"{folder}/articles/?.md") == [f"{folder}/articles/a.md"]


def test_hidden_names_must_be_spelled_out(folder):
    assert sources_of("articles/.*.txt") == ["articles/.caché.txt"]
    assert sources_of("articles/.caché.txt") == ["articles/.caché.txt"]
    assert f"{folder}/articles/sous/.git/e.txt" not in sources_of(f"{folder}/**/*.txt")


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(folder):
    (folder / "x[1].txt").write_text("Un.")
    (folder / "x1.txt").write_text("Deux.")
    assert sources_of("x[1].txt") == ["x[1].txt"]


def test_a_file_reached_twice_is_yielded_once(folder):
    (folder / "lien.txt").symlink_to("articles/b.txt")
    assert sources_of("articles/b.txt", "./articles/../articles/b.txt", "lien.txt", "articles/*.txt") == [
        "articles/b.txt"
    ]


def test_keys_are_the_same_wherever_the_command_is_run(folder, monkeypatch):
    key = next(find(["articles/b.txt"])).key
    monkeypatch.chdir(folder / "articles")
    assert [(item.source, item.key) for item in find(["b.txt"])] == [("b.txt", key)]


def test_loops_of_links_end(folder):
    (folder / "articles/sous/retour").symlink_to("../..")
    (folder / "articles/autre").symlink_to("sous")
    (folder / "articles/mort.txt").symlink_to("absent")
    expected = ["articles/a.md", "articles/b.txt", "articles/c.HTML"]
    assert sources_of("articles") == [*expected, "articles/autre/d.htm"]
    assert sources_of("articles/**/*.htm") == ["articles/sous/d.htm"]


@pytest.mark.usefixtures("folder")
def test_a_file_named_with_an_unknown_extension_fails_without_stopping_the_others():
    unknown, known = find(["articles/photo.jpg", "articles/b.txt"])
    assert isinstance(unknown, Failure)
    assert unknown.source == "articles/photo.jpg"
    assert unknown.reason.startswith("articles/photo.jpg: not a format that can be read; use one of .txt,")
    assert known.source == "articles/b.txt"


def test_what_is_no_file_fails(folder):
    os.mkfifo(folder / "tube.txt")
    english, french = "tube.txt: not a regular file.", "tube.txt : ce n'est pas un fichier ordinaire."
    assert list(find(["tube.txt"])) == [Failure("tube.txt", english, french)]
    with pytest.raises(UserError, match="the pattern matches nothing"):
        find(["tub*.txt"])


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent.txt", r"^absent\.txt: no such file or folder; check the path\.$"),
        ("vide", r"^vide: the folder holds nothing that can be read \(\.txt, "),
        ("*.ods", r"^\*\.ods: the pattern matches nothing that can be read \(\.txt, "),
        ("articles/*.jpg", r"^articles/\*\.jpg: the pattern matches nothing that can be read"),
        ("articles/.*.txt/**x", r"^articles/\.\*\.txt/\*\*x: not a usable pattern"),
    ],
)
def test_a_path_that_leads_nowhere_is_one_failure_among_others_and_a_mistake_alone(path, message):
    read, failure = find(["articles/b.txt", path])
    assert read.source == "articles/b.txt"
    assert isinstance(failure, Failure)
    assert re.match(message, failure.reason)
    with pytest.raises(UserError, match=message):
        find([path, "absent.txt"])


def test_no_path_is_a_mistake():
    with pytest.raises(UserError, match=r"^no path given"):
        find([])


@pytest.mark.usefixtures("folder")
def test_a_file_over_the_limit_is_refused():
    readable = next(find(["articles/b.txt"]))
    assert readable.read(max_bytes=18) == b"Le texte de b.txt."
    with pytest.raises(UserError, match=r"^articles/b\.txt: larger than 0 MB; split it into articles\.$"):
        readable.read(max_bytes=17)


def test_a_file_that_vanished_is_a_users_error(folder):
    readable = next(find(["articles/b.txt"]))
    (folder / "articles/b.txt").unlink()
    with pytest.raises(UserError, match=r"^articles/b\.txt: can't be read \(No such file or directory\)\.$"):
        readable.read()


def test_names_that_are_not_utf_8_can_be_read_shown_and_stored(folder):
    name = os.fsdecode(b"caf\xe9.txt")
    (folder / "latin").mkdir()
    (folder / "latin" / name).write_text("Un café.")
    readable = next(find(["latin"]))
    assert readable.source == "latin/caf\\xe9.txt"
    assert readable.key.encode("utf-8").endswith(b"/latin/caf\\xe9.txt")
    assert readable.read() == "Un café.".encode()


@pytest.mark.parametrize("folder", ["Pont_files", "Pont_fichiers", "Pont-Dateien"])
def test_what_a_page_was_saved_with_is_no_article_beside_it(tmp_path, folder):
    (tmp_path / "Pont.html").write_text("<p>Le pont de Corvenne a rouvert.</p>", encoding="utf-8")
    (tmp_path / folder).mkdir()
    frame = tmp_path / folder / "saved_resource.html"
    frame.write_text("<p>Gagnez un voyage.</p>", encoding="utf-8")
    assert [item.source for item in find([str(tmp_path)])] == [str(tmp_path / "Pont.html")]
    assert list(in_folder(str(tmp_path), [str(frame)])) == []


def test_a_folder_that_only_is_called_like_that_is_read(tmp_path):
    (tmp_path / "Mes_fichiers").mkdir()
    kept = tmp_path / "Mes_fichiers" / "pont.html"
    kept.write_text("<p>Le pont de Corvenne a rouvert.</p>", encoding="utf-8")
    assert [item.source for item in find([str(tmp_path)])] == [str(kept)]
    assert [item.source for item in in_folder(str(tmp_path), [str(kept)])] == [str(kept)]
