"""Rows give exactly the nearest, whatever was put in, replaced and taken out, and after a stop anywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.index.filtering import RECORD
from rag.index.flat_index import FlatIndex
from rag.schema.article import Article
from rag.schema.hit import Scored
from rag.schema.question import Filters

DIMENSION = 4
AXES = np.eye(DIMENSION, dtype=np.float32)


@pytest.fixture
def rows(tmp_path: Path) -> FlatIndex:
    return FlatIndex(tmp_path / "rows")


@pytest.fixture
def article(make_article: Callable[..., Article]) -> Article:
    return make_article("Le pont rouvre.")


def everything(rows: FlatIndex, limit: int = 1_000) -> dict[str, float]:
    found = rows.nearest(AXES[0], rows.kept(Filters()), limit)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    return {scored.passage_id: scored.score for scored in found}


def unit(rng: np.random.Generator, count: int) -> np.ndarray:
    vectors = rng.standard_normal((count, DIMENSION), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_cosine(rows: FlatIndex, article: Article):
    between = (AXES[0] + AXES[1]) / np.sqrt(2, dtype=np.float32)
    rows.put(["across", "same", "between"], np.stack([AXES[1], AXES[0], between]), [article] * 3)
    found = rows.nearest(AXES[0], rows.kept(Filters()), 2)
    assert found == [Scored("same", 1.0), Scored("between", pytest.approx(0.5**0.5))]
    assert rows.rows_of(["between", "unknown", "across"]).tolist() == [2, -1, 0]


def test_nothing_is_found_among_nothing(rows: FlatIndex):
    assert rows.nearest(AXES[0], rows.kept(Filters()), 5) == []
    assert rows.rows_of(["a"]).tolist() == [-1]
    assert rows.count == 0


@given(st.integers(1, 3_000), st.integers(1, 60), st.integers(0, 2**32))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_nearest_among_some_are_exact(
    rows: FlatIndex, article: Article, count: int, limit: int, seed: int
):
    rng = np.random.default_rng(seed)
    vectors, question = unit(rng, count), unit(rng, 1)[0]
    rows.clear()
    rows.put([str(number) for number in range(count)], vectors, [article] * count)
    among = np.flatnonzero(rng.random(count) < rng.random())
    found = rows.nearest(question, among, limit)
    expected = np.sort(vectors[among] @ question)[::-1][:limit]
    assert [scored.score for scored in found] == pytest.approx(expected.tolist(), abs=1e-5)
    assert {int(scored.passage_id) for scored in found} <= set(among.tolist())


def test_what_was_put_in_is_there_when_it_is_opened_again(tmp_path: Path, rows: FlatIndex, article: Article):
    names = ["a\0b", "été", "a\0", "x" * 1_000, "\ud800"]
    rows.put(names, np.tile(AXES[:1], (len(names), 1)), [article] * len(names))
    again = FlatIndex(tmp_path / "rows")
    assert set(everything(again)) == set(names)
    assert again.rows_of(names).tolist() == list(range(len(names)))


def test_what_is_taken_out_leaves_no_vector_and_its_row_to_others(
    tmp_path: Path, rows: FlatIndex, article: Article
):
    rows.put(["a", "b", "c"], AXES[:3], [article] * 3)
    rows.drop(["b", "unknown"])
    stored = np.fromfile(tmp_path / "rows" / "vectors.f32", dtype=np.float32).reshape(-1, DIMENSION)
    assert stored.tolist() == [AXES[0].tolist(), [0.0] * DIMENSION, AXES[2].tolist()]
    rows.put(["d", "e"], AXES[[0, 0]], [article] * 2)
    assert rows.rows_of(["a", "c", "d", "e"]).tolist() == [0, 2, 1, 3]
    assert everything(rows) == {"a": 1.0, "c": 0.0, "d": 1.0, "e": 1.0}


@pytest.mark.parametrize(
    "grown", [("vectors.f32",), ("vectors.f32", "records"), ("vectors.f32", "records", "ids")]
)
def test_what_a_stop_before_the_record_leaves_is_a_free_row(
    tmp_path: Path, rows: FlatIndex, article: Article, grown: tuple[str, ...]
):
    """Records are written last: until then nobody finds the vector, and its row is used again."""
    folder = tmp_path / "rows"
    rows.put(["a"], AXES[:1], [article])
    for name in grown:
        left = b"\0" * RECORD.itemsize if name == "records" else AXES[0].tobytes()
        (folder / name).write_bytes((folder / name).read_bytes() + left)
    again = FlatIndex(folder)
    assert everything(again) == {"a": 1.0}
    again.put(["c"], AXES[2:3], [article])
    assert again.rows_of(["c"]).tolist() == [1]
    assert everything(again) == everything(FlatIndex(folder)) == {"a": 1.0, "c": 0.0}


writes = st.lists(
    st.tuples(st.booleans(), st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), max_size=4)),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes)
def test_rows_hold_what_was_put_in_and_not_taken_out(
    tmp_path: Path, rows: FlatIndex, article: Article, done: list[tuple[bool, dict[str, int]]]
):
    rows.clear()
    expected: dict[str, float] = {}
    for put, given_axes in done:
        if put:
            rows.put(list(given_axes), AXES[list(given_axes.values())], [article] * len(given_axes))
            expected |= {name: float(axis == 0) for name, axis in given_axes.items()}
        else:
            rows.drop(list(given_axes))
            expected = {name: score for name, score in expected.items() if name not in given_axes}
        assert everything(rows) == everything(FlatIndex(tmp_path / "rows")) == expected
        assert rows.count == len(expected)
