"""Whether an agreement was reached: a noun and its light verb, asked and said in several ways."""

from __future__ import annotations

import pytest

from rag.composition.agreement import reached_question, reached_sides
from rag.query.question_text import QuestionText
from rag.schema.evidence import Evidence
from rag.verification.premise import EvidenceReader


@pytest.mark.parametrize(
    ("question", "language", "parties"),
    [
        ("Un accord a-t-il été trouvé ?", "fr", set()),
        ("Ont-ils abouti à un accord ?", "fr", set()),
        ("Y a-t-il eu un accord ?", "fr", set()),
        ("Ann Blake et Berg ont-ils conclu un accord ?", "fr", {"ann", "blake", "berg"}),
        ("Did they reach a deal?", "en", set()),
        ("Quel accord a été conclu ?", "fr", set()),
        ("Quel accord a été signé ?", "fr", set()),
        ("Quel accord Blake et Berg ont-ils signé ?", "fr", {"blake", "berg"}),
        ("What agreement was reached?", "en", set()),
        ("Which deal was signed?", "en", set()),
        ("Was an agreement reached between Blake and Berg?", "en", {"blake", "berg"}),
    ],
)
def test_a_question_whether_an_agreement_was_reached_is_known(question, language, parties):
    assert reached_question(QuestionText(question, language), EvidenceReader()).parties == parties


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Blake est-elle d'accord avec Berg ?", "fr"),
        ("La piscine a-t-elle fermé ?", "fr"),
        ("Un accord a-t-il été trouvé le 3 mars 2021 ?", "fr"),
        ("Do they agree?", "en"),
        # What was found may not have been signed.
        ("Un accord a-t-il été signé ?", "fr"),
        ("Was a deal signed?", "en"),
        ("Quel accord a été conclu le 3 mars 2021 ?", "fr"),
    ],
)
def test_another_question_is_not(question, language):
    assert reached_question(QuestionText(question, language), EvidenceReader()) is None


def side(make_article, question: str, said: str, language: str) -> str | None:
    article = make_article(said, language=language, title="Ann Blake, Olav Berg")
    asked = reached_question(QuestionText(question, "fr"), EvidenceReader())
    found = reached_sides(asked, [Evidence(article, 0, len(said))], EvidenceReader())
    return found[0].side if found else None


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("Ann Blake et Olav Berg ont conclu un accord.", "fr", "yes"),
        ("Un accord a enfin été trouvé lundi.", "fr", "yes"),
        ("« Nous avons un accord », a dit Olav Berg.", "fr", "yes"),
        ("Ils sont parvenus à trouver un accord sur la pêche.", "fr", "yes"),
        ("Les deux parties ne sont pas parvenues à un accord.", "fr", "no"),
        ("Aucun accord n'a été conclu.", "fr", "no"),
        ("Ils n'ont pas réussi à trouver un accord.", "fr", "no"),
        ("Ils se sont quittés sans accord.", "fr", "no"),
        ("The two sides reached a deal on Monday.", "en", "yes"),
        ("They did not reach an agreement.", "en", "no"),
        ("There's no deal until there's a deal, Ann Blake said.", "en", "no"),
        ("Ils espèrent trouver un accord.", "fr", None),
        ("Un accord pourrait être conclu mardi.", "fr", None),
        ("Si un accord est trouvé, ils reviendront.", "fr", None),
        ("Il n'y aura pas d'accord sans garanties.", "fr", None),
        ("L'accord conclu en 2015 est mort.", "fr", None),
        ("Nous sommes d'accord sur la pêche.", "fr", None),
        ("Un accord a-t-il été trouvé ?", "fr", None),
        ("If a deal is reached, they will return.", "en", None),
    ],
)
def test_a_sentence_takes_a_side_or_none(make_article, said, language, expected):
    assert side(make_article, "Un accord a-t-il été trouvé ?", said, language) == expected


def test_an_agreement_of_others_is_not_theirs(make_article):
    asked = "Blake et Berg ont-ils trouvé un accord ?"
    assert side(make_article, asked, "Kari Lund a conclu un accord avec Nils Moe.", "fr") is None
    assert side(make_article, asked, "Ann Blake a conclu un accord avec Olav Berg.", "fr") == "yes"
    assert side(make_article, "Blake et Moe ont-ils trouvé un accord ?", "Ils ont un accord.", "fr") is None
