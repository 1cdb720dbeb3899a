"""What is printed is data: no terminal obeys it."""

from __future__ import annotations

import json
import unicodedata

import pytest

from ui.command.terminal import json_text, printable

HOSTILE = "a\x1b[31m\x9b2J\x7f\u202eb\u2066c\u2028d\n\u200f.txt"


@pytest.mark.parametrize("indent", [None, 2])
def test_json_has_no_character_that_a_terminal_obeys_and_says_the_same(indent: int | None):
    value = {"source": HOSTILE, "title": "L'été à Corvenne « »\u00a0!"}
    written = json_text(value, indent)
    assert json.loads(written) == value
    obeyed = {char for char in written.replace("\n", "") if unicodedata.category(char) in ("Cc", "Cf", "Zl")}
    assert obeyed == set()
    assert "L'été à Corvenne" in written


def test_a_line_has_no_character_that_a_terminal_obeys():
    assert printable(HOSTILE) == "a [31m 2J  b c d  .txt"
