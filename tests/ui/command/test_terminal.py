"""What is printed is data: no terminal obeys it. And Ctrl-C is told in between lines."""

from __future__ import annotations

import io
import json
import signal
import unicodedata

import pytest

from ui.command.terminal import json_text, printable, stopping

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


class Interrupted(io.RawIOBase):
    """A file that Ctrl-C comes to in the middle of writing, once."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        if not self.written:
            signal.raise_signal(signal.SIGINT)
        self.written += bytes(data)
        return len(data)


def test_ctrl_c_in_the_middle_of_a_line_is_told_after_it_and_a_second_one_ends_the_work():
    file = Interrupted()
    stream = io.TextIOWrapper(io.BufferedWriter(file), line_buffering=True)
    with stopping(lambda: print("stopping", file=stream)) as stop:
        assert not stop()
        print("a line", file=stream)
        assert stop()
    assert file.written == b"a line\nstopping\n"
    told = []
    with pytest.raises(KeyboardInterrupt), stopping(lambda: told.append(1)):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert told == [1]
