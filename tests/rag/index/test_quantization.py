"""Among many rows, codes say which ones to read: what is nearest is read, also after changes and a stop."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from damaged_files import DAMAGES, damage

from rag.index.flat_index import FlatIndex
from rag.index.quantization import SEGMENT, BinaryCodes
from rag.schema.article import Article
from rag.schema.question import Filters

DIMENSION = 96
COUNT = 4 * SEGMENT + 1_000


def vectors(count: int, seed: int = 1) -> np.ndarray:
    """Like an encoder's: all in one corner, in groups of near copies (their cosines: .7 and .96 or so)."""
    rng = np.random.default_rng(seed)
    corner = rng.standard_normal(DIMENSION) * 1.5
    groups = corner + rng.standard_normal((count // 50 + 1, DIMENSION))
    made = groups[rng.integers(len(groups), size=count)] + 0.35 * rng.standard_normal((count, DIMENSION))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


MADE = vectors(COUNT)
QUESTIONS = MADE[:: COUNT // 60] * 0.8 + vectors(61, seed=2)[: len(MADE[:: COUNT // 60])] * 0.2
QUESTIONS /= np.linalg.norm(QUESTIONS, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def article() -> Article:
    return Article("a1", "Texte.", "Titre", "a.txt", "0f" * 32)


def filled(folder: Path, article: Article, made: np.ndarray = MADE) -> FlatIndex:
    rows = FlatIndex(folder)
    for start in range(0, len(made), 5_000):
        part = made[start : start + 5_000]
        rows.put([f"p{start + i}" for i in range(len(part))], part, [article] * len(part))
    return rows


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, article: Article) -> FlatIndex:
    return filled(tmp_path_factory.mktemp("rows"), article)


def recall(rows: FlatIndex, made: np.ndarray, among: np.ndarray, limit: int = 10) -> float:
    """Mean share of the questions' exactly nearest that are found."""
    shares = []
    for question in QUESTIONS:
        scores = made[among] @ question
        exact = {f"p{among[i]}" for i in np.argsort(-scores)[:limit]}
        found = rows.nearest(question, among, limit)
        assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
        shares.append(len(exact & {s.passage_id for s in found}) / limit)
    return float(np.mean(shares))


def test_the_nearest_of_many_are_found(rows: FlatIndex):
    assert rows.count == COUNT
    assert recall(rows, MADE, np.arange(COUNT)) >= 0.995


@pytest.mark.parametrize("share", [0.9, 0.7, 0.5])
def test_the_nearest_of_what_a_filter_keeps_are_found(rows: FlatIndex, share: float):
    among = np.flatnonzero(np.random.default_rng(3).random(COUNT) < share)
    assert recall(rows, MADE, among) >= 0.995


def test_scores_are_exact(rows: FlatIndex):
    for scored in rows.nearest(QUESTIONS[0], np.arange(COUNT), 50):
        assert scored.score == pytest.approx(float(MADE[int(scored.passage_id[1:])] @ QUESTIONS[0]), abs=1e-6)


def test_more_are_asked_for_than_are_usually_read(rows: FlatIndex):
    found = rows.nearest(QUESTIONS[0], np.arange(COUNT), 3_000)
    assert len(found) == 3_000


def test_what_replaces_a_vector_replaces_its_code(tmp_path: Path, article: Article):
    rows = filled(tmp_path, article)
    others = vectors(COUNT, seed=5)
    changed = np.arange(0, COUNT, 3)
    rows.put([f"p{i}" for i in changed], others[changed], [article] * len(changed))
    now = MADE.copy()
    now[changed] = others[changed]
    assert recall(FlatIndex(tmp_path), now, np.arange(COUNT)) >= 0.995


def test_what_is_taken_out_leaves_no_code(tmp_path: Path, article: Article):
    rows = filled(tmp_path, article)
    rows.drop([f"p{i}" for i in range(SEGMENT)])
    # What is left is that of zeros, the same for each.
    codes = np.fromfile(tmp_path / "codes.rabitq", np.uint8).reshape(4 * SEGMENT, -1)
    assert len(np.unique(codes[:SEGMENT], axis=0)) == 1
    assert len(np.unique(codes[SEGMENT:], axis=0)) > SEGMENT
    left = rows.nearest(QUESTIONS[0], rows.kept(Filters()), COUNT)
    assert {s.passage_id for s in left} == {f"p{i}" for i in range(SEGMENT, COUNT)}


def test_a_segment_that_a_stop_cut_short_is_coded_again(tmp_path: Path, article: Article):
    filled(tmp_path, article, MADE[: 2 * SEGMENT + 10])
    whole = (tmp_path / "codes.rabitq").read_bytes()
    (tmp_path / "codes.rabitq").write_bytes(whole[:-1_000])
    again = FlatIndex(tmp_path)
    assert recall(again, MADE, np.arange(2 * SEGMENT + 10)) >= 0.995
    again.put(["one more"], MADE[:1], [article])
    assert (tmp_path / "codes.rabitq").read_bytes() == whole
    assert again.count == 2 * SEGMENT + 11


def test_what_a_stop_left_before_the_first_segment_is_written_again(tmp_path: Path, article: Article):
    filled(tmp_path, article, MADE[: SEGMENT - 10])
    (tmp_path / "quantizer.partial").write_bytes(b"half of it")
    (tmp_path / "codes.rabitq").write_bytes(b"half of a segment")
    rows = FlatIndex(tmp_path)
    rows.put([f"q{i}" for i in range(20)], MADE[SEGMENT - 10 : SEGMENT + 10], [article] * 20)
    assert BinaryCodes(tmp_path, DIMENSION).count == SEGMENT
    assert recall(FlatIndex(tmp_path), MADE, np.arange(SEGMENT - 10)) == 1.0


def test_rows_without_codes_are_read_one_by_one(tmp_path: Path, article: Article):
    filled(tmp_path, article)
    (tmp_path / "codes.rabitq").unlink()
    assert recall(FlatIndex(tmp_path), MADE, np.arange(COUNT)) == 1.0


def test_the_best_codes_are_those_of_the_nearest(tmp_path: Path):
    codes = BinaryCodes(tmp_path, DIMENSION)
    assert codes.count == 0
    codes.append(MADE[:SEGMENT])
    codes = BinaryCodes(tmp_path, DIMENSION)
    assert codes.count == SEGMENT
    wanted = np.arange(5, SEGMENT, 2)
    found = codes.nearest(QUESTIONS[0], wanted, 400)
    assert len(found) == 400
    assert set(found) <= set(wanted)
    assert found.tolist() == sorted(found)
    exact = wanted[np.argsort(-(MADE[wanted] @ QUESTIONS[0]))]
    assert len(set(exact[:200]) & set(found)) > 190
    assert codes.nearest(QUESTIONS[0], wanted[:7], 400).tolist() == wanted[:7].tolist()


def test_codes_of_an_earlier_version_are_made_anew_and_leave_nothing(tmp_path: Path, article: Article):
    filled(tmp_path, article)
    for name in ("codes.rabitq", "quantizer.faiss"):
        (tmp_path / name).unlink()
    for name in ("codes", "turns.npy"):
        (tmp_path / name).write_bytes(b"as it was")
    rows = FlatIndex(tmp_path)
    assert recall(rows, MADE, np.arange(COUNT)) == 1.0
    assert rows.lacks_codes
    rows.code()
    assert not rows.lacks_codes
    assert BinaryCodes(tmp_path, DIMENSION).count == 4 * SEGMENT
    assert not (tmp_path / "codes").exists()
    assert not (tmp_path / "turns.npy").exists()
    assert recall(FlatIndex(tmp_path), MADE, np.arange(COUNT)) >= 0.995


def test_codes_beside_which_an_earlier_version_wrote_are_made_anew(tmp_path: Path, article: Article):
    filled(tmp_path, article)
    others = vectors(COUNT, seed=5)
    others.tofile(tmp_path / "vectors.f32")
    (tmp_path / "sums").unlink()
    for name in ("codes", "turns.npy"):
        (tmp_path / name).write_bytes(b"of that version")
    rows = FlatIndex(tmp_path)
    assert recall(rows, others, np.arange(COUNT)) == 1.0
    rows.code()
    assert not rows.lacks_codes
    assert BinaryCodes(tmp_path, DIMENSION).count == 4 * SEGMENT
    assert recall(FlatIndex(tmp_path), others, np.arange(COUNT)) >= 0.995


def test_a_damaged_quantizer_is_made_anew_and_rows_are_read_meanwhile(tmp_path: Path, article: Article):
    filled(tmp_path, article)
    file = tmp_path / "quantizer.faiss"
    file.write_bytes(b"not one of " + file.read_bytes())
    rows = FlatIndex(tmp_path)
    assert recall(rows, MADE, np.arange(COUNT)) == 1.0
    rows.code()
    assert recall(FlatIndex(tmp_path), MADE, np.arange(COUNT)) >= 0.995
    assert BinaryCodes(tmp_path, DIMENSION).count == 4 * SEGMENT


@pytest.mark.parametrize("name", ["codes.rabitq", "quantizer.faiss", "codes.sums"])
@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_codes_are_made_anew_and_rows_are_read_meanwhile(
    tmp_path: Path, rows: FlatIndex, name: str, how: str
):
    here = tmp_path / "here"
    shutil.copytree(rows._folder, here)
    whole = {file.name: file.read_bytes() for file in here.iterdir()}
    other = tmp_path / "other"
    other.write_bytes(whole[name][::-1])
    assert damage(here / name, how, other)
    damaged = FlatIndex(here)
    assert damaged.lacks_codes
    assert damaged.count == COUNT
    damaged.code()
    assert {file.name: file.read_bytes() for file in here.iterdir()} == whole
    assert not FlatIndex(here).lacks_codes


def test_codes_without_checksums_are_an_earlier_version_s_and_are_taken_as_they_are(
    tmp_path: Path, rows: FlatIndex
):
    shutil.copytree(rows._folder, tmp_path / "here")
    (tmp_path / "here" / "codes.sums").unlink()
    assert not FlatIndex(tmp_path / "here").lacks_codes


def test_everything_is_taken_out(tmp_path: Path, article: Article):
    rows = filled(tmp_path, article)
    rows.clear()
    assert not (tmp_path / "codes.rabitq").exists()
    assert not (tmp_path / "quantizer.faiss").exists()
    assert rows.nearest(QUESTIONS[0], rows.kept(Filters()), 5) == []
    # Vectors of another model, with other dimensions.
    rows.put(["a"], np.eye(4, dtype=np.float32)[:1], [article])
    assert [s.passage_id for s in rows.nearest(np.eye(4, dtype=np.float32)[0], rows.kept(Filters()), 5)] == [
        "a"
    ]
