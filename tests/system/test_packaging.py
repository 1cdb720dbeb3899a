"""What `pip install` gives: the wheel has every file that it reads, and works with no checkout near.

The wheel is made of a source distribution, as the index would have both. It is installed into an environment
of its own, which sees the packages that the tests run with and not the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("rag", "ingest", "ui")
COPIED = {
    "examples/articles": "ingest/sources/articles",
    "config.yaml": "ui/command/configuration/config.yaml",
}
SOURCES = (
    *PACKAGES,
    "examples/articles",
    "pyproject.toml",
    "setup.py",
    "README.md",
    "LICENSE",
    "config.yaml",
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ARTICLE = """Le pont Neuf de Corvenne rouvre

La maire de Corvenne, Odile Marchal, a rouvert le pont Neuf à la circulation le 3 mars 2025.
Les travaux ont coûté 4,2 millions d'euros.
"""
WHERE = "import rag, ingest, ui; print(*(p.__file__ for p in (rag, ingest, ui)), sep='\\n')"
EXAMPLES = "from ingest.sources.examples import EXAMPLES as e; print(e, len(list(e.iterdir())))"
# A worker in a process of its own, which must find its own module there.
SANDBOXED = (
    "from ingest.decoding.sandbox import parsed; "
    "print(parsed('ingest.containers.parquet_worker', b'no table')['problem'])"
)


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel, an empty folder to work in, and an account's folders."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")

    def run(self, program: str, *arguments: str) -> str:
        home = {f"XDG_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("CONFIG", "DATA")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        kept = {name: value for name, value in kept.items() if not name.startswith("SOURCIER_")}
        (self.folder / "empty").mkdir(exist_ok=True)
        done = subprocess.run(
            [self.programs / program, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=self.folder / "empty",
            env=kept | home,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of the source distribution, made of the checkout's files."""
    folder = tmp_path_factory.mktemp("build")
    sources = folder / "sources"
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, sources / name)
    make = "from setuptools import build_meta; import sys; print(build_meta.build_sdist(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", make, folder], cwd=sources, check=True, capture_output=True)
    (packed,) = folder.glob("*.tar.gz")
    _pip("wheel", "--no-build-isolation", "--wheel-dir", folder, packed)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", symlinks=sys.platform != "win32")
    done = Installed(folder)
    _pip("--python", done.programs / "python", "install", wheel)
    # A path in a .pth doesn't have the .pth files there read: an editable checkout isn't found.
    (own,) = folder.glob("venv/**/site-packages")
    (own / "linked.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return done


def _pip(*arguments: str | Path) -> None:
    before = [one for one in arguments[:2] if arguments[0] == "--python"]
    command, *rest = arguments[len(before) :]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", *before, command, "--quiet"]
    done = subprocess.run([*pip, "--no-deps", "--no-index", *rest], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- what is in it ---


def test_the_wheel_has_every_file_of_the_packages_and_what_they_read_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()]
    expected = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}
    for source, target in COPIED.items():
        found = [ROOT / source] if (ROOT / source).is_file() else list((ROOT / source).iterdir())
        assert found
        expected |= {(Path(target) / file.relative_to(ROOT / source)).as_posix() for file in found}
    assert sorted(held ^ expected) == []


def test_the_wheel_names_its_extras_and_its_command(wheel: Path):
    with zipfile.ZipFile(wheel) as opened:
        (metadata,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        about = message_from_bytes(opened.read(metadata))
        (commands,) = [name for name in opened.namelist() if name.endswith("/entry_points.txt")]
        assert "sourcier = ui.command.main:main" in opened.read(commands).decode()
    assert sorted(about.get_all("Provides-Extra")) == sorted(PROJECT["optional-dependencies"])
    assert about["Requires-Python"] == PROJECT["requires-python"]


# --- it works ---


def test_what_is_imported_is_the_wheel_s(installed: Installed):
    for file in installed.run("python", "-c", WHERE).splitlines():
        assert Path(file).is_relative_to(installed.folder)
    examples, count = installed.run("python", "-c", EXAMPLES).split()
    assert Path(examples).is_relative_to(installed.folder)
    assert int(count) == len(list((ROOT / "examples" / "articles").iterdir()))


def test_workers_are_found(installed: Installed):
    assert "Parquet" in installed.run("python", "-c", SANDBOXED)


def test_an_article_is_read_and_asked_in_an_empty_folder(installed: Installed, tmp_path: Path):
    (tmp_path / "pont.txt").write_text(ARTICLE, encoding="utf-8")
    assert installed.run("sourcier", "--version").strip() == PROJECT["version"]
    installed.run("sourcier", "ingest", str(tmp_path / "pont.txt"))
    assert (installed.folder / "data" / "sourcier" / "library.sqlite3").is_file()
    answer = installed.run("sourcier", "ask", "Combien ont coûté les travaux du pont Neuf ?")
    assert "4,2 millions" in answer
    assert list((installed.folder / "empty").iterdir()) == []


def test_settings_are_written_where_they_are_read(installed: Installed):
    file = installed.folder / "config" / "sourcier" / "config.yaml"
    assert str(file) in installed.run("sourcier", "config", "--write")
    assert installed.run("sourcier", "config").startswith(f"# Réglages lus dans {file}\n")
