"""Every occurrence is in one snippet, and a snippet is what was published."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.schema.article import Span
from rag.search.snippets import snippets

TEXT = "Un pont. Deux ponts, un bac. Rien ici. Un pont encore"
SENTENCES = [Span(0, 8), Span(9, 28), Span(29, 38), Span(39, 53)]


def shown(*marks: Span) -> list[tuple[str, list[str]]]:
    return [
        (TEXT[one.span.start : one.span.end], [TEXT[mark.start : mark.end] for mark in one.marks])
        for one in snippets(TEXT, SENTENCES, marks)
    ]


def test_a_sentence_is_shown_once_with_all_that_is_in_it():
    assert shown(Span(3, 7), Span(14, 19), Span(24, 27)) == [
        ("Un pont.", ["pont"]),
        ("Deux ponts, un bac.", ["ponts", "bac"]),
    ]


def test_what_goes_on_into_the_next_sentence_takes_it_along():
    assert shown(Span(3, 13), Span(24, 27)) == [("Un pont. Deux ponts, un bac.", ["pont. Deux", "bac"])]


def test_what_is_in_no_sentence_stands_for_itself():
    assert [one.span for one in snippets(TEXT, [], [Span(3, 7)])] == [Span(3, 7)]


def test_a_long_sentence_is_cut_at_words():
    text = "mot " * 200 + "pont " + "mot " * 200 + "pont"
    first = text.index("pont")
    last = text.rindex("pont")
    found = snippets(text, [Span(0, len(text))], [Span(first, first + 4), Span(last, last + 4)])
    assert [one.marks for one in found] == [(Span(first, first + 4),), (Span(last, last + 4),)]
    for one in found:
        words = text[one.span.start : one.span.end].split()
        assert set(words) == {"mot", "pont"}
        assert one.span.end - one.span.start < 260


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 30)), max_size=12),
)
def test_every_occurrence_is_in_one_snippet_and_none_lies_in_another(lengths: list[int], drawn: list[tuple]):
    text = "".join("m" * (length - 1) + " " for length in lengths)
    bounds = [sum(lengths[:place]) for place in range(len(lengths) + 1)]
    sentences = [Span(a, b) for a, b in pairwise(bounds)]
    marks: list[Span] = []
    for start, length in sorted(drawn):
        if start + length <= len(text) and (not marks or start >= marks[-1].end):
            marks.append(Span(start, start + length))
    found = snippets(text, sentences, marks)
    assert [mark for one in found for mark in one.marks] == marks
    assert all(one.span.holds(mark) for one in found for mark in one.marks)
    assert all(here.span.end <= there.span.start for here, there in pairwise(found))
