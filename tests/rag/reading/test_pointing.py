"""Words that a model gives, as characters of the passage: they are the passage's own, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.pointing import LONGEST_WORDS, Verdict, located, readings
from rag.reading.schema import PassageWindow, Reading
from rag.text.sentences import split_sentences

TEXT = (
    "Le pont de Port-Salin a coûté 312 millions d’euros. « Nous\u00a0n’avons plus d’eau », a déclaré Karim"
    " Benali. L'abonnement, de 12,5 euros, est gratuit [pour les élèves]."
)
WINDOW = PassageWindow(TEXT, tuple(split_sentences(TEXT, "fr")))


def reading(window: PassageWindow, verdict: Verdict) -> Reading:
    (found,) = readings([window], [verdict])
    return found


@pytest.mark.parametrize(
    ("words", "sentence", "said"),
    [
        ("312 millions", 1, "312 millions"),
        ("312 millions", 3, "312 millions"),  # another sentence is named
        ("312 millions", 99, "312 millions"),
        ("312 millions", -1, "312 millions"),
        ("312 millions d'euros.", 1, "312 millions d’euros"),
        ("312  millions\nd'euros", 1, "312 millions d’euros"),
        ('"Nous n\'avons plus d\'eau"', 2, "Nous\u00a0n’avons plus d’eau"),
        ("12,5 euros", 3, "12,5 euros"),
        ("pour les e\u0301le\u0300ves", 3, "pour les élèves"),
        ("gratuit (pour les élèves)", 3, "gratuit [pour les élèves]"),
        ("Port‑Salin", 1, "Port-Salin"),
        ('Benali', 2, "Benali"),
    ],
)  # fmt: skip
def test_words_that_a_sentence_has_are_found(words, sentence, said):
    number, found = located(WINDOW, Verdict(True, sentence, words))
    assert TEXT[found.start : found.end] == said
    assert WINDOW.sentences[number].start <= found.start < found.end <= WINDOW.sentences[number].end


@pytest.mark.parametrize(
    "words",
    [
        "313 millions",
        "12 millions",  # of 312
        "2,5 euros",  # of 12,5
        "12",
        "Port",  # of Port-Salin
        "cout",
        "karim benali",
        "Benali. L'abonnement",  # of two sentences
        "Karim Ben",
        "",
        " \n",
        "«»",
        ".",
        "<script>",
        "\ud800",
        "312 millions" + " " * LONGEST_WORDS,
    ],
)
def test_words_that_no_sentence_has_as_they_are_aren_t(words):
    found = reading(WINDOW, Verdict(True, 1, words))
    assert located(WINDOW, Verdict(True, 1, words)) is None
    assert not found.answers
    assert found.answerable < 0.1
    assert all(one.answer is None for one in found.sentences)


def test_the_sentence_that_is_named_comes_first():
    text = "Le maire a 40 ans. La gare a 40 ans."
    window = PassageWindow(text, tuple(split_sentences(text, "fr")))
    assert [located(window, Verdict(True, n, "40 ans"))[1].start for n in (1, 2)] == [11, 29]


def test_the_chance_is_the_model_s_own_as_far_as_it_is_believed():
    def chance(answers: bool, probability: float | None) -> float:
        return reading(WINDOW, Verdict(answers, 1, "312 millions", probability)).answerable

    assert chance(False, None) < chance(False, 0.2) < chance(True, 0.7) < chance(True, None)
    assert chance(True, 1.0) < 1.0
    assert chance(False, 0.0) > 0.0


def test_no_to_all_passages_is_surer_than_no_beside_a_yes():
    yes, no = Verdict(True, 1, "312 millions"), Verdict(False)
    made_up = Verdict(True, 1, "999 millions")
    none, beside, beside_made_up = (
        readings([WINDOW, WINDOW], [no, other])[0].answerable for other in (no, yes, made_up)
    )
    assert none == beside_made_up < beside < 0.05


@given(
    text=st.text(alphabet="ab 3.,!?«»'’-\n\u00a0é<\u200b[", max_size=60),
    answers=st.booleans(),
    sentence=st.integers(-5, 50),
    words=st.text(alphabet="ab 3.,!?«»'’-\n\u00a0é<\u200b[", max_size=12),
    probability=st.none() | st.floats(0, 1),
    cut=st.data(),
)
def test_whatever_is_answered_is_words_of_a_sentence(text, answers, sentence, words, probability, cut):
    if text and cut.draw(st.booleans()):
        start = cut.draw(st.integers(0, len(text) - 1))
        words = text[start : start + 12]
    window = PassageWindow(text, tuple(split_sentences(text, "fr")))
    found = reading(window, Verdict(answers, sentence, words, probability))
    assert 0 < found.answerable < 1
    assert [one.span for one in found.sentences] == list(window.sentences)
    for one in found.answers:
        assert any(own.start <= one.start < one.end <= own.end for own in window.sentences)
        said = text[one.start : one.end]
        assert any(char.isalnum() for char in said)
        assert _bare(said) in _bare(words)


def _bare(said: str) -> str:
    """Letters and digits alone."""
    return "".join(char for char in said if char.isalnum())
