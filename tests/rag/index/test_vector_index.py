"""Vectors are found by nearness and filter, across threads and processes, and only by their own model.

In a folder and on a server alike.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from chroma_process import ChromaProcess
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from index_places import open_vectors

from rag.errors import LibraryError
from rag.index.stores import VectorIndex
from rag.index.vector_store import VectorStore
from rag.schema.article import Article
from rag.schema.hit import Scored
from rag.schema.question import Filters

DIMENSION = 4
AXES = np.eye(DIMENSION, dtype=np.float32)
DAY_ONE = date(2020, 1, 1)
# Four directions, and 3,000 vectors around each.
REGION, COUNT = 3_000, 12_000
REGIONS = np.eye(16, dtype=np.float32)[:4]
NOISE = np.random.default_rng(7).standard_normal((COUNT, 16), dtype=np.float32)
MANY = np.repeat(REGIONS, REGION, axis=0) + 0.15 * NOISE
MANY /= np.linalg.norm(MANY, axis=1, keepdims=True)

# Another process: puts `count` passages in, one write each, saying so after each; waits for a line first.
WRITER = """
import sys
from pathlib import Path
import numpy as np
from rag.schema.article import Article
from index_places import open_vectors

store = open_vectors(sys.argv[1])
article = Article("other", "Texte.", "Titre", "autre.txt", "0f" * 32)
for number in range(int(sys.argv[2])):
    sys.stdin.readline()
    store.upsert([f"other:{number}"], np.eye(4, dtype=np.float32)[:1], [article])
    print(number, flush=True)
"""


SUPPORT = str(Path(__file__).parents[2] / "support")
Place = Callable[[], str]


@pytest.fixture(scope="module", params=["folder", "server"])
def new_place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A call gives a place in which nothing is kept yet."""
    if request.param == "folder":
        return lambda: str(tmp_path_factory.mktemp("vectors") / "vectors")
    server: ChromaProcess = request.getfixturevalue("chroma")
    return lambda: f"{server.url}#{secrets.token_hex(8)}"


@pytest.fixture
def place(new_place: Place) -> str:
    return new_place()


@pytest.fixture
def store(place: str) -> Iterator[VectorIndex]:
    with closing(open_vectors(place)) as opened:
        yield opened


@pytest.fixture
def article(make_article: Callable[..., Article]) -> Article:
    return make_article("Le pont rouvre.")


def ids(found: list[Scored]) -> list[str]:
    return [scored.passage_id for scored in found]


def everything(store: VectorIndex, filters: Filters | None = None) -> set[str]:
    return set(ids(store.search(AXES[0], 1_000, filters)))


# --- search ---


def test_the_nearest_come_first_with_their_cosine(store: VectorIndex, article: Article):
    between = (AXES[0] + AXES[1]) / np.sqrt(2, dtype=np.float32)
    store.upsert(["same", "between", "across"], np.stack([AXES[0], between, AXES[1]]), [article] * 3)
    found = store.search(AXES[0], 3)
    assert ids(found) == ["same", "between", "across"]
    assert [scored.score for scored in found] == pytest.approx([1.0, 0.5**0.5, 0.0], abs=1e-6)
    assert ids(store.search(AXES[0], 2)) == ["same", "between"]


def test_an_empty_store_finds_nothing(store: VectorIndex):
    assert store.search(AXES[0], 5) == []
    assert store.count() == 0


def test_a_passage_that_comes_again_is_replaced(store: VectorIndex, article: Article):
    store.upsert(["a"], AXES[:1], [article])
    store.upsert(["a"], AXES[1:2], [article])
    assert store.count() == 1
    assert store.search(AXES[1], 5) == [Scored("a", pytest.approx(1.0))]


def test_what_is_deleted_is_gone_and_deleting_it_again_is_nothing(store: VectorIndex, article: Article):
    store.upsert(["a", "b"], AXES[:2], [article] * 2)
    store.delete(["a", "unknown"])
    store.delete(["a"])
    store.delete([])
    assert everything(store) == {"b"}


def test_more_passages_than_chroma_takes_at_once(store: VectorIndex, article: Article):
    """It refuses batches over 5,461 and lists of ids not much longer."""
    names = [f"p{number:05d}" for number in range(6_000)]
    store.upsert(names, np.tile(AXES, (1_500, 1)), [article] * 6_000)
    assert store.count() == 6_000
    store.delete(names[:5_999])
    assert everything(store) == {"p05999"}


# --- filters ---


