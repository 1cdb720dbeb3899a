"""A catalogue that should be there and isn't is missed: nothing begins in its folder, nothing is erased."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library.library import FILE_NAME, Library, read_library
from ui.command.main import main

COMMANDS = (
    ["status"],
    ["doctor"],
    ["compact"],
    ["reindex"],
    ["sync"],
    ["serve", "--port", "0"],
    ["ask", "Quand ?"],
    ["articles", "list"],
    ["articles", "show", "a"],
    ["articles", "remove", "a"],
    ["feedback"],
)


def files(folder: Path) -> dict[str, bytes]:
    """Every file, but those that say who writes."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith("writer.")
    }


@pytest.fixture(params=["missing", "empty"])
def beheaded(request: pytest.FixtureRequest, tmp_path: Path, examples_library: Path) -> Path:
    """The examples' library without its catalogue."""
    data = tmp_path / "data"
    shutil.copytree(examples_library, data)
    for file in data.glob(f"{FILE_NAME}*"):
        file.unlink()
    if request.param == "empty":
        (data / FILE_NAME).touch()
    return data


@pytest.mark.in_a_file
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_command_says_so_in_one_sentence_and_erases_nothing(
    beheaded: Path, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd
):
    (tmp_path / "config.yaml").write_text(
        f"data_dir: {beheaded}\nui: {{language: {language}}}\nchat_model: {{model: none}}\n"
        f"sources: [{{path: {tmp_path / 'a.txt'}}}]\n",
        encoding="utf-8",
    )
    (tmp_path / "a.txt").write_text("Le pont rouvre.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = files(beheaded)
    dry = [["ingest", str(tmp_path / "a.txt"), "--dry-run"], ["ingest", str(tmp_path / "a.txt")]]
    for arguments in (*COMMANDS, *dry):
        assert main(arguments) == 2, arguments
        said = capfd.readouterr()
        assert said.out == ""
        (line,) = said.err.splitlines()
        assert line.startswith(f"sourcier: {beheaded / FILE_NAME} ")
        assert ("its indexes are there" if language == "en" else "ses index sont là") in line
        assert files(beheaded) == before, arguments


@pytest.mark.in_a_file
def test_a_new_folder_is_begun_in_also_where_somebody_made_empty_ones(tmp_path: Path):
    for name in ("vectors", "terms", "sketches"):
        (tmp_path / name).mkdir()
    (tmp_path / FILE_NAME).touch()  # as a stop before the first table leaves it
    with closing(Library(tmp_path)) as library:
        assert library.is_empty()
    with closing(Library(tmp_path / "new")) as library:
        assert library.is_empty()


@pytest.mark.in_a_file
def test_reading_only_finds_it_missing_too(beheaded: Path):
    with pytest.raises(LibraryError, match="its indexes are there"), read_library(beheaded):
        pass
