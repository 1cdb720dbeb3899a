"""In German every noun has a capital; names are told from them by what stands before."""

from __future__ import annotations

import pytest

from rag.extraction.names.capitalised_nouns import is_surely_name
from rag.extraction.names.recognition import find_names
from rag.extraction.names.vocabulary import vocabulary
from rag.text.folding import flatten


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Der neue Hafen von Norderfurt wird am Montag eröffnet.", "de", ["Norderfurt"]),
        ("Die Bürgermeisterin Ulrike Brandt sprach von einem großen Tag.", "de", ["Ulrike Brandt"]),
        ("Rund 1.200 Gäste kamen nach München.", "de", ["München"]),
        ("In welchem Jahr zog die SPD in den Landtag ein?", "de", ["SPD"]),
        ("Die Bank von Italien, sagte Mario Draghi.", "de", ["Italien", "Mario Draghi"]),
        ("Die Deutsche Bahn baut.", "de", ["Deutsche Bahn"]),
        ("Wann sprach Ursula von der Leyen?", "de", ["Ursula von der Leyen"]),
        # What opens a Spanish question or sentence is no name.
        ("¿Cuándo se abrirá el puente de Arroyal?", "es", ["Arroyal"]),
        ("El coste asciende a seis millones.", "es", []),
        ("Qual era il nome di Carla Neri?", "it", ["Carla Neri"]),
        # Particles of two words, in any language.
        ("La présidente Ursula von der Leyen a reçu Robin van den Berg.", "fr",
         ["Ursula von der Leyen", "Robin van den Berg"]),
        # As before.
        ("Le port de Brest et Jean de Brest.", "fr", ["Brest", "Jean de Brest"]),
        ("Art von Brest", "fr", ["Art von Brest"]),
    ],
)  # fmt: skip
def test_the_names_of_a_text(text: str, language: str, names: list[str]):
    assert [name.text for name in find_names(text, vocabulary(text, language))] == names


@pytest.mark.parametrize(
    ("text", "word", "sure"),
    [
        ("Wer regiert in Norderfurt?", "Norderfurt", True),
        ("Wie groß ist Norderfurt?", "Norderfurt", True),
        ("Was halten sie von Protesten?", "Protesten", False),
        ("Wer gab den Auftrag?", "Auftrag", False),
        ("Was fordert die SPD?", "SPD", True),
        ("Wer ist Ulrike Brandt?", "Ulrike Brandt", True),
    ],
)
def test_a_questions_noun_is_a_name_only_where_it_can_be_nothing_else(text: str, word: str, sure: bool):
    assert is_surely_name(word, flatten(text), text.index(word)) == sure
