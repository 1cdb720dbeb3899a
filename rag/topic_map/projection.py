"""Vectors → a map: near each other in the plane what is near in meaning, and which cluster each belongs to.

Pure arithmetic with a fixed seed: the same vectors always give the same map. Knows no article. Run as a
program it reads an array from standard input and writes one to standard output, at the lowest priority:
so that nobody waits for it. t-SNE (van der Maaten & Hinton 2008, Barnes-Hut 2014) lays out a sample; the
others are put beside their nearest neighbours in it. scikit-learn is imported when it is needed: a page
that only reads the program's output shouldn't wait for it.
"""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np

SAMPLE = 2_000  # vectors that t-SNE lays out
_DIMENSIONS = 50
_PERPLEXITY = 30.0
_FEWEST = 6  # fewer have no neighbourhoods: their first two components are the map
_ITERATIONS = 500
_CLUSTERS = 12
_NEIGHBOURS = 5
_SHARPNESS = 0.02  # of cosines: how much farther a neighbour counts for less
_SPREAD = 0.004  # of the map's width: two beside the same neighbour must not hide each other
_BLOCK = 1_000
_SEED = 0
_LOOK = 0.5  # seconds between two looks whether anybody waits for this


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """`places` (n, 2) in [0, 1]; `clusters` (n,), numbered from the largest."""

    places: np.ndarray
    clusters: np.ndarray


def project(vectors: np.ndarray, sample: int = SAMPLE) -> Projection:
    """Return the map of vectors of shape (n, dimension), `sample` of them laid out by t-SNE.

    Rows of zeros, which say nothing, are put in the middle.
    """
    count = len(vectors)
    if count == 0:
        return Projection(np.zeros((0, 2)), np.zeros(0, dtype=int))
    if vectors.shape[1] == 0:  # no article has any
        vectors = np.zeros((count, 1))
    vectors = _whole(np.asarray(vectors, dtype=np.float64))
    random = np.random.default_rng(_SEED)
    chosen = np.sort(random.permutation(count)[:sample])
    others = np.setdiff1d(np.arange(count), chosen)
    reduced, places = _laid_out(vectors[chosen], random)
    all_places = np.empty((count, 2))
    all_places[chosen] = places
    nearest = np.empty(len(others), dtype=int)
    for start in range(0, len(others), _BLOCK):
        block = slice(start, start + _BLOCK)
        rows = others[block]
        all_places[rows], nearest[block] = _beside(vectors[rows], vectors[chosen], places)
    all_places[others] += random.normal(scale=_SPREAD, size=(len(others), 2))
    clusters = np.empty(count, dtype=int)
    clusters[chosen] = _clusters(reduced)
    clusters[others] = clusters[chosen][nearest]
    return Projection(_spread_out(all_places), _by_size(clusters))


def _whole(vectors: np.ndarray) -> np.ndarray:
    """Return the rows at unit length; rows of zeros become the mean of the others."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    empty = lengths[:, 0] == 0
    if empty.any() and not empty.all():
        unit[empty] = unit[~empty].mean(axis=0)
    return unit


def _laid_out(sample: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the sample's principal components, and its places.

    T-SNE begins with the first two components.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    count = len(sample)
    components = min(_DIMENSIONS, *sample.shape)
    spread = sample - sample.mean(axis=0)
    if count < 3 or not np.abs(spread).max() > 1e-9:  # nothing tells them apart
        reduced = spread[:, :components]
        return reduced, np.column_stack([np.arange(count) / max(1, count), np.full(count, 0.5)])
    reduced = PCA(components, svd_solver="full", random_state=_SEED).fit_transform(sample)
    first = _two(reduced)
    if count < _FEWEST:
        return reduced, _in_frame(first)
    start = (first / first[:, 0].std() + random.normal(scale=1e-3, size=(count, 2))) * 1e-4
    layout = TSNE(
        perplexity=min(_PERPLEXITY, (count - 1) / 3),
        init=start.astype(np.float32),
        max_iter=_ITERATIONS,
        random_state=_SEED,
        n_jobs=1,
    )
    return reduced, _in_frame(layout.fit_transform(reduced.astype(np.float32)).astype(float))


def _two(reduced: np.ndarray) -> np.ndarray:
    return np.pad(reduced[:, :2], ((0, 0), (0, max(0, 2 - reduced.shape[1]))))


def _beside(vectors: np.ndarray, sample: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where these belong among the sample's places, and which of the sample is nearest to each."""
    cosines = vectors @ sample.T
    near = np.argsort(-cosines, axis=1, kind="stable")[:, :_NEIGHBOURS]
    best = np.take_along_axis(cosines, near, axis=1)
    weights = np.exp((best - best[:, :1]) / _SHARPNESS)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("ij,ijk->ik", weights, places[near]), near[:, 0]


def _clusters(reduced: np.ndarray) -> np.ndarray:
    from sklearn.cluster import KMeans

    distinct = len(np.unique(reduced.round(9), axis=0))
    wanted = min(_CLUSTERS, max(1, round((len(reduced) / 1.5) ** 0.5)), distinct)
    return KMeans(wanted, n_init=4, random_state=_SEED).fit(reduced).labels_


def _in_frame(places: np.ndarray) -> np.ndarray:
    """Return both directions from 0 to 1; one in which nothing differs stays in the middle."""
    low, high = places.min(axis=0), places.max(axis=0)
    size = high - low
    return np.where(size > 0, (places - low) / np.where(size > 0, size, 1), 0.5)


def _spread_out(places: np.ndarray) -> np.ndarray:
    """Places in the frame, halfway to being evenly filled: a few that lie far off leave room to the others.

    In each direction their order stays.
    """
    columns = []
    for column in places.T:
        _, ranks, counts = np.unique(column, return_inverse=True, return_counts=True)
        before = np.cumsum(counts) - counts
        columns.append(((before + (counts - 1) / 2) / max(1, len(column) - 1))[ranks])
    return (_in_frame(places) + np.column_stack(columns)) / 2 if len(places) > 1 else _in_frame(places)


def _by_size(clusters: np.ndarray) -> np.ndarray:
    labels, counts = np.unique(clusters, return_counts=True)
    order = labels[np.lexsort((labels, -counts))]
    numbers = np.empty(labels.max() + 1, dtype=int)
    numbers[order] = np.arange(len(order))
    return numbers[clusters]


# --- as a program ---


def packed(array: np.ndarray) -> bytes:
    """Return an array as the program reads and writes it."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def unpacked(data: bytes) -> Projection:
    """Return what the program wrote: columns x, y and cluster."""
    array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    return Projection(array[:, :2], array[:, 2].astype(int))


def main() -> None:
    """Read an array of vectors from standard input; write their places and clusters to standard output."""
    if hasattr(os, "nice"):
        os.nice(19)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    vectors = np.lib.format.read_array(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    made = project(vectors)
    sys.stdout.buffer.write(packed(np.column_stack([made.places, made.clusters])))


def _end_with(parent: int) -> None:
    """End this process once its parent is gone, however that ended: nobody reads what it would write."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)


if __name__ == "__main__":
    main()
