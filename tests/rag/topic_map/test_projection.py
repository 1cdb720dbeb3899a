"""The map's arithmetic: every vector has its place, the same one each time, near those that are like it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.topic_map import projection
from rag.topic_map.projection import packed, project, unpacked

SMALL = st.tuples(st.integers(0, 14), st.integers(0, 4))
vectors = SMALL.flatmap(lambda shape: arrays(np.float32, shape, elements=st.integers(-2, 2).map(float)))


@settings(deadline=None, max_examples=25)
@given(vectors=vectors, sample=st.integers(1, 14))
@example(vectors=np.zeros((9, 3), dtype=np.float32), sample=9)
@example(vectors=np.ones((9, 3), dtype=np.float32), sample=3)
@example(vectors=np.zeros((3, 0), dtype=np.float32), sample=3)
def test_every_vector_has_one_place_in_the_frame_and_one_cluster(vectors, sample):
    made = project(vectors, sample)
    assert made.places.shape == (len(vectors), 2)
    assert made.clusters.shape == (len(vectors),)
    assert ((made.places >= 0) & (made.places <= 1)).all()
    sizes = np.bincount(made.clusters)
    assert sizes.min(initial=1) >= 1
    assert sorted(sizes, reverse=True) == list(sizes)


def groups(sizes: list[int], seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Vectors around as many axes as there are sizes, and which axis each belongs to."""
    random = np.random.default_rng(seed)
    labels = random.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return np.eye(32)[labels] + random.normal(scale=0.05, size=(len(labels), 32)), labels


@pytest.mark.parametrize("sample", [120, 40])
def test_what_is_alike_is_near_also_outside_the_sample(sample):
    vectors, labels = groups([60, 40, 20])
    made = project(vectors, sample)
    apart = np.linalg.norm(made.places[:, None] - made.places[None], axis=-1)
    np.fill_diagonal(apart, np.inf)
    assert (labels[apart.argmin(axis=1)] == labels).mean() == 1.0
    # No cluster is of two groups.
    assert {len(set(labels[made.clusters == c])) for c in set(made.clusters)} == {1}


def test_the_same_vectors_always_give_the_same_map():
    vectors, _ = groups([30, 30])
    first, second = project(vectors, 40), project(vectors.copy(), 40)
    assert np.array_equal(first.places, second.places)
    assert np.array_equal(first.clusters, second.clusters)


def test_the_program_writes_what_it_computes(monkeypatch):
    vectors, _ = groups([10, 5])
    said = io.BytesIO()
    monkeypatch.setattr(projection.os, "nice", lambda _: 19)
    monkeypatch.setattr(projection.sys, "stdin", io.TextIOWrapper(io.BytesIO(packed(vectors))))
    monkeypatch.setattr(projection.sys, "stdout", io.TextIOWrapper(said, write_through=True))
    projection.main()
    made, direct = unpacked(said.getvalue()), project(vectors)
    assert np.array_equal(made.places, direct.places)
    assert np.array_equal(made.clusters, direct.clusters)
