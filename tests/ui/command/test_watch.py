"""What `sourcier watch` prints of failures: a table's rows together, mappings with the columns."""

from __future__ import annotations

import json

import pytest

from ingest.schema.columns import ColumnSample
from ingest.schema.document import Failure
from ingest.schema.failure_groups import grouped
from ui.command.watch import ChangeReport

ROWS = [Failure(f"t.csv#{n}", f"t.csv#{n}: broken.", f"t.csv#{n} : cassé.") for n in range(2, 8)]
ASKED = Failure(
    "u.csv",
    "u.csv: say which.",
    "u.csv : dites laquelle.",
    (ColumnSample("ref", ("A1", "A2")),),
    "sourcier …",
)


def told(as_json: bool, capsys: pytest.CaptureFixture[str]) -> list[str]:
    report = ChangeReport("fr", as_json)
    for event in (*ROWS, *grouped(ROWS), ASKED):
        report.take(event)
    return capsys.readouterr().out.splitlines()


def test_people_are_told_once_a_table(capsys):
    first, second, column = told(False, capsys)
    assert first.endswith("échec : t.csv : 6 lignes en échec : cassé (lignes 2, 3, 4…).")
    assert second.endswith("échec : u.csv : dites laquelle.")
    assert column == "    ref : A1 · A2"


def test_programs_are_told_each_and_the_group(capsys):
    events = [json.loads(line) for line in told(True, capsys)]
    assert [event["event"] for event in events] == [
        *["ingest_failure"] * 6,
        "ingest_failures",
        "ingest_failure",
    ]
    assert (events[6]["source"], events[6]["count"], events[6]["rows"]) == ("t.csv", 6, [2, 3, 4])
    assert events[7]["columns"] == [{"name": "ref", "values": ["A1", "A2"]}]
