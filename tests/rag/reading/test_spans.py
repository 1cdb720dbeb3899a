from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.schema import AnswerSpan, PassageWindow
from rag.reading.spans import TokenScores, apart, best_spans, token_ranges, whole_words
from rag.schema.article import Span

TEXT = (
    "« L’inflation (2,1 %) a reculé », dit Anne-Marie Roux, du P.C. Il faisait -5 °C (et neigeait) "
    "à U.S. Steel."
)
WHOLE = Span(0, len(TEXT))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("inflat", "inflation"),
        ("« L’inflation (", "L’inflation"),
        ("(2,1 %)", "2,1 %"),
        (",1 %) a", "2,1 %) a"),
        ("1 %", "2,1 %"),
        ("arie Ro", "Anne-Marie Roux"),
        (" Roux, ", "Roux"),
        ("-5 °C (", "-5 °C"),
        ("5 °C (et neigeait)", "5 °C (et neigeait)"),
        ("U.S.", "U.S."),
        (" », ", None),
    ],
)
def test_answers_are_whole_words_without_what_stands_around_them(part, words):
    start = TEXT.index(part)
    found = whole_words(TEXT, WHOLE, start, start + len(part))
    assert (TEXT[found.start : found.end] if found else None) == (None if words is None else words)


TEXTS = st.text(alphabet=st.sampled_from("abé1 3,.-()«»'’\n日ß"), min_size=1, max_size=40)


@given(TEXTS, st.data())
def test_answers_stay_in_their_sentence_and_split_no_word(text, data):
    low = data.draw(st.integers(0, len(text) - 1))
    sentence = Span(low, data.draw(st.integers(low + 1, len(text))))
    start = data.draw(st.integers(0, len(text)))
    found = whole_words(text, sentence, start, data.draw(st.integers(start, len(text))))
    if found is None:
        return
    assert sentence.start <= found.start < found.end <= sentence.end
    words = text[found.start : found.end]
    assert words == words.strip(" \n,.«»'’") or words.endswith(".")
    for edge in (found.start, found.end):
        if sentence.start < edge < sentence.end:
            assert not (text[edge - 1].isalnum() and text[edge].isalnum())


@given(TEXTS, st.data())
def test_every_span_that_is_found_resolves(text, data):
    edges = data.draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    places = np.array([*pairwise(edges)], dtype=np.int64).reshape(-1, 2)
    logits = data.draw(st.lists(st.floats(-20, 20), min_size=len(places), max_size=len(places)))
    scores = TokenScores(places, np.array(logits), np.array(logits[::-1]))
    found = best_spans(text, Span(0, len(text)), scores, 3)
    assert len(found) <= 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len({(one.start, one.end) for one in found}) == len(found)
    assert all(0 <= one.start < one.end <= len(text) for one in found)


def test_the_best_answers_do_not_overlap():
    spans = [
        AnswerSpan(0, 5, -1.0),
        AnswerSpan(3, 9, -0.5),
        AnswerSpan(9, 12, -3.0),
        AnswerSpan(20, 22, -2.0),
    ]
    assert apart(spans, 3) == (spans[1], spans[3], spans[2])


def test_a_token_is_of_the_sentence_that_it_begins_in():
    places = np.array([[0, 2], [2, 5], [5, 7], [8, 9], [9, 10]])
    sentences = (Span(0, 5), Span(6, 9), Span(9, 9 + 1))
    assert list(token_ranges(places, sentences)) == [(0, 2), (2, 4), (4, 5)]


@pytest.mark.parametrize("sentences", [(Span(0, 3), Span(2, 4)), (Span(0, 9),), (Span(2, 2),)])
def test_a_window_has_its_sentences_in_order_within_its_text(sentences):
    with pytest.raises(ValueError, match="sentences out of a text of 4 characters"):
        PassageWindow("abcd", sentences)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("Diaye", "N'Diaye"),
        ("Maëlle N", "Maëlle N'Diaye"),
        ("Brien", "O’Brien"),
        ("équipe", "équipe"),
        ("Aubrac", "Aubrac"),
        ("Italie", "Italie"),
    ],
)
def test_a_name_with_an_apostrophe_is_one_word_and_an_article_is_none_of_it(part, words):
    text = "Maëlle N'Diaye dit qu’O’Brien quitte l'équipe d'Aubrac. L'Italie attend."
    start = text.index(part)
    found = whole_words(text, Span(0, len(text)), start, start + len(part))
    assert text[found.start : found.end] == words
