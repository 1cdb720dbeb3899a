"""One process answers while another ingests: what is new is found without a restart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from program import sourcier

from rag.config import ChatModelSettings, Settings
from rag.engine.engine import open_engine
from rag.engine.factory import build_chain

INSTALLED = [str(Path(sys.executable).parent / "sourcier")]
BRIDGE = "Le pont de Corvenne a rouvert lundi après trois mois de travaux."
FERRY = "Le bac de Valmorin ne circulera plus le dimanche, faute de pilotes."
ASKED = "Pourquoi le bac de Valmorin ne circulera-t-il plus le dimanche ?"


def started(program: list[str], folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {
        "SOURCIER_DATA_DIR": str(folder / "data"),
        "SOURCIER_UI__LANGUAGE": "en",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    return subprocess.Popen(
        [*program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | environ,
    )


def run(folder: Path, *arguments: str) -> str:
    out, error = (process := started(sourcier(), folder, *arguments)).communicate(timeout=300)
    assert process.returncode == 0, error
    return out


def test_a_chain_that_is_open_sees_what_others_ingest_remove_and_compact(tmp_path: Path):
    (tmp_path / "pont.txt").write_text(BRIDGE, encoding="utf-8")
    (tmp_path / "bac.txt").write_text(FERRY, encoding="utf-8")
    run(tmp_path, "ingest", "pont.txt")
    settings = Settings(data_dir=tmp_path / "data", chat_model=ChatModelSettings(model="none"))
    with closing(open_engine(settings)) as parts:
        chain = build_chain(parts, None)
        assert chain.invoke(ASKED).status == "not_found"
        run(tmp_path, "ingest", "bac.txt")
        answer = chain.invoke(ASKED)
        assert (answer.status, answer.claims[0].evidence[0].quote) == ("answered", FERRY)
        assert {hit.article.text for hit in answer.hits} == {BRIDGE, FERRY}
        article_id = answer.claims[0].evidence[0].article.id
        run(tmp_path, "compact")
        assert chain.invoke(ASKED).claims == answer.claims
        run(tmp_path, "articles", "remove", article_id)
        gone = chain.invoke(ASKED)
        assert (gone.status, gone.cached) == ("not_found", False)
        assert FERRY not in {hit.article.text for hit in gone.hits}


def test_ctrl_c_finishes_the_batch_and_the_next_run_goes_on(tmp_path: Path):
    (tmp_path / "texts").mkdir()
    for number in range(500):
        lines = [f"Le {line} mai, le village numéro {number} a fêté sa rivière." for line in range(1, 4)]
        (tmp_path / "texts" / f"{number:03}.txt").write_text(" ".join(lines), encoding="utf-8")
    process = started(INSTALLED, tmp_path, "ingest", "texts", "--json")
    events = [json.loads(process.stdout.readline())]
    while events[-1]["event"] != "article":  # at the second start it would have gone on from here
        events.append(json.loads(process.stdout.readline()))
    process.send_signal(signal.SIGINT)
    with process:  # read on as before: communicate() would miss what has been read ahead
        events += map(json.loads, process.stdout)
        error = process.stderr.read()
    assert process.returncode == 130
    assert error.splitlines()[-1] == "Finishing what has been read; Ctrl-C again stops at once."
    told = [event["id"] for event in events if event["event"] == "article"]
    summary = events[-1]
    assert (summary["event"], summary["stopped"], summary["new"]) == ("summary", True, len(told))
    assert 0 < len(told) < 500
    listed = json.loads(run(tmp_path, "articles", "list", "--json"))
    assert {row["id"] for row in listed} == set(told)
    assert "library is sound" in run(tmp_path, "doctor")
