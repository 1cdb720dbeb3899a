"""Claims that share names and numbers with their quote and say something else, half of them across languages.

Rules are made while looking at the other parts; those of `kept` are only counted.
"""

from collections import Counter

import pytest
from labelled_claims import articles_set, judged, relations_set

# The most false claims accepted, and true ones refused, of each part.
WORST = {"seen": (0, 0), "more": (3, 2), "kept": (8, 5), "drawn": (4, 2), "fresh": (7, 3)}


@pytest.mark.parametrize("part", WORST)
def test_false_claims_are_refused_and_true_ones_accepted_as_well_as_stated(part, embedder):
    found = judged([c for c in (*relations_set(), *articles_set()) if c.part == part], embedder)
    accepted = sum(one.is_wrong for one in found if one.claim.label != "ok")
    refused = sum(one.is_wrong for one in found if one.claim.label == "ok")
    most_accepted, most_refused = WORST[part]
    assert accepted <= most_accepted and refused <= most_refused, (accepted, refused)


def test_the_set_has_both_halves_and_every_kind():
    claims = relations_set()
    assert Counter(claim.part for claim in claims) == {"seen": 60, "more": 48, "kept": 60}
    crossing = Counter(claim.crossing for claim in claims)
    assert min(crossing.values()) >= 40
    right = sum(claim.label == "ok" for claim in claims)
    assert right >= len(claims) / 4
    labels = {part: {claim.label for claim in claims if claim.part == part} for part in ("seen", "kept")}
    assert labels["seen"] - labels["kept"] <= {"alleged"}


def test_the_set_on_articles_has_false_and_right_claims_in_both_parts():
    claims = articles_set()
    counted = Counter((claim.part, claim.label == "ok") for claim in claims)
    assert counted == {("drawn", False): 69, ("drawn", True): 32, ("fresh", False): 58, ("fresh", True): 26}
    quoted = {item.article.language for claim in claims for item in claim.evidence}
    assert quoted == {"fr", "en", "es", "de", "it"}
