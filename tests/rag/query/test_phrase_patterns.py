"""Lines with slots, matched against whole questions."""

from __future__ import annotations

import pytest

from rag.query.phrase_patterns import compiled, expanded, prefix, suffix
from rag.text.folding import flatten

SLOTS = {"subject": r"\S.*?", "word": r"\w+"}


def fits(line: str, text: str, **macros: str) -> dict[str, str] | None:
    (pattern,) = compiled([line], macros, SLOTS)
    flat = flatten(text)
    found = pattern.match(flat, 0, len(flat))
    return None if found is None else {name: found.words(text, name) for name in found.slots}


@pytest.mark.parametrize(
    ("line", "text", "slots"),
    [
        ("quoi de (neuf|nouveau)", "Quoi de neuf ?", {}),
        ("quoi de (neuf|nouveau)", "QUOI  DE NOUVEAU…", {}),
        ("quoi de (neuf|nouveau)", "Quoi de neuf, docteur ?", None),
        ("y a t il {subject}", "Y a-t-il des élèves ?", {"subject": "des élèves"}),
        ("resume( l'article)? {subject}", "Résume l’article « La crue »", {"subject": "La crue"}),
        ("resume( l'article)? {subject}", "résume l article la crue", {"subject": "la crue"}),
        ("resume( l'article)? {subject}", "Résume ?", None),
        ("articles?", "Articles", {}),
        ("{de}{subject}", "d'Orlande", {"subject": "Orlande"}),
        ("{de}{subject}", "de Paris.", {"subject": "Paris"}),
        ("{de}{subject}", "dimanche", None),
        ("{word}-il", "est-il", {"word": "est"}),
        ("{word}-il", "est il", None),
    ],
)
def test_a_line_fits(line: str, text: str, slots: dict[str, str] | None):
    assert fits(line, text, de="(de |d')") == slots


def test_a_macro_may_use_those_before_it():
    assert expanded({"de": "(de|du)", "of": "a propos {de}"}) == {"de": "(de|du)", "of": "a propos (de|du)"}


def test_a_line_with_an_unknown_slot_or_an_open_bracket_is_refused():
    with pytest.raises(ValueError, match="'sujet' is neither a macro nor a slot"):
        compiled(["quoi {sujet}"], {}, SLOTS)
    with pytest.raises(ValueError, match="brackets"):
        compiled(["quoi (de"], {}, SLOTS)


def test_what_stands_around_a_question():
    before, after = prefix(["(bonjour|dis moi)"], {}), suffix(["s'il te plait"], {})
    assert before.match("Bonjour, qui ?").end() == 9
    assert before.match("Bonjour") is None
    assert after.search("qui, s'il te plait ?").start() == 3
