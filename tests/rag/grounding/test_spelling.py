"""One slip of the keyboard, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding.spelling import one_edit_apart, same_letters

LETTERS = st.text("abcdef", max_size=8)


@pytest.mark.parametrize(
    ("a", "b"), [("lavrov", "lavrof"), ("lavrov", "lavov"), ("aubert", "auubert"), ("valorme", "valrome")]
)
def test_one_slip(a: str, b: str):
    assert one_edit_apart(a, b)
    assert one_edit_apart(b, a)


@pytest.mark.parametrize(
    ("a", "b"), [("lavrov", "lavrov"), ("lavrov", "larvof"), ("paul", "pierre"), ("", "ab")]
)
def test_none_or_more(a: str, b: str):
    assert not one_edit_apart(a, b)


@given(LETTERS, LETTERS)
def test_it_is_the_distance(a: str, b: str):
    edits = {a[:i] + c + a[j:] for i in range(len(a) + 1) for j in (i, i + 1) for c in ("", *"abcdef")}
    edits |= {a[:i] + a[i + 1 : i + 2] + a[i : i + 1] + a[i + 2 :] for i in range(len(a) - 1)}
    assert one_edit_apart(a, b) == (b in edits and a != b)


def test_letters_in_another_order():
    assert same_letters("gesualdo", "guesaldo")
    assert not same_letters("gesualdo", "gesualdo")
    assert not same_letters("abc", "bac")
