"""What `pip install` gives: the wheel has every file that it reads, and works with no checkout near.

The wheel is made of a source distribution, as the index would have both. It is installed into an environment
of its own, which sees what the tests run with, but for what is never used, and no checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.request import urlopen

import pytest
from packaging.utils import canonicalize_name
from ports import free_port

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import weights  # noqa: E402

PACKAGES = ("rag", "ingest", "ui")
EXAMPLES = ROOT / "examples" / "articles"
SOURCES = (
    *PACKAGES,
    "examples/articles",
    "pyproject.toml",
    "setup.py",
    "README.md",
    "LICENSE",
    "config.yaml",
)
LISTED = (ROOT / "scripts" / "unused.txt").read_text(encoding="utf-8").splitlines()
UNUSED = {line for line in LISTED if not line.startswith("#")}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ARTICLE = """Le pont Neuf de Corvenne rouvre

La maire de Corvenne, Odile Marchal, a rouvert le pont Neuf à la circulation le 3 mars 2025.
Les travaux ont coûté 4,2 millions d'euros.
"""
WHERE = """
from importlib.util import find_spec
for package in ("rag", "ingest", "ui"):
    print(find_spec(package).origin)
print(find_spec("kubernetes"))
"""
THEIRS = "from ingest.sources.examples import EXAMPLES as e; print(e, len(list(e.iterdir())))"
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

    @property
    def place(self) -> dict:
        """Where a program runs: in the empty folder, with an account's folders, and no word of the tests'."""
        (self.folder / "empty").mkdir(exist_ok=True)
        home = {f"XDG_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("CONFIG", "DATA")}
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SOURCIER_"))
        }
        return {"cwd": self.folder / "empty", "env": kept | home}

    def run(self, program: str, *arguments: str) -> str:
        command = [self.programs / program, *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", timeout=300, **self.place
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of the page, once it is ready."""
        port = free_port()
        command = [self.programs / "sourcier", "serve", "--port", str(port)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, **self.place) as running:
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                running.terminate()
                running.wait(30)


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
    blocked = f"import sys; sys.modules.update(dict.fromkeys({sorted(modules_of(UNUSED))}))"
    (own / "unused.pth").write_text(f"{blocked}\n", encoding="utf-8")
    return done


def modules_of(packages: set[str]) -> set[str]:
    """The names by which what packages bring is imported."""
    found = packages_distributions().items()
    return {module for module, by in found if packages >= {canonicalize_name(one) for one in by}}


def _pip(*arguments: str | Path) -> None:
    before = [one for one in arguments[:2] if arguments[0] == "--python"]
    command, *rest = arguments[len(before) :]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", *before, command, "--quiet"]
    done = subprocess.run([*pip, "--no-deps", "--no-index", *rest], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- what is in it ---


def test_what_is_left_out_is_what_nothing_else_asks_for():
    assert weights.brought_alone(weights.wanted_by(), "kubernetes") == UNUSED
    assert {"kubernetes", "aiohttp", "websocket"} <= modules_of(UNUSED)


def test_the_wheel_has_every_file_of_the_packages_and_what_they_read_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()]
    expected = {file.relative_to(ROOT).as_posix() for file in files if "__pycache__" not in file.parts}
    expected |= {f"ingest/sources/articles/{file.name}" for file in EXAMPLES.iterdir()}
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
    *files, unused = installed.run("python", "-c", WHERE).splitlines()
    assert len(files) == len(PACKAGES)
    for file in files:
        assert Path(file).is_relative_to(installed.folder)
    assert unused == "None"
    examples, count = installed.run("python", "-c", THEIRS).split()
    assert Path(examples).is_relative_to(installed.folder)
    assert int(count) == len(list(EXAMPLES.iterdir()))


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


def test_the_page_is_served(installed: Installed):
    with installed.served() as address:
        until = time.monotonic() + 120
        while not is_there(f"{address}/readyz"):
            assert time.monotonic() < until
            time.sleep(0.2)
        with urlopen(address, timeout=30) as page:
            assert "Sourcier" in page.read().decode()


def is_there(address: str) -> bool:
    try:
        with urlopen(address, timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_settings_are_written_where_they_are_read(installed: Installed):
    file = installed.folder / "config" / "sourcier" / "config.yaml"
    assert str(file) in installed.run("sourcier", "config", "--write")
    assert installed.run("sourcier", "config").startswith(f"# Réglages lus dans {file}\n")
