"""Who is let in: nobody who would wait for much more than a minute, at the pace that is measured."""

import math
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UserError
from ui.chat.admission import FIRST_PACE, LONGEST_WAIT, MOST, Admission


class Clock:
    """Seconds that pass when it is said."""

    now = 0.0

    def __call__(self):
        return self.now


def filled(admission, most=1000):
    """Those who got in, and what the next one is told."""
    inside = []
    for _ in range(most):
        one = admission.entered()
        try:
            one.__enter__()
        except UserError as error:
            return inside, error
        inside.append(one)
    return inside, None


def paced(admission, clock, seconds, count=60):
    """Answers given one after another, each in so many seconds."""
    for _ in range(count):
        with admission.entered():
            clock.now += seconds


def test_too_many_are_told_so_and_when_to_come_back():
    inside, error = filled(Admission(1, Clock()))
    assert len(inside) == 9
    assert error.text("en") == (
        "8 questions are waiting for an answer already; try again in about 10 seconds, "
        "with the button Try again."
    )
    assert error.text("fr") == (
        "8 questions attendent déjà une réponse ; réessayez dans 10 secondes environ, "
        "avec le bouton Réessayer."
    )


@pytest.mark.parametrize(
    ("seconds", "waiting", "english", "french"),
    [
        (1.0, 60, "5 seconds", "5 secondes"),
        (20.0, 3, "20 seconds", "20 secondes"),
        (45.0, 1, "30 seconds", "30 secondes"),
        (200.0, 0, "3 minutes", "3 minutes"),
    ],
)
def test_the_line_is_as_long_as_answers_are_quick(seconds, waiting, english, french):
    clock = Clock()
    admission = Admission(1, clock)
    paced(admission, clock, seconds)
    inside, error = filled(admission)
    assert len(inside) in (1 + waiting, waiting)  # the pace nears what is measured from the first guess
    assert f"in about {english}" in error.text("en")
    assert f"dans {french} environ" in error.text("fr")


def test_a_model_that_answers_several_at_once_has_a_longer_line():
    clock = Clock()
    lengths = []
    for places in (1, 2, 4):
        admission = Admission(places, clock)
        paced(admission, clock, 8.0)
        lengths.append(len(filled(admission)[0]) - places)
    assert lengths == [7, 14, 29] or lengths == [7, 15, 30]


def test_full_places_are_measured_by_what_comes_out_of_them():
    clock, admission = Clock(), Admission(2)
    admission._clock = clock
    inside, _ = filled(admission, 6)
    for one in inside:
        clock.now += 4.0
        one.__exit__(None, None, None)
    assert 4.0 <= admission.pace < FIRST_PACE


def test_while_nothing_comes_out_the_line_grows_shorter():
    clock = Clock()
    admission = Admission(1, clock)
    with ExitStack() as inside:
        inside.enter_context(admission.entered())
        clock.now += 2 * LONGEST_WAIT
        with pytest.raises(UserError) as refused:
            inside.enter_context(admission.entered())
        assert "try again in about 60 seconds" in refused.value.text("en")


def test_a_failure_or_a_stop_is_no_measure_and_gives_its_place_back():
    clock = Clock()
    admission = Admission(1, clock)
    for _ in range(50):
        with pytest.raises(ZeroDivisionError), admission.entered():
            raise ZeroDivisionError
    assert admission.pace == FIRST_PACE
    assert len(filled(admission)[0]) == 9


def test_there_is_a_most_however_quick_answers_are():
    clock = Clock()
    admission = Admission(1, clock)
    paced(admission, clock, 0.001)
    assert len(filled(admission)[0]) == 1 + MOST


@given(st.integers(1, 4), st.lists(st.floats(0.01, 300), max_size=30))
def test_nobody_is_let_in_to_wait_for_more_than_a_minute(places, seconds):
    clock = Clock()
    admission = Admission(places, clock)
    for each in seconds:
        with admission.entered():
            clock.now += each
    inside, _ = filled(admission)
    assert len(inside) >= places
    assert math.ceil(len(inside) - places) * admission.pace <= LONGEST_WAIT + 1e-6
