"""A place's name by itself, and in the longer names of others."""

from __future__ import annotations

import pytest

from rag.extraction.names.longer import standing
from rag.text.folding import flatten


@pytest.mark.parametrize(
    ("name", "text", "how"),
    [
        ("Brassy", "La piscine de Brassy-les-Bains rouvre.", "within"),
        ("Brassy", "Saint-Brassy et Brassy-sur-Mer", "within"),
        ("Brassy", "Brassy-en-Othe, Brassy-l'Étang, Brassy-d'Aude, Brassy-lès-Aix", "within"),
        ("Évry", "Évry-aux-Roses", "within"),
        ("Orlande", "le préfet de la Haute-Orlande", "within"),
        ("Marwick", "Marwick-on-Tay, North Marwick and Marwick-next-Sea", "within"),
        ("Marwick", "Stoke Marwick upon Tay: Marwick upon Tay", "within"),
        ("Brassy", "Brassy et Brassy-les-Bains", "alone"),
        ("Paris", "la course Paris-Nice", "alone"),
        ("Boulogne", "Boulogne-Billancourt", "alone"),
        ("Brassy", "le quartier de Brassy-Centre", "alone"),
        ("Brassy", "un nouveau Brassy, d'abord", "alone"),
        ("Marwick", "north of Marwick on Monday", "alone"),
        ("Brassy", "Les Brassyens", "absent"),
        ("Brassy", "", "absent"),
    ],
)
def test_how_a_name_stands(name: str, text: str, how: str):
    assert standing(flatten(name), flatten(text)) == how
