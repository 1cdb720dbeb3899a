"""Reprints are told from texts that only look like them, whatever the order in which they come."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reprint_texts import FIRE, LEAD, LOOKALIKES, STORIES

from rag.text.normalization import words
from rag.text.shingling import CONTAINED, VERSION, are_reprints, contained, shingles, sketch

PAIRS = [(story, *pair) for story, texts in STORIES.items() for pair in combinations(texts, 2)]


@pytest.mark.parametrize(("story", "one", "other"), PAIRS)
def test_edits_leads_and_cuts_make_reprints(story: str, one: str, other: str):
    """Least share of the shorter text found in the longer here: .48 (edited, with a lead, and cut)."""
    found = [shingles(STORIES[story][name]) for name in (one, other)]
    assert are_reprints(*found)
    # What finds them in a library: sketches that share well over the three hashes that are asked for.
    assert len(set(sketch(found[0])) & set(sketch(found[1]))) >= 7


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_forms_filled_in_anew_and_other_reports_are_no_reprints(kind: str):
    """Greatest share here: .303 (two days of one market report)."""
    for one, other in combinations(LOOKALIKES[kind], 2):
        assert not are_reprints(shingles(one), shingles(other))


def test_the_threshold_lies_between_what_was_measured():
    reprints = [contained(shingles(STORIES[s][a]), shingles(STORIES[s][b])) for s, a, b in PAIRS]
    others = [
        contained(shingles(a), shingles(b))
        for texts in LOOKALIKES.values()
        for a, b in combinations(texts, 2)
    ]
    assert (round(max(others), 3), round(min(reprints), 3)) == (0.303, 0.483)
    assert max(others) < CONTAINED < min(reprints)


def test_stories_do_not_mix():
    for fire in STORIES["fire"].values():
        for ferry in STORIES["ferry"].values():
            assert not are_reprints(shingles(fire), shingles(ferry))


@pytest.mark.parametrize("text", ["", " \n", "…", "« »"])
def test_texts_without_words_are_reprints_of_nothing(text: str):
    assert shingles(text) == frozenset()
    assert sketch(shingles(text)) == ()
    assert not are_reprints(shingles(text), shingles(text))
    assert not are_reprints(shingles(text), shingles(FIRE))


def test_typography_is_no_difference():
    plain = FIRE.replace("é", "e").replace("« ", '"').replace(" »", '"').replace("'", "’").upper()
    assert shingles(plain) == shingles(FIRE)


def test_a_long_text_has_a_larger_sketch_and_a_very_long_one_no_larger_still():
    hashes = frozenset(range(-50_000, 50_000))
    sizes = [len(sketch(frozenset(list(hashes)[:count]))) for count in (5, 48, 300, 800, 100_000)]
    assert sizes == [5, 48, 48, 100, 512]
    assert sketch(hashes) == tuple(range(-50_000, -50_000 + 512))


def test_sketches_made_by_another_version_are_told_apart():
    """When this fails, sketches in existing libraries mean something else: raise VERSION with it."""
    made = sketch(shingles("Le pont de Corvenne a rouvert lundi, après 12 000 heures."))
    assert (VERSION, made[:3]) == (2, (-4336896053249105610, -2023619406840190878, -1186212730018984660))


hashes = st.frozensets(st.integers(-(2**63), 2**63 - 1), max_size=80)


@given(hashes, hashes)
def test_comparing_is_symmetric_and_a_text_contains_its_part(one: frozenset[int], other: frozenset[int]):
    assert contained(one, other) == contained(other, one)
    assert are_reprints(one, other) == are_reprints(other, one)
    assert contained(one, one | other) == (1.0 if one else 0.0)
    assert 0 <= contained(one, other) <= 1


@given(st.lists(st.sampled_from((FIRE + " " + LEAD).split()), max_size=60).map(" ".join))
def test_a_text_of_five_words_or_more_is_a_reprint_of_itself_with_a_lead(text: str):
    assert are_reprints(shingles(text), shingles(f"{LEAD} {text}")) == (len(words(text)) >= 5)
