"""What names are said to be: titles, appositions on either side, `is`."""

import pytest

from rag.extraction.analysed_sentence import AnalysedSentence
from rag.extraction.descriptions import descriptions


def described(text: str, language: str) -> set[tuple[str, str]]:
    said = AnalysedSentence(text, language)
    words = said.marked_words
    spans = [(name.start, name.end) for name in said.names]
    verbs = {predicate.index for predicate in said.predicates}
    found = descriptions(words, said.text, language, spans, verbs)
    return {
        (" ".join(words[i].plain for i in sorted(one.name)), words[one.head].plain)
        for one in found
        if one.head is not None
    }


@pytest.mark.parametrize(
    ("language", "text", "name", "head"),
    [
        ("fr", "Hier, le patron de la scierie, Gilbert Maffre, a parlé.", "gilbert maffre", "patron"),
        ("fr", "Hier, Ida Moret, adjointe du préfet, a signé.", "ida moret", "adjointe"),
        ("fr", "Hier, le directeur, M. Luc Astier, a parlé.", "luc astier", "directeur"),
        ("fr", "On sait que Luc Astier est le directeur du lycée.", "luc astier", "directeur"),
        ("en", "Today the town's engineer, Ann Lee, spoke.", "ann lee", "engineer"),
        ("en", "Yesterday Ann Lee, a packer for years, spoke.", "ann lee", "packer"),
        ("es", "Ayer la dueña de la fábrica, Ana Ruiz, firmó.", "ana ruiz", "duena"),
    ],
)
def test_a_name_has_what_stands_with_it(language, text, name, head):
    assert (name, head) in described(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The probe came down near the pole of Marsden."),
        ("en", "They say that Ann Lee is old."),
        ("de", "Gestern hat Direktorin Ann Lee gesprochen."),
    ],
)
def test_what_only_stands_beside_a_name_is_no_description(language, text):
    assert described(text, language) == set()
