"""A rule that is kept is read as what it was, or not at all."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.dossiers.rule import Rule, RuleError
from rag.schema.question import Filters

DAYS = st.none() | st.dates()
NAMES = st.lists(st.text(min_size=1, max_size=8), max_size=2).map(tuple)
SEARCHES = st.sampled_from(["", "pont", '"pont', "pont OU bac -péage", "(", "clim*", "journal:x"]) | st.text(
    max_size=20
)
RULES = st.builds(
    Rule,
    SEARCHES,
    st.text(max_size=10),
    st.builds(Filters, DAYS, DAYS, st.booleans(), NAMES, NAMES),
    st.booleans(),
)
RULE = Rule("pont -péage", "", Filters(date_from=date(2025, 8, 1), outlets=("Le Phare",)))


@given(RULES)
def test_a_rule_comes_back_as_it_was_kept(rule: Rule):
    assume(not rule.is_empty and not (rule.search and rule.node is None))
    assert Rule.from_text(rule.to_text()) == rule


@pytest.mark.parametrize(
    "rule", [Rule(), Rule("   "), Rule("("), Rule("", "  "), Rule(filters=Filters(undated=True))]
)
def test_a_rule_that_narrows_nothing_is_empty(rule: Rule):
    assert rule.is_empty
    with pytest.raises(RuleError):
        Rule.from_text(rule.to_text())


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"search": 3},
        {"repairs": ["quote_closed"]},  # another version mended it in another way
        {"from": "2025-13-01"},
        {"from": 7},
        {"undated": "yes"},
        {"outlets": "Le Phare"},
        {"outlets": [None]},
        {"more": 1},
    ],
)
def test_what_is_not_understood_as_it_was_is_no_rule(change: dict):
    with pytest.raises(RuleError):
        Rule.from_text(json.dumps(json.loads(RULE.to_text()) | change))


@given(st.text(max_size=50))
def test_what_is_damaged_is_no_rule(text: str):
    with pytest.raises(RuleError):
        Rule.from_text(text)
