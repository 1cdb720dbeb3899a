"""How many of a whole, and how many times as many, as words and numbers say it."""

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence


@pytest.mark.parametrize(
    ("language", "text", "least", "most"),
    [
        ("fr", "La plupart des élus ont voté.", 0.5, 1.0),
        ("fr", "Plus de la moitié des 30 communes.", 0.5, 1.0),
        ("fr", "Moins d'un tiers des élèves.", 0.0, 0.33),
        ("fr", "Seuls 9 des 22 maires ont voté.", 0.40, 0.42),
        ("fr", "Un élève sur cinq est absent.", 0.196, 0.204),
        ("en", "Most of the voters came.", 0.5, 1.0),
        ("en", "Few residents came.", 0.0, 0.35),
        ("en", "More than one in four houses is empty.", 0.245, 1.0),
        ("es", "La mayoría de los vecinos apoya el plan.", 0.5, 1.0),
        ("de", "Die Hälfte der Wähler blieb zu Hause.", 0.45, 0.55),
    ],
)
def test_a_share_is_a_range(language, text, least, most):
    (share,) = AnalysedSentence(text, language).shares
    assert (share.least, share.most) == (pytest.approx(least, abs=0.01), pytest.approx(most, abs=0.021))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The most recent poll came at half-time."),
        ("en", "At most ten people came, a few of them late."),
        ("fr", "Les ventes ont baissé de moitié."),
        ("fr", "Le loyer a baissé de 12 % en un an."),
    ],
)
def test_what_only_looks_like_a_share_is_none(language, text):
    assert AnalysedSentence(text, language).shares == ()


@pytest.mark.parametrize(
    ("language", "text", "factor"),
    [
        ("fr", "Deux fois plus cher que prévu.", 2.0),
        ("fr", "Les ventes ont baissé de moitié.", 0.5),
        ("en", "Half as many as in 2005.", 0.5),
        ("en", "Sales tripled.", 3.0),
        ("es", "El doble que el año pasado.", 2.0),
        ("de", "Doppelt so viele wie 2005.", 2.0),
    ],
)
def test_a_multiple_is_a_number(language, text, factor):
    assert [one.value for one in AnalysedSentence(text, language).factors] == [factor]