@pytest.fixture
def dated(store: VectorIndex, make_article: Callable[..., Article]) -> VectorIndex:
    articles = [
        make_article("Un.", "a1", outlet="Phare", language="fr", published_at="2025-08-15"),
        make_article("Deux.", "a2", outlet="Phare", language="en", published_at="2025-08-16T23:00:00-08:00"),
        make_article("Trois.", "a3", outlet="Écho", language="fr", published_at="2025-08-17"),
        make_article("Quatre.", "a4", language=None),
    ]
    store.upsert(["p1", "p2", "p3", "p4"], AXES, articles)
    return store


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"p1", "p2", "p3", "p4"}),
        (Filters(outlets=("Phare",)), {"p1", "p2"}),
        (Filters(outlets=("Phare", "Écho")), {"p1", "p2", "p3"}),
        (Filters(outlets=("phare",)), set()),
        (Filters(languages=("fr",)), {"p1", "p3"}),
        (Filters(languages=("fr",), outlets=("Phare",)), {"p1"}),
        (Filters(article_ids=("a2", "a4", "a9")), {"p2", "p4"}),
        (Filters(date_from=date(2025, 8, 16)), {"p2", "p3"}),
        (Filters(date_to=date(2025, 8, 16)), {"p1", "p2"}),
        (Filters(date_from=date(2025, 8, 16), date_to=date(2025, 8, 16)), {"p2"}),
        (Filters(date_from=date(2025, 8, 16), undated=True), {"p2", "p3", "p4"}),
        (Filters(date_from=date(2025, 8, 17), date_to=date(2025, 8, 16)), set()),
        (Filters(date_to=date(2025, 8, 16), undated=True, languages=("en",)), {"p2"}),
        (Filters(undated=True), {"p1", "p2", "p3", "p4"}),
    ],
)
def test_filters_keep_what_they_say(dated: VectorIndex, filters: Filters, expected: set[str]):
    assert everything(dated, filters) == expected


def test_hostile_values_are_values(store: VectorIndex, make_article: Callable[..., Article]):
    hostile = ["{x.__class__}", "<|im_end|>", "[1]", "a\0b", '"$or"', "' OR 1=1 --"]
    articles = [make_article(text, id=text, outlet=text) for text in hostile]
    store.upsert(hostile, np.tile(AXES[:1], (len(hostile), 1)), articles)
    for text in hostile:
        assert everything(store, Filters(outlets=(text,), article_ids=(text,))) == {text}


def test_ten_thousands_of_article_ids_are_a_filter_like_any_other(dated: VectorIndex):
    wanted = ("a2", *(f"unknown {number}" for number in range(40_000)), "a4")
    assert everything(dated, Filters(article_ids=wanted)) == {"p2", "p4"}


@pytest.fixture(scope="module")
def many(new_place: Place, make_article: Callable[..., Article]) -> Iterator[VectorIndex]:
    """Passages: one a day, each outlet's in a region of its own; `p1234` is of day 1,234."""
    opened = open_vectors(new_place())
    articles = [
        make_article("Un.", f"a{n}", outlet=f"o{n // REGION}", published_at=str(DAY_ONE + timedelta(n)))
        for n in range(COUNT)
    ]
    opened.upsert([f"p{n}" for n in range(COUNT)], MANY, articles)
    yield opened
    opened.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, COUNT - 1),
    st.integers(1, COUNT) | st.just(COUNT),
    st.sets(st.sampled_from(["o0", "o1", "o2", "o3"])),
    st.integers(0, 3),
    st.sampled_from([1, 5, 20]),
)
# Nearly all, around the question; three quarters, all of them far from it.
@example(1, COUNT, set(), 2, 20)
@example(0, COUNT, {"o1", "o2", "o3"}, 0, 5)
def test_a_filtered_search_is_the_exact_search_over_what_it_keeps(
    many: VectorIndex, first: int, length: int, outlets: set[str], near: int, limit: int
):
    """Few or many, near the question or far from it: the same passages as if all had been compared.

    A server's graph passes some over: where there are many, and all far from the question.
    """
    last = min(first + length, COUNT) - 1
    filters = Filters(DAY_ONE + timedelta(first), DAY_ONE + timedelta(last), outlets=tuple(sorted(outlets)))
    kept = {f"p{n}": n for n in range(first, last + 1) if not outlets or f"o{n // REGION}" in outlets}
    exact = np.sort(MANY[list(kept.values())] @ REGIONS[near])[::-1][:limit]
    found = many.search(REGIONS[near], limit, filters)
    assert set(ids(found)) <= kept.keys()
    assert len(found) == len(exact)
    nearest = sum(scored.score >= exact[-1] - 1e-5 for scored in found)
    assert nearest >= (len(exact) if isinstance(many, VectorStore) else 0.8 * len(exact))
    assert [scored.score for scored in found] == sorted((s.score for s in found), reverse=True)
    scores = {name: float(MANY[n] @ REGIONS[near]) for name, n in kept.items()}
    assert [scored.score for scored in found] == pytest.approx([scores[i] for i in ids(found)], abs=1e-5)


