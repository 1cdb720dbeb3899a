"""Failures of rows are told by table and reason; whatever their number, little of them is kept."""

from __future__ import annotations

from ingest.schema.document import Failure
from ingest.schema.failure_groups import FailureGroups, grouped


def failure(source: str, reason: str, reason_fr: str = "cassé.") -> Failure:
    return Failure(source, f"{source}: {reason}", f"{source} : {reason_fr}")


def test_rows_with_one_reason_are_one_and_files_stay_alone():
    found = grouped(
        [
            *(failure(f"t.jsonl#{n}", "broken.") for n in (3, 8, 12, 40)),
            failure("a.txt", "broken."),
            failure("b.json#2", "broken."),
            failure("b.json#9", "other.", "autre."),
            failure("b.json#11", "broken."),
        ]
    )
    assert [group.text("en") for group in found] == [
        "t.jsonl: 4 lines failed: broken (lines 3, 8, 12…).",
        "a.txt: broken.",
        "b.json: 2 articles failed: broken (articles 2, 11).",
        "b.json#9: other.",
    ]
    assert found[0].text("fr") == "t.jsonl : 4 lignes en échec : cassé (lignes 3, 8, 12…)."


def test_reasons_that_differ_by_their_numbers_are_one():
    found = grouped([failure(f"t.csv#{n}", f"{n} fields.") for n in range(5, 9)])
    assert [(group.count, group.rows) for group in found] == [(4, (5, 6, 7))]


def test_of_any_number_of_reasons_a_few_are_kept():
    groups = FailureGroups()
    groups.taken("t.csv")
    for n in range(1_000):
        groups.add(failure(f"t.csv#{n}", f"{'x' * (n % 97)}."))
    found = groups.taken(None)
    assert len(found) == 50
    assert sum(group.count for group in found) == 1_000
