"""Damages one file of a library after the other, and tells what becomes of its answers; a program of its own.

`damaged_files.py LIBRARY WORK`: reads a case a line from standard input (`file`, `damage`) and prints
what came of it: native code may hang or end the process, which the test that started it finds out.
"""

from __future__ import annotations

import json
import shutil
import sys
import traceback
from contextlib import closing
from pathlib import Path

from fake_embedder import FakeEmbedder

from ingest.pipeline.repair import repair
from rag.config import Settings
from rag.conversation.store import ConversationStore
from rag.engine.engine import Engine, open_engine, open_recovered
from rag.engine.factory import build_chain
from rag.errors import SourcierError
from rag.storage.write_lock import write_lock

QUESTIONS = (
    "Quand le pont de Corvenne a-t-il rouvert ?",
    "Combien a coûté la piscine de Malvoisy ?",
    "Qui dirige le musée de Port-Salin ?",
    "Résume les articles sur la piscine.",
    "What did the harbour master of Kestwick say?",
    "Pourquoi le bac de Valmorin reste-t-il à quai ?",
)
FLIPS = {"flipped early": 0.21, "flipped in the middle": 0.5, "flipped late": 0.83}
DAMAGES = ("truncated", "emptied", "another's", *FLIPS)


def damage(file: Path, how: str, other: Path | None) -> bool:
    """Damage a file; whether that changes it."""
    before = file.read_bytes()
    if how == "truncated":
        after = before[: len(before) // 2]
    elif how == "emptied":
        after = b""
    elif how == "another's":
        after = other.read_bytes() if other else before
    else:
        place = int(len(before) * FLIPS[how])
        after = before[:place] + bytes([before[place] ^ 0x10]) + before[place + 1 :] if before else before
    file.write_bytes(after)
    return after != before


def settings_of(data: Path) -> Settings:
    return Settings.model_validate(
        {"data_dir": data, "chunking": {"max_tokens": 32, "overlap_tokens": 0}, "reader": {"model": "none"}}
    )


def answers(engine: Engine) -> list:
    chain = build_chain(engine, None)
    said = [chain.invoke(question).to_dict() for question in QUESTIONS]
    return json.loads(
        json.dumps([{k: v for k, v in one.items() if k not in ("timings", "request_id")} for one in said])
    )


def kept(data: Path) -> list[str]:
    """The questions of the conversations that are kept."""
    with closing(ConversationStore(data)) as store:
        return [one.question for each in store.listed("") for one in store.records(each.id, "")]


def outcome(data: Path) -> tuple[str, object]:
    """What a user gets: answers and conversations, or a sentence."""
    try:
        with closing(open_recovered(settings_of(data), FakeEmbedder())) as engine:
            return "answered", {"answers": answers(engine), "kept": kept(data)}
    except SourcierError as error:
        return "refused", str(error)
    except BaseException:
        return "broke", traceback.format_exc()


def checked(data: Path) -> tuple[str, object]:
    """What `sourcier doctor` says."""
    try:
        with (
            write_lock(data),
            closing(open_engine(settings_of(data), FakeEmbedder(), check=False)) as engine,
        ):
            return "checked", repair(engine, lambda _: None).to_dict()
    except SourcierError as error:
        return "refused", str(error)
    except BaseException:
        return "broke", traceback.format_exc()


def main(library: Path, work: Path) -> None:
    for number, line in enumerate(sys.stdin):
        case = json.loads(line)
        data = work / str(number)
        shutil.copytree(library, data)
        changed = damage(data / case["file"], case["damage"], Path(case["other"]) if case["other"] else None)
        first = outcome(data) if changed else ("answered", None)
        doctor = checked(data) if changed else ("checked", None)
        again = outcome(data) if changed else ("answered", None)
        told = {"case": case, "changed": changed, "first": first, "doctor": doctor, "again": again}
        print(json.dumps(told), flush=True)
        shutil.rmtree(data)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
