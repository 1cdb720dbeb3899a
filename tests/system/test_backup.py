"""`sourcier backup` while others write, killed at any moment, and what a restored library answers."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from argparse import Namespace
from contextlib import closing
from pathlib import Path

import pytest
from program import sourcier
from run import rounds

from rag.backup.archive import is_backup
from rag.backup.library_backup import KEPT, back_up, restore
from rag.config import ChatModelSettings, Settings, UiSettings
from rag.conversation.store import ConversationStore, Record
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain
from rag.errors import LibraryError
from rag.library.library import Library
from rag.models.embedder import Embedder
from rag.schema.answer import Answer
from ui.command.upkeep import maintenance

QUESTIONS = (
    "Quand la piscine de Clairelle rouvre-t-elle ?",
    "Combien d'élèves mangent à la cantine Jeanne-Laborde ?",
    "Who is the mayor of Harrowick?",
)
FILES = 150


def started(data: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {"SOURCIER_DATA_DIR": str(data), "SOURCIER_UI__LANGUAGE": "en"}
    return subprocess.Popen(
        [*sourcier(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=data.parent,
        env=os.environ | environ,
    )


def run(data: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    out, error = (process := started(data, *arguments)).communicate(timeout=300)
    assert process.returncode == code, error
    return out, error


def answers(data: Path, embedder: Embedder) -> list[Answer]:
    settings = Settings(data_dir=data, chat_model=ChatModelSettings(model="none"))
    with closing(open_engine(settings, embedder)) as engine:
        chain = build_chain(engine, None)
        return [chain.invoke(question) for question in QUESTIONS]


def shown(answer: Answer) -> tuple[object, ...]:
    """What a reader sees of it: scores differ in their last digits, by what was embedded together."""
    cited = [(one.article, one.start, one.end, one.quote) for one in answer.citations]
    return answer.status, answer.text, cited, [(claim.text, len(claim.evidence)) for claim in answer.claims]


def held(data: Path) -> list[object]:
    """Every article with its passages, its sources and its earlier texts, and every conversation."""
    with closing(Library(data)) as library, closing(ConversationStore(data)) as conversations:
        said = [(one, conversations.records(one.id, "ada")) for one in conversations.listed("ada")]
        articles = [
            (one, library.passages_of(one.id), library.sources_of(one.id), library.revisions.of(one.id))
            for one in library.articles()
        ]
        return [*articles, *said]


def test_a_restored_library_holds_and_answers_the_same(
    tmp_path: Path, examples_library: Path, embedder: Embedder
):
    data, new = tmp_path / "data", tmp_path / "new"
    shutil.copytree(examples_library, data)
    with closing(ConversationStore(data)) as conversations:
        begun = conversations.begin("ada", QUESTIONS[0])
        conversations.put(begun.id, "ada", Record(1, QUESTIONS[0], {"claims": [], "articles": []}))
    before, answered = held(data), answers(data, embedder)
    assert len(before) == 38
    assert {answer.status for answer in answered} >= {"answered"}
    run(data, "backup", "all.backup")
    out, _ = run(new, "restore", "all.backup", "--json")
    told = json.loads(out)
    assert (told["articles"], told["conversations"], told["waiting"]) == (37, 1, 0)
    assert told["check"]["sound"] and told["check"]["found"] == []
    assert held(new) == before
    assert list(map(shown, answers(new, embedder))) == list(map(shown, answered))
    assert "isn't empty" in run(new, "restore", "all.backup", code=2)[1]
    assert "all.backup" in run(data, "backup", "all.backup")[0]


def test_what_could_not_be_indexed_after_restoring_says_what_is_left(
    tmp_path: Path,
    examples_library: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    shutil.copytree(examples_library, data := tmp_path / "data")
    run(data, "backup", "all.backup")
    full = LibraryError("the disk is full; make room.", "le disque est plein ; faites de la place.")

    def without_room(*_: object) -> None:
        raise full

    monkeypatch.setattr(maintenance, "_index_and_check", without_room)
    settings = Settings(data_dir=tmp_path / "new", ui=UiSettings(language="en"))
    options = Namespace(file=str(tmp_path / "all.backup"), to=None, json=False)
    with pytest.raises(LibraryError) as raised:
        maintenance.restore(options, settings)
    assert raised.value is full
    said = "The library is restored, but not yet wholly indexed; run `sourcier reindex`.\n"
    assert capsys.readouterr().err == said
    assert json.loads(run(tmp_path / "new", "reindex", "--json")[0]) == {"reindexed": 37}


def test_a_mistake_is_one_sentence(tmp_path: Path):
    for arguments in (("backup", "all.backup"), ("restore", "all.backup"), ("restore", str(tmp_path))):
        out, error = run(tmp_path / "data", *arguments, code=2)
        assert (out, error.count("\n"), "Traceback" in error) == ("", 1, False)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_during_an_ingestion_holds_what_was_acknowledged_and_that_whole(
    tmp_path: Path,
):
    (tmp_path / "texts").mkdir()
    texts = set()
    for number in range(FILES):
        lines = [f"Le {line} mai, le village numéro {number} a fêté sa rivière." for line in range(1, 4)]
        texts.add(" ".join(lines))
        (tmp_path / "texts" / f"{number:03}.txt").write_text(" ".join(lines), encoding="utf-8")
    data = tmp_path / "data"
    process = started(data, "ingest", "texts", "--json")
    acknowledged: list[str] = []
    backups: list[tuple[Path, set[str]]] = []
    with process:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] != "article":
                continue
            acknowledged.append(event["id"])
            if len(acknowledged) % 30 == 1:
                backups.append((tmp_path / f"{len(acknowledged)}.backup", set(acknowledged)))
                back_up(data, backups[-1][0], "1.0")
    assert (process.returncode, len(acknowledged)) == (0, FILES)
    sizes = []
    for file, known in backups:
        new = file.with_suffix(".new")
        restore(file, new)
        with closing(Library(new)) as library:
            found = library.articles()
            assert known <= {article.id for article in found} <= set(acknowledged)
            assert {article.text for article in found} <= texts
            assert library.checksums([article.id for article in found]).keys() == {one.id for one in found}
            assert all(library.passages_of(one.id) and library.sources_of(one.id) for one in found)
            assert library.problems() == []
        sizes.append(len(found))
    assert len(backups) >= 5 and sizes == sorted(sizes)


@pytest.mark.parametrize("there", [False, True])
def test_killed_anywhere_it_leaves_the_whole_backup_or_none(
    tmp_path: Path, examples_library: Path, there: bool
):
    file = tmp_path / "all.backup"
    begun = time.monotonic()
    run(examples_library, "backup", str(file))
    took = time.monotonic() - begun
    before = file.read_bytes()
    moments = random.Random(20)
    for _ in range(rounds(6, 60)):
        if not there:
            file.unlink(missing_ok=True)
        process = started(examples_library, "backup", str(file))
        time.sleep(moments.uniform(0, took))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if there or file.exists():
            assert is_backup(file, KEPT)
    assert len(before) > 50_000
