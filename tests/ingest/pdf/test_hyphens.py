"""A hyphen at the end of a line stays if it is the word's own, and goes if it only divides the word."""

import pytest

from ingest.pdf.hyphens import Words, is_divided

NOTHING = Words([])


def joined(above: str, below: str, *lines: str) -> str:
    return Words(lines).joined(above, below)


@pytest.mark.parametrize(
    "word",
    [
        "vice-|présidente", "porte-|parole", "sous-|préfecture", "rond-|point", "après-|midi", "2025-|2026",
        "Covid-|19", "Saint-|Aubert", "Aix-|en-Provence", "Châlons-en-|Champagne", "c'est-à-|dire",
        "contre-|attaque",
        "mi-|septembre", "ex-|ministre", "non-|respect", "bien-|être", "a-t-|il", "lui-|même", "celles-|ci",
        "prenez-|les", "franco-|allemand", "demi-|tour", "nord-|est", "soixante-|dix", "F-|16",
        "well-|known", "self-|employed", "short-|term", "five-|year", "high-|speed", "mother-|in-law",
    ],
)  # fmt: skip
def test_a_compound_keeps_its_hyphen(word):
    assert NOTHING.joined(*word.split("|")) == word.replace("|", "")


@pytest.mark.parametrize(
    "word",
    [
        "prési-|dente", "trans-|port", "entre-|prise", "contre-|dire", "sous-|crire", "mi-|nistre",
        "ex-|pert",
        "porte-|ront", "gendarme-|rie", "petite-|ment", "franco-|phone", "socia-|les", "beau-|coup",
        "par-|tie",
        "muni-|cipal", "short-|age", "high-|est", "govern-|ment", "thir-|teen", "large-|ly", "mid-|dle",
    ],
)  # fmt: skip
def test_a_word_that_is_only_divided_is_whole_again(word):
    assert NOTHING.joined(*word.split("|")) == word.replace("-|", "")


def test_the_document_says_how_a_word_is_written():
    assert joined("Le garde-", "temps", "Le garde-temps sonne.") == "Le garde-temps"
    assert joined("Le porte-", "parole", "Un porteparole dit.") == "Le porteparole"


def test_two_words_of_the_document_that_make_no_other_are_a_compound():
    assert joined("un bateau-", "phare", "Le bateau sombre.", "Le phare luit.") == "un bateau-phare"
    assert joined("un bateau-", "phare", "Le bateau sombre.") == "un bateauphare"


def test_divided_words_are_no_words_of_the_document():
    assert joined("le trans-", "porteur", "dit le trans-", "porteur de fruits") == "le transporteur"


def test_a_soft_hyphen_is_nobodys():
    assert NOTHING.joined("Saint\u00ad", "Denis") == "SaintDenis"


@pytest.mark.parametrize(
    ("above", "below", "divided"),
    [("un mot-", "clé", True), ("2025-", "2026", True), ("dit –", "enfin", False), ("un -", "deux", False),
     ("mot-", "« clé »", False), ("", "mot", False)],
)  # fmt: skip
def test_what_ends_with_a_hyphen_is_divided(above, below, divided):
    assert is_divided(above, below) is divided