def test_a_search_asks_for_more_than_there_are(many: VectorIndex):
    """A graph leaves out some of all, never of few."""
    least = COUNT if isinstance(many, VectorStore) else COUNT - 50
    assert least <= len(many.search(REGIONS[0], COUNT + 1)) <= COUNT
    assert least - REGION <= len(many.search(REGIONS[0], COUNT + 1, Filters(outlets=("o0", "o1", "o2"))))
    few = Filters(DAY_ONE, DAY_ONE + timedelta(29))
    assert set(ids(many.search(REGIONS[0], 100, few))) == {f"p{n}" for n in range(30)}


# --- one model, several threads and processes ---


def test_a_growing_store_keeps_all_that_was_put_in(place: str, article: Article):
    store = open_vectors(place)
    for start in range(0, 6_000, 1_500):
        store.upsert(
            [f"p{n}" for n in range(start, start + 1_500)], np.tile(AXES[:1], (1_500, 1)), [article] * 1_500
        )
    assert store.count() == 6_000
    assert not store.rows_missing()
    store.close()
    assert store.count() == 6_000
    store.close()


def test_vectors_of_another_model_are_refused(place: str, store: VectorIndex, article: Article):
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    other = open_vectors(place, "another")
    assert other.is_foreign()
    assert not store.is_foreign()
    with pytest.raises(LibraryError) as refused:
        other.search(AXES[0], 1)
    other.close()
    assert str(refused.value) == (
        f"{place.replace('#', ', ')}: these vectors were made by model, not another;"
        " set embedding.model back, or run `sourcier reindex`."
    )
    other.reset()
    assert not other.is_foreign()
    assert other.count() == 0
    other.close()
    assert store.is_foreign()


def test_a_store_that_was_closed_opens_again(store: VectorIndex, article: Article):
    store.upsert(["a"], AXES[:1], [article])
    store.close()
    assert everything(store) == {"a"}


def test_asking_whose_vectors_they_are_leaves_the_store_open(store: VectorIndex, article: Article):
    store.upsert(["a"], AXES[:1], [article])
    assert not store.is_foreign()
    assert everything(store) == {"a"}


@pytest.fixture
def writer(place: str) -> Iterator[Callable[[int], subprocess.Popen]]:
    started: list[subprocess.Popen] = []

    def start(count: int) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, place, str(count)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([*sys.path, SUPPORT])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.communicate()
        assert process.returncode == 0


def write(process: subprocess.Popen) -> None:
    process.stdin.write("\n")
    process.stdin.flush()
    process.stdout.readline()


def test_what_another_process_writes_is_seen_without_a_restart(store: VectorIndex, article: Article, writer):
    store.upsert(["mine"], AXES[:1], [article])
    other = writer(2)
    write(other)
    assert everything(store) == {"mine", "other:0"}
    store.delete(["mine"])
    write(other)
    assert everything(store) == {"other:0", "other:1"}
    assert store.count() == 2


def test_threads_search_while_another_process_writes(store: VectorIndex, article: Article, writer):
    """A thread must not reopen the store under another's search."""
    store.upsert(["mine"], AXES[:1], [article])
    other = writer(15)
    done = threading.Event()

    def search() -> list[set[str]]:
        seen = []
        while not done.is_set():
            seen.append(everything(store))
        return seen

    with ThreadPoolExecutor(4) as pool:
        searches = [pool.submit(search) for _ in range(4)]
        for _ in range(15):
            write(other)
        done.set()
    written = ["mine", *(f"other:{number}" for number in range(15))]
    prefixes = [set(written[: length + 1]) for length in range(len(written))]
    for found in searches:
        sizes = [len(seen) for seen in found.result()]
        assert all(seen in prefixes for seen in found.result())
        assert sizes == sorted(sizes)
    assert everything(store) == set(written)


# --- any sequence of writes ---

steps = st.lists(
    st.tuples(st.sampled_from(["upsert", "delete"]), st.sets(st.sampled_from("abcdef"), max_size=4)),
    max_size=6,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_the_store_holds_what_was_put_in_and_not_taken_out(
    store: VectorIndex, article: Article, done: list[tuple[str, set[str]]]
):
    store.reset()
    expected: set[str] = set()
    for step, names in done:
        if step == "upsert":
            store.upsert(sorted(names), np.tile(AXES[:1], (len(names), 1)), [article] * len(names))
            expected |= names
        else:
            store.delete(sorted(names))
            expected -= names
        assert everything(store) == expected
        assert store.count() == len(expected)
