"""Writes constraints.txt and its like for dev, CUDA and cpu: what `make` installs, with hashes.

`python scripts/constraints.py [--upgrade]`, or `make constraints`, which upgrades. Without it, what is pinned
stays and only what pyproject.toml asks for anew is added. Every file of each release that an installer may
choose has its hash, for every platform and Python from 3.11 on. Needs uv, and `pip` for one wheel.
`--without-hashes` writes nothing: it prints all pins for `pip install -c`, which wants a hash of a wheel too
as soon as anything has one.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEFAULT, DEV, CUDA, CPU = (ROOT / f"constraints{part}.txt" for part in ("", "-dev", "-cuda", "-cpu"))
HEADS = {
    DEFAULT: "What sourcier[local] installs, the build backend included.",
    DEV: "What the other extras install besides: the bundled chat model, formats, evaluation, tests.",
    CUDA: "What PyTorch's wheels for Linux want on PyPI: those for the processor alone don't.",
    CPU: "PyTorch for the processor alone, a third as large: taken where an index beside PyPI has it.",
}
_OF_CUDA = re.compile(r"(nvidia|cuda|triton)\b")
_COMPILE = ("--universal", "--python-version", "3.11", "--system-certs", "--quiet")
_COMPILE += ("--no-header", "--no-annotate", "--no-build")


def main() -> None:
    """Write the files, or print what they pin."""
    if "--without-hashes" in sys.argv:
        print(pins(), end="")
        return
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "pins.txt"
        every = [file.read_text(encoding="utf-8") for file in (DEFAULT, DEV, CUDA) if file.exists()]
        known.write_text("".join(every), encoding="utf-8")  # what stays, unless it is upgraded
        build = Path(folder) / "build.in"
        build.write_text("\n".join(_build_requirements()), encoding="utf-8")
        upgrade = ["--upgrade"] * ("--upgrade" in sys.argv)
        entries = _entries(_compiled(["--all-extras", "--generate-hashes", *upgrade], build, known))
        default = _entries(_compiled(["--extra", "local"], build, known))
    files = {name: _file_of(name, default.keys()) for name in entries}
    bodies = {file: "".join(entries[name] for name in entries if files[name] == file) for file in HEADS}
    bodies[CPU] = _for_processor(entries["torch"])
    for file, head in HEADS.items():
        file.write_text(f"# {head}\n# Renew with: make constraints\n{bodies[file]}", encoding="utf-8")


def pins() -> str:
    """Return what the files for default, dev and CUDA pin, without hashes, a line each."""
    lines = [line for file in (DEFAULT, DEV, CUDA) for line in file.read_text("utf-8").splitlines()]
    return "\n".join([line.rstrip(" \\") for line in lines if re.match(r"[\w.-]+==", line)]) + "\n"


def _build_requirements() -> list[str]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]


def _compiled(options: list[str], build: Path, pins: Path) -> str:
    """Have uv resolve pyproject.toml; it keeps what the file that it writes has pinned."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *_COMPILE, *options]
    subprocess.run([*command, "pyproject.toml", str(build), "-o", str(pins)], cwd=ROOT, check=True)
    return pins.read_text(encoding="utf-8")


def _entries(text: str) -> dict[str, str]:
    """Name → its requirements with their hashes, in the order of the file; some have one for each Python."""
    entries: dict[str, str] = {}
    for entry, name in re.findall(r"^(([\w.-]+)==.*\n(?:[ \t]+.*\n)*)", text, re.MULTILINE):
        entries[name] = entries.get(name, "") + entry
    return entries


def _file_of(name: str, default: Collection[str]) -> Path:
    if _OF_CUDA.match(name):
        return CUDA
    return DEFAULT if name in default else DEV


def _for_processor(entry: str) -> str:
    """Return this version of PyTorch for the processor alone: the wheel that pip finds, if there is one.

    Where it has none, what is known of this version stays. It is a pin of its own, since pip prefers a wheel
    whose hash it knows beforehand, and an index beside PyPI may tell none.
    """
    version = re.match(r"torch==(\S+)", entry)[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder]
        subprocess.run([*command, f"torch=={version}"], check=True)
        (wheel,) = Path(folder).iterdir()
        if wheel.name.startswith(f"torch-{version}+cpu-"):
            with wheel.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            return f"torch=={version}+cpu ; sys_platform == 'linux' \\\n    --hash=sha256:{digest}\n"
    known = _entries(CPU.read_text(encoding="utf-8")).get("torch", "") if CPU.exists() else ""
    return known if known.startswith(f"torch=={version}+cpu ") else ""


if __name__ == "__main__":
    main()
