"""Words where they stand, the same ones for a text and for what is asked of it."""

from __future__ import annotations

import re
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.full_text.tokens import _NO_LETTERS, _UNSPACED, _UNUSUAL, _WITHIN, split, stems_of, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’école d’Évreux", ["l", "ecole", "d", "evreux"]),
        ("aujourd'hui, un porte-avions", ["aujourd", "hui", "un", "porte", "avions"]),
        ("12\u202f000 €, 1,234,567 et 3,5", ["12000", "1234567", "et", "3.5"]),
        ("le 12 2025", ["le", "12", "2025"]),
        ("l’O.N.U. de J.-C. à 8 a.m.", ["l", "onu", "de", "jc", "a", "8", "am"]),
        ("fin. Et A. Dupont", ["fin", "et", "a", "dupont"]),
        ("東京都とABC", ["東", "京", "都", "と", "abc"]),
        ("snake_case", ["snake", "case"]),
        ("co\u00adopé\u00adra\u00adtive", ["cooperative"]),
        ("cœur, Straße", ["coeur", "strasse"]),
        ("مُحَمَّد", ["محمد"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("1 250 000,50 euros, 2 000 000m", ["1250000.50", "euros", "2000000", "m"]),
        (
            "le 16.08.2025 à 14:30, version 3.1.0",
            ["le", "16", "08", "2025", "a", "14", "30", "version", "3", "1", "0"],
        ),
        ("3, 5 et 2,5 %", ["3", "5", "et", "2.5"]),
        ("le maire¹ de Vaure²", ["le", "maire", "de", "vaure"]),
        ("lʼécole, п’ять, пʼять", ["l", "ecole", "п", "ять", "п", "ять"]),
        ("パリ バリ", ["パ", "リ", "バ", "リ"]),
        ("ＡＢＣ 한국어 𝐀𝐛", ["abc", "한국어", "ab"]),
        ("ハ゛", ["ハ", "\u3099"]),
        ("กรุงเทพ", ["ก", "รุ", "ง", "เ", "ท", "พ"]),
        ("новый Йод", ["новый", "йод"]),
        ("Łódź, smørrebrød, Irmak ırmak", ["lodz", "smorrebrod", "irmak", "irmak"]),
        ("", []),
        ("« … » — ?", []),
    ],
)
def test_words(text: str, words: list[str]):
    assert [token.word for token in tokens(text)] == words


@given(st.text())
def test_each_word_stands_where_it_says_in_order_and_has_no_space(text: str):
    found = tokens(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(here.end <= there.start for here, there in pairwise(found))
    assert all(token.word and not any(letter.isspace() for letter in token.word) for token in found)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_word_is_the_same_by_itself(text: str):
    for token in tokens(text):
        alone = tokens(text[token.start : token.end])
        assert "".join(one.word for one in alone) == token.word


def test_every_letter_and_digit_is_in_a_word():
    text = "Le 3e pont d'Œuilly (N° 12-B) : 4,5 % — « trop ! »"
    inside = {place for token in tokens(text) for place in range(token.start, token.end)}
    assert {place for place, letter in enumerate(text) if letter.isalnum()} <= inside


def test_a_stem_is_of_its_language():
    assert stems_of(["ponts"], "fr") == stems_of(["pont"], "fr") != stems_of(["pont"], "en")
    assert stems_of(["ponts"], None) == ["-:ponts"]


def test_no_mark_of_unicode_is_forgotten():
    """Not every character is looked at when a command starts: that took a tenth of its time."""
    within = set(_WITHIN)
    marks = {
        chr(code) for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Mn", "Mc"}
    }  # fmt: skip
    assert len(marks) > 2_000
    assert marks <= within


def test_what_is_read_fast_is_read_alike():
    """`split` reads a text otherwise if it has no mark, no underscore and no character that is a word."""
    unusual = {
        chr(code) for code in range(sys.maxunicode + 1)
        if chr(code) == "_" or re.fullmatch(f"[{_WITHIN}{_UNSPACED}{_NO_LETTERS}]", chr(code))
    }  # fmt: skip
    assert all(_UNUSUAL.search(character) for character in unusual)
    text = "Le 1er août, l’O.N.U. a dit : « 12 000 œufs ¼ de plus » — naïve façade Straße Łódź Ærø"
    assert _UNUSUAL.search(text) is None
    assert split(text)[0] == split(f"{text} _")[0]
