"""Marks go around words that nobody has touched, and are none of theirs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.references.typography import in_marks, marks_around


@pytest.mark.parametrize(
    ("words", "french", "english"),
    [
        ("Le pont est là.", "«\u202fLe pont est là.\u202f»", "“Le pont est là.”"),
        ("« Non », dit-elle.", "“« Non », dit-elle.”", "“« Non », dit-elle.”"),
        ("“No,” she said.", "«\u202f“No,” she said.\u202f»", "‘“No,” she said.’"),
        ("« Un “mot” ».", "‘« Un “mot” ».’", "‘« Un “mot” ».’"),
        ("Elle dit : « Nous", "“Elle dit : « Nous”", "“Elle dit : « Nous”"),
        ('"Straight"', '«\u202f"Straight"\u202f»', '“"Straight"”'),
        ("„So“, sagt er.", "«\u202f„So“, sagt er.\u202f»", "‘„So“, sagt er.’"),
        ("", "«\u202f\u202f»", "“”"),
    ],
)
def test_the_marks_of_the_reader_s_language(words: str, french: str, english: str):
    assert (in_marks(words, "fr"), in_marks(words, "en")) == (french, english)


@given(st.text(alphabet="«»“”„‟‘’‚ ab\n") | st.text(), st.sampled_from(["fr", "en"]))
def test_the_words_stay_as_they_are(words: str, language: str):
    first, last = marks_around(words, language)
    made = in_marks(words, language)
    assert made[len(first) : len(made) - len(last)] == words
    if not ("‘" in words or "’" in words or "‚" in words or "‛" in words):
        assert not {first.strip("\u202f"), last.strip("\u202f")} & set(words)
