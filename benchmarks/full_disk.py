"""Fills the disk up under whatever Sourcier writes, a little later each time, and makes room again.

    python benchmarks/full_disk.py --minutes 5

In a mount namespace of its own, on a small file system of its own. Every command that writes, and the keeping
of a conversation, is run with no room at all, then with ever more, until it is done: each time it must end
with exit code 2 and one sentence, what was in the library must still be, the same command must be done once
there is room, and `doctor` must find the library sound.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from program import sourcier  # noqa: E402

from rag.conversation.store import ConversationStore, Record  # noqa: E402
from rag.errors import SourcierError  # noqa: E402

ALONE = ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
SIZE = 64_000_000
ROOMS = (0, 12, 40, 100, 250, 600, 1_200, 2_500, 5_000, 10_000)  # kilobytes
KNOWN, NEW = 12, 20  # articles: of the library, and that are brought in
LONGEST = 300.0  # seconds: what takes longer hangs


@dataclass(frozen=True)
class Ended:
    code: int
    said: str


def articles(folder: Path, first: int, count: int) -> Path:
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        lines = [f"La phrase {line} de l'article {number} parle de Corvenne." for line in range(30)]
        (folder / f"{number:03}.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


def command(disk: Path, *arguments: str, said: str = "", data: str = "data") -> Ended:
    environ = {
        "SOURCIER_DATA_DIR": str(disk / data),
        "SOURCIER_UI__LANGUAGE": "en",
        "SOURCIER_CHAT_MODEL__MODEL": "none",
    }
    done = subprocess.run(
        [*sourcier(), *arguments], input=said, capture_output=True, text=True, cwd=disk.parent,
        env=os.environ | environ, timeout=LONGEST,
    )  # fmt: skip
    return Ended(done.returncode, done.stderr if done.returncode else done.stdout)


def conversing(disk: Path) -> Ended:
    """Keep a conversation as the page does."""
    try:
        with closing(ConversationStore(disk / "data")) as store:
            for number in range(40):
                begun = store.begin("", "Quand ?").id
                store.put(begun, "", Record(1, f"Quand {number} ?", {"articles": [], "text": "x" * 2_000}))
    except SourcierError as error:
        return Ended(2, f"sourcier: {error}\n")
    return Ended(0, "")


def restoring(folder: Path, disk: Path) -> Ended:
    """Restore the backup; what was restored and not indexed for lack of room only has to be indexed."""
    if (disk / "again" / "library.sqlite3").exists():
        return command(disk, "reindex", data="again")
    return command(disk, "restore", str(folder / "saved"), "--to", str(disk / "again"))


def acts(folder: Path, known: list[str]) -> dict[str, Callable[[Path], Ended]]:
    """What writes, by name."""
    new = str(folder / "new")
    return {
        "ingest": lambda disk: command(disk, "ingest", new),
        "articles remove": lambda disk: command(disk, "articles", "remove", known[0]),
        "reindex": lambda disk: command(disk, "reindex"),
        "compact": lambda disk: command(disk, "compact"),
        "doctor": lambda disk: command(disk, "doctor"),
        "backup": lambda disk: command(disk, "backup", str(disk / "saved.sourcier")),
        "restore": lambda disk: restoring(folder, disk),
        "users add": lambda disk: command(disk, "users", "add", "ada", said="correct horse battery\n"),
        "conversations": conversing,
    }


def listed(disk: Path) -> list[str]:
    ended = command(disk, "articles", "list", "--json")
    assert ended.code == 0, ended.said
    return [one["id"] for one in json.loads(ended.said)]


@contextmanager
def small_disk(folder: Path, library: Path, act: str) -> Iterator[Path]:
    disk = Path(tempfile.mkdtemp(dir=folder))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    try:
        shutil.copytree(library, disk / "data")
        if act == "doctor":  # which has something to make anew then
            shutil.rmtree(disk / "data" / "terms")
        yield disk
    finally:
        # Lazily: what was just ended may hold a file for another moment.
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, kilobytes: int) -> Path:
    """Leave so much room."""
    ballast, free = disk / "ballast", os.statvfs(disk)
    ballast.write_bytes(bytes(max(0, free.f_frsize * free.f_bavail - 1000 * kilobytes)))
    return ballast


def check_sentence(act: str, ended: Ended) -> None:
    assert ended.code == 2, f"{act}: exit code {ended.code}: {ended.said[-2000:]}"
    assert "Traceback" not in ended.said, f"{act}: {ended.said[-2000:]}"
    said = ended.said.strip().splitlines()[-1]  # above it, how far it had come
    assert said.startswith("sourcier: "), f"{act}: {said}"
    assert "disk is full" in said or "make room" in said, f"{act}: {said}"


def run(minutes: float) -> dict[str, int]:
    end, refused = time.monotonic() + 60 * minutes, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles(folder / "known", 0, KNOWN)
        articles(folder / "new", KNOWN, NEW)
        assert command(folder, "ingest", str(folder / "known")).code == 0
        assert command(folder, "backup", str(folder / "saved")).code == 0
        known = listed(folder)
        for act, does in acts(folder, known).items():
            before = refused
            for room in ROOMS:
                with small_disk(folder, folder / "data", act) as disk:
                    ballast = fill(disk, room)
                    ended = does(disk)
                    ballast.unlink()
                    if ended.code == 0:
                        break
                    check_sentence(f"{act}, {room} kB", ended)
                    refused += 1
                    there = {*listed(disk)}
                    lost = {*known} - there - ({known[0]} if act == "articles remove" else set())
                    assert not lost, f"{act}, {room} kB: lost {lost}"
                    again = does(disk)
                    is_gone = act == "articles remove" and known[0] not in there
                    assert again.code == (2 if is_gone else 0), f"{act}, {room} kB, again: {again.said}"
                    sound = command(disk, "doctor")
                    assert sound.code == 0, f"{act}, {room} kB: {sound.said}"
                if time.monotonic() > end:
                    break
            assert refused > before, f"{act}: never refused"
    return {"tried": refused, "commands": len(acts(folder, known))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.alone:  # what is mounted is seen by nobody else, and goes with the process
        os.execvp(ALONE[0], [*ALONE, sys.executable, __file__, "--alone", "--minutes", str(options.minutes)])
    begun = time.monotonic()
    print(json.dumps(run(options.minutes) | {"seconds": round(time.monotonic() - begun)}))


if __name__ == "__main__":
    main()
