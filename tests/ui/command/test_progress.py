"""The line that a terminal shows while articles are read, and what is said after Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import termios
from pathlib import Path

import pytest
from program import sourcier

from ingest.schema.events import Progress, Reading, Summary
from ui.command.terminal.line import line_text, stopped_text

MANY = 40_000


@pytest.mark.parametrize(
    ("progress", "reading", "seconds", "language", "line"),
    [
        (None, None, 1.0, "fr", "lus : 0"),
        (Progress(3, None, "a.txt"), None, 9.0, "en", "read: 3 · a.txt"),
        (Progress(10, 40, "a.txt"), None, 60.0, "fr", "10 sur 40 lus · encore 3 minutes environ · a.txt"),
        (Progress(10, 40, "a.txt"), None, 3.0, "fr", "10 sur 40 lus · a.txt"),
        (
            Progress(0, 2, ""), Reading("revue.pdf", 85, 340, "pages"), 60.0, "en",
            "0 of 2 read · about 7 minutes left · revue.pdf, page 85 of 340",
        ),
        (
            Progress(0, 1, ""), Reading("x" * 90 + ".csv\x1b[2J", 1_000_000, 99_000_000, "bytes"), 60.0, "fr",
            "0 sur 1 lus · …" + "x" * 39 + ".csv [2J, 1,0 Mo sur 99,0",
        ),
    ],
)  # fmt: skip
def test_the_line_says_how_far_it_is_and_only_what_is_known(progress, reading, seconds, language, line):
    assert line_text(progress, reading, seconds, language) == line


def test_after_a_stop_it_is_said_what_is_in_and_what_is_not():
    stopped = Summary(stopped=True, sources=3, total=40)
    assert stopped_text(stopped, "fr").startswith("Arrêté : 3 sur 40 lus jusqu'au bout ; ce qui a été lu est")
    assert stopped_text(stopped, "en").startswith("Stopped: 3 of 40 read to the end; what was read is in")
    assert stopped_text(Summary(stopped=True), "en").startswith("Stopped; run the same command again")


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "SOURCIER_DATA_DIR": str(folder / "data"),
        "SOURCIER_UI__LANGUAGE": "fr",
    }


def table(folder: Path) -> None:
    rows = (
        json.dumps({"id": n, "title": f"Titre {n}", "text": f"Le pont {n} a fermé."}) for n in range(MANY)
    )
    (folder / "a.jsonl").write_text("\n".join(rows))


def test_a_terminal_shows_one_line_and_ctrl_c_says_what_is_in(tmp_path: Path):
    table(tmp_path)
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(ours, (24, 100))
    command = [*sourcier(), "ingest", "a.jsonl"]
    started = {"cwd": tmp_path, "env": environment(tmp_path), "stdout": subprocess.PIPE, "stderr": theirs}
    with subprocess.Popen(command, text=True, **started) as process:
        os.close(theirs)
        shown = ""
        try:
            while not re.search(r"\r0 sur 1 lus · a\.jsonl, \d,\d Mo sur \d,\d", shown):
                shown += more(ours)
            process.send_signal(signal.SIGINT)
            shown += rest(ours)
            out = process.stdout.read()
            assert process.wait(60) == 130
        finally:
            process.kill()
            os.close(ours)
    assert "J'enregistre encore ce qui est lu ; Ctrl-C une seconde fois arrête tout de suite." in shown
    assert "Arrêté : 0 sur 1 lus jusqu'au bout ; ce qui a été lu est dans la bibliothèque" in shown
    read = int(re.match(r"(\d+) lus", out)[1])
    assert 0 < read < MANY


def more(terminal: int) -> str:
    """What is shown next, within a minute. OSError: nobody has the terminal any more."""
    assert select.select([terminal], [], [], 60)[0], "nothing is shown"
    return os.read(terminal, 4096).decode(errors="replace")


def rest(terminal: int) -> str:
    """What is still shown until nobody has the terminal any more."""
    shown = ""
    while True:
        try:
            shown += more(terminal)
        except OSError:
            return shown


def test_where_there_is_no_terminal_nothing_is_rewritten(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Le conseil de Brissac a voté la rénovation de la halle.")
    command = [*sourcier(), "ingest", "a.txt"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 lus : 1 nouveaux, 0 modifiés, 0 inchangés ; 0 en échec.\n"
