"""What is most so of all is asked for, and a sentence says that one thing is: its own measure doesn't."""

from __future__ import annotations

import pytest
from questions import is_given

from rag.query.superlatives import asks_for_most
from rag.text.normalization import fold


@pytest.mark.parametrize(
    ("asked", "language", "most"),
    [
        ("Quelle grève a duré le plus longtemps ?", "fr", True),
        ("Quel est le maire le plus jeune ?", "fr", True),
        ("Qui a eu le moins de voix ?", "fr", True),
        ("Quelle est la meilleure buteuse ?", "fr", True),
        ("Quelle piscine est plus chère, Brécy ou Toury ?", "fr", True),
        ("Which strike lasted longest?", "en", True),
        ("Which town has the most expensive pool?", "en", True),
        ("Which quake killed more people, Kheldar or Sorvana?", "en", True),
        ("Quelle grève a duré plus de dix jours ?", "fr", False),
        ("Qui ferme le plus souvent ?", "fr", False),
        ("Quel est le plus récent ?", "fr", False),
        ("Qui doit finir au plus tard en mars ?", "fr", False),
        ("Who owns most of the shares?", "en", False),
        ("Who paid more than ten pounds?", "en", False),
        ("Combien de temps la grève a-t-elle duré ?", "fr", False),
    ],
)
def test_which_is_most_so_is_asked_for(asked: str, language: str, most: bool):
    assert asks_for_most(fold(asked), language) is most


@pytest.mark.parametrize(
    ("asked", "language", "said", "other", "says"),
    [
        ("Quelle grève a duré le plus longtemps ?", "fr", "La grève a duré vingt jours.", "fr", False),
        ("Quelle grève a duré le plus longtemps ?", "fr", "Ce fut la plus longue grève.", "fr", True),
        ("Quel festival a le plus gros budget ?", "fr", "Le budget baisse : 70 000 de moins.", "fr", False),
        ("Qui a le plus gros cachet ?", "fr", "Le cachet le plus élevé ira à Zoé.", "fr", True),
        ("Quel est le maire le plus jeune ?", "fr", "La plus grande colonie a 160 ans.", "fr", False),
        ("Qui a eu le plus de voix ?", "fr", "Luce a 6 412 voix, contre 5 987 à Jean.", "fr", True),
        ("Quelle ville a le plus souffert ?", "fr", "Worst hit was the town of Dzorvan.", "en", True),
        ("Which town was worst hit?", "en", "Worst hit was the town of Dzorvan.", "en", True),
        ("Which town was worst hit?", "en", "The town of Dzorvan was hit.", "en", False),
        ("Which quake was stronger, A or B?", "en", "The quake came after a stronger one in B.", "en", True),
        ("Which quake was stronger, A or B?", "en", "The quake had a magnitude of 6.1.", "en", False),
    ],
)
def test_a_sentence_says_which_is(asked: str, language: str, said: str, other: str, says: bool):
    assert is_given(asked, said, language, other) is says
