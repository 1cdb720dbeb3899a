"""Sketches come back as they were packed, from any thread and process, and what is deleted is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_places import close_opened, open_sketches

from rag.errors import LibraryError
from rag.index.multivector import BlockWords, PassageVectors, make, pack, unpack
from rag.index.multivector_store import MultivectorStore
from rag.index.stores import SketchStore


def sketch(seed: int = 0) -> PassageVectors:
    numbers = np.random.default_rng(seed)
    vectors = numbers.standard_normal((3, 16), dtype=np.float32)
    return make(
        np.eye(2, 8), [0, 1], [BlockWords(vectors, [-1, 0, 0]), BlockWords(vectors, [1, 1, 1])], ["a"], ["b"]
    )


def stored(seed: int) -> bytes:
    """What a sketch is after it was kept once."""
    return pack(unpack(pack(sketch(seed))))


@pytest.fixture(params=["folder", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield str(tmp_path / "sketches") if request.param == "folder" else request.getfixturevalue("postgres")
    close_opened()


@pytest.fixture
def store(place: str) -> Iterator[SketchStore]:
    with closing(open_sketches(place)) as opened:
        yield opened


def test_sketches_come_back_by_their_ids(store: SketchStore):
    store.put(["p1", "p2"], [sketch(1), sketch(2)])
    found = store.get(["p2", "unknown", "p1"])
    assert {i: pack(kept) for i, kept in found.items()} == {"p1": stored(1), "p2": stored(2)}
    assert store.count() == 2
    assert store.get([]) == {}


def test_another_sketch_takes_the_place_of_the_first(store: SketchStore):
    store.put(["p1"], [sketch(1)])
    store.put(["p1"], [sketch(2)])
    assert pack(store.get(["p1"])["p1"]) == stored(2)
    assert store.count() == 1


def test_what_is_deleted_is_gone_and_unknown_ids_are_ignored(store: SketchStore):
    store.put(["p1", "p2", "p3"], [sketch()] * 3)
    store.delete(["p1", "unknown", "p1"])
    store.delete([])
    assert set(store.get(["p1", "p2", "p3"])) == {"p2", "p3"}
    store.clear()
    assert (store.count(), store.get(["p2"])) == (0, {})


def test_ids_are_only_ids(store: SketchStore):
    ids = ["'; DROP TABLE sketches; --", "%", "é", 'a"b', "{x}", "[1]", "\U0001f389"]
    store.put(ids, [sketch()] * len(ids))
    assert set(store.get(ids)) == set(ids)
    store.delete(["%", "_"])
    assert store.count() == len(ids) - 1


def test_more_ids_than_a_statement_has_variables(store: SketchStore):
    ids = [f"p{number}" for number in range(40_000)]
    store.put(ids[:3], [sketch()] * 3)
    assert set(store.get(ids)) == set(ids[:3])
    store.delete(ids)
    assert store.count() == 0


def test_all_of_a_batch_is_kept_or_none(store: SketchStore):
    with pytest.raises(ValueError, match="zip"):
        store.put(["p1", "p2"], [sketch()])
    assert store.count() == 0
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        store.put(["p1", None], [sketch(), sketch()])
    assert store.count() == 0


def test_sketches_outlive_their_process_and_other_openers_see_them(place: str):
    with closing(open_sketches(place)) as first, closing(open_sketches(place)) as second:
        first.put(["p1"], [sketch(1)])
        assert set(second.get(["p1"])) == {"p1"}
        second.delete(["p1"])
        assert first.count() == 0
        first.put(["p2"], [sketch(2)])
    with closing(open_sketches(place)) as third:
        assert pack(third.get(["p2"])["p2"]) == stored(2)


def test_a_closed_store_opens_again(store: SketchStore):
    store.put(["p1"], [sketch()])
    store.close()
    store.close()
    assert store.count() == 1


def test_threads_write_and_read_at_once(store: SketchStore):
    def work(number: int) -> bool:
        store.put([f"p{number}"], [sketch(number)])
        return pack(store.get([f"p{number}"])[f"p{number}"]) == stored(number)

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(24)))
    assert store.count() == 24


def test_a_file_that_is_no_library_is_said_with_what_to_do(tmp_path: Path):
    with closing(MultivectorStore(tmp_path)):
        [file] = tmp_path.glob("*.sqlite3")
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(LibraryError) as error:
        MultivectorStore(tmp_path)
    english, french = error.value.args
    remedy, remède = "run `sourcier doctor`, which makes it anew", "lancez `sourcier doctor`, qui le refait"
    assert english == f"{file} is damaged (file is not a database); {remedy}."
    assert french == f"{file} est abîmé (file is not a database) ; {remède}."
    with closing(MultivectorStore(tmp_path, check=False)) as store:  # as doctor does
        assert store.problems() == ["file is not a database"]
        store.start_anew()
        assert store.count() == 0


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "sketches").write_text("a file")
    with pytest.raises(LibraryError, match="the sketches can't be read"):
        MultivectorStore(tmp_path / "sketches")


actions = st.lists(
    st.tuples(st.sampled_from(["put", "delete", "clear"]), st.sets(st.sampled_from("abcd"))), max_size=8
)


@given(actions)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_writes_it_holds_what_a_dictionary_would(store: SketchStore, actions: list):
    store.clear()
    expected: dict[str, bytes] = {}
    for number, (name, ids) in enumerate(actions):
        if name == "put":
            store.put(sorted(ids), [sketch(number)] * len(ids))
            expected |= dict.fromkeys(ids, stored(number))
        elif name == "delete":
            store.delete(sorted(ids))
            expected = {i: data for i, data in expected.items() if i not in ids}
        else:
            store.clear()
            expected = {}
        assert store.count() == len(expected)
        assert {i: pack(kept) for i, kept in store.get(list("abcd")).items()} == expected
