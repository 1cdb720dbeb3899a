"""What a sentence denies and what it says instead, in the languages that are read."""

from __future__ import annotations

import pytest

from rag.consistency.turning import may_turn, turn
from rag.text.folding import flatten


@pytest.mark.parametrize(
    ("quote", "denied", "instead"),
    [
        ("Elle ne rouvrira pas le 14 mai mais le 9 juin.", "14 mai", "9 juin"),
        ("It will not reopen on 14 May but on 9 June.", "14 May", "9 June"),
        ("It won't open on 14 May, but on 9 June.", "14 May", "9 June"),
        ("Das Bad öffnet nicht am 14. Mai, sondern am 9. Juni.", "14. Mai", "9. Juni"),
        ("El museo no abrirá el 14 de mayo sino el 9 de junio.", "14 de mayo", "9 de junio"),
        ("Il museo non aprirà il 14 maggio ma il 9 giugno.", "14 maggio", "9 giugno"),
        ("O museu não abrirá em 14 de maio, mas em 9 de junho.", "14 de maio", "9 de junho"),
        ("Het museum opent niet op 14 mei maar op 9 juni.", "14 mei", "9 juni"),
    ],
)
def test_not_this_but_that(quote: str, denied: str, instead: str):
    flat = flatten(quote).lower()
    old, new = flat.index(denied.lower()), flat.index(instead.lower())
    assert may_turn(flat)
    assert turn(flat, old, old + len(denied)) == "denied"
    assert turn(flat, new, new + len(instead)) == "instead"


@pytest.mark.parametrize(
    ("quote", "value"),
    [
        ("La piscine n'ouvrira pas le 14 mai, mais la patinoire ouvrira le 9 juin.", "9 juin"),
        ("The pool will not open on 14 May, but the rink opens on 9 June.", "9 June"),
        ("Not only on 14 May but on 9 June too.", "9 June"),
        ("L'ouverture, prévue le 14 mai, est maintenue.", "14 mai"),
        ("Elle rouvrira le 9 juin.", "9 juin"),
    ],
)
def test_what_only_looks_like_it_is_simply_said(quote: str, value: str):
    flat = flatten(quote).lower()
    start = flat.index(value.lower())
    assert turn(flat, start, start + len(value)) is None
