"""What stood in the process's memory is not in the files of Chroma's graph."""

from __future__ import annotations

import os
import platform
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from rag.index.graph_files import clear_unused

ROOT = Path(__file__).parents[3]
# glibc fills whatever it gives out with this byte, as if something had been written there before.
FILLED, MARK = (
    {"MALLOC_PERTURB_": str(0xFF ^ ord("z")), "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"},
    b"z" * 8,
)
CHROMA = """
import sys, chromadb, numpy as np
collection = chromadb.PersistentClient(sys.argv[1]).create_collection("one", embedding_function=None)
collection.add(ids=["a"], embeddings=np.ones((1, 384), dtype=np.float32))
"""
STORE = """
import sys
from contextlib import closing
from pathlib import Path
import numpy as np
from rag.index.vector_store import VectorStore
from rag.schema.article import Article

article = Article("a1", "Texte.", "Titre", "texte.txt", "0f" * 32)
folder, draw = Path(sys.argv[1]), np.random.default_rng(1)


def looked_at(when):
    for file in folder.rglob("*"):
        assert not file.is_file() or b"z" * 8 not in file.read_bytes(), (when, file.name)


with closing(VectorStore(folder, "model")) as store:
    for first, count in ((0, 1), (1, 30), (10, 90), (0, 260), (0, 900), (0, 20)):
        ids = [str(number) for number in range(first, first + count)]
        store.upsert(ids, draw.random((count, 384), dtype=np.float32), [article] * count)
        looked_at(f"{count} put in")
    store.delete([str(number) for number in range(0, 900, 2)])
    looked_at("taken out")
    store.close()
    looked_at("closed")
    kept = [str(number) for number in range(1, 60, 2)]
    store.rebuild([(kept, [article] * len(kept), {})])
    looked_at("rebuilt")
    assert store.present(kept) == set(kept)
    store.reset()
    store.upsert(["one"], np.ones((1, 384), dtype=np.float32), [article])
    looked_at("reset")
"""
glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="what memory held is set by glibc's tunables"
)


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        env=os.environ | FILLED | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@glibc
def test_chroma_writes_what_was_in_memory(tmp_path: Path):
    """If it no longer does, `clear_unused` can go."""
    run(CHROMA, tmp_path).check_returncode()
    assert {file.name for file in tmp_path.rglob("*.bin") if MARK in file.read_bytes()} == {
        "data_level0.bin",
        "length.bin",
    }


@glibc
def test_nothing_of_it_is_left(tmp_path: Path):
    done = run(STORE, tmp_path)
    assert done.returncode == 0, done.stderr


def graph(folder: Path, in_use: int) -> list[Path]:
    made = folder / "one"
    made.mkdir()
    (made / "header.bin").write_bytes(struct.pack("<iQQQ", 1, 0, 100, in_use) + bytes(72))
    files = [made / "data_level0.bin", made / "length.bin"]
    for file in files:
        file.write_bytes(b"secret" * 500_000)
    return files


def test_places_of_which_none_is_written_are_cleared(tmp_path: Path):
    files = graph(tmp_path, 0)
    clear_unused(tmp_path)
    assert {file.read_bytes() for file in files} == {bytes(3_000_000)}


def test_a_graph_that_is_written_stays_as_it_is(tmp_path: Path):
    files = graph(tmp_path, 1)
    clear_unused(tmp_path)
    assert {file.read_bytes() for file in files} == {b"secret" * 500_000}


def test_a_header_that_was_cut_short_says_nothing(tmp_path: Path):
    files = graph(tmp_path, 0)
    header = tmp_path / "one" / "header.bin"
    header.write_bytes(header.read_bytes()[:9])
    clear_unused(tmp_path)
    assert {file.read_bytes() for file in files} == {b"secret" * 500_000}


def test_a_file_that_is_missing_is_for_chroma_to_tell(tmp_path: Path):
    level, lengths = graph(tmp_path, 0)
    level.unlink()
    clear_unused(tmp_path)
    assert lengths.read_bytes() == bytes(3_000_000)
