"""Whether the articles answer at all, from what was found: surer with every better sign."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.abstention import Signals, answerable, signals
from rag.config import AnsweringSettings
from rag.evidence import Candidate
from rag.schema import Article, Hit, Span

MakeArticle = Callable[..., Article]
TEXT = "Le pont de Corvenne rouvre lundi. Le bac s'arrête."
BRIDGE, FERRY = Span(0, 33), Span(34, 50)

cosines = st.floats(-1, 1)
shares = st.floats(0, 1)


def test_the_best_sentence_and_the_best_passage_tell(make_article: MakeArticle):
    french = make_article(TEXT, "a1", title="Corvenne")
    english = make_article("The bridge opens on Monday.", "a2", title="Corvenne", language="en")
    hits = [Hit("p1", french, 34, 50, 1.0), Hit("p2", english, 0, 27, 0.5)]
    found = [Candidate(french, FERRY, 0.81, 0.0, 1.0), Candidate(english, Span(0, 27), 0.88, 0.0, 0.5)]
    idf = {"corven": 1.0, "bac": 1.0, "open": 2.0}
    # French stems the title `corven`, English `corvenn`.
    assert signals(hits, found, idf, "fr") == Signals(similarity=0.88, covered=0.5, same_language=False)
    assert signals(hits, found, idf, "en") == Signals(similarity=0.88, covered=0.5, same_language=True)
    assert signals(hits[:1], found[:1], idf, "fr") == Signals(
        similarity=0.81, covered=0.5, same_language=True
    )


def test_when_nothing_is_found_nothing_is_answerable(make_article: MakeArticle):
    nothing = signals([], [], {"pont": 1.0}, "fr")
    assert nothing == Signals(0.0, 0.0, True)
    assert answerable(nothing) < 1e-6
    scrap = Hit("p1", make_article(TEXT), 0, 33, 1.0)
    assert signals([scrap], [], {"pont": 1.0}, "fr") == nothing


@given(cosines, shares, st.booleans())
def test_it_is_a_probability(similarity: float, share: float, same: bool):
    assert 0 <= answerable(Signals(similarity, share, same)) <= 1


@given(
    st.lists(cosines, min_size=2, max_size=2).map(sorted),
    st.lists(shares, min_size=2, max_size=2).map(sorted),
    st.booleans(),
)
def test_better_signs_never_make_it_less_likely(similarity: list[float], share: list[float], same: bool):
    (worse, better), (less, more) = similarity, share
    assert answerable(Signals(worse, less, same)) <= answerable(Signals(better, less, same))
    assert answerable(Signals(worse, less, same)) <= answerable(Signals(worse, more, same))


@pytest.mark.parametrize("same", [True, False])
def test_poor_matches_are_refused_and_good_ones_answered_by_default(same: bool):
    """The bundled encoder's cosines lie between 0.75 and 0.95: neither end may be a foregone conclusion."""
    least = AnsweringSettings().min_answerable
    assert answerable(Signals(0.78, 0.0, same)) < least < answerable(Signals(0.92, 1.0, same))
