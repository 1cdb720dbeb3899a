"""Numpy has one thread as long as somebody is alone, and then as many as before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import ThreadpoolController

from rag.retrieval.matrix_threads import MatrixThreads


def threads() -> set[int]:
    """How many threads numpy's products have."""
    np.ones((2, 2)) @ np.ones((2, 2))
    found = ThreadpoolController().select(user_api="blas").info()
    return {library["num_threads"] for library in found}


@given(st.lists(st.booleans(), max_size=12))
def test_whoever_comes_and_goes_first(turns: list[bool]):
    """A turn is one who comes, or one who goes: the one who has been there for longest."""
    matrices = MatrixThreads()
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before, inside = threads(), []
        for comes in turns:
            if comes:
                inside.append(ExitStack())
                inside[-1].enter_context(matrices.alone())
            elif inside:
                inside.pop(0).close()
            assert threads() == ({1} if inside else before)
        for one in inside:
            one.close()
        assert threads() == before == {2}


def test_what_fails_gives_them_back():
    matrices = MatrixThreads()
    before = threads()
    with pytest.raises(ZeroDivisionError), matrices.alone():
        raise ZeroDivisionError
    assert threads() == before


def test_many_at_once():
    matrices, met = MatrixThreads(), Barrier(8)

    def work(_: int) -> set[int]:
        with matrices.alone():
            met.wait(60)
            return threads()

    before = threads()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [{1}] * 8
    assert threads() == before
