"""A model's words become claims with valid numbers, however they arrive and whatever they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.draft_parser import Drafted, DraftParser, DraftPiece, closed_up

ON_OFFER = 3


def parsed(pieces: Iterable[str], sentences: int = ON_OFFER) -> list[DraftPiece | Drafted]:
    parser = DraftParser(sentences)
    return [*(event for piece in pieces for event in parser.feed(piece)), *parser.finish()]


def claims(text: str) -> list[tuple[tuple[int, ...], str]]:
    return [(event.numbers, event.text) for event in parsed([text]) if isinstance(event, Drafted)]


# --- what is a claim ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1] Le pont a rouvert.", [((1,), "Le pont a rouvert.")]),
        ("[1][3] Le pont a rouvert.", [((1, 3), "Le pont a rouvert.")]),
        ("[3], [1] Le pont a rouvert.", [((3, 1), "Le pont a rouvert.")]),
        ("[2][2]Le pont a rouvert.", [((2,), "Le pont a rouvert.")]),
        ("[1] Oui.\n[2] Non.\n", [((1,), "Oui."), ((2,), "Non.")]),
        ("[1] Oui.\r\n\r\n[2] Non.", [((1,), "Oui."), ((2,), "Non.")]),
        ("  [1]   Le pont  a rouvert.  ", [((1,), "Le pont  a rouvert.")]),
        ("[1] 12 000 euros.", [((1,), "12 000 euros.")]),
    ],
)
def test_a_line_led_by_numbers_on_offer_is_a_claim(text: str, expected: list):
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le pont a rouvert [1].", [((1,), "Le pont a rouvert.")]),
        ("Le pont a rouvert. [1][2]", [((1, 2), "Le pont a rouvert.")]),
        ("Selon [2], le pont a rouvert [1].", [((2, 1), "Selon, le pont a rouvert.")]),
        ("- [1] Le pont a rouvert.", [((1,), "- Le pont a rouvert.")]),
        ("Le pont a rouvert [9][2].", [((2,), "Le pont a rouvert.")]),
    ],
)
def test_numbers_elsewhere_in_a_line_count_when_none_lead_it(text: str, expected: list):
    assert claims(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Le pont a rouvert.",
        "[0]",
        "[0] Le pont a rouvert.",
        "[4] Le pont a rouvert.",
        "[4] Le pont a rouvert [1].",
        "[1]",
        "[1][2]  ",
        "[1000] Le pont a rouvert.",
        "[-1] Le pont a rouvert.",
        "[a] Le pont a rouvert.",
        "1. Le pont a rouvert.",
        "Bonjour ! Voici :",
    ],
)
def test_a_line_without_text_or_a_number_on_offer_is_no_claim(text: str):
    assert parsed([text]) == []


def test_numbers_inside_a_claim_that_is_led_by_others_are_taken_out():
    """They would read as citations of the answer, which numbers its own."""
    assert claims("[1] Le pont [2] a rouvert [7], dit-il [12].") == [((1,), "Le pont a rouvert, dit-il.")]


def test_no_bracket_is_left_to_be_taken_for_a_citation():
    assert claims("[1] Il a dit [sic] et [[1]2] ou [1234].") == [((1,), "Il a dit (sic) et (2) ou (1234).")]


# --- how it arrives ---


def test_a_claim_is_let_through_as_it_comes_once_its_numbers_are_known():
    parser = DraftParser(ON_OFFER)
    assert list(parser.feed("[")) == []
    assert list(parser.feed("2] ")) == []
    assert list(parser.feed("[3]")) == []
    assert list(parser.feed(" Le")) == [DraftPiece(0, (2, 3), "Le")]
    assert list(parser.feed(" pont")) == [DraftPiece(0, (2, 3), " pont")]
    assert list(parser.feed(" ")) == []
    assert list(parser.feed("[1")) == []
    assert list(parser.feed("] rouvre.")) == [DraftPiece(0, (2, 3), " rouvre.")]
    assert list(parser.feed("\n[1]")) == [Drafted(0, (2, 3), "Le pont rouvre.")]
    assert list(parser.feed(" Oui")) == [DraftPiece(1, (1,), "Oui")]
    assert list(parser.finish()) == [Drafted(1, (1,), "Oui")]


def test_a_line_with_its_numbers_at_the_end_is_let_through_whole():
    assert parsed(["Le pont ", "a rouvert", " [2]."]) == [
        DraftPiece(0, (2,), "Le pont a rouvert."),
        Drafted(0, (2,), "Le pont a rouvert."),
    ]


def test_a_dropped_line_takes_no_claim_s_place():
    events = parsed(["Bonjour.\n[9] Faux.\n[1] Vrai."])
    assert events == [DraftPiece(0, (1,), "Vrai."), Drafted(0, (1,), "Vrai.")]


# --- for any text, cut anywhere ---

TOKENS = [
    "[1]",
    "[2]",
    "[3]",
    "[0]",
    "[4]",
    "[12]",
    "[",
    "]",
    "[[",
    "1",
    " ",
    "  ",
    "\n",
    "\t",
    ",",
    ".",
    "\r\n",
    "\u00a0",
]
drafts = st.lists(
    st.sampled_from([*TOKENS, "Le pont", "rouvre", "12 000 €", "<|im_end|>", "{x}"]) | st.text(max_size=3),
    max_size=20,
).map("".join)


@st.composite
def cuts(draw: st.DrawFn, text: str) -> list[str]:
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edges = [0, *places, len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def whole(events: list[DraftPiece | Drafted]) -> list[Drafted]:
    return [event for event in events if isinstance(event, Drafted)]


@given(st.data(), drafts)
def test_cutting_a_text_differently_gives_the_same_claims(data: st.DataObject, text: str):
    expected = whole(parsed([text]))
    assert whole(parsed(data.draw(cuts(text)))) == expected
    assert whole(parsed(text)) == expected  # one character at a time


@given(st.data(), drafts, st.integers(0, 4))
def test_nothing_comes_through_without_numbers_on_offer(data: st.DataObject, text: str, sentences: int):
    for event in parsed(data.draw(cuts(text)), sentences):
        assert event.numbers
        assert len(set(event.numbers)) == len(event.numbers)
        assert all(1 <= number <= sentences for number in event.numbers)


@given(st.data(), drafts)
def test_the_pieces_of_a_claim_are_the_claim(data: st.DataObject, text: str):
    events = parsed(data.draw(cuts(text)))
    drafted = whole(events)
    assert [claim.claim for claim in drafted] == list(range(len(drafted)))
    for claim in drafted:
        pieces = [event for event in events if isinstance(event, DraftPiece) and event.claim == claim.claim]
        assert "".join(piece.text for piece in pieces) == claim.text
        assert {piece.numbers for piece in pieces} == {claim.numbers}
        assert events.index(claim) > max(events.index(piece) for piece in pieces)
    assert {event.claim for event in events} == {claim.claim for claim in drafted}


@given(st.data(), drafts)
def test_a_claim_is_one_line_without_brackets(data: st.DataObject, text: str):
    for claim in whole(parsed(data.draw(cuts(text)))):
        assert re.search(r"[\[\]\n]", claim.text) is None
        assert claim.text == claim.text.strip() != ""


def test_a_grouped_number_is_closed_up_where_a_quote_has_it():
    assert closed_up("It took 87, 400 euros.", ["soustrait 87 400 euros"]) == "It took 87,400 euros."
    assert closed_up("It took 87, 400 euros.", ["soustrait 87\u202f400 euros"]) == "It took 87,400 euros."
    assert closed_up("It took 87, 400 euros.", ["de 87 euros à 400 euros"]) == "It took 87, 400 euros."
    assert closed_up("Routes 12, 400 and 7.", ["les routes 12, 400 et 7"]) == "Routes 12, 400 and 7."
