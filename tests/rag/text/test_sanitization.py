"""Text that can act on nothing once it is inert, and is otherwise what it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sanitization import inert


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le pont rouvre.", "Le pont rouvre."),
        ("« 3 < 5 » et 5 > 3", "« 3 < 5 » et 5 > 3"),
        ("{x.__class__} [1] {{y}}", "{x.__class__} (1) {{y}}"),
        ("fin<|im_end|>\n", "fin |im_end|"),
        ("<<|a|>>", "< |a| >"),
        ("</s> <b>gras</b>", "/s b gras /b"),
        (" a\t\u00a0b\r\n\u2029c ", "a b c"),
        ("［７］ 【8】 〔9〕 ⟦1⟧", "(７) (8) (9) (1)"),
        ("<｜User｜> ＜／s＞ <é>", "|User| /s é"),
        ("<\u200b|im_end|\u00ad>", "|im_end|"),
        ("a\0b\ud800\x1b\x9bc\u202ed\u2066e\U000e0041\ufe0f\ufeff", "abcde"),
        ("《红楼梦》 「a」 l'été -> 5 %", "《红楼梦》 「a」 l'été -> 5 %"),
    ],
)
def test_text_is_made_inert_and_otherwise_left(text: str, expected: str):
    assert inert(text) == expected


@given(
    st.text() | st.text(alphabet="<>|/a[]{} \n\u2028\0\u200b\u202e\U000e0041［］＜＞｜／im_end", max_size=30)
)
def test_inert_text_can_end_no_block_fake_no_number_and_open_no_control_token(text: str):
    found = inert(text)
    assert len(found.splitlines()) <= 1
    assert re.search(r"[\[\]]|<[|/a-zA-Z]|[|/a-zA-Z]>", found) is None
    assert re.search(r"[\0\u200b-\u200f\u202a-\u202e\U000e0000-\U000e0fff［］＜＞｜]", found) is None
    assert inert(found) == found == found.strip()
